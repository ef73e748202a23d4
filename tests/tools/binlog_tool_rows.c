/* binlog_tool's verbs about rows: transactions as the binlog has them, and the same tables' rows as SELECT sends them. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "binlog_tool.h"
#include "schema/catalog.h"
#include "value/digest.h"

struct tool_table {
    const char *name;
    struct binlog_plan *plan;
};

struct rows_tool {
    struct tool *tool;
    struct mysql_client *client;
    struct charsets *charsets;
    struct arena arena;
    struct database model;
    struct tool_table *tables;
    bool quiet;
    uint64_t transactions, rows, bytes;
};

/* ---- what the catalog says now ---- */

static bool open_catalog(struct rows_tool *t, struct err *e) {
    static const struct catalog_filter all = {0};
    struct mysql_options o = t->tool->options.server;
    o.database = t->tool->database;
    if (!mysql_connect(&t->client, &o, e) || !mysql_exec(t->client, "SET SESSION time_zone='+00:00', sql_mode=''", e) ||
        !charsets_read(t->client, &t->charsets, e) ||
        !catalog_read(t->client, &t->arena, t->tool->database, &all, &t->model, e)) {
        return false;
    }
    t->tables = arena_array(&t->arena, struct tool_table, t->model.ntables + 1);
    return true;
}

static void close_catalog(struct rows_tool *t) {
    mysql_close(t->client);
    charsets_free(t->charsets);
    arena_clear(&t->arena);
}

static bool is_wanted(const struct rows_tool *t, const struct column *c) {
    return t->tool->generated || c->generated == GENERATED_NO;
}

static bool make_plan(struct rows_tool *t, const struct table *model, struct binlog_plan **out, struct err *e) {
    struct binlog_column *columns = arena_array(&t->arena, struct binlog_column, model->ncolumns);
    for (size_t i = 0; i < model->ncolumns; i++) {
        const struct column *c = &model->columns[i];
        columns[i] = (struct binlog_column){.name = c->name, .type = c->type, .wanted = is_wanted(t, c)};
    }
    return binlog_plan_make(&t->arena, columns, model->ncolumns, t->charsets, t->model.is_mariadb, out, e) ||
           err_where(e, "table %s", model->name);
}

/* ---- handler ---- */

/* Bytes in hex; of many bytes their number and digest. */
static json_t *hex_json(const uint8_t *p, size_t n) {
    enum { HEX_MOST = 64 * 1024 };
    static const char digits[] = "0123456789abcdef";
    if (n > HEX_MOST) {
        char digest[DIGEST_TEXT];
        digest_text(digest_row(p, n), digest);
        return json_sprintf("%zu bytes %s", n, digest);
    }
    char *hex = malloc(2 * n + 1);
    for (size_t i = 0; i < n; i++) {
        hex[2 * i] = digits[p[i] >> 4];
        hex[2 * i + 1] = digits[p[i] & 15];
    }
    json_t *s = json_stringn(hex, 2 * n);
    free(hex);
    return s;
}

static bool on_begin(void *ctx, const struct txn_begin *b, struct err *e) {
    struct rows_tool *t = ctx;
    (void)e;
    t->transactions++;
    if (!t->quiet) {
        json_t *o = json_pack("{s{so}}", "begin", "at", tool_place(&b->place));
        if (b->gtid != NULL) {
            json_object_set_new(json_object_get(o, "begin"), "gtid", tool_gtid(b->gtid));
        }
        tool_say(o);
    }
    return true;
}

static bool on_table(void *ctx, const struct binlog_table_map *m, struct binlog_plan **plan, void **table,
                     struct err *e) {
    struct rows_tool *t = ctx;
    if (m->schema_len != strlen(t->tool->database) || memcmp(m->schema, t->tool->database, m->schema_len) != 0) {
        return true;
    }
    for (size_t i = 0; i < t->model.ntables; i++) {
        const struct table *model = &t->model.tables[i];
        if (strlen(model->name) != m->name_len || memcmp(model->name, m->name, m->name_len) != 0) {
            continue;
        }
        if (t->tables[i].plan == NULL && !make_plan(t, model, &t->tables[i].plan, e)) {
            return false;
        }
        t->tables[i].name = model->name;
        *plan = t->tables[i].plan;
        *table = &t->tables[i];
    }
    return true;
}

static void set_image(json_t *o, const char *key, const struct binlog_row *row, size_t columns) {
    if (row->bytes == NULL) {
        return;
    }
    json_object_set_new(o, key, hex_json(row->bytes, row->len));
    if (!row->whole) {
        json_t *missing = json_array();
        for (size_t i = 0; i < columns; i++) {
            if (!binlog_bit(row->present, i)) {
                json_array_append_new(missing, json_integer((json_int_t)i));
            }
        }
        char name[32];
        snprintf(name, sizeof name, "%s_lacks", key);
        json_object_set_new(o, name, missing);
    }
}

static bool on_row(void *ctx, void *table, const struct binlog_change *change, unsigned flags, struct err *e) {
    static const char *const ops[] = {"insert", "update", "delete"};
    struct rows_tool *t = ctx;
    const struct tool_table *tt = table;
    size_t columns;
    (void)e;
    t->rows++;
    t->bytes += change->before.len + change->after.len;
    if (t->quiet) {
        return true;
    }
    (void)binlog_plan_columns(tt->plan, &columns);
    json_t *o = json_pack("{ss ss si}", "row", tt->name, "op", ops[change->op], "flags", flags);
    set_image(o, "before", &change->before, columns);
    set_image(o, "after", &change->after, columns);
    tool_say(o);
    return true;
}

static bool on_statement(void *ctx, const struct txn_statement *s, struct err *e) {
    struct rows_tool *t = ctx;
    (void)e;
    if (!t->quiet) {
        tool_say(json_pack("{ss so so sI sb}", "statement", s->text, "database",
                           tool_text(s->database, s->database_len), "time_zone",
                           tool_text(s->context.time_zone, s->context.time_zone_len), "sql_mode",
                           (json_int_t)s->context.sql_mode, "temporary", s->temporary));
    }
    return true;
}

static bool on_savepoint(void *ctx, const char *name, size_t len, struct err *e) {
    (void)ctx;
    (void)e;
    tool_say(json_pack("{so}", "savepoint", tool_text(name, len)));
    return true;
}

static bool on_rollback_to(void *ctx, const char *name, size_t len, struct err *e) {
    (void)ctx;
    (void)e;
    tool_say(json_pack("{so}", "rollback_to", tool_text(name, len)));
    return true;
}

static bool on_end(void *ctx, const struct txn_end *end, struct err *e) {
    static const char *const outcomes[] = {"committed", "rolled back", "prepared"};
    const struct rows_tool *t = ctx;
    (void)e;
    if (!t->quiet) {
        char xa[BINLOG_XA_TEXT_MAX] = "";
        json_t *o = json_pack("{ss so}", "outcome", outcomes[end->outcome], "at", tool_place(&end->place));
        if (end->xa != NULL) {
            json_object_set_new(o, "xa", json_string(binlog_xa_print(end->xa, xa)));
        }
        tool_say(o);
    }
    return true;
}

static bool on_cut(void *ctx, struct err *e) {
    (void)ctx;
    (void)e;
    tool_say(json_pack("{sb}", "cut", 1));
    return true;
}

/* ---- verbs ---- */

static bool read_all(struct rows_tool *t, struct err *e) {
    const struct txn_handler handler = {.ctx = t,
                                        .begin = on_begin,
                                        .table = on_table,
                                        .row = on_row,
                                        .statement = on_statement,
                                        .savepoint = on_savepoint,
                                        .rollback_to = on_rollback_to,
                                        .end = on_end,
                                        .cut = on_cut};
    struct txn_reader_options o = {.crc32 = tool_track(t->tool)->format.crc32};
    struct txn_reader *reader = txn_reader_new(&handler, t->charsets, &o);
    bool ok = reader != NULL || err_set(e, ERR_MEMORY, "no memory for a reader");
    for (uint64_t n = 0; ok && (t->tool->limit == 0 || n < t->tool->limit); n++) {
        struct binlog_raw raw;
        ok = tool_next(t->tool, &raw, e);
        if (!ok || raw.bytes == NULL) {
            break;
        }
        ok = txn_read(reader, raw.bytes, raw.len, e);
    }
    txn_reader_free(reader);
    return ok;
}

bool tool_transactions(struct tool *tool, struct err *e) {
    struct rows_tool t = {.tool = tool, .quiet = tool->quiet};
    bool ok = open_catalog(&t, e);
    int64_t began_us = clock_mono_us();
    ok = ok && read_all(&t, e);
    double seconds = (double)(clock_mono_us() - began_us) / 1e6;
    if (ok) {
        tool_say(json_pack("{s{sI sI sI sf}}", "read", "transactions", (json_int_t)t.transactions, "rows",
                           (json_int_t)t.rows, "bytes", (json_int_t)t.bytes, "seconds", seconds));
    }
    close_catalog(&t);
    return ok;
}

static bool select_table(struct rows_tool *t, const struct table *model, struct err *e) {
    struct mysql_columns columns;
    struct binlog_plan *plan;
    struct buf sql;
    buf_init(&sql, 1 << 20);
    bool ok = make_plan(t, model, &plan, e) && buf_puts(&sql, "SELECT ", e);
    for (size_t i = 0, n = 0; ok && i < model->ncolumns; i++) {
        if (is_wanted(t, &model->columns[i])) {
            ok = buf_printf(&sql, e, "%s%s", n++ > 0 ? ", " : "", str_quote_mysql(&t->arena, model->columns[i].name));
        }
    }
    ok = ok && buf_printf(&sql, e, " FROM %s", str_quote_mysql(&t->arena, model->name)) && buf_terminate(&sql, e) &&
         mysql_query_binary(t->client, &t->arena, (char *)sql.data, &columns, e);
    buf_clear(&sql);
    if (!ok) {
        return false;
    }
    size_t n;
    const struct source_column *planned = binlog_plan_columns(plan, &n);
    json_t *there = json_array(), *ours = json_array();
    for (size_t i = 0; i < columns.n; i++) {
        const struct mysql_column *c = &columns.col[i];
        json_array_append_new(there, json_pack("[sibb]", c->name, c->type, (c->flags & 32) != 0, c->charset == 63));
        if (i < n) {
            json_array_append_new(
                ours, json_pack("[sibb]", c->name, planned[i].type, planned[i].is_unsigned, planned[i].is_binary));
        }
    }
    tool_say(json_pack("{ss so so}", "table", model->name, "columns", there, "planned", ours));
    for (;;) {
        const uint8_t *row;
        size_t len;
        if (!mysql_next(t->client, &row, &len, e)) {
            return false;
        }
        if (row == NULL) {
            return true;
        }
        tool_say(json_pack("{ss so}", "row", model->name, "after", hex_json(row, len)));
    }
}

/* What SELECT sends of each table of the database. */
bool tool_select(struct tool *tool, struct err *e) {
    struct rows_tool t = {.tool = tool};
    bool ok = open_catalog(&t, e);
    for (size_t i = 0; ok && i < t.model.ntables; i++) {
        ok = select_table(&t, &t.model.tables[i], e);
    }
    close_catalog(&t);
    return ok;
}

/* The server's character sets, read, saved and loaded again. */
bool tool_charsets(struct tool *tool, struct err *e) {
    struct rows_tool t = {.tool = tool};
    struct charsets *again = NULL;
    struct buf saved, twice;
    int64_t began_us = clock_mono_us();
    buf_init(&saved, 64 << 20);
    buf_init(&twice, 64 << 20);
    bool ok = open_catalog(&t, e);
    double seconds = (double)(clock_mono_us() - began_us) / 1e6;
    ok = ok && charsets_save(t.charsets, &saved, e) && charsets_load(saved.data, saved.len, &again, e) &&
         charsets_save(again, &twice, e);
    if (ok) {
        tool_say(json_pack("{s{sf sI sb}}", "charsets", "seconds", seconds, "bytes", (json_int_t)saved.len, "same",
                           saved.len == twice.len && memcmp(saved.data, twice.data, saved.len) == 0));
    }
    buf_clear(&saved);
    buf_clear(&twice);
    charsets_free(again);
    close_catalog(&t);
    return ok;
}
