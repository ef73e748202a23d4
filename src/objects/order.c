/* The order in which objects are made: functions and procedures, which look for what they name when they run (openGauss looks for procedures
 * that are called when the caller is made: callees come first, see pg_simple.c); views, each behind those it shows; what became of
 * events; triggers. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "objects/internal.h"

struct db_object *objects_used(const struct objects *o, const struct sql_use *use) {
    static const enum sql_object_kind kinds[] = {[SQL_USE_TABLE] = SQL_OBJECT_VIEW,
                                                 [SQL_USE_FUNCTION] = SQL_OBJECT_FUNCTION,
                                                 [SQL_USE_PROCEDURE] = SQL_OBJECT_PROCEDURE};
    for (size_t i = 0; i < o->n; i++) {
        if (o->items[i].kind == kinds[use->kind] && str_eq(o->items[i].name, use->name) &&
            str_eq(o->run.db.name, use->schema)) {
            return &o->items[i];
        }
    }
    return NULL;
}

bool object_uses(const struct objects *o, const struct db_object *x, const struct db_object *y) {
    for (size_t i = 0; i < x->translation.nuses; i++) {
        if (objects_used(o, &x->translation.uses[i]) == y) {
            return true;
        }
    }
    return false;
}

bool object_needs(const struct objects *o, const struct db_object *x, const struct db_object *y) {
    return x->kind == SQL_OBJECT_VIEW && object_uses(o, x, y);
}

static unsigned rank(const struct db_object *x) {
    static const unsigned ranks[] = {[SQL_OBJECT_FUNCTION] = 1,
                                     [SQL_OBJECT_PROCEDURE] = 2,
                                     [SQL_OBJECT_VIEW] = 3,
                                     [SQL_OBJECT_EVENT] = 4,
                                     [SQL_OBJECT_TRIGGER] = 5};
    return ranks[x->kind];
}

struct visit {
    struct objects *o;
    unsigned next;
};

enum { UNSEEN = 0, OPEN = 1, FIRST = 2 };

/* Those of its own rank that it uses come before it. Programs may use each other in a circle, views may not. */
static void visit(struct visit *v, struct db_object *x) {
    x->mark = OPEN;
    for (size_t i = 0; i < x->translation.nuses; i++) {
        struct db_object *y = objects_used(v->o, &x->translation.uses[i]);
        if (y == NULL || rank(y) != rank(x)) {
            continue;
        }
        if (y->mark == UNSEEN) {
            visit(v, y);
        } else if (y->mark == OPEN && x->kind == SQL_OBJECT_PROCEDURE && y != x) {
            x->calls_later = true;
        } else if (y->mark == OPEN && x->kind == SQL_OBJECT_VIEW && x->state != OBJECT_IS_FAILED) {
            x->state = OBJECT_IS_FAILED;
            err_set(&x->error, ERR_OBJECT_NEEDS, "it shows the view %s, which shows it", y->name);
        }
    }
    x->mark = v->next++;
}

static int by_rank(const void *a, const void *b) {
    const struct db_object *x = a, *y = b;
    unsigned i = rank(x), j = rank(y);
    if (i == j && x->place != y->place) { /* openGauss B fires triggers in the order in which they were made */
        i = x->place;
        j = y->place;
    }
    return i != j ? (i > j) - (i < j) : (x->mark > y->mark) - (x->mark < y->mark);
}

void objects_order(struct objects *o) {
    struct visit v = {.o = o, .next = FIRST};
    for (size_t i = 0; i < o->n; i++) {
        o->items[i].mark = UNSEEN;
        o->items[i].calls_later = false;
    }
    for (size_t i = 0; i < o->n; i++) {
        if (o->items[i].mark == UNSEEN) {
            visit(&v, &o->items[i]);
        }
    }
    if (o->n > 0) {
        qsort(o->items, o->n, sizeof *o->items, by_rank);
    }
}
