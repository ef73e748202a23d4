/* A binlog through the reader of transactions, rows of known tables included. What it tells must make sense: nothing outside of
 * begin and end. Seeds are the binlogs of fuzz_mysql_binlog. */
#include <stdlib.h>

#include "mysql/transaction.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct world {
    struct arena a;
    struct charsets *charsets;
    struct binlog_plan *plans[3];
    bool open;
};

static const char *const t_columns[] = {"int",           "varchar(20)",  "decimal(10,3)", "timestamp(3)",
                                        "enum('a','b')", "set('x','y')", "bit(9)",        "text"};
static const char *const j_columns[] = {"int", "json"};
static const char *const x_columns[] = {"int", "varchar(20)"};

static struct binlog_plan *make_plan(struct world *w, const char *const *types, size_t n) {
    struct binlog_column columns[8];
    struct binlog_plan *plan;
    struct err e = ERR_INIT;
    for (size_t i = 0; i < n; i++) {
        columns[i] = (struct binlog_column){.name = "c", .wanted = i != 1};
        if (!mytype_parse(&w->a, types[i], &columns[i].type)) {
            abort();
        }
        columns[i].type.charset = "utf8mb4";
    }
    if (!binlog_plan_make(&w->a, columns, n, w->charsets, true, &plan, &e)) {
        abort();
    }
    return plan;
}

static bool on_begin(void *ctx, const struct txn_begin *b, struct err *e) {
    struct world *w = ctx;
    (void)b;
    (void)e;
    if (w->open) {
        abort();
    }
    w->open = true;
    return true;
}

static bool on_table(void *ctx, const struct binlog_table_map *m, struct binlog_plan **plan, void **table,
                     struct err *e) {
    struct world *w = ctx;
    (void)e;
    *plan = w->plans[m->n == 8 ? 0 : m->n == 2 && m->types[1] == 245 ? 1 : 2];
    *table = w;
    return true;
}

static bool on_row(void *ctx, void *table, const struct binlog_change *c, unsigned flags, struct err *e) {
    struct world *w = ctx;
    (void)flags;
    (void)e;
    if (!w->open || table != ctx || (c->before.bytes == NULL) != (c->op == BINLOG_ROW_INSERT) ||
        (c->after.bytes == NULL) != (c->op == BINLOG_ROW_DELETE)) {
        abort();
    }
    return true;
}

static bool on_statement(void *ctx, const struct txn_statement *s, struct err *e) {
    const struct world *w = ctx;
    (void)e;
    if (!w->open || s->text[s->text_len] != '\0') {
        abort();
    }
    return true;
}

static bool on_name(void *ctx, const char *name, size_t len, struct err *e) {
    (void)ctx;
    (void)e;
    if (name[len] != '\0') {
        abort();
    }
    return true;
}

static bool on_end(void *ctx, const struct txn_end *end, struct err *e) {
    struct world *w = ctx;
    char text[BINLOG_XA_TEXT_MAX];
    (void)e;
    if (!w->open || (end->xa != NULL && binlog_xa_print(end->xa, text)[0] == '\0')) {
        abort();
    }
    w->open = false;
    return true;
}

static bool on_cut(void *ctx, struct err *e) {
    struct world *w = ctx;
    (void)e;
    if (!w->open) {
        abort();
    }
    w->open = false;
    return true;
}

static bool skip_dml(void *ctx, const struct txn_statement *s) {
    (void)ctx;
    return s->text_len % 2 == 0;
}

static void put_le32(uint8_t *p, uint32_t v) {
    for (int i = 0; i < 4; i++) {
        p[i] = (uint8_t)(v >> 8 * i);
    }
}

static void feed(struct txn_reader *r, struct world *w, uint8_t *copy, size_t size) {
    for (size_t at = 0; size - at >= BINLOG_HEADER_BYTES;) {
        struct err e = ERR_INIT;
        size_t n = get_le32(copy + at + 9);
        n = n < BINLOG_HEADER_BYTES || n > size - at ? size - at : n;
        put_le32(copy + at + 9, (uint32_t)n);
        uint8_t *event = malloc(n);
        memcpy(event, copy + at, n);
        if (!txn_read(r, event, n, &e)) {
            if (e.code == ERR_NONE || !txn_reader_restart(r, false, &e) || w->open) {
                abort();
            }
        }
        free(event);
        at += n;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct world w = {.a = ARENA_INIT};
    struct err e = ERR_INIT;
    if (!charsets_builtin(&w.charsets, &e)) {
        abort();
    }
    w.plans[0] = make_plan(&w, t_columns, 8);
    w.plans[1] = make_plan(&w, j_columns, 2);
    w.plans[2] = make_plan(&w, x_columns, 2);
    const struct txn_handler h = {&w,      on_begin, on_table, on_row, on_statement,
                                  on_name, on_name,  on_end,   on_cut, skip_dml};
    struct txn_reader_options o = {.max_event_bytes = 1 << 20, .max_row_bytes = 1 << 20};
    struct txn_reader *r = txn_reader_new(&h, w.charsets, &o);
    uint8_t *copy = malloc(size > 0 ? size : 1);
    if (r == NULL || copy == NULL) {
        abort();
    }
    memcpy(copy, data, size);
    feed(r, &w, copy, size);
    free(copy);
    txn_reader_free(r);
    charsets_free(w.charsets);
    arena_clear(&w.a);
    return 0;
}
