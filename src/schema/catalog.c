/* Reads the catalog: the session, what information_schema offers here, the list of tables, and what is not carried.
 * Columns, indexes, constraints and partitions are read by catalog_*.c; each with one statement for all tables. */
#include "schema/catalog.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "schema/catalog_internal.h"

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct table *)a)->name, ((const struct table *)b)->name);
}

struct table *catalog_table(const struct catalog_reader *r, const char *name) {
    if (name == NULL || r->d->ntables == 0) {
        return NULL;
    }
    struct table key = {.name = (char *)(uintptr_t)name};
    return bsearch(&key, r->d->tables, r->d->ntables, sizeof key, by_name);
}

size_t catalog_table_index(const struct catalog_reader *r, const struct table *t) {
    return (size_t)(t - r->d->tables);
}

void catalog_uncarried(struct catalog_reader *r, const char *kind, const char *name, const char *reason) {
    struct database *d = r->d;
    d->uncarried = arena_grow(r->a, d->uncarried, d->nuncarried, &r->uncarried_cap, sizeof *d->uncarried);
    d->uncarried[d->nuncarried++] = (struct uncarried){
        .kind = arena_strdup(r->a, kind), .name = arena_strdup(r->a, name), .reason = arena_strdup(r->a, reason)};
}

static const char BY_OBJECTS[] = "godwit objects carries it";

void catalog_leave_to_objects(struct database *d) {
    size_t n = 0;
    for (size_t i = 0; i < d->nuncarried; i++) {
        if (!str_eq(d->uncarried[i].reason, BY_OBJECTS)) {
            d->uncarried[n++] = d->uncarried[i];
        }
    }
    d->nuncarried = n;
}

bool catalog_no_column(struct err *e, const struct table *t, const char *kind, const char *object, const char *column) {
    return err_set(e, ERR_SOURCE_SCHEMA, "%s %s of table %s names column %s, which the table does not have", kind,
                   object, t->name, column == NULL ? "NULL" : column);
}

bool catalog_show_create(struct catalog_reader *r, const struct table *t, const char **create, struct err *e) {
    struct mysql_rows rows;
    char *sql =
        arena_printf(r->a, "SHOW CREATE TABLE %s.%s", str_quote_mysql(r->a, t->schema), str_quote_mysql(r->a, t->name));
    if (!mysql_rows(r->c, r->a, sql, &rows, e)) {
        return err_where(e, "table %s.%s", t->schema, t->name);
    }
    *create = rows.n == 1 && rows.columns.n >= 2 ? mysql_cell(&rows, 0, 1) : NULL;
    return true;
}

/* The servers differ in what information_schema has; ask it about itself rather than trust version numbers. */
static bool read_features(struct catalog_reader *r, struct err *e) {
    struct mysql_rows rows;
    if (!mysql_rows(r->c, r->a,
                    "SELECT UPPER(TABLE_NAME), UPPER(COLUMN_NAME) FROM information_schema.COLUMNS"
                    " WHERE TABLE_SCHEMA = 'information_schema'"
                    " AND TABLE_NAME IN ('COLUMNS', 'STATISTICS', 'CHECK_CONSTRAINTS', 'TABLE_CONSTRAINTS')",
                    &rows, e)) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        const char *t = mysql_cell(&rows, i, 0), *c = mysql_cell(&rows, i, 1);
        if (str_eq(t, "COLUMNS")) {
            r->has_generation_expr |= str_eq(c, "GENERATION_EXPRESSION");
            r->has_srs_id |= str_eq(c, "SRS_ID");
        } else if (str_eq(t, "STATISTICS")) {
            r->has_index_expr |= str_eq(c, "EXPRESSION");
            r->has_index_visible |= str_eq(c, "IS_VISIBLE");
            r->has_index_ignored |= str_eq(c, "IGNORED");
        } else if (str_eq(t, "CHECK_CONSTRAINTS")) {
            r->has_checks = true;
            r->checks_have_table |= str_eq(c, "TABLE_NAME");
        } else if (str_eq(t, "TABLE_CONSTRAINTS")) {
            r->has_enforced |= str_eq(c, "ENFORCED");
        }
    }
    return true;
}

static bool read_database(struct catalog_reader *r, const char *name, struct err *e) {
    struct mysql_rows rows;
    char *sql =
        arena_printf(r->a,
                     "SELECT SCHEMA_NAME, DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME, @@lower_case_table_names"
                     " FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = %s",
                     r->db);
    if (!mysql_rows(r->c, r->a, sql, &rows, e)) {
        return false;
    }
    if (rows.n == 0) {
        return err_set(e, ERR_SOURCE_DATABASE, "there is no database %s, or the account may not see it", name);
    }
    r->d->name = arena_strdup(r->a, mysql_cell(&rows, 0, 0));
    r->d->charset = arena_strdup(r->a, mysql_cell(&rows, 0, 1));
    r->d->collation = arena_strdup(r->a, mysql_cell(&rows, 0, 2));
    r->d->lower_case_table_names = (int)catalog_u64(mysql_cell(&rows, 0, 3));
    r->d->is_mariadb = r->is_mariadb;
    return true;
}

/* "utf8mb4_0900_ai_ci" -> "utf8mb4": a collation's name begins with its character set's. */
static char *charset_of(struct arena *a, const char *collation) {
    return collation == NULL ? NULL : arena_strndup(a, collation, strcspn(collation, "_"));
}

static bool read_tables(struct catalog_reader *r, struct err *e) {
    struct mysql_rows rows;
    char *sql = arena_printf(
        r->a,
        "SELECT TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_COLLATION, TABLE_COMMENT, AUTO_INCREMENT, TABLE_ROWS,"
        " DATA_LENGTH FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s ORDER BY TABLE_NAME",
        r->db);
    if (!mysql_rows(r->c, r->a, sql, &rows, e)) {
        return false;
    }
    struct database *d = r->d;
    d->tables = arena_array(r->a, struct table, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        const char *name = mysql_cell(&rows, i, 0), *type = mysql_cell(&rows, i, 1);
        if (!catalog_filter_match(r->filter, name)) {
            continue;
        }
        if (str_ieq(type, "VIEW") || str_ieq(type, "SYSTEM VIEW")) {
            catalog_uncarried(r, "view", name, BY_OBJECTS);
        } else if (str_ieq(type, "SEQUENCE")) {
            catalog_uncarried(r, "sequence", name, "MariaDB's sequences are not carried");
        } else if (str_ieq(type, "SYSTEM VERSIONED")) {
            catalog_uncarried(r, "system-versioned table", name,
                              "no target keeps row history by itself; ALTER TABLE .. DROP SYSTEM VERSIONING makes it "
                              "an ordinary table");
        } else if (!str_ieq(type, "BASE TABLE")) {
            catalog_uncarried(r, "table", name, arena_printf(r->a, "tables of type %s are not carried", type));
        } else {
            struct table *t = &d->tables[d->ntables++];
            const char *collation = mysql_cell(&rows, i, 3);
            t->schema = d->name;
            t->name = arena_strdup(r->a, name);
            t->engine = arena_strdup(r->a, mysql_cell(&rows, i, 2));
            t->collation = arena_strdup(r->a, collation != NULL ? collation : d->collation);
            t->charset = charset_of(r->a, t->collation);
            t->comment = arena_strdup(r->a, mysql_cell(&rows, i, 4));
            t->auto_increment_next = catalog_u64(mysql_cell(&rows, i, 5));
            t->rows_estimate = catalog_u64(mysql_cell(&rows, i, 6));
            t->data_bytes = catalog_u64(mysql_cell(&rows, i, 7));
        }
    }
    if (d->ntables > 0) {
        qsort(d->tables, d->ntables, sizeof d->tables[0], by_name); /* the same order whatever the server's collation */
    }
    return true;
}

static char *lower(struct arena *a, const char *s) {
    char *out = arena_strdup(a, s);
    for (char *p = out; *p != '\0'; p++) {
        *p = (char)tolower((unsigned char)*p);
    }
    return out;
}

/* Triggers follow their table through the filter; routines and events belong to the database. */
static bool read_programs(struct catalog_reader *r, struct err *e) {
    struct mysql_rows rows;
    char *sql = arena_printf(
        r->a,
        "SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = %s"
        " ORDER BY TRIGGER_NAME",
        r->db);
    if (!mysql_rows(r->c, r->a, sql, &rows, e)) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        if (catalog_filter_match(r->filter, mysql_cell(&rows, i, 1))) {
            catalog_uncarried(r, "trigger", mysql_cell(&rows, i, 0), BY_OBJECTS);
        }
    }
    sql = arena_printf(r->a,
                       "SELECT ROUTINE_TYPE, ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = %s"
                       " ORDER BY ROUTINE_TYPE, ROUTINE_NAME",
                       r->db);
    if (!mysql_rows(r->c, r->a, sql, &rows, e)) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        catalog_uncarried(r, lower(r->a, mysql_cell(&rows, i, 0)), mysql_cell(&rows, i, 1), BY_OBJECTS);
    }
    sql = arena_printf(
        r->a, "SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = %s ORDER BY EVENT_NAME", r->db);
    if (!mysql_rows(r->c, r->a, sql, &rows, e)) {
        return false;
    }
    for (size_t i = 0; i < rows.n; i++) {
        catalog_uncarried(r, "event", mysql_cell(&rows, i, 0), BY_OBJECTS);
    }
    return true;
}

/* Expressions are printed by the rules of the reading session's sql_mode (ANSI_QUOTES, NO_BACKSLASH_ESCAPES) and
 * timestamps in its time zone: fix both while reading, and give the caller's back. */
struct saved_session {
    char *sql_mode, *time_zone;
};

static bool session_enter(struct catalog_reader *r, struct saved_session *s, struct err *e) {
    struct mysql_rows rows;
    if (!mysql_rows(r->c, r->a, "SELECT @@SESSION.sql_mode, @@SESSION.time_zone", &rows, e)) {
        return false;
    }
    s->sql_mode = str_literal_mysql(r->a, mysql_cell(&rows, 0, 0));
    s->time_zone = str_literal_mysql(r->a, mysql_cell(&rows, 0, 1));
    if (!mysql_exec(r->c, "SET SESSION sql_mode = '', SESSION time_zone = '+00:00'", e)) {
        return false;
    }
    /* MySQL 8 serves AUTO_INCREMENT and row counts from a cache that is up to a day old. */
    if (!r->is_mariadb && r->version >= 80003 &&
        !mysql_exec(r->c, "SET SESSION information_schema_stats_expiry = 0", e)) {
        return false;
    }
    /* A generated invisible primary key is the table's only key: always show it. */
    return r->is_mariadb || r->version < 80030 ||
           mysql_exec(r->c, "SET SESSION show_gipk_in_create_table_and_information_schema = ON", e);
}

static bool session_leave(struct catalog_reader *r, const struct saved_session *s, struct err *e) {
    return s->sql_mode == NULL ||
           mysql_execf(r->c, e,
                       "SET SESSION sql_mode = %s, SESSION time_zone = %s, SESSION character_set_results = utf8mb4",
                       s->sql_mode, s->time_zone);
}

static bool read_all(struct catalog_reader *r, const char *database, struct err *e) {
    return read_features(r, e) && read_database(r, database, e) && read_tables(r, e) && catalog_read_columns(r, e) &&
           catalog_read_indexes(r, e) && catalog_read_foreign_keys(r, e) && catalog_read_checks(r, e) &&
           catalog_read_partitions(r, e) && read_programs(r, e);
}

bool catalog_read(struct mysql_client *c, struct arena *a, const char *database, const struct catalog_filter *f,
                  struct database *out, struct err *e) {
    *out = (struct database){0};
    if (f != NULL && !catalog_filter_valid(f, e)) {
        return false;
    }
    const struct mysql_server *server = mysql_server(c);
    struct catalog_reader r = {.c = c,
                               .a = a,
                               .filter = f,
                               .d = out,
                               .db = str_literal_mysql(a, database),
                               .is_mariadb = server->is_mariadb,
                               .version = server->version};
    struct saved_session saved = {0};
    bool ok = session_enter(&r, &saved, e) && read_all(&r, database, e);
    if (ok) {
        ok = session_leave(&r, &saved, e);
    } else if (mysql_usable(c) && !session_leave(&r, &saved, NULL)) {
        /* the first error is the one to report */
    }
    return ok || err_where(e, "database %s", database);
}
