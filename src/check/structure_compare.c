/* Comparing two tables. See structure_compare.h. */
#include "check/structure_compare.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "check/structure_text.h"

/* One pair of tables being compared. */
struct pair {
    struct structure_report *r;
    const char *table;
    struct arena *a; /* for names */
};

void structure_differs(struct structure_report *r, const char *table, const char *object, const char *what,
                       enum difference_kind kind, const char *expected, const char *found) {
    struct structure_result *out = r->out;
    out->items = arena_grow(r->a, out->items, out->n, &r->cap, sizeof *out->items);
    out->items[out->n++] = (struct structure_difference){
        .table = arena_strdup(r->a, table),
        .object = arena_strdup(r->a, object),
        .what = what,
        .kind = kind,
        .expected = arena_strdup(r->a, expected),
        .found = arena_strdup(r->a, found),
    };
}

void structure_not_checked(struct structure_report *r, const char *table, const char *object, const char *reason) {
    struct structure_result *out = r->out;
    out->unchecked = arena_grow(r->a, out->unchecked, out->nunchecked, &r->unchecked_cap, sizeof *out->unchecked);
    out->unchecked[out->nunchecked++] = (struct structure_unchecked){
        .table = arena_strdup(r->a, table),
        .object = arena_strdup(r->a, object),
        .reason = arena_strdup(r->a, reason),
    };
}

static void differs(struct pair *p, const char *object, const char *what, enum difference_kind kind,
                    const char *expected, const char *found) {
    structure_differs(p->r, p->table, object, what, kind, expected, found);
}

static void same_text(struct pair *p, const char *object, const char *what, const char *expected, const char *found) {
    if (!str_eq(expected, found)) {
        differs(p, object, what, DIFFERENCE_OTHER, expected, found);
    }
}

/* ---- columns ---- */

/* 5 and 5.00 are one value in these; elsewhere, as an enum's labels, they are two. */
static bool is_number_type(const char *type) {
    static const char *const begins[] = {"numeric", "number",  "decimal", "real",     "double",    "float",
                                         "int",     "tinyint", "uint",    "smallint", "mediumint", "bigint"};
    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
        if (str_starts(type, begins[i]) && !str_starts(type, "interval")) {
            return true;
        }
    }
    return false;
}

static void compare_column(struct pair *p, const struct found_column *expected, const struct found_column *found) {
    const char *object = arena_printf(p->a, "column %s", expected->name);
    bool same_type = str_eq(expected->type, found->type);
    same_text(p, object, "type", expected->type, found->type);
    if (expected->not_null != found->not_null) {
        differs(p, object, "nullability", DIFFERENCE_OTHER, expected->not_null ? "NOT NULL" : "NULL",
                found->not_null ? "NOT NULL" : "NULL");
    }
    same_text(p, object, "counter", expected->counter, found->counter);
    bool other_way = (expected->generated != NULL) != (found->generated != NULL);
    if (other_way || expected->generated != NULL) {
        same_text(p, object, "generated", expected->generated, found->generated);
    }
    /* A default's text has its type in it: where that differs already, the value counts. */
    const char *bare = structure_bare_value(p->a, expected->value);
    const char *other = structure_bare_value(p->a, found->value);
    bool same_value = str_eq(expected->value, found->value) || (!same_type && str_eq(bare, other)) ||
                      (is_number_type(expected->type) && structure_same_number(bare, other));
    if (!same_value && !other_way && expected->counter == NULL && found->counter == NULL) {
        differs(p, object, "default", DIFFERENCE_OTHER, expected->value, found->value);
    }
    same_text(p, object, "on update", expected->on_update, found->on_update);
    same_text(p, object, "comment", expected->comment, found->comment);
    if (expected->collation != NULL && found->collation != NULL) { /* otherwise the type has none, and differs */
        same_text(p, object, "collation", expected->collation, found->collation);
    }
}

static const struct found_column *find_column(const struct found_table *t, const char *name, bool fold) {
    const struct found_column *folded = NULL;
    for (size_t i = 0; i < t->ncolumns; i++) {
        if (str_eq(t->columns[i].name, name)) {
            return &t->columns[i];
        }
        if (fold && str_ieq(t->columns[i].name, name)) {
            folded = &t->columns[i];
        }
    }
    return folded;
}

static const char *column_text(struct pair *p, const struct found_column *c) {
    return arena_printf(p->a, "%s%s", c->type, c->not_null ? " NOT NULL" : "");
}

static void compare_columns(struct pair *p, const struct found_table *expected, const struct found_table *found,
                            bool fold) {
    for (size_t i = 0; i < expected->ncolumns; i++) {
        const struct found_column *c = &expected->columns[i], *other = find_column(found, c->name, fold);
        if (other != NULL) {
            compare_column(p, c, other);
        } else {
            differs(p, arena_printf(p->a, "column %s", c->name), "definition", DIFFERENCE_MISSING, column_text(p, c),
                    NULL);
        }
    }
    for (size_t i = 0; i < found->ncolumns; i++) {
        const struct found_column *c = &found->columns[i];
        if (find_column(expected, c->name, fold) == NULL) {
            differs(p, arena_printf(p->a, "column %s", c->name), "definition", DIFFERENCE_EXTRA, NULL,
                    column_text(p, c));
        }
    }
}

/* ---- objects ---- */

/* What is said about a kind of object. */
struct object_words {
    const char *kind;       /* "index" */
    const char *definition; /* what differs: "definition", "bounds" */
    const char *state;      /* "validity" */
    const char *good, *bad; /* "valid", "invalid" */
    bool nameless;          /* a table has one: it is not called by its name */
};

static const struct object_words primary_words = {"primary key", "definition", "validity", "valid", "invalid", true};
static const struct object_words index_words = {"index", "definition", "validity", "valid", "invalid", false};
static const struct object_words fk_words = {"foreign key", "definition",    "validation",
                                             "validated",   "not validated", false};
static const struct object_words check_words = {"check",     "definition",    "validation",
                                                "validated", "not validated", false};
static const struct object_words trigger_words = {"trigger", "definition", "state", "enabled", "disabled", false};
static const struct object_words partition_words = {"partition", "bounds", "state", "", "", false};

static const char *object_name(struct pair *p, const struct object_words *w, const struct found_object *o) {
    return w->nameless ? w->kind : arena_printf(p->a, "%s %s", w->kind, o->name);
}

/* Both are the same by definition. */
static void compare_details(struct pair *p, const struct object_words *w, const struct found_object *expected,
                            const struct found_object *found) {
    const char *object = object_name(p, w, expected);
    if (expected->valid != found->valid) {
        differs(p, object, w->state, DIFFERENCE_OTHER, expected->valid ? w->good : w->bad,
                found->valid ? w->good : w->bad);
    }
    if (expected->hidden != found->hidden) {
        differs(p, object, "visibility", DIFFERENCE_OTHER, expected->hidden ? "invisible" : "visible",
                found->hidden ? "invisible" : "visible");
    }
    same_text(p, object, "function", expected->body, found->body);
    same_text(p, object, "comment", expected->comment, found->comment);
}

typedef bool same_object(const struct found_object *a, const struct found_object *b);

static bool same_definition(const struct found_object *a, const struct found_object *b) {
    return str_eq(a->definition, b->definition);
}
static bool same_name(const struct found_object *a, const struct found_object *b) {
    return str_eq(a->name, b->name);
}
static bool same_both(const struct found_object *a, const struct found_object *b) {
    return same_name(a, b) && same_definition(a, b);
}

/* Lists have mostly the same order: the search for the i-th begins at the i-th. */
static struct found_object *find_match(struct found_objects *in, size_t at, const struct found_object *o,
                                       same_object *same) {
    for (size_t k = 0; k < in->n; k++) {
        struct found_object *other = &in->items[(at + k) % in->n];
        if (!other->matched && same(o, other)) {
            return other;
        }
    }
    return NULL;
}

static void compare_objects(struct pair *p, const struct object_words *w, struct found_objects *expected,
                            struct found_objects *found) {
    static same_object *const rounds[] = {same_both, same_definition, same_name};
    for (size_t round = 0; round < sizeof rounds / sizeof rounds[0]; round++) {
        for (size_t i = 0; i < expected->n; i++) {
            struct found_object *o = &expected->items[i];
            struct found_object *other = o->matched ? NULL : find_match(found, i, o, rounds[round]);
            /* The one primary key of each side belongs together whatever it is called. */
            if (other == NULL && !o->matched && w->nameless && round == 2 && found->n > 0) {
                other = &found->items[0];
            }
            if (other == NULL) {
                continue;
            }
            o->matched = other->matched = true;
            if (same_definition(o, other)) {
                compare_details(p, w, o, other);
            } else {
                differs(p, object_name(p, w, o), w->definition, DIFFERENCE_OTHER, o->definition, other->definition);
            }
        }
    }
    for (size_t i = 0; i < expected->n; i++) {
        if (!expected->items[i].matched) {
            differs(p, object_name(p, w, &expected->items[i]), w->definition, DIFFERENCE_MISSING,
                    expected->items[i].definition, NULL);
        }
    }
    for (size_t i = 0; i < found->n; i++) {
        if (!found->items[i].matched) {
            differs(p, object_name(p, w, &found->items[i]), w->definition, DIFFERENCE_EXTRA, NULL,
                    found->items[i].definition);
        }
    }
}

/* ---- foreign keys to tables that were not selected ---- */

static bool is_expected(struct found_objects *expected, const struct found_object *o) {
    return find_match(expected, 0, o, same_definition) != NULL || find_match(expected, 0, o, same_name) != NULL;
}

/* One of that name, else (whatever it is called) one that nothing expected is like. */
static void pass_over_outside(const struct structure_known *known, struct found_objects *expected,
                              struct found_objects *found) {
    for (size_t i = 0; i < known->noutside; i++) {
        struct found_object *best = NULL;
        for (size_t k = 0; k < found->n; k++) {
            struct found_object *o = &found->items[k];
            if (!o->matched && !is_expected(expected, o) && (best == NULL || str_eq(o->name, known->outside[i]))) {
                best = o;
            }
        }
        if (best != NULL) {
            best->matched = true;
        }
    }
}

/* ---- triggers on openGauss, partitions ---- */

enum { TRIGGER_ROW = 1, TRIGGER_BEFORE = 2, TRIGGER_UPDATE = 16 }; /* pg_trigger.tgtype */

/* The expected one could not be made: one that can do its work stands for it, rather an enabled one. */
static void match_on_update(struct pair *p, struct found_objects *found) {
    unsigned wanted = TRIGGER_ROW | TRIGGER_BEFORE | TRIGGER_UPDATE;
    struct found_object *best = NULL;
    for (size_t i = 0; i < found->n; i++) {
        struct found_object *o = &found->items[i];
        if ((o->events & wanted) == wanted && (best == NULL || (o->valid && !best->valid))) {
            best = o;
        }
    }
    if (best == NULL) {
        differs(p, "trigger of ON UPDATE", "definition", DIFFERENCE_MISSING, "BEFORE UPDATE .. FOR EACH ROW", NULL);
        return;
    }
    best->matched = true;
    if (!best->valid) {
        differs(p, object_name(p, &trigger_words, best), trigger_words.state, DIFFERENCE_OTHER, "enabled", "disabled");
    }
}

static void compare_partitions(struct pair *p, struct found_table *expected, struct found_table *found) {
    if (expected->partition_key != NULL && found->partition_key != NULL) {
        same_text(p, "partitioning", "key", expected->partition_key, found->partition_key);
    } else if (expected->partition_key != NULL || found->partition_key != NULL) {
        differs(p, "partitioning", "key", expected->partition_key != NULL ? DIFFERENCE_MISSING : DIFFERENCE_EXTRA,
                expected->partition_key, found->partition_key);
    }
    if (str_eq(expected->partition_key, found->partition_key)) { /* otherwise all bounds differ as well */
        compare_objects(p, &partition_words, &expected->partitions, &found->partitions);
    }
}

/* ---- the table ---- */

static const char *kind_name(char relkind) {
    switch (relkind) {
    case 'v':
        return "view";
    case 'm':
        return "materialized view";
    case 'f':
        return "foreign table";
    default:
        return "table";
    }
}

void structure_compare(struct structure_report *r, const char *table, const struct structure_known *known,
                       struct found_table *expected, struct found_table *found) {
    struct arena names = ARENA_INIT;
    struct pair p = {.r = r, .table = table, .a = &names};
    if (!str_eq(kind_name(expected->kind), kind_name(found->kind))) {
        differs(&p, "table", "kind", DIFFERENCE_OTHER, kind_name(expected->kind), kind_name(found->kind));
        arena_clear(&names);
        return;
    }
    if (expected->persistence != found->persistence) {
        differs(&p, "table", "persistence", DIFFERENCE_OTHER, expected->persistence == 'p' ? "permanent" : "unlogged",
                found->persistence == 'p' ? "permanent" : "unlogged");
    }
    same_text(&p, "table", "comment", expected->comment, found->comment);
    if (known->columns) {
        compare_columns(&p, expected, found, known->fold_names);
    }
    if (known->indexes) {
        compare_objects(&p, &primary_words, &expected->primary, &found->primary);
        compare_objects(&p, &index_words, &expected->indexes, &found->indexes);
    }
    if (known->checks) {
        compare_objects(&p, &check_words, &expected->checks, &found->checks);
    }
    if (known->foreign_keys) {
        pass_over_outside(known, &expected->foreign_keys, &found->foreign_keys);
        compare_objects(&p, &fk_words, &expected->foreign_keys, &found->foreign_keys);
    }
    if (known->triggers) {
        if (known->trigger_wanted) {
            match_on_update(&p, &found->triggers);
        }
        compare_objects(&p, &trigger_words, &expected->triggers, &found->triggers);
    }
    if (known->partitions) {
        compare_partitions(&p, expected, found);
    }
    arena_clear(&names);
}

/* ---- counters ---- */

static const struct found_counter *find_counter(const struct found_counter *counters, size_t n, uint32_t table,
                                                int column) {
    for (size_t i = 0; i < n; i++) {
        if (counters[i].table == table && counters[i].column == column) {
            return &counters[i];
        }
    }
    return NULL;
}

void structure_compare_counter(struct structure_report *r, const struct table *t, const struct found_table *found,
                               const struct found_counter *counters, size_t n) {
    const struct column *c = NULL;
    for (size_t i = 0; i < t->ncolumns && c == NULL; i++) {
        c = t->columns[i].auto_increment ? &t->columns[i] : NULL;
    }
    const struct found_column *column = c != NULL ? find_column(found, c->target_name, true) : NULL;
    if (column == NULL || column->counter == NULL) {
        return; /* that is a difference of the column */
    }
    const struct found_counter *counter = find_counter(counters, n, found->oid, column->number);
    struct arena a = ARENA_INIT;
    const char *object = arena_printf(&a, "counter of %s", c->target_name);
    if (counter == NULL || !counter->known) {
        structure_not_checked(r, t->name, object,
                              counter == NULL           ? "the target does not tell its sequence"
                              : counter->reason != NULL ? counter->reason
                                                        : "its sequence has no value");
    } else if (!counter->exhausted &&
               (r->out->backward ? t->auto_increment_next < counter->next : counter->next < t->auto_increment_next)) {
        structure_differs(r, t->name, object, "next value", DIFFERENCE_OTHER,
                          arena_printf(&a, "%" PRIu64, t->auto_increment_next),
                          arena_printf(&a, "%" PRIu64, counter->next));
    }
    arena_clear(&a);
}
