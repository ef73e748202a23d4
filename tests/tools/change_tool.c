/* The model after a statement, from a command line, for tests/scenarios/test_schema_change.py: what schema_change makes of statements is compared
 * with what the server's catalog says once it has executed them. Not installed.
 *
 *   SCHEMA_PASSWORD=... change_tool host=H port=P user=U database=D [include=PATTERN ..] [schema=S]
 *
 * Reads statements from standard input, one a line, and answers each with one line:
 *   same                 both agree
 *   refused: MESSAGE     the server did not execute it
 *   unknown: REASON      schema_change refused it
 *   different: WHAT      lines that differ, parted by " | "; going on with the server's
 * With schema=S: {"answer": .., "sql": what PostgreSQL is to do in S, or null, "why": .., "fresh": what makes all of it anew there}. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "schema/change.h"
#include "schema/ddl.h"
#include "schema/evolve.h"

enum { MAX_PATTERNS = 32 };

struct state {
    struct mysql_client *c;
    const char *database;
    struct catalog_filter filter;
    struct schema_charsets charsets;
    struct arena arena;
    struct database model;
    struct ddl_options options; /* of schema=S */
};

struct text {
    struct arena *a;
    char **lines;
    size_t n, cap;
};

static void line(struct text *t, char *s) {
    t->lines = arena_grow(t->a, t->lines, t->n, &t->cap, sizeof *t->lines);
    t->lines[t->n++] = s;
}

static const char *show(const char *s) {
    return s != NULL ? s : "-";
}

static void column(struct text *t, const struct table *of, const struct column *c) {
    line(t, arena_printf(t->a,
                         "%s.%s #%d %s %s/%s null=%d hidden=%d auto=%d default=%d%d:%s:%s update=%s gen=%d json=%d "
                         "srid=%u comment=%s",
                         of->name, c->name, c->ordinal, c->type.full, show(c->type.charset), show(c->type.collation),
                         c->nullable, c->invisible, c->auto_increment, c->has_default, c->default_null,
                         show(c->default_text), c->default_expr != NULL ? "expr" : "-", show(c->on_update),
                         c->generated, c->type.is_mariadb_json, c->type.srid, show(c->comment)));
}

static void index_line(struct text *t, const struct table *of, const struct index *x) {
    char *s = arena_printf(t->a, "%s key %s kind=%d hidden=%d comment=%s:", of->name, x->name, x->kind, x->invisible,
                           show(x->comment));
    for (size_t i = 0; i < x->nparts; i++) {
        const struct index_part *p = &x->parts[i];
        s = arena_printf(t->a, "%s %s(%u)%s", s, p->column != NULL ? p->column->name : "expr", p->prefix_chars,
                         p->descending ? " desc" : "");
    }
    line(t, s);
}

static void fk_line(struct text *t, const struct table *of, const struct foreign_key *k) {
    char *s = arena_printf(t->a, "%s fk %s -> %s.%s delete=%s update=%s:", of->name, k->name, k->ref_schema,
                           k->ref_table, k->on_delete, k->on_update);
    for (size_t i = 0; i < k->n; i++) {
        s = arena_printf(t->a, "%s %s=%s", s, k->columns[i]->name, k->ref_columns[i]);
    }
    line(t, s);
}

static void partitions(struct text *t, const struct table *of, const struct partition *p, size_t n) {
    for (size_t i = 0; i < n; i++) {
        line(t, arena_printf(t->a, "%s partition %s values=%s comment=%s", of->name, p[i].name, show(p[i].values),
                             show(p[i].comment)));
        partitions(t, of, p[i].sub, p[i].nsub);
    }
}

static void describe(struct text *t, const struct database *d) {
    line(t, arena_printf(t->a, "database %s/%s", d->charset, d->collation));
    for (size_t i = 0; i < d->ntables; i++) {
        const struct table *of = &d->tables[i];
        line(t, arena_printf(t->a, "%s %s/%s part=%d%d%d%d comment=%s", of->name, of->charset, of->collation,
                             of->part.method, of->part.linear, of->part.sub_method, of->part.sub_linear, of->comment));
        for (size_t k = 0; k < of->ncolumns; k++) {
            column(t, of, &of->columns[k]);
        }
        for (size_t k = 0; k < of->nindexes; k++) {
            index_line(t, of, &of->indexes[k]);
        }
        for (size_t k = 0; k < of->nfks; k++) {
            fk_line(t, of, &of->fks[k]);
        }
        for (size_t k = 0; k < of->nchecks; k++) {
            line(t,
                 arena_printf(t->a, "%s check %s enforced=%d", of->name, of->checks[k].name, of->checks[k].enforced));
        }
        partitions(t, of, of->part.parts, of->part.n);
    }
}

/* Expressions differ in their spelling; what is made of them must not. */
static bool make(struct text *t, struct database *d, enum dialect dialect, struct err *e) {
    struct ddl_options o = {.types.dialect = dialect};
    struct ddl ddl;
    if (!schema_resolve(t->a, d, &o, e) || !ddl_make(t->a, d, &o, &ddl, e)) {
        return false;
    }
    for (size_t i = 0; i < ddl.n; i++) {
        if (ddl.statements[i].stage != DDL_COUNTER) {
            line(t, ddl.statements[i].sql);
        }
    }
    return true;
}

static bool all_of(struct text *t, struct database *d, struct err *e) {
    describe(t, d);
    return make(t, d, DIALECT_PG, e) && make(t, d, DIALECT_OG_B, e);
}

static bool has(const struct text *t, const char *s) {
    for (size_t i = 0; i < t->n; i++) {
        if (strcmp(t->lines[i], s) == 0) {
            return true;
        }
    }
    return false;
}

/* To be printed, with what the target is to do. */
static void answer(struct state *s, const char *kind, const char *what, const char *sql, const char *why,
                   const char *fresh) {
    struct arena a = ARENA_INIT;
    char *text = what[0] != '\0' ? arena_printf(&a, "%s: %s", kind, what) : arena_strdup(&a, kind);
    for (char *p = text; *p != '\0'; p++) {
        *p = *p == '\n' ? ' ' : *p;
    }
    if (s->options.target_schema == NULL) {
        puts(text);
    } else {
        json_t *o = json_pack("{s:s, s:s?, s:s?, s:s?}", "answer", text, "sql", sql, "why", why, "fresh", fresh);
        json_dumpf(o, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(o);
    }
    arena_clear(&a);
}

static void say(struct state *s, const char *kind, const char *what) {
    answer(s, kind, what, NULL, NULL, NULL);
}

static char *fresh(struct arena *a, struct database *d, const struct ddl_options *o, struct err *e) {
    struct ddl ddl;
    char *out = arena_strdup(a, "");
    if (!schema_resolve(a, d, o, e) || !ddl_make(a, d, o, &ddl, e)) {
        return NULL;
    }
    for (size_t i = 0; i < ddl.n; i++) {
        if (ddl.statements[i].stage != DDL_ANALYZE) {
            out = arena_printf(a, "%s%s;\n", out, ddl.statements[i].sql);
        }
    }
    return out;
}

static bool tell_target(struct state *s, const struct database *before, struct schema_change *change, struct err *e) {
    struct err refused = ERR_INIT;
    struct evolve_moment when = {.utc_us = 1700000000123456, .time_zone = "+00:00"};
    char *sql = NULL;
    if (s->options.target_schema == NULL) {
        puts("same");
        return true;
    }
    struct database *old = arena_new(&s->arena, struct database);
    *old = *before;
    if (!schema_resolve(&s->arena, old, &s->options, e)) {
        return false;
    }
    bool ok = schema_evolve(&s->arena, old, change, &s->options, &when, &sql, &refused);
    char *all = fresh(&s->arena, &change->after, &s->options, e);
    answer(s, "same", "", ok ? sql : NULL, ok ? NULL : refused.message, all);
    return all != NULL;
}

static bool compare(struct state *s, const struct database *before, const struct database *server,
                    struct schema_change *change, struct err *e) {
    struct arena a = ARENA_INIT;
    struct text ours = {.a = &a}, theirs = {.a = &a};
    struct database x, y;
    schema_clone(&a, &s->model, &x);
    schema_clone(&a, server, &y);
    bool ok = all_of(&ours, &x, e) && all_of(&theirs, &y, e);
    char *difference = arena_strdup(&a, "");
    for (size_t i = 0; ok && i < ours.n; i++) {
        if (!has(&theirs, ours.lines[i])) {
            difference = arena_printf(&a, "%s | ours: %s", difference, ours.lines[i]);
        }
    }
    for (size_t i = 0; ok && i < theirs.n; i++) {
        if (!has(&ours, theirs.lines[i])) {
            difference = arena_printf(&a, "%s | server: %s", difference, theirs.lines[i]);
        }
    }
    if (ok && difference[0] != '\0') {
        say(s, "different", difference);
        s->model = *server;
    } else if (ok) {
        ok = tell_target(s, before, change, e);
        s->model = change->after;
    }
    arena_clear(&a);
    return ok;
}

static bool one(struct state *s, const char *sql, struct err *e) {
    struct schema_session session = {.database = s->database, .time_zone = "+00:00"};
    struct schema_change change;
    struct database server;
    struct err refused = ERR_INIT, unknown = ERR_INIT;
    if (!mysql_exec(s->c, sql, &refused)) {
        say(s, "refused", refused.message);
        return mysql_usable(s->c);
    }
    if (!catalog_read(s->c, &s->arena, s->database, &s->filter, &server, e)) {
        return false;
    }
    if (!schema_change(&s->arena, &s->model, &s->filter, &s->charsets, &session, sql, strlen(sql), &change, &unknown)) {
        say(s, "unknown", unknown.message);
        s->model = server;
        return true;
    }
    struct database before = s->model;
    s->model = change.after;
    return compare(s, &before, &server, &change, e);
}

static bool run(struct state *s, const struct mysql_options *o, struct err *e) {
    char *text = NULL;
    size_t cap = 0;
    if (!mysql_connect(&s->c, o, e)) {
        return false;
    }
    bool ok = mysql_execf(s->c, e, "USE %s", str_quote_mysql(&s->arena, s->database)) &&
              mysql_exec(s->c, "SET time_zone = '+00:00'", e) &&
              catalog_read_charsets(s->c, &s->arena, &s->charsets, e) &&
              catalog_read(s->c, &s->arena, s->database, &s->filter, &s->model, e);
    while (ok && getline(&text, &cap, stdin) > 0) {
        text[strcspn(text, "\n")] = '\0';
        ok = one(s, text, e);
        fflush(stdout);
    }
    free(text);
    mysql_close(s->c);
    return ok;
}

int main(int argc, char **argv) {
    static const char *include[MAX_PATTERNS];
    struct mysql_options o = {.password = getenv("SCHEMA_PASSWORD")};
    struct state s = {.filter = {.include = include}};
    struct err e = ERR_INIT;
    for (int i = 1; i < argc; i++) {
        char *value = strchr(argv[i], '=');
        if (value == NULL) {
            return 2;
        }
        *value++ = '\0';
        if (str_eq(argv[i], "host")) {
            o.host = value;
        } else if (str_eq(argv[i], "port")) {
            o.port = (uint16_t)atoi(value);
        } else if (str_eq(argv[i], "user")) {
            o.user = value;
        } else if (str_eq(argv[i], "database")) {
            s.database = value;
        } else if (str_eq(argv[i], "schema")) {
            s.options.target_schema = value;
        } else if (str_eq(argv[i], "include") && s.filter.ninclude < MAX_PATTERNS) {
            include[s.filter.ninclude++] = value;
        } else {
            return 2;
        }
    }
    bool ok = run(&s, &o, &e);
    if (!ok) {
        fprintf(stderr, "%s\n", e.message);
    }
    arena_clear(&s.arena);
    return ok ? 0 : 1;
}
