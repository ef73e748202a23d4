/* Each object is parsed by the rules of its own sql_mode, and translated with the catalog of all of them. */
#include <string.h>

#include "base/str.h"
#include "objects/internal.h"

/* Is the word in the comma separated list? */
static bool mode_has(const char *modes, const char *word) {
    size_t n = strlen(word);
    for (const char *p = modes; p != NULL && *p != '\0';) {
        size_t one = strcspn(p, ",");
        if (one == n && strncmp(p, word, n) == 0) {
            return true;
        }
        p += one + (p[one] == ',');
    }
    return false;
}

static void fail(struct db_object *x) {
    x->state = OBJECT_IS_FAILED;
    err_copy(&x->no_translation, &x->error);
    if (x->error.code == ERR_NONE) {
        BUG("%s fails without a reason", x->name);
    }
}

void objects_parse(struct objects *o) {
    struct arena *a = &o->run.arena;
    for (size_t i = 0; i < o->n; i++) {
        struct db_object *x = &o->items[i];
        if (x->source == NULL) {
            continue;
        }
        bool mariadb = o->run.db.is_mariadb;
        struct sql_program_options parse = {.pipes_as_concat = mode_has(x->sql_mode, "PIPES_AS_CONCAT"),
                                            .mariadb = mariadb};
        parse.lex_flags |= mode_has(x->sql_mode, "ANSI_QUOTES") ? SQL_LEX_ANSI_QUOTES : 0;
        parse.lex_flags |= mode_has(x->sql_mode, "NO_BACKSLASH_ESCAPES") ? SQL_LEX_NO_BACKSLASH_ESCAPES : 0;
        if (mariadb && mode_has(x->sql_mode, "ORACLE")) {
            x->parsed = false;
            err_set(&x->error, ERR_SQL_PARSE, "it is written in the language of sql_mode ORACLE");
            err_hint(&x->error, "translate it by hand: much of it is PL/pgSQL already");
        } else {
            x->parsed = sql_program_parse(a, &parse, x->source, strlen(x->source), &x->tree, &x->error);
        }
        if (!x->parsed) {
            fail(x);
        }
    }
}

static void translate(struct objects *o, struct db_object *x) {
    struct sql_translate_options options = {.dialect = o->run.identity.dialect,
                                            .catalog = &o->catalog,
                                            .mariadb = o->run.db.is_mariadb,
                                            .time_as_interval = o->run.ddl_options.types.time_as_interval,
                                            .target_schema = o->target_schema,
                                            .target_name = x->target_name,
                                            .trigger_order = x->place};
    err_clear(&x->error);
    x->state = OBJECT_IS_WAITING;
    x->translated = sql_translate(&o->run.arena, &options, &x->tree, &x->translation, &x->error);
    if (!x->translated) {
        fail(x);
        x->carried = (struct object_form){.drops = object_default_drops(&o->run.arena, o, x)};
    } else {
        const struct sql_translation *t = &x->translation;
        x->carried = (struct object_form){{t->statements, t->n}, {t->drops, t->ndrops}};
    }
    x->form = x->carried;
}

/* How many result sets a procedure returns is known when it is translated; who calls it has to know. */
static bool set_results(struct objects *o, const struct db_object *x) {
    for (size_t i = 0; i < o->catalog.nroutines; i++) {
        struct sql_routine *r = (struct sql_routine *)&o->catalog.routines[i];
        if (!r->function && str_eq(r->name, x->name) && r->result_sets != x->translation.result_sets) {
            r->result_sets = x->translation.result_sets;
            return true;
        }
    }
    return false;
}

/* Does x call goal, if only by way of other procedures? */
static bool calls(const struct objects *o, struct db_object *x, const struct db_object *goal) {
    x->mark = 1;
    for (size_t i = 0; i < x->translation.nuses; i++) {
        const struct sql_use *u = &x->translation.uses[i];
        struct db_object *y = u->kind == SQL_USE_PROCEDURE ? objects_used(o, u) : NULL;
        if (y != NULL && (y == goal || (y->mark == 0 && calls(o, y, goal)))) {
            return true;
        }
    }
    return false;
}

/* Who is in a circle of calls is known when all are translated; how it is called depends on that. */
static bool set_circles(struct objects *o) {
    bool found = false;
    for (size_t i = 0; i < o->n; i++) {
        struct db_object *x = &o->items[i];
        for (size_t k = 0; k < o->n; k++) {
            o->items[k].mark = 0;
        }
        if (x->kind != SQL_OBJECT_PROCEDURE || !calls(o, x, x)) {
            continue;
        }
        for (size_t k = 0; k < o->catalog.nroutines; k++) {
            struct sql_routine *r = (struct sql_routine *)&o->catalog.routines[k];
            if (!r->function && str_eq(r->name, x->name) && !r->in_circle) {
                r->in_circle = found = true;
            }
        }
    }
    return found;
}

void objects_translate(struct objects *o) {
    bool again = true;
    /* It ends: circles do not go away, and a translation with more than SQL_MAX_RESULT_SETS fails, and changes nothing any more. */
    while (again) {
        again = false;
        for (size_t i = 0; i < o->n; i++) {
            struct db_object *x = &o->items[i];
            if (!x->parsed) {
                x->carried = x->form = (struct object_form){.drops = object_default_drops(&o->run.arena, o, x)};
                continue;
            }
            translate(o, x);
            again = (x->translated && x->kind == SQL_OBJECT_PROCEDURE && set_results(o, x)) || again;
        }
        again = set_circles(o) || again;
    }
}

static const struct table *table_of(const struct objects *o, const struct db_object *x) {
    return x->table == NULL ? NULL : schema_find_table(&o->run.db, x->table);
}

struct object_texts object_default_drops(struct arena *a, const struct objects *o, const struct db_object *x) {
    static const char *const words[] = {[SQL_OBJECT_VIEW] = "VIEW",
                                        [SQL_OBJECT_FUNCTION] = "FUNCTION",
                                        [SQL_OBJECT_PROCEDURE] = "PROCEDURE",
                                        [SQL_OBJECT_TRIGGER] = "TRIGGER",
                                        [SQL_OBJECT_EVENT] = "PROCEDURE"};
    bool b = o->run.identity.dialect == DIALECT_OG_B;
    const char **drops = arena_array(a, const char *, 2);
    size_t n = 0;
    char *name = arena_printf(a, "%s.%s", str_quote_pg(a, o->target_schema), str_quote_pg(a, x->target_name));
    const struct table *t = table_of(o, x);
    if (b && (x->kind == SQL_OBJECT_EVENT || x->kind == SQL_OBJECT_TRIGGER)) {
        drops[n++] = arena_printf(a, "DROP %s IF EXISTS %s", x->kind == SQL_OBJECT_EVENT ? "EVENT" : "TRIGGER", name);
    } else if (x->kind == SQL_OBJECT_TRIGGER) {
        if (t != NULL) {
            drops[n++] =
                arena_printf(a, "DROP TRIGGER IF EXISTS %s ON %s", str_quote_pg(a, x->target_name), target_table(a, t));
        }
        drops[n++] = arena_printf(a, "DROP FUNCTION IF EXISTS %s()", name);
    } else {
        drops[n++] = arena_printf(a, "DROP %s IF EXISTS %s", words[x->kind], name);
    }
    return (struct object_texts){drops, n};
}
