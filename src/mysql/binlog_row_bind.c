/* Is a TABLE_MAP of the definition that the plan was made for? Then how its values are stored. See binlog_row.h.
 *
 * Everything that the event tells is compared, so that a definition that changed unnoticed is found at the first row and not in the
 * target's data. What it cannot tell without binlog_row_metadata=FULL: names, labels. */
#include "base/str.h"
#include "mysql/binlog_decimal.h"
#include "mysql/binlog_row_internal.h"
#include "mysql/protocol.h"
#include "mysql/reader.h"

/* A column as the TABLE_MAP has it. */
struct stored {
    uint8_t type;  /* of STRING the one inside: CHAR, ENUM, SET */
    unsigned size; /* bytes, bits; of DECIMAL precision; of times fsp */
    unsigned scale;
};

static bool read_stored(uint8_t type, struct reader *metadata, struct stored *out) {
    int n = binlog_metadata_bytes(type);
    const uint8_t *m = n >= 0 ? read_bytes(metadata, (uint64_t)n) : NULL;
    if (m == NULL) {
        return false;
    }
    *out = (struct stored){.type = type, .size = n == 1 ? m[0] : n == 2 ? get_le16(m) : 0};
    switch (type) {
    case MYSQL_TYPE_NEWDECIMAL:
        out->size = m[0];
        out->scale = m[1];
        break;
    case MYSQL_TYPE_BIT:
        out->size = m[0] + 8u * m[1];
        break;
    case MYSQL_TYPE_STRING:
        /* Two bits of a length beyond 255 hide in the type, turned over. */
        out->type = m[0] | 0x30;
        out->size = m[1] | ((m[0] & 0x30u) ^ 0x30u) << 4;
        if (m[0] == MYSQL_TYPE_ENUM || m[0] == MYSQL_TYPE_SET) {
            out->type = m[0];
            out->size = m[1];
        }
        break;
    case MYSQL_TYPE_ENUM:
    case MYSQL_TYPE_SET:
        out->size = m[1];
        break;
    default:
        break;
    }
    return true;
}

/* ---- how values are stored ---- */

static bool fixed(struct row_field *f, enum field_op op, uint8_t bytes) {
    f->op = (uint8_t)op;
    f->bytes = bytes;
    f->len_bytes = 0;
    return true;
}

static bool counted(struct row_field *f, enum field_op op, uint8_t len_bytes) {
    f->op = (uint8_t)op;
    f->bytes = 0;
    f->len_bytes = len_bytes;
    return true;
}

static enum field_op text_op(const struct row_field *f) {
    return f->charset == NULL || f->charset->form == CHARSET_UTF8 ? FIELD_BYTES : FIELD_TEXT;
}

static uint64_t bytes_of_chars(const struct row_field *f) {
    return f->type->length_chars * (f->charset != NULL ? f->charset->bytes_max : 1);
}

static bool bind_char(struct row_field *f, const struct stored *s) {
    if (s->type != MYSQL_TYPE_STRING || s->size != bytes_of_chars(f)) {
        return false;
    }
    f->size = f->type->kind == MYT_BINARY ? s->size : 0;
    return counted(f, f->type->kind == MYT_BINARY ? FIELD_BYTES_PAD : text_op(f), s->size > 255 ? 2 : 1);
}

static bool bind_varchar(struct row_field *f, const struct stored *s) {
    /* A compressed one has a byte more, which says how. */
    bool packed = s->type == MYSQL_TYPE_VARCHAR_COMPRESSED;
    if ((s->type != MYSQL_TYPE_VARCHAR && s->type != MYSQL_TYPE_VAR_STRING && !packed) ||
        s->size != bytes_of_chars(f) + packed) {
        return false;
    }
    return counted(f, packed ? FIELD_PACKED : text_op(f), s->size > 255 ? 2 : 1);
}

static bool bind_blob(struct row_field *f, const struct stored *s, unsigned len_bytes) {
    bool packed = s->type == MYSQL_TYPE_BLOB_COMPRESSED;
    if ((s->type != MYSQL_TYPE_BLOB && !packed) || s->size != len_bytes) {
        return false;
    }
    return counted(f, packed ? FIELD_PACKED : text_op(f), (uint8_t)len_bytes);
}

static bool bind_document(struct row_field *f, const struct stored *s, uint8_t type, enum field_op op) {
    return s->type == type && s->size >= 1 && s->size <= 4 && counted(f, op, (uint8_t)s->size);
}

static bool bind_decimal(struct row_field *f, const struct stored *s) {
    if (s->type != MYSQL_TYPE_NEWDECIMAL || !decimal_fits(s->size, s->scale) || f->type->precision != (int)s->size ||
        f->type->scale != (int)s->scale) {
        return false;
    }
    f->precision = (uint8_t)s->size;
    f->scale = (uint8_t)s->scale;
    return fixed(f, FIELD_DECIMAL, (uint8_t)decimal_bytes(s->size, s->scale));
}

static bool bind_labels(struct row_field *f, const struct stored *s, uint8_t type, enum field_op op) {
    size_t n = f->nlabels, bytes = op == FIELD_ENUM ? (n < 256 ? 1 : 2) : n > 32 ? 8 : (n + 7) / 8;
    return s->type == type && s->size == bytes && fixed(f, op, (uint8_t)bytes);
}

struct times {
    uint8_t now, before; /* types in the TABLE_MAP */
    enum field_op op, old, hires;
    uint8_t bytes, old_bytes;
};

static bool bind_time(struct row_field *f, const struct stored *s, const struct times *t) {
    int fsp = f->type->fsp;
    if (fsp < 0 || fsp > 6) {
        return false;
    }
    f->fsp = (uint8_t)fsp;
    if (s->type == t->now) {
        return s->size == (unsigned)fsp && fixed(f, t->op, (uint8_t)(t->bytes + (fsp + 1) / 2));
    }
    if (s->type != t->before) {
        return false;
    }
    return fsp == 0 ? fixed(f, t->old, t->old_bytes) : fixed(f, t->hires, hires_bytes(t->hires, fsp));
}

static bool bind_column(struct row_field *f, const struct stored *s) {
    static const struct times
        time = {MYSQL_TYPE_TIME2, MYSQL_TYPE_TIME, FIELD_TIME, FIELD_TIME_OLD, FIELD_TIME_HIRES, 3, 3},
        datetime =
            {MYSQL_TYPE_DATETIME2, MYSQL_TYPE_DATETIME, FIELD_DATETIME, FIELD_DATETIME_OLD, FIELD_DATETIME_HIRES, 5, 8},
        timestamp = {MYSQL_TYPE_TIMESTAMP2,
                     MYSQL_TYPE_TIMESTAMP,
                     FIELD_TIMESTAMP,
                     FIELD_TIMESTAMP_OLD,
                     FIELD_TIMESTAMP_HIRES,
                     4,
                     4};
    switch (f->type->kind) {
    case MYT_TINYINT:
        return s->type == MYSQL_TYPE_TINY && fixed(f, FIELD_COPY1, 1);
    case MYT_SMALLINT:
        return s->type == MYSQL_TYPE_SHORT && fixed(f, FIELD_COPY2, 2);
    case MYT_MEDIUMINT:
        return s->type == MYSQL_TYPE_INT24 && fixed(f, FIELD_INT24, 3);
    case MYT_INT:
        return s->type == MYSQL_TYPE_LONG && fixed(f, FIELD_COPY4, 4);
    case MYT_BIGINT:
        return s->type == MYSQL_TYPE_LONGLONG && fixed(f, FIELD_COPY8, 8);
    case MYT_FLOAT:
        return s->type == MYSQL_TYPE_FLOAT && s->size == 4 && fixed(f, FIELD_COPY4, 4);
    case MYT_DOUBLE:
        return s->type == MYSQL_TYPE_DOUBLE && s->size == 8 && fixed(f, FIELD_COPY8, 8);
    case MYT_DECIMAL:
        return bind_decimal(f, s);
    case MYT_BIT:
        f->size = s->size;
        return s->type == MYSQL_TYPE_BIT && s->size == f->type->length_chars && s->size <= 64 &&
               fixed(f, FIELD_BIT, (uint8_t)((s->size + 7) / 8));
    case MYT_CHAR:
    case MYT_BINARY:
        return bind_char(f, s);
    case MYT_VARCHAR:
    case MYT_VARBINARY:
        return bind_varchar(f, s);
    case MYT_TINYTEXT:
    case MYT_TINYBLOB:
        return bind_blob(f, s, 1);
    case MYT_TEXT:
    case MYT_BLOB:
        return bind_blob(f, s, 2);
    case MYT_MEDIUMTEXT:
    case MYT_MEDIUMBLOB:
        return bind_blob(f, s, 3);
    case MYT_LONGTEXT:
    case MYT_LONGBLOB:
        return bind_blob(f, s, 4);
    case MYT_DATE:
        return (s->type == MYSQL_TYPE_DATE || s->type == MYSQL_TYPE_NEWDATE) && fixed(f, FIELD_DATE, 3);
    case MYT_TIME:
        return bind_time(f, s, &time);
    case MYT_DATETIME:
        return bind_time(f, s, &datetime);
    case MYT_TIMESTAMP:
        return bind_time(f, s, &timestamp);
    case MYT_YEAR:
        return s->type == MYSQL_TYPE_YEAR && fixed(f, FIELD_YEAR, 1);
    case MYT_ENUM:
        return bind_labels(f, s, MYSQL_TYPE_ENUM, FIELD_ENUM);
    case MYT_SET:
        return bind_labels(f, s, MYSQL_TYPE_SET, FIELD_SET);
    case MYT_JSON:
        return bind_document(f, s, MYSQL_TYPE_JSON, FIELD_JSON);
    case MYT_GEOMETRY:
        return bind_document(f, s, MYSQL_TYPE_GEOMETRY, FIELD_BYTES);
    case MYT_VECTOR:
        return bind_document(f, s, MYSQL_TYPE_VECTOR, FIELD_BYTES) ||
               (s->type == MYSQL_TYPE_VARCHAR && counted(f, FIELD_BYTES, s->size > 255 ? 2 : 1)); /* MariaDB 11.7 */
    case MYT_UUID:
        return s->type == MYSQL_TYPE_STRING && s->size == 16 && counted(f, FIELD_UUID, 1);
    case MYT_INET4:
        return s->type == MYSQL_TYPE_STRING && s->size == 4 && counted(f, FIELD_INET4, 1);
    case MYT_INET6:
        return s->type == MYSQL_TYPE_STRING && s->size == 16 && counted(f, FIELD_INET6, 1);
    default:
        return false;
    }
}

/* Behind the columns of the catalog MariaDB has some that it shows nobody: the hash of a long unique key, and the two times of a
 * system-versioned table. */
static bool bind_hidden(struct binlog_plan *p, size_t i, const struct stored *s) {
    static const struct mytype hash = {.kind = MYT_BIGINT, .full = "hidden bigint"},
                               moment = {.kind = MYT_TIMESTAMP, .full = "hidden timestamp(6)", .fsp = 6};
    struct row_field *f = &p->fields[i];
    if (!p->is_mariadb || i >= p->n + HIDDEN_MAX) {
        return false;
    }
    *f = (struct row_field){.name = "(hidden)", .type = s->type == MYSQL_TYPE_TIMESTAMP2 ? &moment : &hash};
    if (s->type == MYSQL_TYPE_TIMESTAMP2) {
        f->row_end = i > p->n && p->fields[i - 1].op == FIELD_TIMESTAMP && !p->fields[i - 1].row_end &&
                     p->fields[i - 1].type == &moment; /* the second of the two */
    }
    return bind_column(f, s);
}

/* ---- the rest of what it tells ---- */

static bool differs(const struct row_field *f, const char *what, struct err *e) {
    err_set(e, ERR_SOURCE_DEFINITION, "the binlog has another definition of the table than the one known");
    err_cause(e, "%s", what);
    return err_where(e, "column %s", f->name);
}

static bool is_numeric(uint8_t type) {
    switch (type) {
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_LONGLONG:
    case MYSQL_TYPE_NEWDECIMAL:
    case MYSQL_TYPE_FLOAT:
    case MYSQL_TYPE_DOUBLE:
        return true;
    default:
        return false;
    }
}

static bool is_integer(const struct mytype *t) {
    return t->kind >= MYT_TINYINT && t->kind <= MYT_BIGINT;
}

/* The first column whose sign is not the known one; NULL: none. Later servers count YEAR among the numbers, earlier do not. */
static const struct row_field *find_sign(const struct binlog_plan *p, const struct binlog_table_map *m,
                                         const uint8_t *bits, size_t len, bool count_years) {
    size_t at = 0;
    for (size_t i = 0; i < p->n; i++) {
        const struct row_field *f = &p->fields[i];
        if (!is_numeric(m->types[i]) && !(count_years && m->types[i] == MYSQL_TYPE_YEAR)) {
            continue;
        }
        if (at / 8 < len && is_integer(f->type) && (bits[at / 8] >> (7 - at % 8) & 1) != f->is_unsigned) {
            return f;
        }
        at++;
    }
    return NULL;
}

static bool check_signs(const struct binlog_plan *p, const struct binlog_table_map *m, struct err *e) {
    size_t len;
    const uint8_t *bits = binlog_table_optional(m, BINLOG_OPTIONAL_SIGNEDNESS, &len);
    const struct row_field *f = bits != NULL ? find_sign(p, m, bits, len, true) : NULL;
    if (f == NULL || find_sign(p, m, bits, len, false) == NULL) {
        return true;
    }
    return differs(f, f->is_unsigned ? "it has a sign there" : "it is unsigned there", e);
}

static bool is_character(uint8_t type, bool count_geometry) {
    return type == MYSQL_TYPE_STRING || type == MYSQL_TYPE_VARCHAR || type == MYSQL_TYPE_VAR_STRING ||
           type == MYSQL_TYPE_BLOB || type == MYSQL_TYPE_VARCHAR_COMPRESSED || type == MYSQL_TYPE_BLOB_COMPRESSED ||
           (count_geometry && type == MYSQL_TYPE_GEOMETRY);
}

/* The collation of the at-th character column, of both forms in which the event may tell; 0: not told. */
static unsigned collation_at(const struct binlog_table_map *m, size_t at) {
    size_t len;
    const uint8_t *value = binlog_table_optional(m, BINLOG_OPTIONAL_COLUMN_CHARSET, &len);
    if (value != NULL) {
        struct reader r = reader_of(value, len);
        uint64_t collation = 0;
        for (size_t i = 0; i <= at; i++) {
            collation = read_lenenc(&r);
        }
        return r.bad ? 0 : (unsigned)collation;
    }
    value = binlog_table_optional(m, BINLOG_OPTIONAL_DEFAULT_CHARSET, &len);
    if (value == NULL) {
        return 0;
    }
    struct reader r = reader_of(value, len);
    uint64_t collation = read_lenenc(&r);
    while (reader_left(&r) > 0 && !r.bad) {
        uint64_t which = read_lenenc(&r), other = read_lenenc(&r);
        if (which == at) {
            collation = other;
        }
    }
    return r.bad ? 0 : (unsigned)collation;
}

/* The first column whose character set is not the known one, and that set; NULL: none. MariaDB counts GEOMETRY among text. */
static const struct row_field *find_charset(const struct binlog_plan *p, const struct binlog_table_map *m,
                                            bool count_geometry, const struct charset **there) {
    size_t at = 0;
    for (size_t i = 0; i < p->n; i++) {
        const struct row_field *f = &p->fields[i];
        uint8_t type = p->stored_types[i];
        if (!is_character(type, count_geometry)) {
            continue;
        }
        unsigned collation = collation_at(m, at++);
        *there = collation != 0 ? charset_of_collation(p->charsets, collation) : NULL;
        if (*there != NULL && f->charset != NULL && *there != f->charset) {
            return f;
        }
    }
    return NULL;
}

static bool check_charsets(const struct binlog_plan *p, const struct binlog_table_map *m, struct err *e) {
    const struct charset *there = NULL, *ignored;
    const struct row_field *f = find_charset(p, m, p->is_mariadb, &there);
    if (f == NULL || find_charset(p, m, !p->is_mariadb, &ignored) == NULL) {
        return true;
    }
    char what[100];
    snprintf(what, sizeof what, "its character set is %s there, and %s is known", there->name, f->charset->name);
    return differs(f, what, e);
}

struct names {
    const struct binlog_plan *p;
    const char *other;
    size_t other_len, column;
};

static bool compare_name(void *ctx, size_t column, const char *name, size_t len) {
    struct names *n = ctx;
    if (column >= n->p->n) {
        return true; /* hidden ones */
    }
    const char *known = n->p->fields[column].name;
    if (len == strlen(known) && strncasecmp(name, known, len) == 0) {
        return true;
    }
    n->other = name;
    n->other_len = len;
    n->column = column;
    return false;
}

static bool check_names(const struct binlog_plan *p, const struct binlog_table_map *m, struct err *e) {
    struct names n = {.p = p};
    if (binlog_table_names(m, compare_name, &n) || n.other == NULL) {
        return true;
    }
    char what[200];
    snprintf(what, sizeof what, "it is called %.*s there", (int)(n.other_len > 128 ? 128 : n.other_len), n.other);
    return differs(&p->fields[n.column], what, e);
}

/* ---- binding ---- */

static bool mismatch(const struct row_field *f, const struct stored *s, struct err *e) {
    char what[200];
    snprintf(what, sizeof what, "it is of protocol type %u (%u, %u) there, and %s is known", s->type, s->size, s->scale,
             f->type->full);
    return differs(f, what, e);
}

static bool bind(struct binlog_plan *p, const struct binlog_table_map *m, struct err *e) {
    struct reader metadata = reader_of(m->metadata, m->metadata_len);
    if (m->n < p->n || m->n > p->n + (p->is_mariadb ? HIDDEN_MAX : 0)) {
        err_set(e, ERR_SOURCE_DEFINITION, "the binlog has another definition of the table than the one known");
        return err_cause(e, "it has %zu columns there, and %zu are known", m->n, p->n);
    }
    for (size_t i = 0; i < m->n; i++) {
        struct row_field *f = &p->fields[i];
        struct stored s;
        if (!read_stored(m->types[i], &metadata, &s)) {
            return err_set(e, ERR_SOURCE_BINLOG, "the table map's column %zu is of an unknown type (%u)", i + 1,
                           m->types[i]);
        }
        if (i >= p->n) {
            if (!bind_hidden(p, i, &s)) {
                return mismatch(f, &s, e);
            }
            continue;
        }
        if (!bind_column(f, &s)) {
            return mismatch(f, &s, e);
        }
        p->stored_types[i] = s.type;
    }
    p->bound_n = m->n;
    return check_signs(p, m, e) && check_charsets(p, m, e) && check_names(p, m, e);
}

static void keep_definition(struct binlog_plan *p, const struct binlog_table_map *m) {
    if (m->definition_len > p->definition_cap) {
        p->definition_cap = 2 * m->definition_len;
        p->definition = arena_alloc(p->arena, p->definition_cap);
    }
    memcpy(p->definition, m->definition, m->definition_len);
    p->definition_len = m->definition_len;
}

bool binlog_plan_bind(struct binlog_plan *p, const struct binlog_table_map *m, struct err *e) {
    if (p->definition_len == m->definition_len && p->definition_len > 0 &&
        memcmp(p->definition, m->definition, m->definition_len) == 0) {
        return true;
    }
    p->definition_len = 0;
    if (!bind(p, m, e)) {
        return err_where(e, "table %.*s.%.*s", (int)m->schema_len, m->schema, (int)m->name_len, m->name);
    }
    keep_definition(p, m);
    return true;
}
