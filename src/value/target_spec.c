/* Target type names. See target_spec.h. Which names exist where: measured, see docs/types.md. */
#include "value/target_spec.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"

enum { ON_PG = 1, ON_B = 2, ON_OG_PG = 4, ON_A = 8, ON_OG = ON_B | ON_OG_PG | ON_A, ON_ALL = ON_PG | ON_OG };

enum modifier { MOD_NONE, MOD_LENGTH, MOD_BITS, MOD_NUMERIC, MOD_FRACTION, MOD_ANY };

static const struct {
    const char *name;
    enum target_kind kind;
    enum modifier modifier;
    unsigned where;
} names[] = {
    {"boolean", TK_BOOL, MOD_NONE, ON_ALL},
    {"bool", TK_BOOL, MOD_NONE, ON_ALL},
    /* tinyint is unsigned in PG and A databases: only B's can take MySQL's */
    {"tinyint", TK_INT1, MOD_NONE, ON_B},
    {"smallint", TK_INT2, MOD_NONE, ON_ALL},
    {"int2", TK_INT2, MOD_NONE, ON_ALL},
    {"integer", TK_INT4, MOD_NONE, ON_ALL},
    {"int", TK_INT4, MOD_NONE, ON_ALL},
    {"int4", TK_INT4, MOD_NONE, ON_ALL},
    {"mediumint", TK_INT4, MOD_NONE, ON_B},
    {"bigint", TK_INT8, MOD_NONE, ON_ALL},
    {"int8", TK_INT8, MOD_NONE, ON_ALL},
    {"uint1", TK_UINT1, MOD_NONE, ON_B},
    {"tinyint unsigned", TK_UINT1, MOD_NONE, ON_B},
    {"uint2", TK_UINT2, MOD_NONE, ON_B},
    {"smallint unsigned", TK_UINT2, MOD_NONE, ON_B},
    {"uint4", TK_UINT4, MOD_NONE, ON_B},
    {"int unsigned", TK_UINT4, MOD_NONE, ON_B},
    {"integer unsigned", TK_UINT4, MOD_NONE, ON_B},
    {"mediumint unsigned", TK_UINT4, MOD_NONE, ON_B},
    {"uint8", TK_UINT8, MOD_NONE, ON_B},
    {"bigint unsigned", TK_UINT8, MOD_NONE, ON_B},
    {"year", TK_YEAR, MOD_NONE, ON_B},
    {"numeric", TK_NUMERIC, MOD_NUMERIC, ON_ALL},
    {"decimal", TK_NUMERIC, MOD_NUMERIC, ON_ALL},
    {"real", TK_FLOAT4, MOD_NONE, ON_ALL},
    {"float4", TK_FLOAT4, MOD_NONE, ON_ALL},
    {"double precision", TK_FLOAT8, MOD_NONE, ON_ALL},
    {"float8", TK_FLOAT8, MOD_NONE, ON_ALL},
    {"double", TK_FLOAT8, MOD_NONE, ON_B},
    {"bit", TK_BIT, MOD_BITS, ON_ALL},
    {"char", TK_TEXT, MOD_LENGTH, ON_ALL},
    {"character", TK_TEXT, MOD_LENGTH, ON_ALL},
    {"varchar", TK_TEXT, MOD_LENGTH, ON_ALL},
    {"character varying", TK_TEXT, MOD_LENGTH, ON_ALL},
    {"varchar2", TK_TEXT, MOD_LENGTH, ON_OG},
    {"nvarchar2", TK_TEXT, MOD_ANY, ON_OG},
    {"text", TK_TEXT, MOD_NONE, ON_ALL},
    {"citext", TK_TEXT, MOD_NONE, ON_PG},
    {"clob", TK_TEXT, MOD_NONE, ON_OG},
    {"tinytext", TK_TEXT, MOD_NONE, ON_B},
    {"mediumtext", TK_TEXT, MOD_NONE, ON_B},
    {"longtext", TK_TEXT, MOD_NONE, ON_B},
    {"json", TK_TEXT, MOD_NONE, ON_ALL},
    {"jsonb", TK_JSONB, MOD_NONE, ON_ALL},
    {"bytea", TK_BYTEA, MOD_NONE, ON_ALL},
    {"binary", TK_BYTEA, MOD_ANY, ON_B},
    {"varbinary", TK_BYTEA, MOD_ANY, ON_B},
    {"blob", TK_BLOB, MOD_NONE, ON_OG},
    {"tinyblob", TK_BLOB, MOD_NONE, ON_B},
    {"mediumblob", TK_BLOB, MOD_NONE, ON_B},
    {"longblob", TK_BLOB, MOD_NONE, ON_B},
    {"date", TK_DATE, MOD_NONE, ON_PG | ON_B | ON_OG_PG},
    {"date", TK_TIMESTAMP, MOD_NONE, ON_A}, /* A's DATE is timestamp(0) */
    {"time", TK_TIME, MOD_FRACTION, ON_ALL},
    {"time without time zone", TK_TIME, MOD_FRACTION, ON_ALL},
    {"interval", TK_INTERVAL, MOD_FRACTION, ON_ALL},
    {"datetime", TK_TIMESTAMP, MOD_FRACTION, ON_B},
    {"timestamp", TK_TIMESTAMPTZ, MOD_FRACTION, ON_B}, /* a bare timestamp has a time zone there */
    {"timestamp", TK_TIMESTAMP, MOD_FRACTION, ON_PG | ON_OG_PG | ON_A},
    {"timestamp without time zone", TK_TIMESTAMP, MOD_FRACTION, ON_ALL},
    {"timestamp with time zone", TK_TIMESTAMPTZ, MOD_FRACTION, ON_ALL},
    {"timestamptz", TK_TIMESTAMPTZ, MOD_FRACTION, ON_ALL},
    {"uuid", TK_UUID, MOD_NONE, ON_ALL},
    {"inet", TK_INET, MOD_NONE, ON_ALL},
};

/* The DDL without its parenthesis, in lower case with single blanks, and up to two numbers from inside it. */
struct words {
    char name[48];
    unsigned number[2];
    int count;
};

static bool split(const char *ddl, struct words *w) {
    size_t n = 0;
    *w = (struct words){.count = 0};
    for (const char *p = ddl; *p != '\0';) {
        if (*p == '(') {
            if (w->count > 0) {
                return false;
            }
            do {
                p++;
                unsigned v = 0;
                int digits = 0;
                for (; isdigit((unsigned char)*p) || *p == ' '; p++) {
                    if (*p != ' ') {
                        v = v * 10 + (unsigned)(*p - '0');
                        digits++;
                    }
                }
                if (w->count == 2 || digits == 0 || digits > 8) {
                    return false;
                }
                w->number[w->count++] = v;
            } while (*p == ',');
            if (*p++ != ')') {
                return false;
            }
            continue;
        }
        if (n + 2 >= sizeof w->name) {
            return false;
        }
        if (*p == ' ') {
            if (n > 0 && w->name[n - 1] != ' ') {
                w->name[n++] = ' ';
            }
        } else if (*p != '"') { /* "binary"(4), as the catalog prints it */
            w->name[n++] = (char)tolower((unsigned char)*p);
        }
        p++;
    }
    while (n > 0 && w->name[n - 1] == ' ') {
        n--;
    }
    w->name[n] = '\0';
    return n > 0;
}

static bool apply_modifier(enum modifier m, const struct words *w, enum dialect d, struct target_spec *out) {
    switch (m) {
    case MOD_NONE:
        return w->count == 0;
    case MOD_LENGTH:
        out->length = w->number[0];
        if (w->count == 0 && strncmp(w->name, "char", 4) == 0 && strstr(w->name, "varying") == NULL) {
            out->length = 1; /* bare char is char(1) */
        }
        return w->count == 0 || (w->count == 1 && out->length >= 1);
    case MOD_BITS:
        out->length = w->count == 0 ? 1 : w->number[0];
        return w->count <= 1 && out->length >= 1 && out->length <= 64;
    case MOD_NUMERIC:
        out->precision = (int)w->number[0];
        out->scale = (int)w->number[1];
        if (w->count == 0 && d == DIALECT_OG_B) {
            out->precision = 10; /* a bare numeric is numeric(10,0) there */
        }
        return w->count == 0 || (out->precision >= 1 && out->precision <= 1000 && out->scale <= out->precision);
    case MOD_FRACTION:
        return w->count == 0 || (w->count == 1 && w->number[0] <= 6);
    case MOD_ANY:
        return w->count <= 1;
    }
    return false;
}

bool target_spec_parse(const char *ddl, enum dialect d, struct target_spec *out) {
    static const unsigned bit[] = {
        [DIALECT_PG] = ON_PG, [DIALECT_OG_B] = ON_B, [DIALECT_OG_PG] = ON_OG_PG, [DIALECT_OG_A] = ON_A};
    struct words w;
    if (!split(ddl, &w)) {
        return false;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if ((names[i].where & bit[d]) != 0 && str_eq(names[i].name, w.name)) {
            *out = (struct target_spec){.kind = names[i].kind, .is_json = str_eq(w.name, "json")};
            return apply_modifier(names[i].modifier, &w, d, out);
        }
    }
    return false;
}

const char *target_cast_name(enum target_kind kind) {
    static const char *const cast[TK_COUNT] = {
        [TK_BOOL] = "boolean",
        [TK_INT1] = "tinyint",
        [TK_INT2] = "smallint",
        [TK_INT4] = "integer",
        [TK_INT8] = "bigint",
        [TK_UINT1] = "uint1",
        [TK_UINT2] = "uint2",
        [TK_UINT4] = "uint4",
        [TK_UINT8] = "uint8",
        [TK_YEAR] = "year",
        /* not bare: that is numeric(10,0) in a B database */
        [TK_NUMERIC] = "numeric(40,10)",
        [TK_FLOAT4] = "real",
        [TK_FLOAT8] = "double precision",
        /* bit varying, because an explicit cast to bit(n) would cut or fill the sample; both are sent alike */
        [TK_BIT] = "bit varying(64)",
        [TK_TEXT] = "text",
        [TK_JSONB] = "jsonb",
        [TK_BYTEA] = "bytea",
        [TK_BLOB] = "blob",
        [TK_DATE] = "date",
        [TK_TIME] = "time(6)",
        [TK_INTERVAL] = "interval",
        [TK_TIMESTAMP] = "timestamp(6) without time zone",
        [TK_TIMESTAMPTZ] = "timestamp(6) with time zone",
        [TK_UUID] = "uuid",
        [TK_INET] = "inet",
    };
    return cast[kind];
}
