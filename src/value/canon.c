/* The plan of canonical rows, and walking them. See canon.h. */
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "value/canon_internal.h"
#include "value/target_spec.h"

/* The type's name without its modifier and schema: "character" of "pg_catalog.character(5)". */
static void base_name(const char *ddl, char *name, size_t cap) {
    size_t n = 0;
    if (str_istarts(ddl, "pg_catalog.")) {
        ddl += strlen("pg_catalog.");
    }
    for (; *ddl != '\0' && *ddl != '(' && n + 1 < cap; ddl++) {
        name[n++] = (char)tolower((unsigned char)*ddl);
    }
    while (n > 0 && name[n - 1] == ' ') {
        n--;
    }
    name[n] = '\0';
}

static bool is_padded(const char *ddl) {
    static const char *const names[] = {"char", "character", "bpchar", "nchar", "national character"};
    char name[40];
    base_name(ddl, name, sizeof name);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_eq(name, names[i])) {
            return true;
        }
    }
    return false;
}

static bool is_json(const char *ddl) {
    char name[40];
    base_name(ddl, name, sizeof name);
    return str_eq(name, "json");
}

static void set_op(struct canon_field *f, enum canon_op op, uint8_t width) {
    f->op = (uint8_t)op;
    f->width = width;
}

static bool choose(struct canon_field *f, bool b) {
    switch (f->kind) {
    case TK_BOOL:
    case TK_INT1:
    case TK_UINT1:
        set_op(f, CANON_FIXED, 1);
        return true;
    case TK_INT2:
    case TK_UINT2:
        set_op(f, CANON_FIXED, 2);
        return true;
    case TK_INT4:
    case TK_UINT4:
    case TK_YEAR:
        set_op(f, CANON_FIXED, 4);
        return true;
    case TK_INT8:
    case TK_UINT8:
    case TK_TIME:
        set_op(f, CANON_FIXED, 8);
        return true;
    case TK_NUMERIC:
        set_op(f, CANON_NUMERIC, 0);
        return true;
    case TK_FLOAT4:
        set_op(f, CANON_FLOAT4, 4);
        return true;
    case TK_FLOAT8:
        set_op(f, CANON_FLOAT8, 8);
        return true;
    case TK_TEXT:
        f->is_json = is_json(f->ddl);
        set_op(f, f->is_json ? CANON_JSON : is_padded(f->ddl) ? CANON_BLANKS : CANON_COPY, 0);
        return true;
    case TK_JSONB:
        f->is_json = true;
        set_op(f, CANON_JSONB, 0);
        return true;
    case TK_BIT:
    case TK_BYTEA:
    case TK_BLOB:
    case TK_INET:
        set_op(f, CANON_COPY, 0);
        return true;
    case TK_DATE:
        set_op(f, b ? CANON_DATE_B : CANON_FIXED, 4);
        return true;
    case TK_TIMESTAMP:
    case TK_TIMESTAMPTZ:
        set_op(f, b ? CANON_TIMESTAMP_B : CANON_FIXED, 8);
        return true;
    case TK_INTERVAL:
        set_op(f, CANON_INTERVAL, 0);
        return true;
    case TK_UUID:
        set_op(f, CANON_FIXED, 16);
        return true;
    case TK_COUNT:
        break;
    }
    return false;
}

bool canon_plan_make(struct arena *a, enum dialect d, const struct canon_column *cols, size_t n,
                     struct canon_plan **out, struct err *e) {
    struct canon_plan *p = arena_new(a, struct canon_plan);
    *p = (struct canon_plan){
        .dialect = d, .plain = true, .n = n, .fields = arena_array(a, struct canon_field, n > 0 ? n : 1)};
    for (size_t i = 0; i < n; i++) {
        struct canon_field *f = &p->fields[i];
        f->kind = cols[i].kind;
        f->ddl = arena_strdup(a, cols[i].ddl != NULL ? cols[i].ddl : "");
        f->name = arena_strdup(a, cols[i].name != NULL ? cols[i].name : "");
        if (!choose(f, d == DIALECT_OG_B)) {
            err_set(e, ERR_INTERNAL, "values of type '%s' have no canonical form", f->ddl);
            return err_where(e, "column %s", f->name);
        }
        p->plain = p->plain && (f->op == CANON_COPY || f->op == CANON_FIXED);
    }
    *out = p;
    return true;
}

bool canon_is_json(const struct canon_plan *p, size_t column) {
    return column < p->n && p->fields[column].is_json;
}

bool canon_is_plain(const struct canon_plan *p) {
    return p->plain;
}

/* Bytes that are different for different forms; the number in front is of the canonical form itself: raise it when that changes. */
enum { CANON_FORM_VERSION = 1 };

struct digest canon_form(const struct canon_plan *p) {
    struct digest sum = {.lo = CANON_FORM_VERSION, .hi = p->n};
    for (size_t i = 0; i < p->n; i++) {
        const struct canon_field *f = &p->fields[i];
        struct digest name = digest_row(f->name, strlen(f->name));
        uint64_t column[] = {sum.lo, sum.hi, name.lo, name.hi, f->op, f->width, f->is_json};
        sum = digest_row(column, sizeof column);
    }
    return sum;
}

bool canon_next(const uint8_t **at, const uint8_t *end, const uint8_t **field, size_t *len) {
    const uint8_t *p = *at;
    if (end - p < 4) {
        return false;
    }
    uint32_t n = get_be32(p);
    p += 4;
    if (n == NULL_FIELD) {
        *field = NULL;
        *len = 0;
        *at = p;
        return true;
    }
    if (n > (size_t)(end - p)) {
        return false;
    }
    *field = p;
    *len = n;
    *at = p + n;
    return true;
}

struct canon_fields canon_fields(struct arena *a, size_t n, const uint8_t *row, size_t len) {
    struct canon_fields f = {arena_calloc(a, n > 0 ? n : 1, sizeof(void *)), arena_array(a, size_t, n > 0 ? n : 1)};
    const uint8_t *at = row, *end = row + len;
    for (size_t i = 0; i < n; i++) {
        if (!canon_next(&at, end, &f.field[i], &f.len[i])) {
            BUG("a canonical row of %zu fields ends before field %zu", n, i);
        }
    }
    return f;
}

bool canon_fields_same(const struct canon_fields *x, const struct canon_fields *y, size_t i) {
    if (x->field[i] == NULL || y->field[i] == NULL) {
        return x->field[i] == y->field[i];
    }
    return x->len[i] == y->len[i] && memcmp(x->field[i], y->field[i], x->len[i]) == 0;
}

bool canon_malformed(struct err *e, const struct canon_field *f, const char *what) {
    err_set(e, ERR_TARGET_PROTOCOL, "a value of type %s cannot be read: %s", f->ddl, what);
    return err_where(e, "column %s", f->name);
}
