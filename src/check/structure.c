/* The stages of the structure check. See structure.h.
 *
 * Tables go in batches, each in one transaction: what a migration would make is made in the scratch schema
 * (structure_scratch.c), both schemas are read (structure_catalog.c, structure_parts.c) and compared (structure_compare.c),
 * and the transaction is rolled back. A foreign key needs the table it points at: that is made along when it belongs
 * to another batch. */
#include "check/structure.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "check/structure_compare.h"
#include "check/structure_scratch.h"
#include "engine/target.h"

/* A server holds so many locks at a time, 6400 with PostgreSQL's defaults; a table takes a handful, each index and
 * partition more. */
enum { BATCH_TABLES = 100, BATCH_WEIGHT = 600 };

enum state { STATE_NONE, STATE_MADE, STATE_REFUSED };

struct structuring {
    struct run *r;
    struct structure_report report;
    struct gauss_client *c;
    struct gauss_identity identity;
    struct scratch scratch;
    struct structure_catalog catalog;
    struct arena lasting, batch;
    const char *real; /* the schema's name, as it is */
    uint32_t schema;  /* its oid; 0: there is none */
    size_t batch_tables;
    unsigned char *state;       /* by table: in this batch's scratch schema */
    const char **table_refused; /* reasons by table, or NULL */
    const char **keys_refused;  /* foreign keys */
    const char **triggers_refused;
};

/* ---- may it be done? ---- */

/* The server does not want to, but is well: rows can still be compared. */
static bool is_refusal(struct structuring *k, const struct err *e) {
    return gauss_usable(k->c) &&
           (e->code == ERR_TARGET_QUERY || e->code == ERR_TARGET_PRIVILEGE || e->code == ERR_TARGET_READ_ONLY);
}

static void nothing_checked(struct structuring *k, const char *why) {
    k->report.out->not_checked = arena_strdup(k->report.a, why);
}

static const char *read_only_reason(struct structuring *k, const char *state) {
    struct arena *a = &k->lasting;
    if (str_eq(state, "standby")) {
        return "the target is a standby: definitions are compared by making them in a schema that is rolled back, "
               "which a standby does not allow; give the primary's address";
    }
    if (str_eq(state, "read-only")) {
        return "the target is read-only (default_transaction_read_only): definitions are compared by making them in a "
               "schema that is rolled back";
    }
    return arena_printf(a,
                        "the role %s may not create the schema that definitions are compared in (it is rolled back); "
                        "GRANT CREATE ON DATABASE %s TO %s",
                        k->identity.user, str_quote_pg(a, k->identity.database), str_quote_pg(a, k->identity.user));
}

static bool look(struct structuring *k, bool *may, struct err *e) {
    struct arena *a = &k->lasting;
    struct gauss_rows rows;
    char *literal = str_literal_pg(a, k->real);
    char *sql =
        arena_printf(a,
                     "SELECT CASE WHEN pg_is_in_recovery() THEN 'standby'"
                     " WHEN current_setting('transaction_read_only') = 'on' THEN 'read-only'"
                     " WHEN NOT has_database_privilege(current_database(), 'CREATE') THEN 'privilege'"
                     " ELSE 'yes' END, quote_ident(%s), (SELECT n.oid FROM pg_namespace n WHERE n.nspname = %s)",
                     literal, literal);
    struct err refused = ERR_INIT;
    if (!gauss_rows(k->c, a, sql, &rows, &refused)) {
        if (is_refusal(k, &refused)) {
            nothing_checked(k, arena_printf(a, "the target does not tell whether they can be: %s", refused.message));
            *may = false;
            k->schema = UINT32_MAX; /* not known; it is not said that there is none */
            return true;
        }
        err_copy(e, &refused);
        return false;
    }
    const char *state = gauss_cell(&rows, 0, 0), *oid = gauss_cell(&rows, 0, 2);
    k->catalog.real = gauss_cell(&rows, 0, 1);
    k->schema = oid != NULL ? (uint32_t)strtoul(oid, NULL, 10) : 0;
    *may = str_eq(state, "yes") || k->schema == 0;
    if (!*may) {
        nothing_checked(k, read_only_reason(k, state));
    }
    return true;
}

/* ---- making ---- */

/* Make a part of a table; SCRATCH_FULL only while a smaller batch could help. */
static bool make(struct structuring *k, size_t i, enum scratch_part part, size_t n, const char **refused,
                 enum scratch_again *again, struct err *e) {
    if (!scratch_make(&k->scratch, k->c, i, part, &k->batch, refused, again, e)) {
        return false;
    }
    *again = *again == SCRATCH_FULL && n == 1 ? SCRATCH_GOES_ON : *again;
    return true;
}

/* The tables that the foreign keys of table i point at. */
static bool make_referred(struct structuring *k, size_t i, size_t n, enum scratch_again *again, struct err *e) {
    const struct table *t = &k->scratch.db.tables[i];
    for (size_t f = 0; f < t->nfks && *again == SCRATCH_GOES_ON; f++) {
        size_t to = scratch_referred(&k->scratch, &t->fks[f]);
        const char *refused = NULL;
        if (to == SIZE_MAX || k->state[to] != STATE_NONE) {
            continue;
        }
        if (!make(k, to, SCRATCH_KEYS, n, &refused, again, e)) {
            return false;
        }
        k->state[to] = refused == NULL ? STATE_MADE : STATE_REFUSED;
    }
    return true;
}

static bool make_all(struct structuring *k, const size_t *tables, size_t n, enum scratch_again *again, struct err *e) {
    for (size_t i = 0; i < n && *again == SCRATCH_GOES_ON; i++) {
        size_t t = tables[i];
        if (!make(k, t, SCRATCH_ALL, n, &k->table_refused[t], again, e)) {
            return false;
        }
        k->state[t] = k->table_refused[t] == NULL ? STATE_MADE : STATE_REFUSED;
    }
    for (size_t i = 0; i < n && *again == SCRATCH_GOES_ON; i++) {
        if (k->state[tables[i]] == STATE_MADE && !make_referred(k, tables[i], n, again, e)) {
            return false;
        }
    }
    for (size_t i = 0; i < n && *again == SCRATCH_GOES_ON; i++) {
        size_t t = tables[i];
        if (k->state[t] == STATE_MADE &&
            (!make(k, t, SCRATCH_FOREIGN_KEYS, n, &k->keys_refused[t], again, e) ||
             (*again == SCRATCH_GOES_ON && !make(k, t, SCRATCH_TRIGGERS, n, &k->triggers_refused[t], again, e)))) {
            return false;
        }
    }
    return true;
}

/* CREATE SCHEMA as the batch's first statement. A refusal here is one of all. */
static bool make_schema(struct structuring *k, struct err *e) {
    struct err refused = ERR_INIT;
    if (gauss_execf(k->c, &refused, "CREATE SCHEMA %s", k->scratch.name)) {
        return true;
    }
    if (is_refusal(k, &refused)) {
        nothing_checked(k, arena_printf(&k->batch, "the schema that definitions are compared in cannot be made: %s",
                                        refused.message));
        return true;
    }
    err_copy(e, &refused);
    return false;
}

/* ---- comparing ---- */

static struct structure_known known_of(struct structuring *k, size_t i) {
    const char *const *refused = k->catalog.refused;
    const struct table *t = &k->scratch.db.tables[i];
    const char **outside = arena_array(&k->batch, const char *, t->nfks + 1);
    size_t noutside = 0;
    for (size_t f = 0; f < t->nfks; f++) {
        if (scratch_referred(&k->scratch, &t->fks[f]) == SIZE_MAX) {
            outside[noutside++] = t->fks[f].target_name;
        }
    }
    bool opengauss = dialect_is_opengauss(k->identity.dialect);
    return (struct structure_known){
        .columns = refused[CATALOG_COLUMNS] == NULL,
        .indexes = refused[CATALOG_INDEXES] == NULL,
        .checks = refused[CATALOG_CONSTRAINTS] == NULL,
        .foreign_keys = refused[CATALOG_CONSTRAINTS] == NULL && k->keys_refused[i] == NULL,
        .triggers = refused[CATALOG_TRIGGERS] == NULL && k->triggers_refused[i] == NULL,
        .trigger_wanted = opengauss && scratch_has(&k->scratch, i, DDL_TRIGGER),
        .partitions = refused[CATALOG_PARTITIONS] == NULL,
        .fold_names = k->identity.dialect == DIALECT_OG_B,
        .outside = outside,
        .noutside = noutside,
    };
}

static void compare_table(struct structuring *k, size_t i, struct found_tables *expected, struct found_tables *found) {
    const struct table *t = &k->scratch.db.tables[i];
    struct found_table *is = structure_find_table(found, t->target_name);
    struct found_table *should = structure_find_table(expected, t->target_name);
    if (is == NULL) {
        structure_differs(&k->report, t->name, "table", "definition", DIFFERENCE_MISSING,
                          arena_printf(&k->batch, "%s.%s", k->real, t->target_name), NULL);
        return;
    }
    if (should == NULL) {
        structure_not_checked(&k->report, t->name, "table",
                              k->table_refused[i] != NULL ? k->table_refused[i] : "its definition cannot be read");
        return;
    }
    struct structure_known known = known_of(k, i);
    structure_compare(&k->report, t->name, &known, should, is);
    if (k->keys_refused[i] != NULL) {
        structure_not_checked(&k->report, t->name, "foreign keys", k->keys_refused[i]);
    }
    if (k->triggers_refused[i] != NULL) {
        structure_not_checked(&k->report, t->name, "triggers", k->triggers_refused[i]);
    }
}

static bool scratch_schema(struct structuring *k, uint32_t *oid, struct err *e) {
    struct gauss_rows rows;
    char *sql = arena_printf(&k->batch, "SELECT n.oid FROM pg_namespace n WHERE n.nspname = '%s'", k->scratch.name);
    if (!gauss_rows(k->c, &k->batch, sql, &rows, e)) {
        return false;
    }
    if (rows.n != 1) {
        return err_set(e, ERR_TARGET_QUERY, "schema %s is gone again", k->scratch.name);
    }
    *oid = (uint32_t)strtoul(gauss_cell(&rows, 0, 0), NULL, 10);
    return true;
}

/* ---- a batch ---- */

struct batch {
    size_t from, to;
    const char **names; /* of all its tables in the target */
    size_t *present;    /* those that the target has */
    size_t n;
};

static bool batch_compare(struct structuring *k, const struct batch *b, struct found_tables *found, struct err *e) {
    struct found_tables expected = {0};
    struct found_counter *counters = NULL;
    size_t ncounters = 0;
    uint32_t scratch = 0;
    if (b->n > 0) {
        /* Without a schema in the path every name is printed with its own, in both alike. */
        if (!gauss_exec(k->c, "SET LOCAL search_path = pg_catalog", e) || !scratch_schema(k, &scratch, e) ||
            !structure_read_relations(&k->catalog, scratch, b->names, b->to - b->from, &expected, e) ||
            !structure_read_tables(&k->catalog, &expected, e) || !structure_read_tables(&k->catalog, found, e) ||
            !structure_read_counters(&k->catalog, found, &counters, &ncounters, e)) {
            return false;
        }
    }
    for (size_t i = b->from; i < b->to; i++) {
        const struct table *t = &k->scratch.db.tables[i];
        compare_table(k, i, &expected, found);
        const struct found_table *is = structure_find_table(found, t->target_name);
        /* Those that are refused are told of. */
        if (is != NULL && !k->report.out->followed && k->catalog.refused[CATALOG_COUNTERS] == NULL) {
            structure_compare_counter(&k->report, t, is, counters, ncounters);
        }
    }
    return true;
}

static bool batch_inside(struct structuring *k, struct batch *b, enum scratch_again *again, struct err *e) {
    struct found_tables found;
    if (!structure_read_relations(&k->catalog, k->schema, b->names, b->to - b->from, &found, e)) {
        return false;
    }
    for (size_t i = b->from; i < b->to; i++) {
        if (structure_find_table(&found, k->scratch.db.tables[i].target_name) != NULL) {
            b->present[b->n++] = i;
        }
    }
    if (b->n > 0 && !make_schema(k, e)) {
        return false;
    }
    if (k->report.out->not_checked != NULL) {
        return true;
    }
    return make_all(k, b->present, b->n, again, e) && (*again != SCRATCH_GOES_ON || batch_compare(k, b, &found, e));
}

static void batch_unchecked(struct structuring *k, const struct batch *b, const struct err *why) {
    for (size_t i = b->from; i < b->to; i++) {
        structure_not_checked(&k->report, k->scratch.db.tables[i].name, "table",
                              arena_printf(&k->batch, "the target refuses the comparison: %s", why->message));
    }
}

static bool run_batch(struct structuring *k, size_t from, size_t to, enum scratch_again *again, struct err *e) {
    size_t all = k->scratch.db.ntables;
    arena_reset(&k->batch);
    memset(k->state, STATE_NONE, all);
    memset(k->table_refused, 0, all * sizeof *k->table_refused);
    memset(k->keys_refused, 0, all * sizeof *k->keys_refused);
    memset(k->triggers_refused, 0, all * sizeof *k->triggers_refused);
    struct batch b = {.from = from, .to = to};
    b.names = arena_array(&k->batch, const char *, to - from + 1);
    b.present = arena_array(&k->batch, size_t, to - from + 1);
    for (size_t i = from; i < to; i++) {
        b.names[i - from] = k->scratch.db.tables[i].target_name;
    }
    *again = SCRATCH_GOES_ON;
    if (!gauss_exec(k->c, "BEGIN", e)) {
        return false;
    }
    struct err failed = ERR_INIT, undone = ERR_INIT;
    bool ok = batch_inside(k, &b, again, &failed);
    if (!ok && is_refusal(k, &failed)) {
        batch_unchecked(k, &b, &failed);
        ok = true;
    } else if (!ok) {
        err_copy(e, &failed);
    }
    if (gauss_usable(k->c) && !gauss_exec(k->c, "ROLLBACK", &undone) && ok) { /* the session's end undoes it, too */
        err_copy(e, &undone);
        return false;
    }
    return ok;
}

static size_t weight(const struct table *t) {
    size_t parts = t->part.n;
    for (size_t i = 0; i < t->part.n; i++) {
        parts += t->part.parts[i].nsub;
    }
    return (1 + parts) * (1 + t->nindexes);
}

static bool run_batches(struct structuring *k, struct err *e) {
    const struct database *db = &k->scratch.db;
    size_t from = 0;
    while (from < db->ntables && k->report.out->not_checked == NULL) {
        size_t to = from, sum = 0;
        while (to < db->ntables && to - from < k->batch_tables &&
               (to == from || sum + weight(&db->tables[to]) <= BATCH_WEIGHT)) {
            sum += weight(&db->tables[to++]);
        }
        enum scratch_again again;
        if (atomic_load(k->r->stop)) {
            return err_set(e, ERR_CANCELLED, "stopped by request");
        }
        if (!run_batch(k, from, to, &again, e)) {
            return false;
        }
        if (again == SCRATCH_FULL) {
            k->batch_tables = (to - from + 1) / 2;
        } else if (again == SCRATCH_GOES_ON) {
            from = to;
        }
    }
    return true;
}

/* ---- the schema as a whole ---- */

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool filters_tables(const struct catalog_filter *f) {
    return f != NULL && (f->ninclude > 0 || f->nexclude > 0 || filters_tables(f->also));
}

/* Tables of the target that no table of the source became. With --table or --exclude they may well be others'. */
static bool extra_tables(struct structuring *k, struct err *e) {
    const struct catalog_filter *filter = &k->r->task->tables;
    const struct database *db = &k->scratch.db;
    if (filters_tables(filter) || str_eq(k->real, "godwit")) {
        return true;
    }
    struct gauss_rows rows;
    arena_reset(&k->batch);
    char *sql = arena_printf(&k->batch,
                             "SELECT c.relname FROM pg_class c WHERE c.relnamespace = %u AND c.relkind IN ('r', 'p')%s"
                             " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass"
                             " AND d.objid = c.oid AND d.deptype = 'e') ORDER BY c.relname",
                             k->schema, k->identity.dialect == DIALECT_PG ? " AND NOT c.relispartition" : "");
    struct err refused = ERR_INIT;
    if (!gauss_rows(k->c, &k->batch, sql, &rows, &refused)) {
        if (is_refusal(k, &refused)) {
            structure_not_checked(&k->report, NULL, "tables that only the target has",
                                  arena_printf(&k->batch, "the target does not tell: %s", refused.message));
            return true;
        }
        err_copy(e, &refused);
        return false;
    }
    const char **names = arena_array(&k->batch, const char *, db->ntables + 1);
    for (size_t i = 0; i < db->ntables; i++) {
        names[i] = db->tables[i].target_name;
    }
    qsort(names, db->ntables, sizeof *names, compare_names);
    for (size_t i = 0; i < rows.n; i++) {
        const char *name = gauss_cell(&rows, i, 0);
        if (bsearch(&name, names, db->ntables, sizeof *names, compare_names) == NULL) {
            structure_differs(&k->report, NULL, arena_printf(&k->batch, "table %s", name), "definition",
                              DIFFERENCE_EXTRA, NULL, arena_printf(&k->batch, "%s.%s", k->real, name));
        }
    }
    return true;
}

static void report_refused(struct structuring *k) {
    static const char *const names[CATALOG_KINDS] = {
        [CATALOG_COLUMNS] = "columns",   [CATALOG_SETS] = "labels of set columns",
        [CATALOG_INDEXES] = "indexes",   [CATALOG_CONSTRAINTS] = "constraints",
        [CATALOG_TRIGGERS] = "triggers", [CATALOG_PARTITIONS] = "partitions",
        [CATALOG_COUNTERS] = "counters"};
    for (size_t i = 0; i < CATALOG_KINDS; i++) {
        if (k->catalog.refused[i] != NULL) {
            structure_not_checked(&k->report, NULL, names[i], k->catalog.refused[i]);
        }
    }
}

static void everything_missing(struct structuring *k) {
    const struct database *db = &k->r->db;
    for (size_t i = 0; i < db->ntables; i++) {
        structure_differs(&k->report, db->tables[i].name, "table", "definition", DIFFERENCE_MISSING,
                          arena_printf(&k->lasting, "%s.%s", k->real, db->tables[i].target_name), NULL);
    }
}

static bool all(struct structuring *k, struct err *e) {
    bool may;
    if (!target_open(k->r->task, &k->lasting, &k->c, &k->identity, e) || !look(k, &may, e)) {
        return false;
    }
    if (k->schema == 0) {
        everything_missing(k);
        return true;
    }
    if (!may) {
        return true;
    }
    if (!scratch_prepare(&k->scratch, k->r, e)) {
        return false;
    }
    size_t n = k->scratch.db.ntables;
    k->state = arena_alloc(&k->lasting, n + 1);
    k->table_refused = arena_array(&k->lasting, const char *, n + 1);
    k->keys_refused = arena_array(&k->lasting, const char *, n + 1);
    k->triggers_refused = arena_array(&k->lasting, const char *, n + 1);
    k->catalog.c = k->c;
    k->catalog.dialect = k->identity.dialect;
    k->catalog.scratch = k->scratch.name;
    if (!run_batches(k, e)) {
        return false;
    }
    if (k->report.out->not_checked != NULL) {
        return true;
    }
    report_refused(k);
    return extra_tables(k, e);
}

static bool counters(struct structuring *k, struct err *e) {
    const struct database *db = &k->r->db;
    struct found_tables found;
    struct found_counter *all;
    size_t n;
    bool may;
    const char **names = arena_array(&k->lasting, const char *, db->ntables + 1);
    for (size_t i = 0; i < db->ntables; i++) {
        names[i] = db->tables[i].target_name;
    }
    if (!target_open(k->r->task, &k->lasting, &k->c, &k->identity, e) || !look(k, &may, e)) {
        return false;
    }
    k->catalog.c = k->c;
    k->catalog.dialect = k->identity.dialect;
    k->catalog.scratch = k->catalog.real; /* there is none */
    if (!gauss_exec(k->c, "BEGIN", e) || !gauss_exec(k->c, "SET LOCAL search_path = pg_catalog", e) ||
        !structure_read_relations(&k->catalog, k->schema, names, db->ntables, &found, e) ||
        !structure_read_tables(&k->catalog, &found, e) || !structure_read_counters(&k->catalog, &found, &all, &n, e)) {
        return false;
    }
    for (size_t i = 0; i < db->ntables && k->catalog.refused[CATALOG_COUNTERS] == NULL; i++) {
        const struct found_table *is = structure_find_table(&found, db->tables[i].target_name);
        if (is != NULL) {
            structure_compare_counter(&k->report, &db->tables[i], is, all, n);
        }
    }
    report_refused(k);
    return true;
}

/* One comparison, from its session to its end. */
static bool compare(struct run *r, struct arena *a, struct structure_result *out,
                    bool (*work)(struct structuring *k, struct err *e), const char *what, struct err *e) {
    *out = (struct structure_result){.backward = out->backward, .followed = out->followed};
    if (r->db.ntables == 0) {
        return true;
    }
    struct structuring k = {.r = r, .report = {.a = a, .out = out}, .batch_tables = BATCH_TABLES};
    k.real = r->db.tables[0].target_schema;
    k.catalog.a = &k.batch;
    k.catalog.lasting = &k.lasting;
    bool ok = work(&k, e);
    gauss_close(k.c);
    scratch_clear(&k.scratch);
    arena_clear(&k.batch);
    arena_clear(&k.lasting);
    return ok || err_where(e, "%s in the target", what);
}

bool structure_check(struct run *r, struct arena *a, struct structure_result *out, struct err *e) {
    return compare(r, a, out, all, "definitions", e);
}

bool structure_counters(struct run *r, struct arena *a, struct structure_result *out, struct err *e) {
    return compare(r, a, out, counters, "counters", e);
}
