/* Partition functions turned into ranges of their column: names, calendar arithmetic. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "schema/catalog_text.h"
#include "schema/ddl_partition_internal.h"

/* One name at *p, with or without backticks; NULL: no name. */
static char *take_name(struct arena *a, const char **p) {
    const char *s = *p;
    if (*s != '`') {
        size_t n = strcspn(s, " ,()+-*/%`'\"");
        *p = s + n;
        return n == 0 ? NULL : arena_strndup(a, s, n);
    }
    struct text t = {.a = a};
    for (s++; *s != '\0'; s++) {
        if (*s == '`' && s[1] == '`') {
            s++;
        } else if (*s == '`') {
            *p = s + 1;
            return t.s;
        }
        text_add(&t, "%c", *s);
    }
    return NULL;
}

static const char *skip_spaces(const char *p) {
    return p + strspn(p, " ");
}

const struct column **partition_columns(struct arena *a, const struct table *t, const char *list, size_t *n) {
    const struct column **out = arena_array(a, const struct column *, t->ncolumns + 1);
    *n = 0;
    for (const char *p = skip_spaces(list);;) {
        char *name = take_name(a, &p);
        const struct column *c = name == NULL ? NULL : schema_find_column(t, name);
        if (c == NULL || *n == t->ncolumns) {
            return NULL;
        }
        out[(*n)++] = c;
        p = skip_spaces(p);
        if (*p == '\0') {
            return out;
        }
        if (*p != ',') {
            return NULL;
        }
        p = skip_spaces(p + 1);
    }
}

/* The text without the parentheses that enclose all of it. */
static char *strip_parens(struct arena *a, const char *expr) {
    for (;;) {
        expr = skip_spaces(expr);
        size_t n = strlen(expr);
        while (n > 0 && expr[n - 1] == ' ') {
            n--;
        }
        char *s = arena_strndup(a, expr, n);
        if (n < 2 || s[0] != '(' || s[n - 1] != ')') {
            return s;
        }
        int depth = 0;
        for (size_t i = 0; i + 1 < n; i++) {
            depth += s[i] == '(' ? 1 : s[i] == ')' ? -1 : 0;
            if (depth == 0) {
                return s; /* (a) + (b) */
            }
        }
        expr = arena_strndup(a, s + 1, n - 2);
    }
}

const struct column *partition_column(struct arena *a, const struct table *t, const char *expr) {
    size_t n;
    const struct column **c = partition_columns(a, t, strip_parens(a, expr), &n);
    return c != NULL && n == 1 ? c[0] : NULL;
}

enum monotone partition_monotone(struct arena *a, const struct table *t, const char *expr,
                                 const struct column **column) {
    static const struct {
        const char *name;
        enum monotone m;
    } known[] = {{"year", MONOTONE_YEAR},
                 {"to_days", MONOTONE_TO_DAYS},
                 {"to_seconds", MONOTONE_TO_SECONDS},
                 {"unix_timestamp", MONOTONE_UNIX_TIMESTAMP}};
    char *s = strip_parens(a, expr);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (!str_istarts(s, known[i].name)) {
            continue;
        }
        const char *rest = skip_spaces(s + strlen(known[i].name));
        *column = rest[0] == '(' ? partition_column(a, t, rest) : NULL;
        if (*column == NULL) {
            continue;
        }
        enum target_kind k = (*column)->target.kind;
        bool stamp = known[i].m == MONOTONE_UNIX_TIMESTAMP;
        bool fits = stamp ? k == TK_TIMESTAMPTZ : k == TK_DATE || k == TK_TIMESTAMP;
        return fits ? known[i].m : MONOTONE_NONE;
    }
    return MONOTONE_NONE;
}

enum { TO_DAYS_OF_1970 = 719528, TO_DAYS_OF_YEAR_1 = 366 };

/* Days since 1970-01-01 to year, month, day of the proleptic Gregorian calendar: count years from March, so that the leap
 * day is the last of its year. */
static void civil(int64_t days, int64_t *y, int *m, int *d) {
    int64_t z = days + 719468; /* 0000-03-01 */
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *d = (int)(doy - (153 * mp + 2) / 5 + 1);
    *m = (int)(mp < 10 ? mp + 3 : mp - 9);
    *y = yoe + era * 400 + (*m <= 2);
}

static char *moment(struct arena *a, const struct column *c, int64_t days, int64_t seconds, bool *max) {
    int64_t y;
    int m, d;
    civil(days, &y, &m, &d);
    if (y > 9999) {
        *max = true;
        return NULL;
    }
    const char *zone = c->target.kind == TK_TIMESTAMPTZ ? "+00" : "";
    if (c->target.kind == TK_DATE) {
        return arena_printf(a, "'%04d-%02d-%02d'", (int)y, m, d);
    }
    return arena_printf(a, "'%04d-%02d-%02d %02d:%02d:%02d%s'", (int)y, m, d, (int)(seconds / 3600),
                        (int)(seconds / 60 % 60), (int)(seconds % 60), zone);
}

char *partition_bound(struct arena *a, enum monotone m, const struct column *c, const char *number, bool *max) {
    char *end;
    int64_t v = strtoll(number, &end, 10);
    *max = false;
    if (*end != '\0') {
        return NULL;
    }
    switch (m) {
    case MONOTONE_YEAR:
        if (v > 9999) {
            *max = true;
            return NULL;
        }
        return v < 1 ? NULL
                     : arena_printf(a, c->target.kind == TK_DATE ? "'%04d-01-01'" : "'%04d-01-01 00:00:00'", (int)v);
    case MONOTONE_TO_DAYS:
        return v < TO_DAYS_OF_YEAR_1 ? NULL : moment(a, c, v - TO_DAYS_OF_1970, 0, max);
    case MONOTONE_TO_SECONDS: {
        int64_t days = v / 86400, rest = v % 86400;
        if (c->target.kind == TK_DATE && rest > 0) { /* the first day that begins at or after the bound */
            days++;
            rest = 0;
        }
        return days < TO_DAYS_OF_YEAR_1 ? NULL : moment(a, c, days - TO_DAYS_OF_1970, rest, max);
    }
    case MONOTONE_UNIX_TIMESTAMP:
        return v < 0 ? NULL : moment(a, c, v / 86400, v % 86400, max);
    case MONOTONE_NONE:
        break;
    }
    return NULL;
}
