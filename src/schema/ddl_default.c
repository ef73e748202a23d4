/* Column defaults: literals by the target's type, CURRENT_TIMESTAMP in its form, expressions through the translator. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "schema/catalog_text.h"
#include "schema/ddl_internal.h"

static char *dropped(struct ddl_ctx *x, const struct column *c, const char *reason) {
    ddl_note(x, true, ddl_object(x, "default of", c->name), reason, "the column has no default in the target");
    return NULL;
}

int ddl_now_digits(const char *expr) {
    static const char now[] = "CURRENT_TIMESTAMP";
    if (expr == NULL || !str_starts(expr, now)) {
        return -1;
    }
    const char *p = expr + sizeof now - 1;
    if (*p == '\0') {
        return 0;
    }
    return p[0] == '(' && p[1] >= '0' && p[1] <= '6' && p[2] == ')' && p[3] == '\0' ? p[1] - '0' : -1;
}

char *ddl_now(struct ddl_ctx *x, const struct column *c) {
    const char *word =
        x->dialect == DIALECT_PG && c->target.kind == TK_TIMESTAMP ? "LOCALTIMESTAMP" : "CURRENT_TIMESTAMP";
    return arena_printf(x->a, "%s(%d)", word, c->type.fsp);
}

/* "003.00" -> "3.00", ".5" -> "0.5": one spelling that every dialect reads as a number. NULL: no number. */
static char *number(struct arena *a, const char *text) {
    if (!catalog_number_literal(text)) {
        return NULL;
    }
    const char *sign = text[0] == '-' ? "-" : "";
    text += text[0] == '-' || text[0] == '+';
    while (text[0] == '0' && text[1] >= '0' && text[1] <= '9') {
        text++;
    }
    return arena_printf(a, "%s%s%s", sign, text[0] == '.' ? "0" : "", text);
}

/* b'1010' -> its digits; NULL: no bit literal. */
static char *bit_digits(struct arena *a, const char *text) {
    size_t n = strlen(text);
    if (n < 3 || (text[0] != 'b' && text[0] != 'B') || text[1] != '\'' || text[n - 1] != '\'') {
        return NULL;
    }
    char *digits = arena_strndup(a, text + 2, n - 3);
    return strspn(digits, "01") == n - 3 && n - 3 <= 64 ? digits : NULL;
}

static char *bit_default(struct ddl_ctx *x, const struct column *c, const char *text) {
    char *digits = bit_digits(x->a, text);
    char *plain = number(x->a, text);
    size_t width = c->type.length_chars > 0 && c->type.length_chars <= 64 ? (size_t)c->type.length_chars : 1;
    if (digits == NULL && plain != NULL) { /* DEFAULT 5 on some servers */
        uint64_t v = strtoull(plain, NULL, 10);
        digits = arena_alloc(x->a, 65);
        for (size_t i = 0; i < width; i++) {
            digits[i] = (v >> (width - 1 - i) & 1) != 0 ? '1' : '0';
        }
    }
    if (digits == NULL || strlen(digits) > width) {
        return dropped(x, c, arena_printf(x->a, "%s is no value of %s", text, c->type.full));
    }
    /* PostgreSQL takes exactly n digits */
    struct text t = {.a = x->a};
    text_add(&t, "B'");
    for (size_t i = strlen(digits); i < width; i++) {
        text_add(&t, "0");
    }
    text_add(&t, "%s'", digits);
    return t.s;
}

static char *number_default(struct ddl_ctx *x, const struct column *c, const char *text) {
    char *digits = bit_digits(x->a, text);
    char *n = digits != NULL ? arena_printf(x->a, "%llu", strtoull(digits, NULL, 2)) : number(x->a, text);
    if (n == NULL) {
        return dropped(x, c, arena_printf(x->a, "'%s' is no number", text));
    }
    if (c->target.kind == TK_BOOL) {
        return arena_strdup(x->a, strtod(n, NULL) != 0 ? "true" : "false");
    }
    return n;
}

static bool is_zero_part(const char *text, size_t at) {
    return strlen(text) >= at + 2 && text[at] == '0' && text[at + 1] == '0';
}

static char *date_default(struct ddl_ctx *x, const struct column *c, const char *text) {
    bool zero = str_starts(text, "0000-00-00"), partial = !zero && (is_zero_part(text, 5) || is_zero_part(text, 8));
    if (partial || (x->dialect != DIALECT_OG_B && str_starts(text, "0000-"))) {
        return dropped(x, c, arena_printf(x->a, "'%s' is no date in the target", text));
    }
    if (zero) {
        ddl_note(x, false, ddl_object(x, "default of", c->name),
                 "the zero date needs a dolphin.sql_mode without no_zero_date",
                 "the default is kept; sessions with no_zero_date cannot use it");
        return str_literal_pg(x->a, text);
    }
    bool utc = c->target.kind == TK_TIMESTAMPTZ && c->type.kind == MYT_TIMESTAMP; /* the catalog was read in UTC */
    return str_literal_pg(x->a, utc ? arena_printf(x->a, "%s+00", text) : text);
}

static char *time_default(struct ddl_ctx *x, const struct column *c, const char *text) {
    if (c->target.kind == TK_TIME && x->dialect != DIALECT_OG_B && (text[0] == '-' || strtoul(text, NULL, 10) >= 24)) {
        return dropped(x, c, arena_printf(x->a, "'%s' is no time of day", text));
    }
    return str_literal_pg(x->a, text);
}

/* text is 0x..; a BINARY column's value is as long as the column. */
static char *bytes_default(struct ddl_ctx *x, const struct column *c, const char *text) {
    const char *hex = str_starts(text, "0x") ? text + 2 : catalog_hex(x->a, text, strlen(text)) + 2;
    struct text t = {.a = x->a};
    text_add(&t, "'\\x%s", hex);
    for (uint64_t n = strlen(hex) / 2; c->type.kind == MYT_BINARY && n < c->type.length_chars; n++) {
        text_add(&t, "00");
    }
    text_add(&t, "'");
    return t.s;
}

static char *text_default(struct ddl_ctx *x, const struct column *c, const char *text) {
    if (x->dialect == DIALECT_OG_A && text[0] == '\0') {
        return dropped(x, c, "'' is NULL in an A database");
    }
    return str_literal_pg(x->a, text);
}

/* MariaDB's json is a text that is checked when rows are written: its default may be anything. */
static char *json_default(struct ddl_ctx *x, const struct column *c, const char *text) {
    json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
    if (value == NULL) {
        return dropped(x, c, arena_printf(x->a, "'%s' is no JSON", text));
    }
    json_decref(value);
    return str_literal_pg(x->a, text);
}

static char *literal(struct ddl_ctx *x, const struct column *c, const char *text) {
    if (ddl_is_json(c)) {
        return json_default(x, c, text);
    }
    switch (c->target.kind) {
    case TK_BIT:
        return bit_default(x, c, text);
    case TK_BOOL:
    case TK_INT1:
    case TK_INT2:
    case TK_INT4:
    case TK_INT8:
    case TK_UINT1:
    case TK_UINT2:
    case TK_UINT4:
    case TK_UINT8:
    case TK_YEAR:
    case TK_NUMERIC:
    case TK_FLOAT4:
    case TK_FLOAT8:
        return number_default(x, c, text);
    case TK_BYTEA:
    case TK_BLOB:
        return bytes_default(x, c, text);
    case TK_DATE:
    case TK_TIMESTAMP:
    case TK_TIMESTAMPTZ:
        return date_default(x, c, text);
    case TK_TIME:
    case TK_INTERVAL:
        return time_default(x, c, text);
    case TK_TEXT:
        return text_default(x, c, text);
    default: /* uuid, inet: quoted */
        return str_literal_pg(x->a, text);
    }
}

/* _utf8mb4'x', or 'x': the literal inside an expression default. */
static bool literal_expr(struct arena *a, const char *expr, char **out, size_t *len) {
    if (expr[0] == '_') {
        const char *quote = strchr(expr, '\'');
        if (quote == NULL || strcspn(expr, " (`") < (size_t)(quote - expr)) {
            return false;
        }
        expr = quote;
    }
    return catalog_string_literal(a, expr, out, len);
}

static char *expression(struct ddl_ctx *x, const struct column *c) {
    bool temporal = c->target.kind == TK_TIMESTAMP || c->target.kind == TK_TIMESTAMPTZ;
    if (temporal && ddl_now_digits(c->default_expr) >= 0) {
        return ddl_now(x, c);
    }
    char *text, *why;
    size_t len;
    bool bytes = c->target.kind == TK_BYTEA || c->target.kind == TK_BLOB;
    if (literal_expr(x->a, c->default_expr, &text, &len)) { /* by the type's rules, like any literal */
        return bytes ? bytes_default(x, c, catalog_hex(x->a, text, len)) : literal(x, c, text);
    }
    struct expr_use use = {.mariadb = x->d->is_mariadb,
                           .no_columns = true,
                           .assigned_to = c}; /* a default may not look at other columns in the target */
    if (!ddl_expr(x->a, x->dialect, x->t, c->default_expr, use, &text, &why)) {
        return dropped(x, c, arena_printf(x->a, "%s: %s", c->default_expr, why));
    }
    return arena_printf(x->a, "(%s)", text);
}

char *ddl_default(struct ddl_ctx *x, const struct column *c) {
    if (!c->has_default || c->default_null || c->generated != GENERATED_NO) {
        return NULL;
    }
    if (c->default_expr != NULL) {
        return expression(x, c);
    }
    return c->default_text == NULL ? NULL : literal(x, c, c->default_text);
}
