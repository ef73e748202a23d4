/* Changes that the source does not take, put aside in its godwit.rejected, in the transaction of their job. See mysql_sink.h. */
#include <string.h>

#include "follow/mysql_sink.h"

enum { COLUMNS = 6 };

#define TEXT_MAX_BYTES ((size_t)1200 << 20)

bool back_rejected_table(struct arena *a, const struct row_table *like, struct row_table *out, struct err *e) {
    static const char *const names[COLUMNS] = {"task", "table_name", "row_key", "reason", "place", "statement"};
    struct row_column *columns = arena_array(a, struct row_column, COLUMNS);
    struct canon_column canon[COLUMNS];
    struct mytype *text = arena_new(a, struct mytype);
    struct canon_plan *plan;
    if (!mytype_parse(a, "longtext", text)) {
        return err_set(e, ERR_INTERNAL, "a type of godwit.rejected is not understood");
    }
    text->charset = "utf8mb4";
    for (size_t i = 0; i < COLUMNS; i++) {
        columns[i] = (struct row_column){.name = names[i], .type = text, .kind = TK_TEXT, .nullable = true};
        canon[i] = (struct canon_column){.kind = TK_TEXT, .ddl = "text", .name = names[i]};
    }
    *out = (struct row_table){.schema = "godwit",
                              .name = "rejected",
                              .n = COLUMNS,
                              .columns = columns,
                              .is_mariadb = like->is_mariadb,
                              .version = like->version,
                              .reference = DIALECT_PG};
    bool ok = canon_plan_make(a, DIALECT_PG, canon, COLUMNS, &plan, e);
    out->canon = plan;
    return ok;
}

/* The statement that would make the change, in the arena; "" where it cannot be made. */
char *back_statement_text(struct arena *a, const struct back_table *b, const struct net_change *c,
                          const struct writer_row *row) {
    struct row_sql sql;
    struct canon_fields f = canon_fields(a, b->row.n, row->row, row->len);
    bool *set = arena_array(a, bool, b->row.n + 1), ok;
    row_sql_init(&sql, a, TEXT_MAX_BYTES);
    switch ((enum net_kind)c->kind) {
    case NET_DELETE:
        ok = row_sql_delete(&sql, &b->row) && row_sql_where(&sql, &b->row, &f, row->known);
        break;
    case NET_INSERT:
    case NET_REPLACE:
        ok = row_sql_insert(&sql, &b->row) && row_sql_values(&sql, &b->row, &f);
        break;
    case NET_UPDATE:
    case NET_MOVE:
    case NET_NOTHING:
    default:
        for (size_t i = b->row.nkeys; i < b->row.n; i++) {
            set[i] = row->known[i] && !b->row.columns[i].computed;
        }
        ok = row_sql_update(&sql, &b->row, &f, set) && row_sql_where(&sql, &b->row, &f, row->known);
        break;
    }
    ok = ok && buf_terminate(&sql.text, &sql.e);
    char *text = arena_strdup(a, ok ? (const char *)sql.text.data : "");
    row_sql_clear(&sql);
    return text;
}

bool back_reject(struct mysql_writer *w, const struct row_table *rejected, struct buf *row,
                 const char *const texts[BACK_REJECTED_TEXTS], struct err *e) {
    buf_reset(row);
    for (size_t i = 0; i < COLUMNS; i++) {
        size_t n = strlen(texts[i]);
        if (!buf_reserve(row, 4 + n, e)) {
            return false;
        }
        buf_be32(row, (uint32_t)n);
        buf_bytes(row, texts[i], n);
    }
    struct writer_row r = {.row = row->data, .len = row->len};
    return mysql_writer_insert(w, rejected, &r, 0, e);
}
