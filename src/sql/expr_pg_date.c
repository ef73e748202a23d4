/* Dates and times: conversions, literals, date arithmetic, parts. Functions that print or convert are in
 * expr_pg_datefunc.c. What depends on the session's time zone is never immutable: columns of type TIMESTAMP are
 * turned into the session's wall time first, as MySQL does. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "sql/expr_pg.h"
#include "sql/pg_query.h"

static struct val datetime(const char *text, bool atom, int fsp) {
    struct val v = pg_val(TC_DATETIME, text, atom);
    v.fsp = fsp;
    return v;
}

/* The day of a timestamp. An A database's date keeps the time: cut it. */
static const char *day_of(struct pg *c, struct val v) {
    return c->o->dialect == DIALECT_OG_A ? pg_fmt(c, "date_trunc('day', %s)", v.text)
                                         : pg_fmt(c, "%s::date", pg_p(c, v));
}

struct val pg_as_datetime(struct pg *c, struct val v) {
    struct val out;
    switch (v.cls) {
    case TC_DATETIME:
        return v;
    case TC_NULL:
        return datetime(pg_fmt(c, "NULL::%s", c->timestamp), true, 0);
    case TC_DATE:
        return datetime(pg_fmt(c, "%s::%s", pg_p(c, v), c->timestamp), true, 0);
    case TC_TSTZ:
        if (!pg_stable(c, "a TIMESTAMP column or the current time in the session's time zone")) {
            return v;
        }
        if (str_starts(v.text, "CURRENT_TIMESTAMP(")) {
            return datetime(pg_fmt(c, "LOCALTIMESTAMP%s", v.text + strlen("CURRENT_TIMESTAMP")), true, v.fsp);
        }
        return datetime(pg_fmt(c, "%s::%s", pg_p(c, v), c->timestamp), true, v.fsp);
    default:
        if (pg_parse_date_literal(c, &v, &out)) {
            return out.cls == TC_DATETIME ? out : pg_as_datetime(c, out);
        }
        if (c->q != NULL && (v.cls == TC_TEXT || v.cls == TC_ENUM)) { /* NULL for what is no date, as in MySQL */
            return datetime(pg_fmt(c, "%s(%s)", pgq_compat(c, "to_datetime"), pg_as_text(c, v).text), true, 6);
        }
        return pg_fail(c, "a value that is not a date used as one");
    }
}

struct val pg_as_date(struct pg *c, struct val v) {
    struct val out;
    switch (v.cls) {
    case TC_DATE:
        return v;
    case TC_NULL:
        return pg_val(TC_DATE, "NULL::date", true);
    case TC_DATETIME:
        return pg_val(TC_DATE, day_of(c, v), true);
    case TC_TSTZ:
        return pg_val(TC_DATE, day_of(c, pg_as_datetime(c, v)), true);
    default:
        if (pg_parse_date_literal(c, &v, &out)) {
            return pg_as_date(c, out);
        }
        if (c->q != NULL && (v.cls == TC_TEXT || v.cls == TC_ENUM)) {
            return pg_as_date(c, pg_as_datetime(c, v));
        }
        return pg_fail(c, "a value that is not a date used as one");
    }
}

struct val pg_to_precision(struct pg *c, struct val v, int fsp) {
    if (v.fsp <= fsp) {
        return v;
    }
    struct val out = pg_val(v.cls, NULL, true);
    out.fsp = fsp;
    out.interval = v.interval;
    if (!c->o->mariadb) {
        out.text =
            pg_fmt(c, "%s::%s(%d)%s", pg_p(c, v),
                   v.cls == TC_DATETIME ? "timestamp"
                   : v.interval         ? "interval"
                                        : "time",
                   fsp, v.cls == TC_DATETIME && str_starts(c->timestamp, "timestamp(") ? " without time zone" : "");
        return out;
    }
    if (v.cls != TC_DATETIME || (fsp != 0 && fsp != 3)) {
        return pg_fail(c, "a time cut to %d digits, which MariaDB does not round", fsp);
    }
    out.text = pg_fmt(c, "date_trunc('%s', %s)", fsp == 0 ? "second" : "milliseconds", v.text);
    return out;
}

/* Up to `max` digits at *p. */
static bool digits(const char **p, size_t max, unsigned *out) {
    size_t n = strspn(*p, "0123456789");
    if (n == 0 || n > max) {
        return false;
    }
    *out = (unsigned)strtoul(*p, NULL, 10);
    *p += n;
    return true;
}

static bool day_exists(unsigned y, unsigned m, unsigned d) {
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return y >= 1 && m >= 1 && m <= 12 && d >= 1 && d <= days[m - 1] + (m == 2 && leap ? 1u : 0u);
}

/* HH:MM[:SS[.ffffff]] at p up to its end; the fraction's digits are copied. */
static bool clock_text(const char *p, unsigned max_hours, unsigned hms[3], char fraction[8]) {
    fraction[0] = '\0';
    hms[2] = 0;
    if (!digits(&p, 3, &hms[0]) || *p++ != ':' || !digits(&p, 2, &hms[1])) {
        return false;
    }
    if (*p == ':') {
        p++;
        if (!digits(&p, 2, &hms[2])) {
            return false;
        }
    }
    if (*p == '.') {
        size_t n = strspn(p + 1, "0123456789");
        if (n > 6) {
            return false;
        }
        memcpy(fraction, p, n + 1);
        fraction[n == 0 ? 0 : n + 1] = '\0';
        p += n + 1;
    }
    return *p == '\0' && hms[0] <= max_hours && hms[1] <= 59 && hms[2] <= 59;
}

static struct val timestamp_literal(struct pg *c, const char *text, int fsp) {
    bool plain = str_eq(c->timestamp, "timestamp");
    return datetime(plain ? pg_fmt(c, "TIMESTAMP '%s'", text) : pg_fmt(c, "'%s'::%s", text, c->timestamp), true, fsp);
}

bool pg_parse_date_literal(struct pg *c, const struct val *v, struct val *out) {
    unsigned y, m, d, hms[3];
    char fraction[8];
    if (v->lit == NULL || (v->lit->kind != SN_STRING && v->lit->kind != SN_INT && v->lit->kind != SN_TEMPORAL)) {
        return false;
    }
    const char *p = v->lit->text;
    size_t n = strspn(p, "0123456789");
    if (strlen(p) != v->lit->len || v->text[0] == '-') {
        return false;
    }
    if (p[n] == '\0' && (n == 8 || n == 14)) { /* 20240131, 20240131235959 */
        unsigned long long all = strtoull(p, NULL, 10), day = n == 8 ? all : all / 1000000,
                           time = n == 8 ? 0 : all % 1000000;
        y = (unsigned)(day / 10000), m = (unsigned)(day / 100 % 100), d = (unsigned)(day % 100);
        if (!day_exists(y, m, d) || time / 10000 > 23 || time / 100 % 100 > 59 || time % 100 > 59) {
            return false;
        }
        *out = n == 8 ? pg_val(TC_DATE, pg_fmt(c, "DATE '%04u-%02u-%02u'", y, m, d), true)
                      : timestamp_literal(c,
                                          pg_fmt(c, "%04u-%02u-%02u %02u:%02u:%02u", y, m, d, (unsigned)(time / 10000),
                                                 (unsigned)(time / 100 % 100), (unsigned)(time % 100)),
                                          0);
        return true;
    }
    if (v->lit->kind == SN_INT || n != 4 || !digits(&p, 4, &y) || (*p != '-' && *p != '/' && *p != '.')) {
        return false;
    }
    p++;
    if (!digits(&p, 2, &m) || (*p != '-' && *p != '/' && *p != '.')) {
        return false;
    }
    p++;
    if (!digits(&p, 2, &d) || !day_exists(y, m, d)) {
        return false;
    }
    if (*p == '\0') {
        *out = pg_val(TC_DATE, pg_fmt(c, "DATE '%04u-%02u-%02u'", y, m, d), true);
        return true;
    }
    if ((*p != ' ' && *p != 'T') || !clock_text(p + 1, 23, hms, fraction)) {
        return false;
    }
    *out = timestamp_literal(c, pg_fmt(c, "%04u-%02u-%02u %02u:%02u:%02u%s", y, m, d, hms[0], hms[1], hms[2], fraction),
                             fraction[0] == '\0' ? 0 : (int)strlen(fraction) - 1);
    return true;
}

bool pg_parse_time_literal(struct pg *c, const struct val *v, bool interval, struct val *out) {
    unsigned hms[3];
    char fraction[8];
    if (v->lit == NULL || (v->lit->kind != SN_STRING && v->lit->kind != SN_TEMPORAL) ||
        strlen(v->lit->text) != v->lit->len) {
        return false;
    }
    const char *p = v->lit->text;
    bool minus = interval && *p == '-';
    if (!clock_text(p + minus, interval ? 838 : 23, hms, fraction)) {
        return false;
    }
    *out = pg_val(TC_TIME,
                  pg_fmt(c, "%s '%s%02u:%02u:%02u%s'", interval ? "INTERVAL" : "TIME", minus ? "-" : "", hms[0], hms[1],
                         hms[2], fraction),
                  true);
    out->interval = interval;
    out->fsp = fraction[0] == '\0' ? 0 : (int)strlen(fraction) - 1;
    return true;
}

struct val pg_temporal_literal(struct pg *c, const struct sql_node *n) {
    struct val v = pg_val(TC_TEXT, n->text, true), out;
    v.lit = n;
    if (str_eq(n->name, "time")) {
        if (pg_parse_time_literal(c, &v, false, &out)) {
            out.lit = n; /* may have to become an interval */
            return out;
        }
    } else if (pg_parse_date_literal(c, &v, &out)) {
        return str_eq(n->name, "date") ? pg_as_date(c, out) : pg_as_datetime(c, out);
    }
    return pg_fail(c, "the %s literal '%.60s'", n->name, n->text);
}

/* How a unit is written in an interval: n times `unit`. */
struct unit {
    const char *name, *target;
    int times;
    bool whole_days; /* DATE + this stays a DATE */
};

static const struct unit units[] = {
    {"microsecond", "microsecond", 1, false},
    {"second", "second", 1, false},
    {"minute", "minute", 1, false},
    {"hour", "hour", 1, false},
    {"day", "day", 1, true},
    {"week", "day", 7, true},
    {"month", "month", 1, true},
    {"quarter", "month", 3, true},
    {"year", "year", 1, true},
};

/* 'a:b' for the compound units: groups of digits, the last one belongs to the smallest unit. */
static const char *compound(struct pg *c, const char *unit, const struct sql_node *value, bool *whole_days) {
    static const struct {
        const char *name;
        const char *parts[4];
    } kinds[] = {
        {"minute_second", {"minute", "second"}},   {"hour_second", {"hour", "minute", "second"}},
        {"hour_minute", {"hour", "minute"}},       {"day_second", {"day", "hour", "minute", "second"}},
        {"day_minute", {"day", "hour", "minute"}}, {"day_hour", {"day", "hour"}},
        {"year_month", {"year", "month"}},
    };
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        if (!str_eq(kinds[k].name, unit) || value->kind != SN_STRING) {
            continue;
        }
        unsigned group[4];
        size_t n = 0, parts = 0;
        while (parts < 4 && kinds[k].parts[parts] != NULL) {
            parts++;
        }
        const char *p = value->text;
        bool minus = *p == '-';
        for (p += minus; n < parts && digits(&p, 6, &group[n]); p += *p != '\0') {
            n++;
            if (*p == '\0') {
                break;
            }
        }
        if (*p != '\0' || n == 0) {
            return NULL;
        }
        *whole_days = str_eq(unit, "year_month");
        const char *text = "";
        for (size_t i = 0; i < n; i++) {
            text = pg_fmt(c, "%s%s%s%u %s", text, i > 0 ? " " : "", minus ? "-" : "", group[i],
                          kinds[k].parts[parts - n + i]);
        }
        return pg_fmt(c, "INTERVAL '%s'", text);
    }
    return NULL;
}

static const char *interval_text(struct pg *c, const struct sql_node *interval, bool *whole_days) {
    const struct unit *u = NULL;
    for (size_t i = 0; i < sizeof units / sizeof units[0] && u == NULL; i++) {
        u = str_eq(units[i].name, interval->name) ? &units[i] : NULL;
    }
    const struct sql_node *value = interval->args[0];
    if (u == NULL) {
        const char *text = compound(c, interval->name, value, whole_days);
        if (text == NULL) {
            pg_fail(c, "INTERVAL .. %s", interval->name);
        }
        return text;
    }
    *whole_days = u->whole_days;
    long n;
    if (sql_node_const_int(value, &n) && n > -10000000 && n < 10000000) {
        return pg_fmt(c, "INTERVAL '%ld %s'", n * u->times, u->target);
    }
    if (value->kind == SN_DECIMAL && str_eq(u->name, "second") && strlen(value->text) < 16) {
        return pg_fmt(c, "INTERVAL '%s second'", value->text);
    }
    struct val v = pg_as_num(c, pg_node(c, value));
    if (v.cls != TC_INT && !(v.cls == TC_DEC && v.integer)) {
        pg_fail(c, "INTERVAL of a number that is not an integer");
        return NULL;
    }
    return pg_fmt(c, "%s * INTERVAL '%d %s'", pg_p(c, v), u->times, u->target);
}

struct val pg_date_add(struct pg *c, struct val base, const struct sql_node *interval, bool subtract) {
    struct val literal;
    bool whole_days = false;
    if (pg_is_const_string(&base) && pg_parse_date_literal(c, &base, &literal)) {
        base = literal;
    }
    if (base.cls != TC_DATE && base.cls != TC_DATETIME && base.cls != TC_TSTZ) {
        return pg_fail(c, "date arithmetic on a value that is not a date");
    }
    const char *i = interval_text(c, interval, &whole_days);
    if (i == NULL) {
        return base;
    }
    if (base.cls == TC_TSTZ) {
        base = pg_as_datetime(c, base);
    }
    struct val out = datetime(pg_fmt(c, "%s %s %s", pg_p(c, base), subtract ? "-" : "+",
                                     str_starts(i, "INTERVAL") ? i : pg_fmt(c, "(%s)", i)),
                              false, base.fsp);
    if (str_eq(interval->name, "microsecond")) {
        out.fsp = 6;
    } else if (interval->args[0]->kind == SN_DECIMAL) {
        out.fsp = 6;
    }
    if (base.cls == TC_DATE && whole_days) {
        return pg_val(TC_DATE, day_of(c, out), true);
    }
    return out;
}

/* What EXTRACT and its relatives accept. */
static struct val temporal(struct pg *c, struct val v) {
    struct val out;
    if (v.cls == TC_DATE || v.cls == TC_DATETIME || v.cls == TC_TIME) {
        return v;
    }
    if (pg_is_const_string(&v) && (pg_parse_date_literal(c, &v, &out) || pg_parse_time_literal(c, &v, false, &out))) {
        return out;
    }
    return pg_as_datetime(c, v);
}

const char *pg_field(struct pg *c, const char *field, const char *value) {
    return c->b ? pg_fmt(c, "date_part('%s', %s)", field, value) : pg_fmt(c, "extract(%s FROM %s)", field, value);
}

static const char *part(struct pg *c, const char *field, struct val v) {
    return pg_field(c, field, v.text);
}

struct val pg_extract(struct pg *c, const char *unit, struct val v) {
    v = temporal(c, v);
    bool clock =
        str_eq(unit, "hour") || str_eq(unit, "minute") || str_eq(unit, "second") || str_eq(unit, "microsecond");
    struct val out = pg_int(NULL, true, false);
    out.nonneg = true;
    if (clock) {
        if (v.cls == TC_DATE) {
            out.text = pg_fmt(c, "CASE WHEN %s IS NOT NULL THEN 0 END", pg_p(c, v));
        } else if (v.interval || (c->b && v.cls == TC_TIME)) { /* negative times: MySQL's HOUR() has no sign */
            out.text = str_eq(unit, "microsecond")
                           ? pg_fmt(c, "(abs(%s)::bigint %% 1000000)::int", part(c, "microseconds", v))
                           : pg_fmt(c, "floor(abs(%s))::int", part(c, unit, v));
        } else if (str_eq(unit, "microsecond")) {
            out.text = pg_fmt(c, "(%s::bigint %% 1000000)::int", part(c, "microseconds", v));
        } else {
            out.text = str_eq(unit, "second") ? pg_fmt(c, "floor(%s)::int", part(c, unit, v))
                                              : pg_fmt(c, "%s::int", part(c, unit, v));
        }
        return out;
    }
    if (v.cls == TC_TIME) {
        return pg_fail(c, "the day of a TIME");
    }
    if (str_eq(unit, "year_month")) {
        out.text = pg_fmt(c, "(%s * 100 + %s)::int", part(c, "year", v), part(c, "month", v));
        return out;
    }
    if (str_eq(unit, "year") || str_eq(unit, "month") || str_eq(unit, "day") || str_eq(unit, "quarter")) {
        out.text = pg_fmt(c, "%s::int", part(c, unit, v));
        return out;
    }
    return pg_fail(c, "EXTRACT of %s", unit);
}

struct val pg_extract_signed(struct pg *c, const char *unit, struct val v) {
    struct val out = pg_extract(c, unit, v);
    if (c->why != NULL || v.cls != TC_TIME || !(v.interval || c->b)) {
        return out;
    }
    bool micro = str_eq(unit, "microsecond"),
         days = c->o->mariadb && str_eq(unit, "hour"); /* which MariaDB leaves out */
    out.text = micro ? pg_fmt(c, "(%s::bigint %% 1000000)::int", part(c, "microseconds", v))
                     : pg_fmt(c, days ? "(trunc(%s)::int %% 24)" : "trunc(%s)::int", part(c, unit, v));
    out.nonneg = false;
    return out;
}
