/* Date and time functions, and the text of dates. */
#include <string.h>

#include "base/str.h"
#include "sql/expr_pg.h"
#include "sql/pg_query.h"

/* Formats of DATE_FORMAT: to_char's pattern, and as that is not immutable, the number it stands for with what is around that. */
static const struct {
    char spec;
    const char *to_char, *field, *before, *after;
    int width; /* zero-padded to, 0: not padded */
} specs[] = {
    {'Y', "YYYY", "year", "", "::int", 4},        {'m', "MM", "month", "", "::int", 2},
    {'d', "DD", "day", "", "::int", 2},           {'H', "HH24", "hour", "", "::int", 2},
    {'i', "MI", "minute", "", "::int", 2},        {'s', "SS", "second", "floor(", ")::int", 2},
    {'S', "SS", "second", "floor(", ")::int", 2}, {'f', "US", "microseconds", "(", "::bigint % 1000000)", 6},
    {'y', "YY", "year", "(", "::int % 100)", 2},  {'c', "FMMM", "month", "", "::int", 0},
    {'e', "FMDD", "day", "", "::int", 0},         {'k', "FMHH24", "hour", "", "::int", 0},
    {'j', "DDD", "doy", "", "::int", 3},          {'v', "IW", "week", "", "::int", 2},
    {'x', "IYYY", "isoyear", "", "::int", 4},     {'w', NULL, "dow", "", "::int", 0},
    {'h', "HH12", NULL, NULL, NULL, 2},           {'I', "HH12", NULL, NULL, NULL, 2},
    {'l', "FMHH12", NULL, NULL, NULL, 0},         {'p', "AM", NULL, NULL, NULL, 0},
    {'M', "FMMonth", NULL, NULL, NULL, 0},        {'b', "Mon", NULL, NULL, NULL, 0},
    {'W', "FMDay", NULL, NULL, NULL, 0},          {'a', "Dy", NULL, NULL, NULL, 0},
};

static const char *quoted_pattern(struct pg *c, const char *s, size_t n) {
    char *out = arena_alloc(c->a, n * 2 + 3), *w = out;
    *w++ = '"';
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '"' || s[i] == '\\') {
            *w++ = '\\';
        }
        *w++ = s[i];
    }
    *w++ = '"';
    *w = '\0';
    return out;
}

/* DATE_FORMAT(v, f): to_char where that may stand, else the parts joined. */
static struct val format_date(struct pg *c, struct val v, const char *f, size_t len) {
    const char *pattern = "", *parts = NULL;
    bool parts_only = false, pattern_only = false, any = false;
    if (len > 256) {
        return pg_fail(c, "DATE_FORMAT with a format of more than 256 bytes");
    }
    for (size_t i = 0; i < len && c->why == NULL;) {
        const char *run = f + i;
        size_t plain = 0;
        while (i + plain < len && run[plain] != '%') {
            plain++;
        }
        const char *piece = NULL;
        if (plain > 0) {
            pattern = pg_fmt(c, "%s%s", pattern, quoted_pattern(c, run, plain));
            piece = pg_string_literal(c, arena_strndup(c->a, run, plain), plain);
            i += plain;
        } else {
            char spec = i + 1 < len ? f[i + 1] : '\0';
            i += 2;
            if (spec == '%') {
                pattern = pg_fmt(c, "%s\"%%\"", pattern);
                piece = "'%'";
            } else if (spec == 'T' || spec == 'r') {
                const char *more = spec == 'T' ? "%H:%i:%S" : "%h:%i:%S %p";
                char *longer = arena_printf(c->a, "%.*s%s%.*s", (int)(i - 2), f, more, (int)(len - i), f + i);
                return format_date(c, v, longer, strlen(longer));
            } else {
                for (size_t k = 0; k < sizeof specs / sizeof specs[0]; k++) {
                    if (specs[k].spec != spec) {
                        continue;
                    }
                    any = true;
                    parts_only = parts_only || specs[k].to_char == NULL;
                    pattern_only = pattern_only || specs[k].field == NULL;
                    pattern = pg_fmt(c, "%s%s", pattern, specs[k].to_char == NULL ? "" : specs[k].to_char);
                    const char *number =
                        specs[k].field == NULL
                            ? "''"
                            : pg_fmt(c, "%s%s%s", specs[k].before, pg_field(c, specs[k].field, v.text), specs[k].after);
                    piece = specs[k].width == 0 ? pg_fmt(c, "%s::text", number)
                                                : pg_fmt(c, "lpad(%s::text, %d, '0')", number, specs[k].width);
                    break;
                }
                if (piece == NULL) {
                    return pg_fail(c, "DATE_FORMAT with %%%c", spec);
                }
            }
        }
        parts = parts == NULL ? piece : pg_fmt(c, "%s || %s", parts, piece);
    }
    if (!any || (parts_only && pattern_only)) {
        return pg_fail(c, "DATE_FORMAT with this format");
    }
    struct val out = pg_val(TC_TEXT, NULL, true);
    if (parts_only || (c->o->must_be_immutable && !pattern_only)) {
        out.text = parts;
        out.atom = false;
    } else if (pg_stable(c, "DATE_FORMAT with names or 12 hour times")) {
        out.text = pg_fmt(c, "to_char(%s, %s)", v.text, str_literal_pg(c->a, pattern));
    }
    return out;
}

struct val pg_date_text(struct pg *c, struct val v) {
    static const char day[] = "%Y-%m-%d", full[] = "%Y-%m-%d %H:%i:%S", micro[] = "%Y-%m-%d %H:%i:%S.%f";
    if (v.cls == TC_TIME) {
        if (c->q != NULL && (v.fsp > 0 || v.interval)) {
            return pgq_time_text(c, v, v.fsp);
        }
        if (v.fsp > 0 || v.interval) {
            return pg_fail(c, "a TIME turned into text");
        }
        return pg_val(TC_TEXT, pg_fmt(c, "%s::text", pg_p(c, v)), true);
    }
    if (v.cls == TC_DATE) {
        return format_date(c, v, day, sizeof day - 1);
    }
    v = pg_as_datetime(c, v);
    if (v.fsp == 0) {
        return format_date(c, v, full, sizeof full - 1);
    }
    struct val out = format_date(c, v, micro, sizeof micro - 1);
    return v.fsp == 6 ? out : pg_val(TC_TEXT, pg_fmt(c, "left(%s, %d)", out.text, 20 + v.fsp), true);
}

static struct val date_format(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val v = pg_node(c, n->args[0]), literal;
    const struct sql_node *f = n->args[1];
    if (f->kind != SN_STRING || f->len == 0) {
        return pg_fail(c, "DATE_FORMAT with a format that is not a constant");
    }
    if (pg_is_const_string(&v) && pg_parse_date_literal(c, &v, &literal)) {
        v = literal;
    }
    bool clock = false;
    for (size_t i = 0; i + 1 < f->len; i++) {
        clock = clock || (f->text[i] == '%' && strchr("HisSfTrhIklp", f->text[i + 1]) != NULL);
    }
    return format_date(c, v.cls == TC_DATE && !clock ? v : pg_as_datetime(c, v), f->text, f->len);
}

static struct val extract(struct pg *c, const struct sql_node *n, const char *data) {
    return pg_extract(c, data, pg_node(c, n->args[0]));
}

/* Parts that MySQL numbers otherwise. data: the target's field, then what is added. */
static struct val day_number(struct pg *c, const struct sql_node *n, const char *data) {
    struct val v = pg_node(c, n->args[0]);
    v = v.cls == TC_DATE || v.cls == TC_DATETIME ? v : pg_as_datetime(c, v);
    const char *plus = strchr(data, '|');
    const char *field = arena_strndup(c->a, data, (size_t)(plus - data));
    struct val out = pg_int(pg_fmt(c, "%s::int%s", pg_field(c, field, v.text), plus + 1), plus[1] == '\0', false);
    out.nonneg = true;
    return out;
}

/* WEEK(d, 3) is the ISO week; the other seven modes have no counterpart. */
static struct val week(struct pg *c, const struct sql_node *n, const char *data) {
    long mode = str_eq(data, "iso") ? 3 : 0;
    if (n->nargs == 2 && !sql_node_const_int(n->args[1], &mode)) {
        mode = 0;
    }
    if (mode != 3) {
        return pg_fail(c, "WEEK in mode %ld", mode);
    }
    return day_number(c, n, "week|");
}

static struct val date(struct pg *c, const struct sql_node *n, const char *data) {
    struct val v = pg_node(c, n->args[0]);
    return str_eq(data, "date") ? pg_as_date(c, v) : pg_as_datetime(c, v);
}

static struct val last_day(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val v = pg_as_datetime(c, pg_node(c, n->args[0]));
    return pg_val(TC_DATE,
                  pg_fmt(c, "(date_trunc('month', %s) + INTERVAL '1 month' - INTERVAL '1 day')%s", v.text,
                         c->o->dialect == DIALECT_OG_A ? "" : "::date"),
                  true);
}

/* Days between two dates, as an integer. */
static struct val days_between(struct pg *c, struct val a, struct val b) {
    a = pg_as_date(c, a);
    b = pg_as_date(c, b);
    if (c->o->dialect == DIALECT_PG) {
        return pg_int(pg_fmt(c, "%s - %s", pg_p(c, a), pg_p(c, b)), false, false);
    }
    if (c->b) { /* where the difference of two dates is one of their digits */
        return pg_int(pg_fmt(c, "date_mi(%s, %s)", a.text, b.text), true, false);
    }
    return pg_int(pg_fmt(c, "(extract(epoch FROM (%s::%s - %s::%s)) / 86400)::int", pg_p(c, a), c->timestamp,
                         pg_p(c, b), c->timestamp),
                  true, false);
}

static struct val datediff(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    return days_between(c, pg_node(c, n->args[0]), pg_node(c, n->args[1]));
}

/* TO_DAYS: day 1 of year 1 is number 366. */
static struct val to_days(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val d = days_between(c, pg_node(c, n->args[0]), pg_val(TC_DATE, "DATE '0001-01-01'", true));
    d.text = pg_fmt(c, "%s + 366", pg_p(c, d));
    d.atom = false;
    d.nonneg = true;
    return d;
}

static struct val to_seconds(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val v = pg_as_datetime(c, pg_node(c, n->args[0]));
    struct val out = pg_int(pg_fmt(c, "floor(extract(epoch FROM %s))::bigint + 62167219200", v.text), false, true);
    out.nonneg = true;
    return out;
}

/* TIMESTAMPDIFF(unit, a, b) = b - a, whole units, cut towards zero. */
static struct val timestampdiff(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    static const struct {
        const char *unit;
        int seconds, months;
    } kinds[] = {{"second", 1, 0},    {"minute", 60, 0}, {"hour", 3600, 0}, {"day", 86400, 0},
                 {"week", 604800, 0}, {"month", 0, 1},   {"quarter", 0, 3}, {"year", 0, 12}};
    struct val a = pg_as_datetime(c, pg_node(c, n->args[0])), b = pg_as_datetime(c, pg_node(c, n->args[1]));
    if (!pg_once(c, &a) || !pg_once(c, &b)) {
        return a;
    }
    const char *x = pg_p(c, a), *y = pg_p(c, b);
    if (str_eq(n->text, "microsecond")) {
        return pg_int(pg_fmt(c, "round((extract(epoch FROM (%s - %s)) * 1000000)::%s)::bigint", y, x, c->numeric), true,
                      true);
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (!str_eq(kinds[i].unit, n->text)) {
            continue;
        }
        if (kinds[i].seconds > 0) {
            return pg_int(pg_fmt(c, "trunc((extract(epoch FROM (%s - %s)) / %d)::%s)::bigint", y, x, kinds[i].seconds,
                                 c->numeric),
                          true, true);
        }
        return pg_int(
            pg_fmt(c, "trunc((extract(year FROM age(%s, %s)) * 12 + extract(month FROM age(%s, %s)))::%s / %d)::int", y,
                   x, y, x, c->numeric, kinds[i].months),
            true, false);
    }
    return pg_fail(c, "TIMESTAMPDIFF of %s", n->text);
}

static struct val timestampadd(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct sql_node *value = n->args[0];
    struct sql_node interval = {.kind = SN_INTERVAL, .name = n->text, .args = &value, .nargs = 1};
    return pg_date_add(c, pg_node(c, n->args[1]), &interval, false);
}

/* DATE_ADD(d, INTERVAL n unit), ADDDATE(d, n): n days. */
static struct val date_add(struct pg *c, const struct sql_node *n, const char *data) {
    struct sql_node *value = n->args[1];
    struct sql_node days = {.kind = SN_INTERVAL, .name = "day", .args = &value, .nargs = 1};
    return pg_date_add(c, pg_node(c, n->args[0]), value->kind == SN_INTERVAL ? value : &days, str_eq(data, "-"));
}

static bool precision(struct pg *c, const struct sql_node *n, int *fsp) {
    long p = 0;
    if (n->nargs == 1 && (!sql_node_const_int(n->args[0], &p) || p < 0 || p > 6)) {
        pg_fail(c, "function %s with this precision", n->name);
        return false;
    }
    *fsp = (int)p;
    return true;
}

/* data: %d takes the precision. The current time is a timestamptz: assigned to a timestamp column it becomes the
 * session's wall time, which is what MySQL stores. */
static struct val now(struct pg *c, const struct sql_node *n, const char *data) {
    int fsp = 0;
    struct val v = pg_val(TC_TSTZ, NULL, true);
    if (!precision(c, n, &fsp) || !pg_stable(c, "the current time")) {
        return v;
    }
    v.fsp = fsp;
    if (str_eq(data, "now")) {
        v.text = pg_fmt(c, "CURRENT_TIMESTAMP(%d)", fsp);
    } else if (str_eq(data, "sysdate")) {
        v.text = pg_fmt(c, "clock_timestamp()::timestamptz(%d)", fsp);
    } else if (str_eq(data, "utc")) {
        v.cls = TC_DATETIME;
        v.text = pg_fmt(c, "CURRENT_TIMESTAMP(%d) AT TIME ZONE 'UTC'", fsp);
        v.atom = false;
    } else if (str_eq(data, "date")) {
        v = pg_val(TC_DATE, c->o->dialect == DIALECT_OG_A ? "date_trunc('day', LOCALTIMESTAMP)" : "CURRENT_DATE", true);
    } else if (str_eq(data, "utc_date")) {
        v = pg_val(TC_DATE,
                   c->o->dialect == DIALECT_OG_A ? "date_trunc('day', CURRENT_TIMESTAMP AT TIME ZONE 'UTC')"
                                                 : "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')::date",
                   true);
    } else {
        v.cls = TC_TIME;
        v.text = str_eq(data, "utc_time") ? pg_fmt(c, "(CURRENT_TIMESTAMP(%d) AT TIME ZONE 'UTC')::time", fsp)
                                          : pg_fmt(c, "LOCALTIME(%d)", fsp);
    }
    return v;
}

/* UNIX_TIMESTAMP([t]): of a TIMESTAMP column it is immutable, written so that the target sees it. */
static struct val unix_timestamp(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    if (n->nargs == 0) {
        return pg_stable(c, "the current time")
                   ? pg_int("floor(extract(epoch FROM CURRENT_TIMESTAMP))::bigint", true, true)
                   : pg_val(TC_NULL, "NULL", true);
    }
    struct val v = pg_node(c, n->args[0]);
    int fsp = v.fsp;
    const char *epoch;
    if (v.cls == TC_TSTZ && v.col != NULL) {
        epoch = pg_fmt(c, "extract(epoch FROM (%s AT TIME ZONE 'UTC'))", pg_p(c, v));
    } else {
        if (v.cls != TC_TSTZ && !pg_stable(c, "UNIX_TIMESTAMP of a time without zone")) {
            return v;
        }
        v = v.cls == TC_TSTZ ? v : pg_as_datetime(c, v);
        fsp = v.fsp;
        const char *raw = pg_fmt(c, "extract(epoch FROM %s::timestamptz)", pg_p(c, v));
        epoch = pg_fmt(c, "CASE WHEN %s < 0 THEN 0 ELSE %s END", raw, raw);
    }
    if (fsp == 0) {
        struct val out = pg_int(pg_fmt(c, "floor(%s)::bigint", epoch), true, true);
        out.nonneg = true;
        return out;
    }
    struct val out = pg_val(TC_DEC, pg_fmt(c, "round((%s)::%s, %d)", epoch, c->numeric, fsp), true);
    out.scale = fsp;
    out.nonneg = true;
    return out;
}

static struct val from_unixtime(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val x = pg_as_num(c, pg_node(c, n->args[0]));
    if (!x.nonneg && !pg_once(c, &x)) {
        return x;
    }
    struct val v = pg_val(TC_TSTZ,
                          x.nonneg ? pg_fmt(c, "to_timestamp(%s)", x.text)
                                   : pg_fmt(c, "to_timestamp(CASE WHEN %s >= 0 THEN %s END)", pg_p(c, x), x.text),
                          true);
    v.fsp = x.cls == TC_INT || x.integer ? 0 : x.cls == TC_DEC && x.scale >= 0 && x.scale < 6 ? x.scale : 6;
    if (n->nargs == 1) {
        return v;
    }
    if (n->args[1]->kind != SN_STRING) {
        return pg_fail(c, "FROM_UNIXTIME with a format that is not a constant");
    }
    return format_date(c, pg_as_datetime(c, v), n->args[1]->text, n->args[1]->len);
}

static struct val time_to_sec(struct pg *c, const struct sql_node *n, const char *data) {
    (void)data;
    struct val v = pg_node(c, n->args[0]), out;
    if (pg_is_const_string(&v) && pg_parse_time_literal(c, &v, false, &out)) {
        v = out;
    }
    if (v.cls == TC_DATETIME) {
        v = pg_val(TC_TIME, pg_fmt(c, "%s::time", pg_p(c, v)), true);
    }
    if (v.cls != TC_TIME) {
        return pg_fail(c, "TIME_TO_SEC of a value that is not a TIME");
    }
    return pg_int(pg_fmt(c, "trunc(extract(epoch FROM %s)::%s)::int", v.text, c->numeric), true, false);
}

const struct pg_function pg_functions_date[] = {
    {"year", 1, 1, extract, "year"},
    {"month", 1, 1, extract, "month"},
    {"day", 1, 1, extract, "day"},
    {"dayofmonth", 1, 1, extract, "day"},
    {"hour", 1, 1, extract, "hour"},
    {"minute", 1, 1, extract, "minute"},
    {"second", 1, 1, extract, "second"},
    {"microsecond", 1, 1, extract, "microsecond"},
    {"quarter", 1, 1, extract, "quarter"},
    {"dayofyear", 1, 1, day_number, "doy|"},
    {"dayofweek", 1, 1, day_number, "dow| + 1"},
    {"weekday", 1, 1, day_number, "isodow| - 1"},
    {"weekofyear", 1, 1, week, "iso"},
    {"week", 1, 2, week, ""},
    {"date", 1, 1, date, "date"},
    {"timestamp", 1, 1, date, "timestamp"},
    {"last_day", 1, 1, last_day, NULL},
    {"datediff", 2, 2, datediff, NULL},
    {"to_days", 1, 1, to_days, NULL},
    {"to_seconds", 1, 1, to_seconds, NULL},
    {"timestampdiff", 2, 2, timestampdiff, NULL},
    {"timestampadd", 2, 2, timestampadd, NULL},
    {"date_add", 2, 2, date_add, "+"},
    {"adddate", 2, 2, date_add, "+"},
    {"date_sub", 2, 2, date_add, "-"},
    {"subdate", 2, 2, date_add, "-"},
    {"date_format", 2, 2, date_format, NULL},
    {"now", 0, 1, now, "now"},
    {"current_timestamp", 0, 1, now, "now"},
    {"localtime", 0, 1, now, "now"},
    {"localtimestamp", 0, 1, now, "now"},
    {"sysdate", 0, 1, now, "sysdate"},
    {"utc_timestamp", 0, 1, now, "utc"},
    {"curdate", 0, 0, now, "date"},
    {"current_date", 0, 0, now, "date"},
    {"utc_date", 0, 0, now, "utc_date"},
    {"curtime", 0, 1, now, "time"},
    {"current_time", 0, 1, now, "time"},
    {"utc_time", 0, 1, now, "utc_time"},
    {"unix_timestamp", 0, 1, unix_timestamp, NULL},
    {"from_unixtime", 1, 2, from_unixtime, NULL},
    {"time_to_sec", 1, 1, time_to_sec, NULL},
    {0},
};
