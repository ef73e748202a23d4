/* Logical decoding on the command line, for tests/scenarios/test_decode.py.
 *
 *   decode_tool HOST PORT USER DATABASE COMMAND [ARGUMENT...]          password in PGPASSWORD; JSON lines on stdout
 *
 *   create-slot NAME PLUGIN | drop-slot NAME | advance NAME LSN | slots PREFIX | position | identify
 *   publish NAME SCHEMA.TABLE.. | republish NAME SCHEMA.TABLE.. | unpublish NAME | published NAME
 *   identity SCHEMA.TABLE | set-identity SCHEMA.TABLE d|f|n|i [INDEX]
 *   choose                                    which decoder this server gets
 *   as-origin NAME SQL [KEEP_LSN]             SQL in a transaction of an origin's session
 *   origins PREFIX | origin-position NAME | drop-origin NAME
 *   canon SCHEMA.TABLE COLUMN..               its rows in canonical form, from COPY binary
 *   stream SLOT PUBLICATION [KEY=VALUE..]     changes until `until`; keys:
 *     position=LSN own=PREFIX binary=0|1 messages=1 busy-ms=N
 *     until=LSN       ends with the first COMMIT or POSITION at or behind it
 *     idle-ms=N       ends when nothing came for so long
 *     flush=1         every COMMIT and POSITION is confirmed once its line is written
 *     canon=1         rows in canonical form, with the types the catalog has
 *     count=1         only counts, and the memory that was used
 *     pause-ms=N      rest after every change, with feedback */
#include <stdlib.h>
#include <sys/resource.h>

#include "../tools/change_json.h"
#include "base/clock.h"
#include "base/str.h"
#include "gauss/change_stream.h"
#include "gauss/identify.h"
#include "gauss/lsn.h"
#include "gauss/origin.h"
#include "gauss/publication.h"
#include "gauss/replication.h"
#include "gauss/slot.h"
#include "gauss/tuple.h"
#include "value/target_spec.h"

struct run {
    struct gauss_options o;
    struct gauss_client *c;
    struct gauss_identity id;
    struct arena a;
    char **arg;
    int nargs;
    struct err e;
};

static const char *argument(const struct run *r, int i) {
    return i < r->nargs ? r->arg[i] : "";
}

static void print(json_t *json) {
    char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    puts(text);
    fflush(stdout);
    free(text);
    json_decref(json);
}

static json_t *lsn_json(uint64_t lsn) {
    char text[LSN_TEXT_MAX];
    return json_string(lsn_text(lsn, text));
}

static uint64_t lsn_of(const char *text) {
    uint64_t lsn = 0;
    return lsn_parse(text, strlen(text), &lsn) ? lsn : 0;
}

static struct gauss_table table_of(struct run *r, const char *name) {
    const char *dot = strchr(name, '.');
    if (dot == NULL) {
        return (struct gauss_table){"public", name};
    }
    return (struct gauss_table){arena_strndup(&r->a, name, (size_t)(dot - name)), dot + 1};
}

static struct gauss_table *tables_of(struct run *r, int from) {
    struct gauss_table *t = arena_array(&r->a, struct gauss_table, (size_t)r->nargs + 1);
    for (int i = from; i < r->nargs; i++) {
        t[i - from] = table_of(r, r->arg[i]);
    }
    return t;
}

static char *text_of(struct run *r, const struct gauss_table *t) {
    return arena_printf(&r->a, "%s.%s", t->schema, t->name);
}

/* ---- slots, publications, identities, origins ---- */

static bool cmd_create_slot(struct run *r) {
    uint64_t position;
    return slot_create(r->c, argument(r, 0), argument(r, 1), &position, &r->e) &&
           (print(json_pack("{so}", "position", lsn_json(position))), true);
}

static bool cmd_drop_slot(struct run *r) {
    return slot_drop(r->c, argument(r, 0), &r->e);
}

static bool cmd_advance(struct run *r) {
    return slot_advance(r->c, argument(r, 0), lsn_of(argument(r, 1)), &r->e);
}

static bool cmd_slots(struct run *r) {
    struct slot *s;
    size_t n;
    if (!slot_list(r->c, &r->a, r->id.dialect, argument(r, 0), &s, &n, &r->e)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        print(json_pack("{ss,ss,ss,sb,si,so,so,sb}", "name", s[i].name, "plugin", s[i].plugin, "database",
                        s[i].database, "active", (int)s[i].active, "pid", (int)s[i].pid, "restart",
                        lsn_json(s[i].restart), "confirmed", lsn_json(s[i].confirmed), "lost", (int)s[i].lost));
    }
    return true;
}

static bool cmd_position(struct run *r) {
    uint64_t position;
    return log_position(r->c, r->id.dialect, &position, &r->e) &&
           (print(json_pack("{so}", "position", lsn_json(position))), true);
}

static bool cmd_identify(struct run *r) {
    struct replication *rep;
    struct replication_system s;
    bool ok = replication_connect(&rep, &r->o, &r->e) && replication_identify(rep, &s, &r->e);
    if (ok) {
        print(json_pack("{ss,ss,so}", "id", s.id, "database", s.database, "position", lsn_json(s.position)));
    }
    replication_close(rep);
    return ok;
}

static bool cmd_publish(struct run *r) {
    return publication_create(r->c, r->id.dialect, argument(r, 0), tables_of(r, 1), (size_t)r->nargs - 1, &r->e);
}

static bool cmd_republish(struct run *r) {
    return publication_set(r->c, argument(r, 0), tables_of(r, 1), (size_t)r->nargs - 1, &r->e);
}

static bool cmd_unpublish(struct run *r) {
    return publication_drop(r->c, argument(r, 0), &r->e);
}

static bool cmd_published(struct run *r) {
    struct gauss_table *t;
    size_t n;
    if (!publication_tables(r->c, &r->a, argument(r, 0), &t, &n, &r->e)) {
        return false;
    }
    json_t *names = json_array();
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(names, json_string(text_of(r, &t[i])));
    }
    print(json_pack("{so}", "tables", names));
    return true;
}

static bool cmd_identity(struct run *r) {
    struct gauss_table t = table_of(r, argument(r, 0));
    struct replica_identity id;
    if (!replica_identity_read(r->c, &r->a, &t, &id, &r->e)) {
        return false;
    }
    print(json_pack("{ss,ss?,sb}", "kind", (char[]){id.kind, '\0'}, "index", id.index, "has_key", (int)id.has_key));
    return true;
}

static bool cmd_set_identity(struct run *r) {
    struct gauss_table t = table_of(r, argument(r, 0));
    struct replica_identity id = {.kind = argument(r, 1)[0], .index = r->nargs > 2 ? argument(r, 2) : NULL};
    return replica_identity_set(r->c, &t, &id, &r->e);
}

static bool cmd_choose(struct run *r) {
    struct decoder_facts f = {.dialect = r->id.dialect};
    struct decoder_choice c;
    if (!decoder_facts_read(r->c, &f, &r->e) || !decoder_choose(&f, &c, &r->e)) {
        return false;
    }
    print(json_pack("{ss,ss,sb,ss}", "decoder", decoder_kind_name(c.kind), "plugin", c.plugin, "binary", (int)c.binary,
                    "reason", c.reason));
    return true;
}

static bool cmd_as_origin(struct run *r) {
    const char *name = argument(r, 0);
    return origin_create(r->c, name, &r->e) && origin_create(r->c, name, &r->e) && origin_begin(r->c, name, &r->e) &&
           gauss_exec(r->c, "BEGIN", &r->e) && gauss_exec(r->c, argument(r, 1), &r->e) &&
           (r->nargs < 3 || origin_keep(r->c, lsn_of(argument(r, 2)), &r->e)) && gauss_exec(r->c, "COMMIT", &r->e) &&
           origin_end(r->c, &r->e);
}

static bool cmd_origins(struct run *r) {
    const char *const *names;
    size_t n;
    if (!origin_list(r->c, &r->a, argument(r, 0), &names, &n, &r->e)) {
        return false;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(list, json_string(names[i]));
    }
    print(json_pack("{so}", "origins", list));
    return true;
}

static bool cmd_origin_position(struct run *r) {
    uint64_t position;
    return origin_position(r->c, argument(r, 0), &position, &r->e) &&
           (print(json_pack("{so}", "position", lsn_json(position))), true);
}

static bool cmd_drop_origin(struct run *r) {
    return origin_drop(r->c, argument(r, 0), &r->e);
}

/* ---- canonical rows ---- */

struct plan {
    const char **columns;
    struct canon_plan *canon;
    size_t n;
};

/* The columns of a table with their types, by the catalog. wanted NULL: all. */
static bool plan_of(struct run *r, const struct gauss_table *t, char **wanted, size_t nwanted, struct plan *p) {
    struct gauss_rows rows;
    char *sql = arena_printf(&r->a,
                             "SELECT a.attname, format_type(a.atttypid, a.atttypmod),"
                             " CASE WHEN y.typtype = 'e' THEN 1 ELSE 0 END FROM pg_attribute a"
                             " JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
                             " JOIN pg_type y ON y.oid = a.atttypid"
                             " WHERE n.nspname = %s AND c.relname = %s AND a.attnum > 0 AND NOT a.attisdropped"
                             " ORDER BY a.attnum",
                             str_literal_pg(&r->a, t->schema), str_literal_pg(&r->a, t->name));
    if (!gauss_rows(r->c, &r->a, sql, &rows, &r->e)) {
        return false;
    }
    struct canon_column *columns = arena_array(&r->a, struct canon_column, rows.n + 1);
    p->columns = arena_calloc(&r->a, rows.n + 1, sizeof(char *));
    p->n = 0;
    for (size_t i = 0; i < rows.n; i++) {
        const char *name = gauss_cell(&rows, i, 0), *type = gauss_cell(&rows, i, 1);
        bool take = nwanted == 0;
        for (size_t k = 0; k < nwanted; k++) {
            take = take || str_eq(wanted[k], name);
        }
        struct target_spec spec = {.kind = TK_TEXT};
        if (!take) {
            continue;
        }
        if (!str_eq(gauss_cell(&rows, i, 2), "1") && !target_spec_parse(type, r->id.dialect, &spec)) {
            return err_set(&r->e, ERR_USAGE, "type %s of column %s has no canonical form", type, name);
        }
        columns[p->n] = (struct canon_column){.kind = spec.kind, .ddl = type, .name = name};
        p->columns[p->n++] = name;
    }
    return canon_plan_make(&r->a, r->id.dialect, columns, p->n, &p->canon, &r->e);
}

static json_t *row_json(const struct plan *p, const struct buf *row, const bool *known) {
    json_t *fields = json_array();
    const uint8_t *at = row->data, *field;
    size_t n;
    for (size_t i = 0; canon_next(&at, row->data + row->len, &field, &n); i++) {
        char *hex = calloc(2 * n + 1, 1);
        for (size_t k = 0; k < n; k++) {
            snprintf(hex + 2 * k, 3, "%02x", field[k]);
        }
        json_array_append_new(fields, known != NULL && !known[i] ? json_string("?")
                                      : field == NULL            ? json_null()
                                                                 : json_string(hex));
        free(hex);
    }
    return json_pack("{so,si}", "fields", fields, "n", (int)p->n);
}

static bool cmd_canon(struct run *r) {
    struct gauss_table t = table_of(r, argument(r, 0));
    struct plan p;
    if (!plan_of(r, &t, r->arg + 1, (size_t)r->nargs - 1, &p)) {
        return false;
    }
    char *list = arena_strdup(&r->a, "");
    for (size_t i = 0; i < p.n; i++) {
        list = arena_printf(&r->a, "%s%s%s", list, i > 0 ? ", " : "", str_quote_pg(&r->a, p.columns[i]));
    }
    char *sql = arena_printf(&r->a, "COPY (SELECT %s FROM %s.%s ORDER BY 1) TO STDOUT (FORMAT binary)", list,
                             str_quote_pg(&r->a, t.schema), str_quote_pg(&r->a, t.name));
    const uint8_t *data;
    size_t len;
    bool ok = gauss_copy_out_begin(r->c, sql, &r->e);
    for (bool first = true; ok && gauss_copy_out_next(r->c, &data, &len, &r->e) && data != NULL; first = false) {
        struct buf row;
        /* the head comes with the first tuple or alone, 19 bytes; the trailer is -1 */
        size_t skip = first ? 19 : 0;
        if (len < skip + 2 || get_be16(data + skip) == UINT16_MAX) {
            continue;
        }
        buf_init(&row, 1 << 26);
        ok = canon_binary(p.canon, data + skip + 2, len - skip - 2, &row, &r->e);
        if (ok) {
            print(row_json(&p, &row, NULL));
        }
        buf_clear(&row);
    }
    return ok;
}

/* ---- the stream ---- */

struct following {
    uint64_t until;
    int64_t idle_ms, pause_ms;
    bool flush, canon, count;
    struct plan plans[64]; /* by the relation's number */
    struct tuple_map maps[64];
};

static const char *option(const struct run *r, const char *key) {
    size_t n = strlen(key);
    for (int i = 2; i < r->nargs; i++) {
        if (strncmp(r->arg[i], key, n) == 0 && r->arg[i][n] == '=') {
            return r->arg[i] + n + 1;
        }
    }
    return "";
}

static bool plan_relation(struct run *r, struct following *f, const struct change_relation *rel) {
    struct gauss_table t = {rel->schema, rel->table};
    struct plan *p = &f->plans[rel->number];
    return rel->number < 64 && plan_of(r, &t, NULL, 0, p) &&
           tuple_map_make(&r->a, rel, p->columns, p->n, false, &f->maps[rel->number], &r->e);
}

static bool print_canonical(struct run *r, struct following *f, const struct change *c) {
    const struct change_row *row = &c->row;
    const struct plan *p = &f->plans[row->relation->number];
    bool known[2048], ok = true;
    struct buf out;
    for (int after = 0; ok && after < 2; after++) {
        change_tuple t = after ? row->after : row->before, other = after ? row->before : NULL;
        if (t == NULL) {
            continue;
        }
        buf_init(&out, 1 << 26);
        ok = tuple_canonical(&f->maps[row->relation->number], p->canon, t, other, &out, known, &r->e);
        if (ok) {
            json_t *json = row_json(p, &out, known);
            json_object_set_new(json, "kind", json_string(after ? "canonical" : "canonical-before"));
            print(json);
        }
        buf_clear(&out);
    }
    return ok;
}

static bool show(struct run *r, struct following *f, const struct change *c) {
    if (f->canon && c->kind == CHANGE_RELATION) {
        return plan_relation(r, f, c->relation);
    }
    if (f->canon && (c->kind == CHANGE_INSERT || c->kind == CHANGE_UPDATE || c->kind == CHANGE_DELETE)) {
        return print_canonical(r, f, c);
    }
    if (!f->count) {
        print(change_json(c));
    }
    return true;
}

static bool follow(struct run *r, struct following *f, struct change_stream *s) {
    int64_t heard_us = clock_mono_us();
    struct change c;
    for (;;) {
        if (!change_stream_next(s, 100, &c, &r->e)) {
            return false;
        }
        if (c.kind == CHANGE_NONE) {
            if (f->idle_ms > 0 && clock_mono_us() - heard_us > f->idle_ms * 1000) {
                return true;
            }
            continue;
        }
        heard_us = clock_mono_us();
        if (!show(r, f, &c)) {
            return false;
        }
        if (f->pause_ms > 0) {
            clock_sleep_ms(f->pause_ms);
            if (!change_stream_tend(s, &r->e)) {
                return false;
            }
        }
        if (c.kind == CHANGE_COMMIT || c.kind == CHANGE_POSITION) {
            if (f->flush) {
                change_stream_flushed(s, c.lsn);
            }
            if (f->until != 0 && c.lsn >= f->until) {
                return true;
            }
        }
    }
}

static bool cmd_stream(struct run *r) {
    struct following f = {.until = lsn_of(option(r, "until")),
                          .idle_ms = atoll(option(r, "idle-ms")),
                          .pause_ms = atoll(option(r, "pause-ms")),
                          .flush = str_eq(option(r, "flush"), "1"),
                          .canon = str_eq(option(r, "canon"), "1"),
                          .count = str_eq(option(r, "count"), "1")};
    struct decoder_facts facts = {.dialect = r->id.dialect, .has_pgoutput = true};
    const char *own = option(r, "own");
    struct change_stream_options o = {.connect = r->o,
                                      .dialect = r->id.dialect,
                                      .slot = argument(r, 0),
                                      .publication = argument(r, 1),
                                      .position = lsn_of(option(r, "position")),
                                      .own_origin = own[0] != '\0' ? own : NULL,
                                      .messages = str_eq(option(r, "messages"), "1"),
                                      .busy_ms = atoll(option(r, "busy-ms"))};
    struct change_stream *s;
    if (!decoder_choose(&facts, &o.decoder, &r->e)) {
        return false;
    }
    o.decoder.binary = !str_eq(option(r, "binary"), "0");
    if (!change_stream_open(&s, &o, &r->e)) {
        return false;
    }
    print(json_pack("{ss}", "kind", "opened"));
    bool ok = follow(r, &f, s);
    struct change_stream_figures g;
    struct rusage used;
    change_stream_figures(s, &g);
    getrusage(RUSAGE_SELF, &used);
    print(json_pack("{ss,sI,sI,sI,sI,sI,sI,so}", "kind", "figures", "transactions", (json_int_t)g.counts.transactions,
                    "rows", (json_int_t)g.counts.rows, "empty", (json_int_t)g.counts.empty, "passed_over",
                    (json_int_t)g.counts.passed_over, "bytes", (json_int_t)g.bytes, "peak_kib",
                    (json_int_t)used.ru_maxrss, "server_lsn", lsn_json(g.server_lsn)));
    change_stream_close(s);
    return ok;
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        bool (*run)(struct run *r);
    } commands[] = {
        {"create-slot", cmd_create_slot}, {"drop-slot", cmd_drop_slot},
        {"advance", cmd_advance},         {"slots", cmd_slots},
        {"position", cmd_position},       {"identify", cmd_identify},
        {"publish", cmd_publish},         {"republish", cmd_republish},
        {"unpublish", cmd_unpublish},     {"published", cmd_published},
        {"identity", cmd_identity},       {"set-identity", cmd_set_identity},
        {"choose", cmd_choose},           {"as-origin", cmd_as_origin},
        {"origins", cmd_origins},         {"origin-position", cmd_origin_position},
        {"drop-origin", cmd_drop_origin}, {"canon", cmd_canon},
        {"stream", cmd_stream},
    };
    if (argc < 6) {
        fprintf(stderr, "usage: see the head of decode_tool.c\n");
        return 2;
    }
    struct run r = {.o = {.host = argv[1],
                          .port = (uint16_t)atoi(argv[2]),
                          .user = argv[3],
                          .password = getenv("PGPASSWORD"),
                          .database = argv[4],
                          .io_timeout_ms = 60000},
                    .arg = argv + 6,
                    .nargs = argc - 6};
    bool known = false, ok = gauss_connect(&r.c, &r.o, &r.e) && gauss_identify(r.c, &r.a, &r.id, &r.e) &&
                             gauss_session_setup(r.c, r.id.dialect, GAUSS_ROLE_READ, &r.e);
    for (size_t i = 0; ok && !known && i < sizeof commands / sizeof commands[0]; i++) {
        known = str_eq(commands[i].name, argv[5]);
        ok = !known || commands[i].run(&r);
    }
    if (ok && !known) {
        fprintf(stderr, "no such command: %s\n", argv[5]);
        return 2;
    }
    if (!ok) {
        print(json_pack("{so}", "error", err_to_json(&r.e)));
    }
    gauss_close(r.c);
    arena_clear(&r.a);
    return 0;
}
