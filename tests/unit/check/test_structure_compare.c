/* Two tables that differ in one thing: that one is named, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "check/structure_compare.h"

/* ---- tables to compare ---- */

enum { COLUMNS_MAX = 4, OBJECTS_MAX = 4 };

/* A table with room for its parts, so that each test can have its own. */
struct made {
    struct found_table table;
    struct found_column columns[COLUMNS_MAX];
    struct found_object primary[OBJECTS_MAX], indexes[OBJECTS_MAX], foreign_keys[OBJECTS_MAX], checks[OBJECTS_MAX];
    struct found_object triggers[OBJECTS_MAX], partitions[OBJECTS_MAX];
};

static void fill(struct found_objects *o, struct found_object *items, const char *name, const char *definition) {
    items[0] = (struct found_object){.name = name, .definition = definition, .valid = true};
    *o = (struct found_objects){.items = items, .n = 1};
}

static void make(struct made *m) {
    *m = (struct made){
        .table = {.oid = 16400, .name = "orders", .comment = "all of them", .kind = 'r', .persistence = 'p'}};
    struct found_table *t = &m->table;
    t->columns = m->columns;
    t->ncolumns = 3;
    m->columns[0] =
        (struct found_column){.number = 1, .name = "id", .type = "integer", .counter = "identity", .not_null = true};
    m->columns[1] = (struct found_column){.number = 2,
                                          .name = "total",
                                          .type = "character varying(10)",
                                          .value = "'5'::character varying",
                                          .collation = "default",
                                          .comment = "sum"};
    m->columns[2] = (struct found_column){
        .number = 3, .name = "twice", .type = "bigint", .generated = "((total)::bigint * 2)", .on_update = "now()"};
    fill(&t->primary, m->primary, "orders_pkey", "UNIQUE btree (id)");
    fill(&t->indexes, m->indexes, "idx_total", "btree (total)");
    fill(&t->foreign_keys, m->foreign_keys, "fk", "FOREIGN KEY (id) REFERENCES shop.p(id)");
    fill(&t->checks, m->checks, "ck", "CHECK ((id > 0))");
    fill(&t->triggers, m->triggers, "orders_on_update", "CREATE TRIGGER orders_on_update BEFORE UPDATE ..");
    m->triggers[0].events = 1 | 2 | 16;
    m->triggers[0].body = "BEGIN RETURN NEW; END";
    fill(&t->partitions, m->partitions, "orders_p0", "FOR VALUES FROM (0) TO (10)");
    t->partition_key = "RANGE (id)";
}

static void add(struct found_objects *o, const char *name, const char *definition) {
    assert_true(o->n < OBJECTS_MAX);
    o->items[o->n++] = (struct found_object){.name = name, .definition = definition, .valid = true};
}

struct fixture {
    struct made expected, found;
    struct structure_known known;
    struct arena arena;
    struct structure_result result;
};

static struct fixture *begin(void) {
    static struct fixture f; /* one test at a time */
    f = (struct fixture){.known = {.columns = true,
                                   .indexes = true,
                                   .foreign_keys = true,
                                   .checks = true,
                                   .triggers = true,
                                   .partitions = true}};
    make(&f.expected);
    make(&f.found);
    return &f;
}

static void compare(struct fixture *f) {
    struct structure_report r = {.a = &f->arena, .out = &f->result};
    structure_compare(&r, "Orders", &f->known, &f->expected.table, &f->found.table);
}

static void nothing(struct fixture *f) {
    compare(f);
    assert_int_equal(f->result.n, 0);
    assert_int_equal(f->result.nunchecked, 0);
    arena_clear(&f->arena);
}

static void has(const struct fixture *f, size_t i, const char *object, const char *what, enum difference_kind kind,
                const char *expected, const char *found) {
    assert_true(i < f->result.n);
    const struct structure_difference *d = &f->result.items[i];
    assert_string_equal(d->table, "Orders");
    assert_string_equal(d->object, object);
    assert_string_equal(d->what, what);
    assert_int_equal(d->kind, kind);
    if (!str_eq(d->expected, expected) || !str_eq(d->found, found)) {
        fail_msg("%s, %s: %s -> %s", object, what, d->expected != NULL ? d->expected : "NULL",
                 d->found != NULL ? d->found : "NULL");
    }
}

static void only(struct fixture *f, const char *object, const char *what, enum difference_kind kind,
                 const char *expected, const char *found) {
    compare(f);
    has(f, 0, object, what, kind, expected, found);
    assert_int_equal(f->result.n, 1);
    arena_clear(&f->arena);
}

static void other(struct fixture *f, const char *object, const char *what, const char *expected, const char *found) {
    only(f, object, what, DIFFERENCE_OTHER, expected, found);
}

/* ---- the table ---- */

static void equal_tables(void **state) {
    (void)state;
    nothing(begin());
}

static void kinds_of_tables(void **state) {
    (void)state;
    struct fixture *f = begin();
    f->found.table.kind = 'v';
    f->found.table.ncolumns = 0; /* nothing more is said about what is no table */
    f->found.table.comment = NULL;
    other(f, "table", "kind", "table", "view");
    f = begin();
    f->found.table.kind = 'm';
    other(f, "table", "kind", "table", "materialized view");
    f = begin();
    f->found.table.kind = 'f';
    other(f, "table", "kind", "table", "foreign table");
    f = begin();
    f->found.table.kind = 'p'; /* a partitioned one is a table; its key is compared apart */
    nothing(f);
}

static void table_attributes(void **state) {
    (void)state;
    struct fixture *f = begin();
    f->found.table.persistence = 'u';
    other(f, "table", "persistence", "permanent", "unlogged");
    f = begin();
    f->found.table.comment = NULL;
    other(f, "table", "comment", "all of them", NULL);
    f = begin();
    f->expected.table.comment = NULL;
    other(f, "table", "comment", NULL, "all of them");
}

/* ---- columns ---- */

static void missing_and_extra_columns(void **state) {
    (void)state;
    struct fixture *f = begin();
    f->found.table.ncolumns = 2;
    only(f, "column twice", "definition", DIFFERENCE_MISSING, "bigint", NULL);
    f = begin();
    f->expected.table.columns++;
    f->expected.table.ncolumns = 2;
    only(f, "column id", "definition", DIFFERENCE_EXTRA, NULL, "integer NOT NULL");
}

static void order_of_columns_does_not_matter(void **state) {
    (void)state;
    struct fixture *f = begin();
    struct found_column first = f->found.columns[0];
    f->found.columns[0] = f->found.columns[2];
    f->found.columns[2] = first;
    nothing(f);
}

static void case_of_columns(void **state) {
    (void)state;
    struct fixture *f = begin();
    f->found.columns[1].name = "Total";
    f->known.fold_names = true;
    nothing(f);
    f = begin();
    f->found.columns[1].name = "Total";
    compare(f);
    assert_int_equal(f->result.n, 2);
    has(f, 0, "column total", "definition", DIFFERENCE_MISSING, "character varying(10)", NULL);
    has(f, 1, "column Total", "definition", DIFFERENCE_EXTRA, NULL, "character varying(10)");
    arena_clear(&f->arena);
    /* The exact name comes first, wherever it stands. */
    f = begin();
    f->known.fold_names = true;
    f->expected.columns[0].name = f->found.columns[1].name = "ID";
    f->expected.columns[1].name = f->found.columns[0].name = "id";
    struct found_column id = f->found.columns[0];
    f->found.columns[0] = f->found.columns[1];
    f->found.columns[1] = id;
    f->found.columns[0].name = "id";
    f->found.columns[1].name = "ID";
    nothing(f);
}

static void column_attributes(void **state) {
    (void)state;
    struct fixture *f = begin();
    f->found.columns[1].type = "character varying(11)";
    other(f, "column total", "type", "character varying(10)", "character varying(11)");
    f = begin();
    f->found.columns[1].not_null = true;
    other(f, "column total", "nullability", "NULL", "NOT NULL");
    f = begin();
    f->found.columns[0].not_null = false;
    other(f, "column id", "nullability", "NOT NULL", "NULL");
    f = begin();
    f->found.columns[1].comment = "sum?";
    other(f, "column total", "comment", "sum", "sum?");
    f = begin();
    f->found.columns[1].collation = "C";
    other(f, "column total", "collation", "default", "C");
    f = begin();
    f->found.columns[2].on_update = NULL;
    other(f, "column twice", "on update", "now()", NULL);
}

static void counters_of_columns(void **state) {
    (void)state;
    struct fixture *f = begin();
    f->found.columns[0].counter = NULL;
    other(f, "column id", "counter", "identity", NULL);
    f = begin();
    f->found.columns[0].counter = "sequence";
    other(f, "column id", "counter", "identity", "sequence");
    f = begin();
    f->found.columns[0].counter = NULL; /* a default in its place is the same difference */
    f->found.columns[0].value = "7";
    other(f, "column id", "counter", "identity", NULL);
}

static void defaults(void **state) {
    (void)state;
    struct fixture *f = begin();
    f->found.columns[1].value = "'6'::character varying";
    other(f, "column total", "default", "'5'::character varying", "'6'::character varying");
    f = begin();
    f->found.columns[1].value = NULL;
    other(f, "column total", "default", "'5'::character varying", NULL);
    f = begin();
    f->expected.columns[1].value = NULL;
    other(f, "column total", "default", NULL, "'5'::character varying");
}

/* A default's cast follows the column's type: one change is one difference. */
static void a_default_in_another_type(void **state) {
    (void)state;
    struct fixture *f = begin();
    f->found.columns[1].type = "integer";
    f->found.columns[1].collation = NULL;
    f->found.columns[1].value = "5";
    other(f, "column total", "type", "character varying(10)", "integer");
    f = begin();
    f->found.columns[1].type = "text";
    f->found.columns[1].value = "'6'::text";
    compare(f);
    assert_int_equal(f->result.n, 2);
    has(f, 1, "column total", "default", DIFFERENCE_OTHER, "'5'::character varying", "'6'::text");
    arena_clear(&f->arena);
}

/* Whoever wrote the default: numeric(10,2) keeps 5 and 5.00 as they were written. */
static void defaults_that_are_one_number(void **state) {
    (void)state;
    static const char *const numbers[] = {"numeric(10,2)", "numeric", "integer", "bigint", "double precision", "uint8"};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct fixture *f = begin();
        f->expected.columns[1].type = f->found.columns[1].type = numbers[i];
        f->expected.columns[1].value = "5.00";
        f->found.columns[1].value = "'5'::numeric";
        nothing(f);
    }
    static const char *const others[] = {"text", "character varying(10)", "enum('5','5.00')", "interval", "jsonb"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct fixture *f = begin();
        f->expected.columns[1].type = f->found.columns[1].type = others[i];
        f->expected.columns[1].value = "'5.00'";
        f->found.columns[1].value = "'5'";
        other(f, "column total", "default", "'5.00'", "'5'");
    }
}

static void generated_columns(void **state) {
    (void)state;
    struct fixture *f = begin();
    f->found.columns[2].generated = "(total * 3)";
    other(f, "column twice", "generated", "((total)::bigint * 2)", "(total * 3)");
    f = begin();
    f->found.columns[2].generated = NULL;
    other(f, "column twice", "generated", "((total)::bigint * 2)", NULL);
    f = begin();
    f->found.columns[2].generated = NULL; /* whatever default it has instead */
    f->found.columns[2].value = "0";
    other(f, "column twice", "generated", "((total)::bigint * 2)", NULL);
}

/* ---- keys and indexes ---- */

static void primary_keys(void **state) {
    (void)state;
    struct fixture *f = begin();
    f->found.primary[0].name = "PRIMARY";
    nothing(f);
    f = begin();
    f->found.table.primary.n = 0;
    only(f, "primary key", "definition", DIFFERENCE_MISSING, "UNIQUE btree (id)", NULL);
    f = begin();
    f->expected.table.primary.n = 0;
    only(f, "primary key", "definition", DIFFERENCE_EXTRA, NULL, "UNIQUE btree (id)");
    f = begin();
    f->found.primary[0] = (struct found_object){.name = "pk", .definition = "UNIQUE btree (id, total)", .valid = true};
    other(f, "primary key", "definition", "UNIQUE btree (id)", "UNIQUE btree (id, total)");
}

static void indexes(void **state) {
    (void)state;
    struct fixture *f = begin();
    f->found.indexes[0].name = "another_name";
    nothing(f);
    f = begin();
    f->found.indexes[0].definition = "btree (total DESC)";
    other(f, "index idx_total", "definition", "btree (total)", "btree (total DESC)");
    f = begin();
    f->found.table.indexes.n = 0;
    only(f, "index idx_total", "definition", DIFFERENCE_MISSING, "btree (total)", NULL);
    f = begin();
    add(&f->found.table.indexes, "more", "btree (twice)");
    only(f, "index more", "definition", DIFFERENCE_EXTRA, NULL, "btree (twice)");
    f = begin();
    f->found.indexes[0].valid = false;
    other(f, "index idx_total", "validity", "valid", "invalid");
    f = begin();
    f->expected.indexes[0].hidden = true;
    other(f, "index idx_total", "visibility", "invisible", "visible");
    f = begin();
    f->found.indexes[0].comment = "fast";
    other(f, "index idx_total", "comment", NULL, "fast");
}

/* a over x and b over y; in the target their names are swapped, and a third has a's definition under its own name. */
static void definitions_match_before_names(void **state) {
    (void)state;
    struct fixture *f = begin();
    add(&f->expected.table.indexes, "b", "btree (y)");
    add(&f->found.table.indexes, "idx_total", "btree (y)");
    f->found.indexes[0].name = "b";
    nothing(f);
    f = begin();
    add(&f->expected.table.indexes, "b", "btree (y)");
    add(&f->found.table.indexes, "b", "btree (z)");
    f->found.indexes[0].name = "elsewhere";
    other(f, "index b", "definition", "btree (y)", "btree (z)");
    /* What has both comes before what has only the definition, whichever is first in the list. */
    f = begin();
    add(&f->expected.table.indexes, "z", "btree (total)");
    f->expected.indexes[1].comment = "of z";
    add(&f->found.table.indexes, "idx_total", "btree (total)");
    f->found.indexes[0].name = "z";
    f->found.indexes[0].comment = "of z";
    nothing(f);
}

static void two_of_one_and_one_of_the_other(void **state) {
    (void)state;
    struct fixture *f = begin();
    add(&f->expected.table.indexes, "same_again", "btree (total)");
    only(f, "index same_again", "definition", DIFFERENCE_MISSING, "btree (total)", NULL);
    f = begin();
    add(&f->found.table.indexes, "same_again", "btree (total)");
    only(f, "index same_again", "definition", DIFFERENCE_EXTRA, NULL, "btree (total)");
    f = begin();
    add(&f->expected.table.indexes, "same_again", "btree (total)");
    f->found.indexes[0].name = "same_again";
    only(f, "index idx_total", "definition", DIFFERENCE_MISSING, "btree (total)", NULL);
}

/* ---- constraints ---- */

static void foreign_keys(void **state) {
    (void)state;
    static const char cascade[] = "FOREIGN KEY (id) REFERENCES shop.p(id) ON DELETE CASCADE";
    struct fixture *f = begin();
    f->found.foreign_keys[0].name = "other_name";
    nothing(f);
    f = begin();
    f->found.foreign_keys[0].definition = cascade;
    other(f, "foreign key fk", "definition", "FOREIGN KEY (id) REFERENCES shop.p(id)", cascade);
    f = begin();
    f->found.foreign_keys[0].valid = false;
    other(f, "foreign key fk", "validation", "validated", "not validated");
    f = begin();
    f->found.table.foreign_keys.n = 0;
    only(f, "foreign key fk", "definition", DIFFERENCE_MISSING, "FOREIGN KEY (id) REFERENCES shop.p(id)", NULL);
    f = begin();
    f->expected.table.foreign_keys.n = 0;
    only(f, "foreign key fk", "definition", DIFFERENCE_EXTRA, NULL, "FOREIGN KEY (id) REFERENCES shop.p(id)");
}

/* The target was loaded whole, but only some tables were selected now. */
static void foreign_keys_to_tables_not_selected(void **state) {
    (void)state;
    static const char to_q[] = "FOREIGN KEY (total) REFERENCES shop.q(id)",
                      to_z[] = "FOREIGN KEY (total) REFERENCES shop.z(id)";
    static const char *const outside[] = {"to_q"};
    struct fixture *f = begin();
    f->known.outside = outside;
    f->known.noutside = 1;
    add(&f->found.table.foreign_keys, "to_q", to_q);
    nothing(f);
    f = begin();
    f->known.outside = outside;
    f->known.noutside = 1;
    nothing(f); /* it need not be there */
    f = begin();
    f->known.outside = outside;
    f->known.noutside = 1;
    add(&f->found.table.foreign_keys, "renamed", to_q);
    nothing(f);
    f = begin();
    f->known.outside = outside;
    f->known.noutside = 1;
    add(&f->found.table.foreign_keys, "more", to_z);
    add(&f->found.table.foreign_keys, "to_q", to_q);
    only(f, "foreign key more", "definition", DIFFERENCE_EXTRA, NULL, to_z);
    f = begin(); /* never one that is expected */
    f->known.outside = outside;
    f->known.noutside = 1;
    f->found.foreign_keys[0].definition = to_z;
    other(f, "foreign key fk", "definition", "FOREIGN KEY (id) REFERENCES shop.p(id)", to_z);
}

static void checks(void **state) {
    (void)state;
    struct fixture *f = begin();
    f->found.checks[0].definition = "CHECK ((id > 1))";
    other(f, "check ck", "definition", "CHECK ((id > 0))", "CHECK ((id > 1))");
    f = begin();
    f->found.table.checks.n = 0;
    only(f, "check ck", "definition", DIFFERENCE_MISSING, "CHECK ((id > 0))", NULL);
    f = begin();
    f->expected.table.checks.n = 0;
    only(f, "check ck", "definition", DIFFERENCE_EXTRA, NULL, "CHECK ((id > 0))");
    f = begin();
    f->expected.checks[0].valid = false;
    other(f, "check ck", "validation", "not validated", "validated");
}

/* ---- triggers ---- */

static void triggers(void **state) {
    (void)state;
    struct fixture *f = begin();
    f->found.triggers[0].valid = false;
    other(f, "trigger orders_on_update", "state", "enabled", "disabled");
    f = begin();
    f->found.triggers[0].body = "BEGIN RETURN OLD; END";
    other(f, "trigger orders_on_update", "function", "BEGIN RETURN NEW; END", "BEGIN RETURN OLD; END");
    f = begin();
    f->found.table.triggers.n = 0;
    only(f, "trigger orders_on_update", "definition", DIFFERENCE_MISSING,
         "CREATE TRIGGER orders_on_update BEFORE UPDATE ..", NULL);
    f = begin();
    add(&f->found.table.triggers, "audit", "CREATE TRIGGER audit AFTER ..");
    only(f, "trigger audit", "definition", DIFFERENCE_EXTRA, NULL, "CREATE TRIGGER audit AFTER ..");
}

/* openGauss: the trigger cannot be made in the scratch schema, so any that can do its work is it. */
static void on_update_triggers_of_opengauss(void **state) {
    (void)state;
    struct fixture *f = begin();
    f->known.trigger_wanted = true;
    f->expected.table.triggers.n = 0;
    f->found.triggers[0].name = "whatever";
    nothing(f);
    f = begin();
    f->known.trigger_wanted = true;
    f->expected.table.triggers.n = f->found.table.triggers.n = 0;
    only(f, "trigger of ON UPDATE", "definition", DIFFERENCE_MISSING, "BEFORE UPDATE .. FOR EACH ROW", NULL);
    f = begin();
    f->known.trigger_wanted = true;
    f->expected.table.triggers.n = 0;
    f->found.triggers[0].valid = false;
    other(f, "trigger orders_on_update", "state", "enabled", "disabled");
    f = begin();
    f->known.trigger_wanted = true;
    f->expected.table.triggers.n = 0;
    f->found.triggers[0].events = 1 | 16; /* AFTER UPDATE cannot set a column */
    compare(f);
    assert_int_equal(f->result.n, 2);
    has(f, 0, "trigger of ON UPDATE", "definition", DIFFERENCE_MISSING, "BEFORE UPDATE .. FOR EACH ROW", NULL);
    has(f, 1, "trigger orders_on_update", "definition", DIFFERENCE_EXTRA, NULL,
        "CREATE TRIGGER orders_on_update BEFORE UPDATE ..");
    arena_clear(&f->arena);
    f = begin(); /* a disabled one does not hide one that works */
    f->known.trigger_wanted = true;
    f->expected.table.triggers.n = 0;
    f->found.triggers[0].valid = false;
    add(&f->found.table.triggers, "second", "CREATE TRIGGER second BEFORE UPDATE ..");
    f->found.triggers[1].events = 1 | 2 | 16;
    only(f, "trigger orders_on_update", "definition", DIFFERENCE_EXTRA, NULL,
         "CREATE TRIGGER orders_on_update BEFORE UPDATE ..");
}

/* ---- partitions ---- */

static void partitions(void **state) {
    (void)state;
    struct fixture *f = begin();
    f->found.partitions[0].definition = "FOR VALUES FROM (0) TO (20)";
    other(f, "partition orders_p0", "bounds", "FOR VALUES FROM (0) TO (10)", "FOR VALUES FROM (0) TO (20)");
    f = begin();
    f->found.partitions[0].name = "first"; /* the same rows are in it */
    nothing(f);
    f = begin();
    f->found.table.partitions.n = 0;
    only(f, "partition orders_p0", "bounds", DIFFERENCE_MISSING, "FOR VALUES FROM (0) TO (10)", NULL);
    f = begin();
    add(&f->found.table.partitions, "orders_p1", "FOR VALUES FROM (10) TO (20)");
    only(f, "partition orders_p1", "bounds", DIFFERENCE_EXTRA, NULL, "FOR VALUES FROM (10) TO (20)");
}

static void partition_keys(void **state) {
    (void)state;
    struct fixture *f = begin();
    f->found.table.partition_key = "LIST (id)"; /* all bounds differ then; that is said once */
    f->found.partitions[0].definition = "FOR VALUES IN (1)";
    other(f, "partitioning", "key", "RANGE (id)", "LIST (id)");
    f = begin();
    f->found.table.partition_key = NULL;
    f->found.table.partitions.n = 0;
    only(f, "partitioning", "key", DIFFERENCE_MISSING, "RANGE (id)", NULL);
    f = begin();
    f->expected.table.partition_key = NULL;
    f->expected.table.partitions.n = 0;
    only(f, "partitioning", "key", DIFFERENCE_EXTRA, NULL, "RANGE (id)");
}

/* ---- counters ---- */

enum { NEXT = 500, SEQUENCE_OID = 16400 };

static struct fixture *count(struct found_counter counter) {
    static char name[] = "Orders", id[] = "Id", found_id[] = "id";
    struct column columns[] = {{.name = id, .target_name = found_id, .auto_increment = true}};
    struct table t = {.name = name, .columns = columns, .ncolumns = 1, .auto_increment_next = NEXT};
    struct fixture *f = begin();
    struct structure_report r = {.a = &f->arena, .out = &f->result};
    structure_compare_counter(&r, &t, &f->found.table, &counter, 1);
    return f;
}

static void counters(void **state) {
    (void)state;
    struct found_counter c = {.table = SEQUENCE_OID, .column = 1, .known = true, .next = NEXT};
    struct fixture *f = count(c);
    assert_int_equal(f->result.n + f->result.nunchecked, 0);
    c.next = NEXT + 1;
    f = count(c);
    assert_int_equal(f->result.n + f->result.nunchecked, 0);
    c.next = NEXT - 1;
    f = count(c);
    assert_int_equal(f->result.n, 1);
    has(f, 0, "counter of id", "next value", DIFFERENCE_OTHER, "500", "499");
    arena_clear(&f->arena);
    c.exhausted = true; /* it gives no value at all, as the source's column will not either */
    f = count(c);
    assert_int_equal(f->result.n + f->result.nunchecked, 0);
}

static void counters_not_known(void **state) {
    (void)state;
    const struct found_counter other_column = {.table = SEQUENCE_OID, .column = 2, .known = true, .next = NEXT};
    const struct found_counter other_table = {.table = SEQUENCE_OID + 1, .column = 1, .known = true, .next = NEXT};
    const struct found_counter refused = {.table = SEQUENCE_OID, .column = 1, .reason = "permission denied"};
    const struct found_counter empty = {.table = SEQUENCE_OID, .column = 1};
    const struct {
        struct found_counter counter;
        const char *reason;
    } cases[] = {{other_column, "the target does not tell its sequence"},
                 {other_table, "the target does not tell its sequence"},
                 {refused, "permission denied"},
                 {empty, "its sequence has no value"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture *f = count(cases[i].counter);
        assert_int_equal(f->result.n, 0);
        assert_int_equal(f->result.nunchecked, 1);
        assert_string_equal(f->result.unchecked[0].table, "Orders");
        assert_string_equal(f->result.unchecked[0].object, "counter of id");
        assert_string_equal(f->result.unchecked[0].reason, cases[i].reason);
        arena_clear(&f->arena);
    }
}

/* ---- what is not known is not compared ---- */

static void unknown_kinds_are_left_out(void **state) {
    (void)state;
    struct fixture *f = begin();
    f->found.table.ncolumns = 0;
    f->found.table.primary.n = f->found.table.indexes.n = 0;
    f->found.table.foreign_keys.n = f->found.table.checks.n = 0;
    f->found.table.triggers.n = f->found.table.partitions.n = 0;
    f->known = (struct structure_known){.columns = false};
    nothing(f);
    for (int kind = 0; kind < 6; kind++) {
        static const char *const named[] = {
            "column id",          "primary key", "foreign key fk", "check ck", "trigger orders_on_update",
            "partition orders_p0"};
        f = begin();
        f->found.table.ncolumns = 0;
        f->found.table.primary.n = f->found.table.indexes.n = 0;
        f->found.table.foreign_keys.n = f->found.table.checks.n = 0;
        f->found.table.triggers.n = f->found.table.partitions.n = 0;
        f->known = (struct structure_known){.columns = kind == 0,
                                            .indexes = kind == 1,
                                            .foreign_keys = kind == 2,
                                            .checks = kind == 3,
                                            .triggers = kind == 4,
                                            .partitions = kind == 5};
        compare(f);
        assert_true(f->result.n > 0);
        assert_string_equal(f->result.items[0].object, named[kind]);
        arena_clear(&f->arena);
    }
}

/* ---- the report ---- */

static void what_could_not_be_compared(void **state) {
    (void)state;
    struct arena a = ARENA_INIT;
    struct structure_result result = {0};
    struct structure_report r = {.a = &a, .out = &result};
    char reason[] = "permission denied";
    for (int i = 0; i < 100; i++) {
        structure_not_checked(&r, i == 0 ? NULL : "t", "triggers", reason);
        structure_differs(&r, NULL, "table x", "definition", DIFFERENCE_EXTRA, NULL, "shop.x");
    }
    reason[0] = '!'; /* copied, not pointed at */
    assert_int_equal(result.nunchecked, 100);
    assert_int_equal(result.n, 100);
    assert_null(result.unchecked[0].table);
    assert_string_equal(result.unchecked[99].table, "t");
    assert_string_equal(result.unchecked[99].reason, "permission denied");
    assert_null(result.items[99].table);
    assert_null(result.items[99].expected);
    assert_string_equal(result.items[99].found, "shop.x");
    arena_clear(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_tables),
        cmocka_unit_test(kinds_of_tables),
        cmocka_unit_test(table_attributes),
        cmocka_unit_test(missing_and_extra_columns),
        cmocka_unit_test(order_of_columns_does_not_matter),
        cmocka_unit_test(case_of_columns),
        cmocka_unit_test(column_attributes),
        cmocka_unit_test(counters_of_columns),
        cmocka_unit_test(defaults),
        cmocka_unit_test(a_default_in_another_type),
        cmocka_unit_test(defaults_that_are_one_number),
        cmocka_unit_test(generated_columns),
        cmocka_unit_test(primary_keys),
        cmocka_unit_test(indexes),
        cmocka_unit_test(definitions_match_before_names),
        cmocka_unit_test(two_of_one_and_one_of_the_other),
        cmocka_unit_test(foreign_keys),
        cmocka_unit_test(foreign_keys_to_tables_not_selected),
        cmocka_unit_test(checks),
        cmocka_unit_test(triggers),
        cmocka_unit_test(on_update_triggers_of_opengauss),
        cmocka_unit_test(partitions),
        cmocka_unit_test(partition_keys),
        cmocka_unit_test(counters),
        cmocka_unit_test(counters_not_known),
        cmocka_unit_test(unknown_kinds_are_left_out),
        cmocka_unit_test(what_could_not_be_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
