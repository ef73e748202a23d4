/* `godwit plan`: what a load would do, printed. Reads both ends, changes nothing. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/str.h"
#include "engine/migrate.h"
#include "engine/run.h"

struct listing {
    struct arena *arena;
    const struct table *table;
    FILE *out;
    json_t *json; /* array, or NULL */
    unsigned n;
};

static bool list_chunk(void *arg, const struct chunk *c, struct err *e) {
    (void)e;
    struct listing *l = arg;
    char *where = chunk_where(l->arena, l->table, c);
    char size[24];
    l->n++;
    if (l->json != NULL) {
        json_t *o = json_object();
        json_object_set_new(o, "number", json_integer(c->number));
        json_object_set_new(o, "where", json_string(where));
        if (c->partition != NULL) {
            json_object_set_new(o, "partition", json_string(c->partition));
        }
        json_object_set_new(o, "bytes_estimate", json_integer((json_int_t)c->bytes_estimate));
        json_array_append_new(l->json, o);
    } else {
        fprintf(l->out, "--   chunk %u, about %s: %s\n", c->number, str_bytes(c->bytes_estimate, size),
                c->partition != NULL ? c->partition
                : where[0] == '\0'   ? "the whole table"
                                     : where);
    }
    return true;
}

static bool list_chunks(struct run *r, const struct table *t, FILE *out, json_t *json, struct err *e) {
    uint64_t chunk_bytes = r->task->chunk_bytes > 0 ? r->task->chunk_bytes : 32u << 20;
    struct arena a = ARENA_INIT;
    struct listing l = {.arena = &a, .table = t, .out = out, .json = json};
    char rows[32], size[24];
    if (json == NULL) {
        fprintf(out, "-- %s.%s -> %s.%s: about %s rows, %s\n", t->schema, t->name, t->target_schema, t->target_name,
                str_count(t->rows_estimate, rows), str_bytes(t->data_bytes, size));
    }
    bool ok = chunk_plan(r->source, &a, t, (size_t)(t - r->db.tables), chunk_bytes, NULL, list_chunk, &l, e);
    arena_clear(&a);
    return ok;
}

static bool print_text(struct run *r, FILE *out, struct err *e) {
    fprintf(out, "-- source: %s, %zu tables; target: %s (%s)\n", mysql_server(r->source)->version_text, r->db.ntables,
            r->identity.version_text, dialect_name(r->identity.dialect));
    enum ddl_stage stage = DDL_SCHEMA;
    bool data_shown = false;
    for (size_t i = 0; i < r->ddl.n; i++) {
        const struct ddl_statement *s = &r->ddl.statements[i];
        if (!data_shown && s->stage > DDL_TABLE) {
            data_shown = true;
            fprintf(out, "\n-- ==== data ====\n");
            for (size_t k = 0; k < r->db.ntables; k++) {
                if (!list_chunks(r, &r->db.tables[k], out, NULL, e)) {
                    return false;
                }
            }
        }
        if (i == 0 || s->stage != stage) {
            fprintf(out, "\n-- ==== %s ====\n", ddl_stage_name(s->stage));
            stage = s->stage;
        }
        fprintf(out, "%s;\n", s->sql);
    }
    for (size_t i = 0; i < r->ddl.nfindings; i++) {
        const struct ddl_finding *f = &r->ddl.findings[i];
        fprintf(out, "%s-- %s: %s: %s; %s\n", i == 0 ? "\n-- ==== findings ====\n" : "",
                f->changes_meaning ? "WARNING" : "note", f->object, f->reason, f->instead);
    }
    for (size_t i = 0; i < r->db.nuncarried; i++) {
        const struct uncarried *u = &r->db.uncarried[i];
        fprintf(out, "%s-- %s %s: %s\n", i == 0 ? "\n-- ==== not carried ====\n" : "", u->kind, u->name, u->reason);
    }
    return true;
}

static json_t *text(const char *s) {
    return s == NULL ? json_null() : json_string(s);
}

static bool print_json(struct run *r, FILE *out, struct err *e) {
    json_t *o = json_object(), *tables = json_array(), *statements = json_array(), *findings = json_array(),
           *uncarried = json_array();
    bool ok = true;
    for (size_t i = 0; ok && i < r->db.ntables; i++) {
        const struct table *t = &r->db.tables[i];
        json_t *table = json_object(), *chunks = json_array();
        ok = list_chunks(r, t, out, chunks, e);
        json_object_set_new(table, "source", text(t->name));
        json_object_set_new(table, "target_schema", text(t->target_schema));
        json_object_set_new(table, "target", text(t->target_name));
        json_object_set_new(table, "rows_estimate", json_integer((json_int_t)t->rows_estimate));
        json_object_set_new(table, "bytes_estimate", json_integer((json_int_t)t->data_bytes));
        json_object_set_new(table, "chunks", chunks);
        json_array_append_new(tables, table);
    }
    for (size_t i = 0; i < r->ddl.n; i++) {
        const struct ddl_statement *s = &r->ddl.statements[i];
        json_array_append_new(statements, json_pack("{s:s, s:o, s:o}", "stage", ddl_stage_name(s->stage), "object",
                                                    text(s->object), "sql", text(s->sql)));
    }
    for (size_t i = 0; i < r->ddl.nfindings; i++) {
        const struct ddl_finding *f = &r->ddl.findings[i];
        json_array_append_new(findings,
                              json_pack("{s:o, s:o, s:o, s:b}", "object", text(f->object), "reason", text(f->reason),
                                        "instead", text(f->instead), "changes_meaning", (int)f->changes_meaning));
    }
    for (size_t i = 0; i < r->db.nuncarried; i++) {
        const struct uncarried *u = &r->db.uncarried[i];
        json_array_append_new(uncarried, json_pack("{s:o, s:o, s:o}", "kind", text(u->kind), "name", text(u->name),
                                                   "reason", text(u->reason)));
    }
    json_object_set_new(o, "dialect", json_string(dialect_name(r->identity.dialect)));
    json_object_set_new(o, "tables", tables);
    json_object_set_new(o, "statements", statements);
    json_object_set_new(o, "findings", findings);
    json_object_set_new(o, "uncarried", uncarried);
    if (ok) {
        json_dumpf(o, out, JSON_INDENT(2));
        fputc('\n', out);
    }
    json_decref(o);
    return ok;
}

bool migrate_plan(const struct task *t, FILE *out, bool json, struct err *e) {
    struct run r = {.task = t};
    bool ok = run_connect(&r, e) && (json ? print_json(&r, out, e) : print_text(&r, out, e));
    run_clear(&r);
    return ok;
}
