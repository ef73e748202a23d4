/* What each MySQL type becomes. See typemap.h; the table for users, docs/types.md, is printed from this code.
 *
 * Measured on openGauss 7.0.0-RC2 with dolphin 5.1, and relied upon here:
 *   B   tinyint is signed, uint1..uint8 check their range, mediumint is integer without a check, a bare timestamp has a
 *       time zone, time holds -838:59:59..838:59:59, float(7,3) is numeric(7,3), `decimal(10,2) unsigned` is a syntax error,
 *       char(0) is refused, blob is not bytea, enum labels have at most 63 bytes, collations utf8mb4_bin, _general_ci and
 *       _unicode_ci exist and any other is silently replaced
 *   PG, A  tinyint is unsigned 0..255 (so smallint carries MySQL's), no unsigned types, no collations of MySQL's
 *   A   char and varchar lengths count bytes, '' is NULL, DATE is timestamp(0)
 *   everywhere  numeric(65,30), bit(64), varchar(65535), jsonb, uuid, inet, interval(6) exist; no spatial types */
#include "value/typemap.h"

#include <stdarg.h>
#include <stdio.h>

#include "value/convert.h"
#include "value/target_spec.h"
#include "value/typemap_internal.h"

void typemap_set(struct arena *a, struct target_type *to, enum target_kind kind, const char *ddl) {
    to->kind = kind;
    to->ddl = arena_strdup(a, ddl);
    to->cast_name = arena_strdup(a, target_cast_name(kind));
}

void typemap_note(struct arena *a, struct target_type *to, const char *fmt, ...) {
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    to->note = to->note == NULL ? arena_strdup(a, text) : arena_printf(a, "%s; %s", to->note, text);
}

void typemap_check(struct arena *a, struct target_type *to, const char *condition) {
    to->check = to->check == NULL ? arena_strdup(a, condition) : arena_printf(a, "%s AND %s", to->check, condition);
}

static void map_integer(struct arena *a, enum dialect d, const struct mytype *from, struct target_type *to) {
    static const struct {
        enum target_kind b_signed, b_unsigned, other_signed, other_unsigned;
    } kinds[] = {
        [MYT_TINYINT] = {TK_INT1, TK_UINT1, TK_INT2, TK_INT2},   [MYT_SMALLINT] = {TK_INT2, TK_UINT2, TK_INT2, TK_INT4},
        [MYT_MEDIUMINT] = {TK_INT4, TK_UINT4, TK_INT4, TK_INT4}, [MYT_INT] = {TK_INT4, TK_UINT4, TK_INT4, TK_INT8},
        [MYT_BIGINT] = {TK_INT8, TK_UINT8, TK_INT8, TK_NUMERIC},
    };
    bool b = d == DIALECT_OG_B;
    enum target_kind k = b ? (from->is_unsigned ? kinds[from->kind].b_unsigned : kinds[from->kind].b_signed)
                           : (from->is_unsigned ? kinds[from->kind].other_unsigned : kinds[from->kind].other_signed);
    typemap_set(a, to, k, k == TK_NUMERIC ? "numeric(20,0)" : target_cast_name(k));
    if (from->is_unsigned && !b) {
        typemap_check(a, to, "%s >= 0");
    }
    if (b && from->kind == MYT_MEDIUMINT) {
        typemap_check(a, to, from->is_unsigned ? "%s <= 16777215" : "%s BETWEEN -8388608 AND 8388607");
    }
}

static void map_number(struct arena *a, const struct mytype *from, struct target_type *to) {
    if (from->kind == MYT_DECIMAL || from->scale >= 0) {
        typemap_set(a, to, TK_NUMERIC, arena_printf(a, "numeric(%d,%d)", from->precision, from->scale));
        if (from->kind != MYT_DECIMAL) {
            typemap_note(a, to, "values become exact decimals, as the source prints them");
        }
    } else if (from->kind == MYT_FLOAT) {
        typemap_set(a, to, TK_FLOAT4, "real");
    } else {
        typemap_set(a, to, TK_FLOAT8, "double precision");
    }
    if (from->is_unsigned) {
        typemap_check(a, to, "%s >= 0");
    }
}

static void map_bytes(struct arena *a, enum dialect d, const struct mytype *from, struct target_type *to) {
    bool sized = from->kind == MYT_BINARY || from->kind == MYT_VARBINARY;
    if (sized && from->length_chars == 0) {
        typemap_set(a, to, TK_BYTEA, "bytea");
        typemap_check(a, to, "length(%s) = 0");
    } else if (d != DIALECT_OG_B) {
        typemap_set(a, to, TK_BYTEA, "bytea");
        if (sized) {
            typemap_note(a, to, "bytea has no length limit");
        }
    } else if (sized) {
        typemap_set(a, to, TK_BYTEA, arena_printf(a, "%s(%llu)", from->base, (unsigned long long)from->length_chars));
    } else {
        typemap_set(a, to, TK_BLOB, from->base);
    }
}

static void map_temporal(struct arena *a, const struct typemap_options *o, const struct mytype *from,
                         struct target_type *to) {
    bool b = o->dialect == DIALECT_OG_B;
    switch (from->kind) {
    case MYT_DATE:
        if (o->dialect == DIALECT_OG_A) {
            typemap_set(a, to, TK_TIMESTAMP, "timestamp(0)");
            typemap_note(a, to, "a date has a time of day in an A database: 00:00:00");
        } else {
            typemap_set(a, to, TK_DATE, "date");
        }
        break;
    case MYT_TIME:
        if (b || !o->time_as_interval) {
            typemap_set(a, to, TK_TIME, arena_printf(a, "time(%d)", from->fsp));
            if (!b) {
                typemap_note(a, to, "holds 00:00:00 to 24:00:00 only, interval would hold every TIME");
            }
        } else {
            typemap_set(a, to, TK_INTERVAL, arena_printf(a, "interval(%d)", from->fsp));
        }
        break;
    case MYT_DATETIME:
        typemap_set(a, to, TK_TIMESTAMP,
                    arena_printf(a, b ? "timestamp(%d) without time zone" : "timestamp(%d)", from->fsp));
        break;
    case MYT_TIMESTAMP:
        typemap_set(a, to, TK_TIMESTAMPTZ,
                    arena_printf(a, b ? "timestamp(%d) with time zone" : "timestamptz(%d)", from->fsp));
        break;
    default: /* MYT_YEAR */
        typemap_set(a, to, b ? TK_YEAR : TK_INT2, b ? "year" : "smallint");
        if (b) {
            typemap_note(a, to, "0000 prints as 0");
        }
        break;
    }
}

static void map_json(struct arena *a, const struct typemap_options *o, struct target_type *to) {
    if (o->json_as_json) {
        typemap_set(a, to, TK_TEXT, "json");
    } else {
        typemap_set(a, to, TK_JSONB, "jsonb");
        typemap_note(a, to, "jsonb keeps numbers by value: 1000.0 stays, 1e20 prints as 100000000000000000000");
    }
}

static bool map_default(struct arena *a, const struct typemap_options *o, const struct mytype *from,
                        struct target_type *to) {
    switch (from->kind) {
    case MYT_TINYINT:
    case MYT_SMALLINT:
    case MYT_MEDIUMINT:
    case MYT_INT:
    case MYT_BIGINT:
        map_integer(a, o->dialect, from, to);
        break;
    case MYT_DECIMAL:
    case MYT_FLOAT:
    case MYT_DOUBLE:
        map_number(a, from, to);
        break;
    case MYT_BIT:
        typemap_set(a, to, TK_BIT, arena_printf(a, "bit(%d)", (int)from->length_chars));
        break;
    case MYT_LONGTEXT:
        if (from->is_mariadb_json) {
            map_json(a, o, to);
            break;
        }
        typemap_text(a, o->dialect, from, to);
        break;
    case MYT_CHAR:
    case MYT_VARCHAR:
    case MYT_TINYTEXT:
    case MYT_TEXT:
    case MYT_MEDIUMTEXT:
        typemap_text(a, o->dialect, from, to);
        break;
    case MYT_BINARY:
    case MYT_VARBINARY:
    case MYT_TINYBLOB:
    case MYT_BLOB:
    case MYT_MEDIUMBLOB:
    case MYT_LONGBLOB:
        map_bytes(a, o->dialect, from, to);
        break;
    case MYT_DATE:
    case MYT_TIME:
    case MYT_DATETIME:
    case MYT_TIMESTAMP:
    case MYT_YEAR:
        map_temporal(a, o, from, to);
        break;
    case MYT_ENUM:
    case MYT_SET:
        typemap_labels(a, o->dialect, from, to);
        break;
    case MYT_JSON:
        map_json(a, o, to);
        break;
    case MYT_GEOMETRY:
        typemap_set(a, to, TK_BYTEA, "bytea");
        typemap_note(a, to, "holds EWKB: WKB, with the SRID inside where it is not 0");
        break;
    case MYT_VECTOR:
        typemap_set(a, to, TK_BYTEA, "bytea");
        typemap_note(a, to, "holds the vector's float32 numbers, little endian");
        break;
    case MYT_UUID:
        typemap_set(a, to, TK_UUID, "uuid");
        break;
    case MYT_INET4:
    case MYT_INET6:
        typemap_set(a, to, TK_INET, "inet");
        break;
    case MYT_UNKNOWN:
        return false;
    }
    if (from->zerofill) {
        typemap_note(a, to, "ZEROFILL is not kept: numbers print without leading zeros");
    }
    return true;
}

bool typemap_resolve(struct arena *a, const struct typemap_options *o, const char *table, const char *column,
                     const struct mytype *from, struct target_type *to, struct err *e) {
    *to = (struct target_type){.kind = TK_TEXT};
    const struct type_override *w = typemap_find_override(o, table, column, from);
    if (w != NULL) {
        return typemap_apply_override(a, o, w, from, to, e) ? true : err_where(e, "column %s.%s", table, column);
    }
    if (!map_default(a, o, from, to)) {
        err_set(e, ERR_SOURCE_SCHEMA, "column type '%s' is not known", from->full);
        err_hint(e, "leave the table out with --exclude, or upgrade this program");
        return err_where(e, "column %s.%s", table, column);
    }
    return true;
}
