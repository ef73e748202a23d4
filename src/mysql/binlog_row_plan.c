/* From the catalog's columns to operations on row images. See binlog_row.h; comparing with a TABLE_MAP is in binlog_row_bind.c. */
#include "base/str.h"
#include "mysql/binlog_row_internal.h"
#include "value/mysql_wire.h"

/* As the server describes the column of a result. */
static uint8_t wire_type_of(const struct mytype *t, bool is_mariadb) {
    switch (t->kind) {
    case MYT_TINYINT:
        return WIRE_TINY;
    case MYT_SMALLINT:
        return WIRE_SHORT;
    case MYT_MEDIUMINT:
        return WIRE_INT24;
    case MYT_INT:
        return WIRE_LONG;
    case MYT_BIGINT:
        return WIRE_LONGLONG;
    case MYT_DECIMAL:
        return WIRE_NEWDECIMAL;
    case MYT_FLOAT:
        return WIRE_FLOAT;
    case MYT_DOUBLE:
        return WIRE_DOUBLE;
    case MYT_BIT:
        return WIRE_BIT;
    case MYT_VARCHAR:
    case MYT_VARBINARY:
        return WIRE_VAR_STRING;
    case MYT_DATE:
        return WIRE_DATE;
    case MYT_TIME:
        return WIRE_TIME;
    case MYT_DATETIME:
        return WIRE_DATETIME;
    case MYT_TIMESTAMP:
        return WIRE_TIMESTAMP;
    case MYT_YEAR:
        return WIRE_YEAR;
    case MYT_JSON:
        return is_mariadb ? WIRE_BLOB : WIRE_JSON;
    case MYT_GEOMETRY:
        return WIRE_GEOMETRY;
    case MYT_VECTOR:
        return is_mariadb ? WIRE_VAR_STRING : WIRE_VECTOR;
    case MYT_TINYTEXT:
    case MYT_TEXT:
    case MYT_MEDIUMTEXT:
    case MYT_LONGTEXT:
    case MYT_TINYBLOB:
    case MYT_BLOB:
    case MYT_MEDIUMBLOB:
    case MYT_LONGBLOB:
        return WIRE_BLOB;
    default: /* char, binary, enum, set, MariaDB's uuid and addresses */
        return WIRE_STRING;
    }
}

static bool is_text(const struct mytype *t) {
    switch (t->kind) {
    case MYT_CHAR:
    case MYT_VARCHAR:
    case MYT_TINYTEXT:
    case MYT_TEXT:
    case MYT_MEDIUMTEXT:
    case MYT_LONGTEXT:
        return true;
    default:
        return false;
    }
}

/* Flags of a result's columns, as far as they are not what the catalog says. */
static bool is_unsigned(const struct mytype *t, bool is_mariadb) {
    switch (t->kind) {
    case MYT_YEAR:
    case MYT_BIT:
        return true;
    case MYT_TIMESTAMP:
    case MYT_UUID:
    case MYT_INET4:
    case MYT_INET6:
        return is_mariadb;
    default:
        return t->is_unsigned;
    }
}

static bool is_binary(const struct mytype *t) {
    switch (t->kind) {
    case MYT_ENUM:
    case MYT_SET:
    case MYT_UUID:
    case MYT_INET4:
    case MYT_INET6:
        return false;
    default:
        return !is_text(t);
    }
}

static bool is_labelled(const struct mytype *t) {
    return t->kind == MYT_ENUM || t->kind == MYT_SET;
}

/* The most that values of one size take in a row, with the length in front. Strings reserve for themselves. */
static size_t fixed_room(const struct mytype *t) {
    enum { NUMBER = 8, DECIMAL_AND_LENGTH = 80, MOMENT = 13, ADDRESS = 64 };
    switch (t->kind) {
    case MYT_DECIMAL:
        return DECIMAL_AND_LENGTH;
    case MYT_DATE:
    case MYT_TIME:
    case MYT_DATETIME:
    case MYT_TIMESTAMP:
    case MYT_BIT:
        return MOMENT;
    case MYT_UUID:
    case MYT_INET4:
    case MYT_INET6:
        return ADDRESS;
    default:
        return NUMBER;
    }
}

static void set_labels(struct arena *a, struct row_field *f) {
    struct label *labels = arena_array(a, struct label, f->type->nlabels > 0 ? f->type->nlabels : 1);
    for (size_t i = 0; i < f->type->nlabels; i++) {
        labels[i] = (struct label){(const uint8_t *)f->type->labels[i], strlen(f->type->labels[i])};
    }
    f->labels = labels;
    f->nlabels = f->type->nlabels;
}

static bool plan_column(struct binlog_plan *p, struct row_field *f, const struct binlog_column *c, struct err *e) {
    const struct mytype *t = &c->type;
    *f = (struct row_field){.wanted = c->wanted,
                            .row_end = c->row_end,
                            .is_unsigned = t->is_unsigned,
                            .zerofill = t->zerofill,
                            .name = arena_strdup(p->arena, c->name)};
    struct mytype *own = arena_new(p->arena, struct mytype);
    *own = *t;
    f->type = own;
    if (t->kind == MYT_UNKNOWN) {
        return err_set(e, ERR_SOURCE_SCHEMA, "the type %s is not known", t->full);
    }
    if (is_text(t)) {
        f->charset = t->charset != NULL ? charset_named(p->charsets, t->charset) : NULL;
        if (f->charset == NULL) {
            return err_set(e, ERR_SOURCE_SCHEMA, "the character set %s is not known",
                           t->charset != NULL ? t->charset : "(none)");
        }
    }
    if (is_labelled(t)) {
        set_labels(p->arena, f);
    }
    if (t->kind == MYT_JSON) {
        f->json = (uint16_t)p->json_n++;
    }
    if (f->wanted) {
        p->columns[p->wanted_n] = (struct source_column){
            .type = wire_type_of(t, p->is_mariadb),
            .is_unsigned = is_unsigned(t, p->is_mariadb),
            .is_binary = is_binary(t),
        };
        f->out = (uint16_t)p->wanted_n++;
        p->fixed_bytes += fixed_room(t);
    }
    return true;
}

bool binlog_plan_make(struct arena *a, const struct binlog_column *columns, size_t n, const struct charsets *charsets,
                      bool is_mariadb, struct binlog_plan **out, struct err *e) {
    *out = NULL;
    if (n == 0 || n > BINLOG_COLUMNS_MAX) {
        return err_set(e, ERR_SOURCE_SCHEMA, "a table of %zu columns", n);
    }
    struct binlog_plan *p = arena_new(a, struct binlog_plan);
    *p = (struct binlog_plan){.n = n, .is_mariadb = is_mariadb, .charsets = charsets, .arena = a};
    p->fields = arena_array(a, struct row_field, n + HIDDEN_MAX);
    p->stored_types = arena_array(a, uint8_t, n);
    p->columns = arena_array(a, struct source_column, n);
    for (size_t i = 0; i < n; i++) {
        if (!plan_column(p, &p->fields[i], &columns[i], e)) {
            return err_where(e, "column %s", columns[i].name);
        }
    }
    *out = p;
    return true;
}

const struct source_column *binlog_plan_columns(const struct binlog_plan *p, size_t *n) {
    *n = p->wanted_n;
    return p->columns;
}
