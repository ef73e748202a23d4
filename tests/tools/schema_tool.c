/* The schema room from a command line, for tests/scenarios/test_schema.py: a database's catalog as a target's DDL.
 * Not installed.
 *
 *   SCHEMA_PASSWORD=... schema_tool host=H port=P user=U database=D dialect=pg|og_b|og_pg|og_a
 *                       [schema=S] [lower=1] [json=1] [interval=1] [include=PATTERN ..] [exclude=PATTERN ..] [drop=1] [time=1]
 *
 * Prints the statements in order, each behind a line "-- stage: object" and ended by a line ";", then
 * "-- warning|note: object: reason => instead" for the findings and "-- uncarried: kind name: reason".
 * drop=1 prints ddl_drop_table() of every table instead; time=1 tells on standard error what reading and making took.
 * Exit code 1 with the error on standard error. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "schema/catalog.h"
#include "schema/ddl.h"
#include "schema/model_json.h"

enum { MAX_PATTERNS = 32 };

struct arguments {
    struct mysql_options connection;
    struct ddl_options ddl;
    struct catalog_filter filter;
    const char *include[MAX_PATTERNS], *exclude[MAX_PATTERNS];
    const char *database;
    bool drop, time;
};

static bool dialect_of(const char *text, enum dialect *d) {
    static const char *const names[] = {
        [DIALECT_PG] = "pg", [DIALECT_OG_B] = "og_b", [DIALECT_OG_PG] = "og_pg", [DIALECT_OG_A] = "og_a"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_eq(text, names[i])) {
            *d = (enum dialect)i;
            return true;
        }
    }
    return false;
}

static bool read_argument(struct arguments *g, const char *key, const char *value) {
    if (str_eq(key, "host")) {
        g->connection.host = value;
    } else if (str_eq(key, "port")) {
        g->connection.port = (uint16_t)atoi(value);
    } else if (str_eq(key, "user")) {
        g->connection.user = value;
    } else if (str_eq(key, "database")) {
        g->database = value;
    } else if (str_eq(key, "dialect")) {
        return dialect_of(value, &g->ddl.types.dialect);
    } else if (str_eq(key, "schema")) {
        g->ddl.target_schema = value;
    } else if (str_eq(key, "lower")) {
        g->ddl.lower_names = true;
    } else if (str_eq(key, "json")) {
        g->ddl.types.json_as_json = true;
    } else if (str_eq(key, "interval")) {
        g->ddl.types.time_as_interval = true;
    } else if (str_eq(key, "include") && g->filter.ninclude < MAX_PATTERNS) {
        g->include[g->filter.ninclude++] = value;
    } else if (str_eq(key, "exclude") && g->filter.nexclude < MAX_PATTERNS) {
        g->exclude[g->filter.nexclude++] = value;
    } else if (str_eq(key, "drop")) {
        g->drop = true;
    } else if (str_eq(key, "time")) {
        g->time = true;
    } else {
        return false;
    }
    return true;
}

static void print_ddl(const struct ddl *ddl, const struct database *d) {
    for (size_t i = 0; i < ddl->n; i++) {
        const struct ddl_statement *s = &ddl->statements[i];
        printf("-- %s: %s\n%s\n;\n", ddl_stage_name(s->stage), s->object, s->sql);
    }
    for (size_t i = 0; i < ddl->nfindings; i++) {
        const struct ddl_finding *f = &ddl->findings[i];
        printf("-- %s: %s: %s => %s\n", f->changes_meaning ? "warning" : "note", f->object, f->reason, f->instead);
    }
    for (size_t i = 0; i < d->nuncarried; i++) {
        printf("-- uncarried: %s %s: %s\n", d->uncarried[i].kind, d->uncarried[i].name, d->uncarried[i].reason);
    }
}

/* What is kept of a model is all that definitions are made of. */
static bool keep_and_read(struct arena *a, struct database *d, struct err *e) {
    struct database read = *d;
    json_t *kept = model_to_json(d);
    bool ok = model_from_json(a, kept, d, e);
    d->uncarried = read.uncarried;
    d->nuncarried = read.nuncarried;
    json_decref(kept);
    return ok;
}

static bool run(const struct arguments *g, struct err *e) {
    struct mysql_client *c;
    if (!mysql_connect(&c, &g->connection, e)) {
        return false;
    }
    struct arena a = ARENA_INIT;
    struct database d;
    struct ddl ddl;
    int64_t begin = clock_mono_us();
    bool ok = catalog_read(c, &a, g->database, &g->filter, &d, e);
    int64_t read = clock_mono_us();
    mysql_close(c);
    ok = ok && keep_and_read(&a, &d, e) && schema_resolve(&a, &d, &g->ddl, e) && ddl_make(&a, &d, &g->ddl, &ddl, e);
    if (g->time) {
        fprintf(stderr, "read %lld ms, resolve and make %lld ms\n", (long long)(read - begin) / 1000,
                (long long)(clock_mono_us() - read) / 1000);
    }
    if (ok && g->drop) {
        for (size_t i = 0; i < d.ntables; i++) {
            printf("-- drop: %s\n%s\n;\n", d.tables[i].name, ddl_drop_table(&a, &d.tables[i], &g->ddl));
        }
    } else if (ok) {
        print_ddl(&ddl, &d);
    }
    arena_clear(&a);
    return ok;
}

int main(int argc, char **argv) {
    struct arguments g = {.connection = {.password = getenv("SCHEMA_PASSWORD")}};
    g.filter.include = g.include;
    g.filter.exclude = g.exclude;
    for (int i = 1; i < argc; i++) {
        char *value = strchr(argv[i], '=');
        if (value == NULL) {
            fprintf(stderr, "not KEY=VALUE: %s\n", argv[i]);
            return 2;
        }
        *value++ = '\0';
        if (!read_argument(&g, argv[i], value)) {
            fprintf(stderr, "not understood: %s=%s\n", argv[i], value);
            return 2;
        }
    }
    if (g.database == NULL || g.connection.host == NULL) {
        fputs("host= and database= are needed\n", stderr);
        return 2;
    }
    struct err e = ERR_INIT;
    if (!run(&g, &e)) {
        err_print(&e, stderr);
        return 1;
    }
    return 0;
}
