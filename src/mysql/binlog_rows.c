/* TABLE_MAP events and the frame of row events. See binlog_rows.h. */
#include "mysql/binlog_rows.h"

#include "mysql/binlog_unpack.h"
#include "mysql/protocol.h"
#include "mysql/reader.h"

static uint64_t read_table_id(struct reader *r, bool wide) {
    const uint8_t *p = read_bytes(r, wide ? 6 : 4);
    return p == NULL ? 0 : wide ? get_le32(p) | (uint64_t)get_le16(p + 4) << 32 : get_le32(p);
}

/* MySQL before 5.1.4 had narrower table ids and shorter post headers. */
enum { POST_HEADER_NARROW = 6, POST_HEADER_WIDE = 8, POST_HEADER_EXTRA = 10 };

int binlog_metadata_bytes(uint8_t type) {
    switch (type) {
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_NULL:
    case MYSQL_TYPE_TIMESTAMP:
    case MYSQL_TYPE_LONGLONG:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_TIME:
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_YEAR:
    case MYSQL_TYPE_NEWDATE:
        return 0;
    case MYSQL_TYPE_FLOAT:
    case MYSQL_TYPE_DOUBLE:
    case MYSQL_TYPE_TIMESTAMP2:
    case MYSQL_TYPE_DATETIME2:
    case MYSQL_TYPE_TIME2:
    case MYSQL_TYPE_BLOB:
    case MYSQL_TYPE_TINY_BLOB:
    case MYSQL_TYPE_MEDIUM_BLOB:
    case MYSQL_TYPE_LONG_BLOB:
    case MYSQL_TYPE_GEOMETRY:
    case MYSQL_TYPE_JSON:
    case MYSQL_TYPE_VECTOR:
    case MYSQL_TYPE_BLOB_COMPRESSED:
        return 1;
    case MYSQL_TYPE_VARCHAR:
    case MYSQL_TYPE_VARCHAR_COMPRESSED:
    case MYSQL_TYPE_BIT:
    case MYSQL_TYPE_NEWDECIMAL:
    case MYSQL_TYPE_ENUM:
    case MYSQL_TYPE_SET:
    case MYSQL_TYPE_VAR_STRING:
    case MYSQL_TYPE_STRING:
        return 2;
    default:
        return -1;
    }
}

/* A name with its length in front and a NUL behind. */
static const char *read_name(struct reader *r, size_t *len) {
    *len = read_u8(r);
    const char *name = (const char *)read_bytes(r, *len + 1);
    if (name != NULL && name[*len] != '\0') {
        r->bad = true;
    }
    return name;
}

bool binlog_read_table_map(const struct binlog_format *f, const struct binlog_event *ev, struct binlog_table_map *out,
                           struct err *e) {
    struct reader r = reader_of(ev->body, ev->len);
    *out = (struct binlog_table_map){.id = read_table_id(&r, f->post_header[BINLOG_TABLE_MAP] != POST_HEADER_NARROW)};
    (void)read_u16(&r); /* flags */
    out->schema = read_name(&r, &out->schema_len);
    out->name = read_name(&r, &out->name_len);
    out->definition = r.p;
    out->definition_len = reader_left(&r);
    uint64_t n = read_lenenc(&r);
    if (r.bad || n == 0 || n > BINLOG_COLUMNS_MAX) {
        return binlog_malformed(ev, e);
    }
    out->n = (size_t)n;
    out->types = read_bytes(&r, n);
    out->metadata = read_lenenc_bytes(&r, &out->metadata_len);
    out->nullable = read_bytes(&r, (n + 7) / 8);
    out->optional_len = reader_left(&r);
    out->optional = read_bytes(&r, out->optional_len);
    return !r.bad || binlog_malformed(ev, e);
}

const uint8_t *binlog_table_optional(const struct binlog_table_map *m, unsigned kind, size_t *len) {
    struct reader r = reader_of(m->optional, m->optional_len);
    while (reader_left(&r) > 0) {
        unsigned found = read_u8(&r);
        const uint8_t *value = read_lenenc_bytes(&r, len);
        if (found == kind && !r.bad) {
            return value;
        }
    }
    *len = 0;
    return NULL;
}

bool binlog_table_names(const struct binlog_table_map *m,
                        bool (*each)(void *ctx, size_t column, const char *name, size_t len), void *ctx) {
    size_t len;
    const uint8_t *names = binlog_table_optional(m, BINLOG_OPTIONAL_COLUMN_NAME, &len);
    if (names == NULL) {
        return false;
    }
    struct reader r = reader_of(names, len);
    for (size_t i = 0; i < m->n; i++) {
        size_t n;
        const char *name = (const char *)read_lenenc_bytes(&r, &n);
        if (name == NULL || !each(ctx, i, name, n)) {
            return false;
        }
    }
    return true;
}

/* ---- rows ---- */

struct shape {
    bool rows, packed, partial;
    enum binlog_row_op op;
};

static struct shape shape_of(unsigned type) {
    switch (type) {
    case BINLOG_WRITE_ROWS_V1:
    case BINLOG_WRITE_ROWS:
        return (struct shape){true, false, false, BINLOG_ROW_INSERT};
    case BINLOG_UPDATE_ROWS_V1:
    case BINLOG_UPDATE_ROWS:
        return (struct shape){true, false, false, BINLOG_ROW_UPDATE};
    case BINLOG_DELETE_ROWS_V1:
    case BINLOG_DELETE_ROWS:
        return (struct shape){true, false, false, BINLOG_ROW_DELETE};
    case BINLOG_PARTIAL_UPDATE_ROWS:
        return (struct shape){true, false, true, BINLOG_ROW_UPDATE};
    case BINLOG_MARIADB_WRITE_ROWS_COMPRESSED_V1:
    case BINLOG_MARIADB_WRITE_ROWS_COMPRESSED:
        return (struct shape){true, true, false, BINLOG_ROW_INSERT};
    case BINLOG_MARIADB_UPDATE_ROWS_COMPRESSED_V1:
    case BINLOG_MARIADB_UPDATE_ROWS_COMPRESSED:
        return (struct shape){true, true, false, BINLOG_ROW_UPDATE};
    case BINLOG_MARIADB_DELETE_ROWS_COMPRESSED_V1:
    case BINLOG_MARIADB_DELETE_ROWS_COMPRESSED:
        return (struct shape){true, true, false, BINLOG_ROW_DELETE};
    default:
        return (struct shape){0};
    }
}

bool binlog_is_rows(unsigned type) {
    return shape_of(type).rows;
}

bool binlog_read_rows(const struct binlog_format *f, const struct binlog_event *ev, struct binlog_rows *out,
                      struct err *e) {
    struct shape shape = shape_of(ev->type);
    size_t fixed = f->post_header[ev->type];
    struct reader r = reader_of(ev->body, ev->len);
    *out = (struct binlog_rows){.op = shape.op, .partial_json = shape.partial, .packed = shape.packed};
    out->table_id = read_table_id(&r, fixed != POST_HEADER_NARROW);
    out->flags = read_u16(&r);
    if (!shape.rows || (fixed != POST_HEADER_NARROW && fixed != POST_HEADER_WIDE && fixed != POST_HEADER_EXTRA)) {
        return binlog_malformed(ev, e);
    }
    if (fixed == POST_HEADER_EXTRA) {
        size_t extra = read_u16(&r); /* counts itself: partition numbers, NDB's data */
        if (extra < 2 || read_bytes(&r, extra - 2) == NULL) {
            return binlog_malformed(ev, e);
        }
    }
    uint64_t n = read_lenenc(&r);
    if (r.bad || n == 0 || n > BINLOG_COLUMNS_MAX) {
        return binlog_malformed(ev, e);
    }
    out->n = (size_t)n;
    const uint8_t *first = read_bytes(&r, (n + 7) / 8);
    if (shape.op == BINLOG_ROW_INSERT) {
        out->after = first;
    } else {
        out->before = first;
        out->after = shape.op == BINLOG_ROW_UPDATE ? read_bytes(&r, (n + 7) / 8) : NULL;
    }
    out->rows_len = reader_left(&r);
    out->rows = read_bytes(&r, out->rows_len);
    return !r.bad || binlog_malformed(ev, e);
}

bool binlog_rows_unpack(struct binlog_rows *r, struct buf *out, struct err *e) {
    buf_reset(out);
    if (!binlog_unpack(r->rows, r->rows_len, out, e)) {
        return err_where(e, "compressed rows");
    }
    r->rows = out->data;
    r->rows_len = out->len;
    r->packed = false;
    return true;
}
