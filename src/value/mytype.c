/* Reading COLUMN_TYPE as information_schema prints it. See mytype.h.
 *
 *   base [ ( arguments ) ] [ unsigned ] [ zerofill ] [ comments, character set words ]
 *
 * Both servers print labels with quotes doubled and with \\, \n, \r and \0 for backslash, newline, return and NUL,
 * whatever sql_mode says. MariaDB appends version comments ("varchar(10) ... COMPRESSED", "timestamp ... mariadb-5.3"). */
#include "value/mytype.h"

#include <string.h>

#include "base/arena.h"
#include "base/str.h"

enum arguments {
    ARGS_NONE,
    ARGS_WIDTH,     /* display width of an integer, year */
    ARGS_PRECISION, /* (p[,s]) */
    ARGS_LENGTH,
    ARGS_FSP,
    ARGS_LABELS,
};

static const struct {
    const char *name;
    enum mytype_kind kind;
    enum arguments arguments;
} type_names[] = {
    {"tinyint", MYT_TINYINT, ARGS_WIDTH},
    {"smallint", MYT_SMALLINT, ARGS_WIDTH},
    {"mediumint", MYT_MEDIUMINT, ARGS_WIDTH},
    {"int", MYT_INT, ARGS_WIDTH},
    {"integer", MYT_INT, ARGS_WIDTH},
    {"bigint", MYT_BIGINT, ARGS_WIDTH},
    {"decimal", MYT_DECIMAL, ARGS_PRECISION},
    {"numeric", MYT_DECIMAL, ARGS_PRECISION},
    {"float", MYT_FLOAT, ARGS_PRECISION},
    {"double", MYT_DOUBLE, ARGS_PRECISION},
    {"real", MYT_DOUBLE, ARGS_PRECISION},
    {"bit", MYT_BIT, ARGS_LENGTH},
    {"char", MYT_CHAR, ARGS_LENGTH},
    {"varchar", MYT_VARCHAR, ARGS_LENGTH},
    {"tinytext", MYT_TINYTEXT, ARGS_LENGTH},
    {"text", MYT_TEXT, ARGS_LENGTH},
    {"mediumtext", MYT_MEDIUMTEXT, ARGS_LENGTH},
    {"longtext", MYT_LONGTEXT, ARGS_LENGTH},
    {"binary", MYT_BINARY, ARGS_LENGTH},
    {"varbinary", MYT_VARBINARY, ARGS_LENGTH},
    {"tinyblob", MYT_TINYBLOB, ARGS_LENGTH},
    {"blob", MYT_BLOB, ARGS_LENGTH},
    {"mediumblob", MYT_MEDIUMBLOB, ARGS_LENGTH},
    {"longblob", MYT_LONGBLOB, ARGS_LENGTH},
    {"date", MYT_DATE, ARGS_NONE},
    {"time", MYT_TIME, ARGS_FSP},
    {"datetime", MYT_DATETIME, ARGS_FSP},
    {"timestamp", MYT_TIMESTAMP, ARGS_FSP},
    {"year", MYT_YEAR, ARGS_WIDTH},
    {"enum", MYT_ENUM, ARGS_LABELS},
    {"set", MYT_SET, ARGS_LABELS},
    {"json", MYT_JSON, ARGS_NONE},
    {"geometry", MYT_GEOMETRY, ARGS_NONE},
    {"point", MYT_GEOMETRY, ARGS_NONE},
    {"linestring", MYT_GEOMETRY, ARGS_NONE},
    {"polygon", MYT_GEOMETRY, ARGS_NONE},
    {"multipoint", MYT_GEOMETRY, ARGS_NONE},
    {"multilinestring", MYT_GEOMETRY, ARGS_NONE},
    {"multipolygon", MYT_GEOMETRY, ARGS_NONE},
    {"geometrycollection", MYT_GEOMETRY, ARGS_NONE},
    {"geomcollection", MYT_GEOMETRY, ARGS_NONE},
    {"vector", MYT_VECTOR, ARGS_LENGTH},
    {"uuid", MYT_UUID, ARGS_NONE},
    {"inet4", MYT_INET4, ARGS_NONE},
    {"inet6", MYT_INET6, ARGS_NONE},
};

static const char *skip_blanks(const char *p) {
    while (*p == ' ' || *p == '\t') {
        p++;
    }
    return p;
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_word_char(char c) {
    c = lower(c);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* A number below a billion; MySQL's own maximum here is 4294967295 bytes, which no catalog prints in parentheses. */
static const char *read_number(const char *p, uint32_t *n) {
    const char *begin = p;
    *n = 0;
    while (*p >= '0' && *p <= '9') {
        if (*n >= 100000000) {
            return NULL;
        }
        *n = *n * 10 + (uint32_t)(*p++ - '0');
    }
    return p == begin ? NULL : p;
}

/* ( n [, m] ): *count tells how many there were. NULL when malformed. */
static const char *read_numbers(const char *p, uint32_t n[2], int *count) {
    *count = 0;
    if (*p != '(') {
        return p;
    }
    do {
        p = *count < 2 ? read_number(skip_blanks(p + 1), &n[*count]) : NULL;
        if (p == NULL) {
            return NULL;
        }
        (*count)++;
        p = skip_blanks(p);
    } while (*p == ',');
    return *p == ')' ? p + 1 : NULL;
}

/* One quoted label; p is at the opening quote. */
static const char *read_label(struct arena *a, const char *p, const char **label) {
    const char *begin = ++p;
    for (;; p++) {
        if (*p == '\0') {
            return NULL;
        }
        if (*p == '\\') {
            if (*++p == '\0') {
                return NULL;
            }
        } else if (*p == '\'' && *++p != '\'') {
            break;
        }
    }
    char *text = arena_alloc(a, (size_t)(p - begin) + 1);
    size_t n = 0;
    for (const char *q = begin; q < p - 1; q++) {
        char c = *q;
        if (c == '\\') {
            c = *++q;
            c = c == 'n' ? '\n' : c == 'r' ? '\r' : c == '0' ? '\0' : c;
        } else if (c == '\'') {
            q++;
        }
        text[n++] = c;
    }
    /* a NUL inside a label ends it here: labels are C strings, and no target can hold such a label */
    *label = text;
    return p;
}

static const char *read_labels(struct arena *a, const char *p, struct mytype *t) {
    size_t cap = 0;
    if (*p != '(') {
        return NULL;
    }
    do {
        p = skip_blanks(p + 1);
        const char *label = NULL;
        p = *p == '\'' ? read_label(a, p, &label) : NULL;
        if (p == NULL) {
            return NULL;
        }
        t->labels = arena_grow(a, t->labels, t->nlabels, &cap, sizeof *t->labels);
        t->labels[t->nlabels++] = label;
        p = skip_blanks(p);
    } while (*p == ',');
    return *p == ')' ? p + 1 : NULL;
}

static const char *read_arguments(struct arena *a, enum arguments kind, const char *p, struct mytype *t) {
    uint32_t n[2] = {0, 0};
    int count = 0;
    if (kind == ARGS_LABELS) {
        return read_labels(a, p, t);
    }
    p = read_numbers(p, n, &count);
    if (p == NULL || (count == 2 && kind != ARGS_PRECISION) || (count > 0 && kind == ARGS_NONE)) {
        return NULL;
    }
    switch (kind) {
    case ARGS_WIDTH:
        t->display_width = n[0];
        break;
    case ARGS_PRECISION:
        if (n[0] > 1000 || n[1] > n[0]) {
            return NULL;
        }
        t->precision = (int)n[0];
        t->scale = count == 2 ? (int)n[1] : -1;
        break;
    case ARGS_LENGTH:
        t->length_chars = n[0];
        break;
    case ARGS_FSP:
        if (n[0] > 6) {
            return NULL;
        }
        t->fsp = (int)n[0];
        break;
    default:
        break;
    }
    return p;
}

/* What may follow: attributes and comments. Words that say nothing about values (COMPRESSED, character sets) are passed over. */
static bool read_attributes(const char *p, struct mytype *t) {
    for (;;) {
        p = skip_blanks(p);
        if (*p == '\0') {
            return true;
        }
        if (p[0] == '/' && p[1] == '*') {
            const char *close = strstr(p + 2, "*/");
            if (close == NULL) {
                return false;
            }
            p = close + 2;
            continue;
        }
        size_t n = 0;
        while (is_word_char(p[n])) {
            n++;
        }
        if (n == 0) {
            return false;
        }
        if (n == 8 && str_istarts(p, "unsigned")) {
            t->is_unsigned = true;
        } else if (n == 8 && str_istarts(p, "zerofill")) {
            t->zerofill = true;
            t->is_unsigned = true; /* ZEROFILL implies it */
        }
        p += n;
    }
}

/* What MySQL assumes where nothing is given. */
static void fill_defaults(struct mytype *t) {
    switch (t->kind) {
    case MYT_DECIMAL:
        t->precision = t->precision == 0 ? 10 : t->precision;
        t->scale = t->scale < 0 ? 0 : t->scale;
        break;
    case MYT_FLOAT:
        /* float(n) without a scale only chooses the width; catalogs print it resolved, hand-written types may not */
        if (t->scale < 0 && t->precision > 24) {
            t->kind = MYT_DOUBLE;
        }
        t->precision = t->scale < 0 ? 0 : t->precision;
        break;
    case MYT_DOUBLE:
        t->precision = t->scale < 0 ? 0 : t->precision;
        break;
    default:
        break;
    }
}

static bool parse(struct arena *a, const char *text, struct mytype *t) {
    const char *p = skip_blanks(text);
    size_t n = 0;
    while (is_word_char(p[n])) {
        n++;
    }
    char *base = arena_strndup(a, p, n);
    for (size_t i = 0; i < n; i++) {
        base[i] = lower(base[i]);
    }
    t->base = base;
    size_t found = 0, count = sizeof type_names / sizeof type_names[0];
    while (found < count && strcmp(type_names[found].name, base) != 0) {
        found++;
    }
    if (found == count) {
        return false;
    }
    t->kind = type_names[found].kind;
    bool sized = t->kind == MYT_CHAR || t->kind == MYT_BINARY || t->kind == MYT_BIT;
    p = skip_blanks(p + n);
    if (sized && *p != '(') {
        t->length_chars = 1;
    } else {
        p = read_arguments(a, type_names[found].arguments, p, t);
    }
    if (p == NULL || !read_attributes(p, t)) {
        return false;
    }
    fill_defaults(t);
    return t->kind != MYT_BIT || (t->length_chars >= 1 && t->length_chars <= 64);
}

bool mytype_parse(struct arena *a, const char *column_type, struct mytype *t) {
    *t = (struct mytype){.kind = MYT_UNKNOWN, .scale = -1, .full = arena_strdup(a, column_type)};
    if (parse(a, column_type, t)) {
        return true;
    }
    t->kind = MYT_UNKNOWN;
    return false;
}
