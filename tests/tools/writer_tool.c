/* Writing into MySQL from a script, for tests/scenarios/test_writer_mysql.py.
 *
 *   writer_tool HOST PORT USER TASK CHANNEL FENCE [batch_bytes=N] [merge=N]         password in MYSQL_PWD
 *
 * Reads one JSON object a line and answers each with one:
 *   {"op": "table", "name": "t", "schema": "s", "nkeys": 1, "upsert": true, "on_update": [..], "columns": [{"name", "mysql", "target", "nullable",
 *    "computed", "on_update"}, ..]}
 *   {"op": "begin"} {"op": "commit", "position": "..", "note": ".."} {"op": "undo"} {"op": "reopen"} {"op": "merge", "merge": 1}
 *   {"op": "insert", "table": "t", "row": [text or null, ..], "tag": 7}                 texts as the target's type prints them
 *   {"op": "delete", "table": "t", "row": [..]}   a value {} is one that is not known
 *   {"op": "update", "table": "t", "before": [..] or null, "after": [..]}   {"op": "empty", "table": "t"}
 *   {"op": "many", "table": "t", "from": 1, "count": 1000, "each": 100}     transactions of rows (n, 'row n')
 *   {"op": "figures"}
 * The first answer, and that of reopen, is what was found: {"ok": true, "batch": 3, "position": "..", "note": ".."}. */
#include <stdlib.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/str.h"
#include "mysql/writer.h"
#include "value/target_spec.h"

enum { TABLES_MAX = 32, COLUMNS_MAX = 64 };

struct tool {
    struct arena a;
    struct mysql_writer *w;
    struct row_table *tables[TABLES_MAX];
    size_t ntables;
    struct err e;
};

static const char *text_of(const json_t *o, const char *key) {
    const char *s = json_string_value(json_object_get(o, key));
    return s != NULL ? s : "";
}

static bool flag(const json_t *o, const char *key) {
    return json_is_true(json_object_get(o, key));
}

static void answer(json_t *json) {
    char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    puts(text);
    fflush(stdout);
    free(text);
    json_decref(json);
}

static void answer_found(const struct mysql_writer_progress *p) {
    answer(
        json_pack("{sb,sI,ss,ss}", "ok", 1, "batch", (json_int_t)p->batch, "position", p->position, "note", p->note));
}

static void answer_error(struct tool *t) {
    static const char *const kinds[] = {"none", "missing", "duplicate", "refused", "locked"};
    const struct mysql_writer_fault *f = t->w != NULL ? mysql_writer_fault(t->w) : NULL;
    json_t *json = json_pack("{sb,so}", "ok", 0, "error", err_to_json(&t->e));
    if (f != NULL) {
        json_object_set_new(json, "fault",
                            json_pack("{ss,ss?,sI,sI}", "kind", kinds[f->kind], "table",
                                      f->table != NULL ? f->table->name : NULL, "first", (json_int_t)f->first_tag,
                                      "last", (json_int_t)f->last_tag));
        json_object_set_new(json, "usable", json_boolean(mysql_writer_usable(t->w)));
    }
    answer(json);
    err_clear(&t->e);
}

static bool op_table(struct tool *t, const json_t *o) {
    struct arena *a = &t->a;
    const json_t *list = json_object_get(o, "columns"), *on_update = json_object_get(o, "on_update");
    size_t n = json_array_size(list);
    struct row_column *columns = arena_array(a, struct row_column, n + 1);
    struct canon_column *canon = arena_array(a, struct canon_column, n + 1);
    struct row_table *table = arena_new(a, struct row_table);
    const char **names = arena_calloc(a, json_array_size(on_update) + 1, sizeof(char *));
    for (size_t i = 0; i < n; i++) {
        const json_t *c = json_array_get(list, i);
        struct mytype *type = arena_new(a, struct mytype);
        struct target_spec spec = {.kind = TK_TEXT};
        char *ddl = arena_strdup(a, text_of(c, "target"));
        if (!mytype_parse(a, arena_strdup(a, text_of(c, "mysql")), type) ||
            !target_spec_parse(ddl, DIALECT_PG, &spec)) {
            return err_set(&t->e, ERR_USAGE, "column %zu is not understood", i);
        }
        type->charset = "utf8mb4";
        columns[i] = (struct row_column){.name = arena_strdup(a, text_of(c, "name")),
                                         .type = type,
                                         .kind = spec.kind,
                                         .nullable = flag(c, "nullable"),
                                         .computed = flag(c, "computed"),
                                         .on_update = flag(c, "on_update")};
        canon[i] = (struct canon_column){.kind = spec.kind, .ddl = ddl, .name = columns[i].name};
    }
    for (size_t i = 0; i < json_array_size(on_update); i++) {
        names[i] = arena_strdup(a, json_string_value(json_array_get(on_update, i)));
    }
    struct canon_plan *plan;
    if (!canon_plan_make(a, DIALECT_PG, canon, n, &plan, &t->e)) {
        return false;
    }
    const struct mysql_server *server = mysql_writer_server(t->w);
    *table = (struct row_table){.schema = arena_strdup(a, text_of(o, "schema")),
                                .name = arena_strdup(a, text_of(o, "name")),
                                .n = n,
                                .nkeys = (size_t)json_integer_value(json_object_get(o, "nkeys")),
                                .columns = columns,
                                .canon = plan,
                                .on_update = names,
                                .non_update = json_array_size(on_update),
                                .upsert = flag(o, "upsert"),
                                .is_mariadb = server->is_mariadb,
                                .version = server->version};
    t->tables[t->ntables++] = table;
    return true;
}

static const struct row_table *table_of(const struct tool *t, const json_t *o) {
    for (size_t i = 0; i < t->ntables; i++) {
        if (str_eq(t->tables[i]->name, text_of(o, "table"))) {
            return t->tables[i];
        }
    }
    BUG("no table %s", text_of(o, "table"));
}

struct made {
    struct buf buf;
    bool known[COLUMNS_MAX];
    struct writer_row row;
};

static bool make_row(struct tool *t, const struct row_table *table, const json_t *values, struct made *m) {
    buf_init(&m->buf, (size_t)1 << 30);
    for (size_t i = 0; i < table->n; i++) {
        const json_t *v = json_array_get(values, i);
        m->known[i] = !json_is_object(v);
        bool ok = json_is_string(v) ? canon_value_text(table->canon, i, (const uint8_t *)json_string_value(v),
                                                       json_string_length(v), &m->buf, &t->e)
                                    : canon_null(&m->buf, &t->e);
        if (!ok) {
            return false;
        }
    }
    m->row = (struct writer_row){m->buf.data, m->buf.len, m->known};
    return true;
}

static bool op_row(struct tool *t, const json_t *o, const char *op) {
    const struct row_table *table = table_of(t, o);
    struct made before = {.row = {.row = NULL}}, after = {.row = {.row = NULL}};
    uint64_t tag = (uint64_t)json_integer_value(json_object_get(o, "tag"));
    bool ok;
    if (str_eq(op, "update")) {
        bool has_before = json_is_array(json_object_get(o, "before"));
        ok = (!has_before || make_row(t, table, json_object_get(o, "before"), &before)) &&
             make_row(t, table, json_object_get(o, "after"), &after) &&
             mysql_writer_update(t->w, table, has_before ? &before.row : NULL, &after.row, tag, &t->e);
    } else {
        ok = make_row(t, table, json_object_get(o, "row"), &after) &&
             (str_eq(op, "insert") ? mysql_writer_insert(t->w, table, &after.row, tag, &t->e)
                                   : mysql_writer_delete(t->w, table, &after.row, tag, &t->e));
    }
    buf_clear(&before.buf);
    buf_clear(&after.buf);
    return ok;
}

static bool op_many(struct tool *t, const json_t *o) {
    const struct row_table *table = table_of(t, o);
    json_int_t from = json_integer_value(json_object_get(o, "from")),
               count = json_integer_value(json_object_get(o, "count")),
               each = json_integer_value(json_object_get(o, "each"));
    for (json_int_t i = 0; i < count; i++) {
        char id[24], v[32];
        snprintf(id, sizeof id, "%lld", (long long)(from + i));
        snprintf(v, sizeof v, "row %lld", (long long)(from + i));
        struct made m;
        json_t *values = json_pack("[s,s]", id, v);
        bool ok = make_row(t, table, values, &m) && (i % each != 0 || mysql_writer_begin(t->w, &t->e)) &&
                  mysql_writer_insert(t->w, table, &m.row, (uint64_t)i, &t->e) &&
                  ((i + 1) % each != 0 || mysql_writer_commit(t->w, id, NULL, &t->e));
        buf_clear(&m.buf);
        json_decref(values);
        if (!ok) {
            return false;
        }
    }
    return true;
}

static bool op_reopen(struct tool *t) {
    struct mysql_writer_progress found;
    if (!mysql_writer_reopen(t->w, &t->a, &found, &t->e)) {
        return false;
    }
    answer_found(&found);
    return true;
}

static bool run(struct tool *t, const json_t *o, bool *answered) {
    const char *op = text_of(o, "op");
    *answered = false;
    if (str_eq(op, "table")) {
        return op_table(t, o);
    }
    if (str_eq(op, "begin")) {
        return mysql_writer_begin(t->w, &t->e);
    }
    if (str_eq(op, "commit")) {
        return mysql_writer_commit(t->w, text_of(o, "position"), json_string_value(json_object_get(o, "note")), &t->e);
    }
    if (str_eq(op, "undo")) {
        return mysql_writer_undo(t->w, &t->e);
    }
    if (str_eq(op, "merge")) {
        mysql_writer_set_merge(t->w, (unsigned)json_integer_value(json_object_get(o, "merge")));
        return true;
    }
    if (str_eq(op, "empty")) {
        return mysql_writer_empty(t->w, table_of(t, o), (uint64_t)json_integer_value(json_object_get(o, "tag")), &t->e);
    }
    if (str_eq(op, "many")) {
        return op_many(t, o);
    }
    if (str_eq(op, "figures")) {
        const struct mysql_writer_figures *f = mysql_writer_figures(t->w);
        answer(json_pack("{sb,sI,sI,sI,sI,sI}", "ok", 1, "transactions", (json_int_t)f->transactions, "rows",
                         (json_int_t)f->rows, "statements", (json_int_t)f->statements, "texts", (json_int_t)f->texts,
                         "bytes", (json_int_t)f->bytes));
        *answered = true;
        return true;
    }
    if (str_eq(op, "reopen")) {
        *answered = true;
        return op_reopen(t);
    }
    return op_row(t, o, op);
}

static unsigned long number(int argc, char **argv, const char *key) {
    size_t n = strlen(key);
    for (int i = 7; i < argc; i++) {
        if (strncmp(argv[i], key, n) == 0 && argv[i][n] == '=') {
            return strtoul(argv[i] + n + 1, NULL, 10);
        }
    }
    return 0;
}

int main(int argc, char **argv) {
    if (argc < 7) {
        fprintf(stderr, "usage: see the head of writer_tool.c\n");
        return 2;
    }
    struct tool t = {.ntables = 0};
    struct mysql_writer_options o = {.connect = {.host = argv[1],
                                                 .port = (uint16_t)atoi(argv[2]),
                                                 .user = argv[3],
                                                 .password = getenv("MYSQL_PWD"),
                                                 .io_timeout_ms = 120000},
                                     .task = argv[4],
                                     .channel = (unsigned)atoi(argv[5]),
                                     .fence = strtoull(argv[6], NULL, 10),
                                     .batch_bytes = number(argc, argv, "batch_bytes"),
                                     .merge = (unsigned)number(argc, argv, "merge")};
    struct mysql_writer_progress found;
    if (!mysql_writer_open(&t.w, &o, &t.a, &found, &t.e)) {
        answer_error(&t);
        arena_clear(&t.a);
        return 0;
    }
    answer_found(&found);
    char *line = NULL;
    size_t cap = 0;
    while (getline(&line, &cap, stdin) > 0) {
        json_t *json = json_loads(line, 0, NULL);
        bool answered, ok = run(&t, json, &answered);
        if (!ok) {
            answer_error(&t);
        } else if (!answered) {
            answer(json_pack("{sb}", "ok", 1));
        }
        json_decref(json);
    }
    free(line);
    mysql_writer_close(t.w);
    arena_clear(&t.a);
    return 0;
}
