/* Canonical rows from a command line: for tests/scenarios/test_value_canon.py. Not installed.
 *
 * Reads one JSON object a line:
 *   {"dialect": "pg|og_b|og_pg|og_a", "types": ["numeric(10,2)", ..], "binary": "hex of a tuple's fields"}
 *   {.., "text": "a line of COPY text"}
 * and prints one a line: {"row": "hex", "fields": [{"described": "..", "literal": ".."}, ..]} or {"error": ".."}. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/str.h"
#include "value/canon.h"
#include "value/target_spec.h"

static enum dialect dialect_of(const char *text) {
    return str_eq(text, "og_b")    ? DIALECT_OG_B
           : str_eq(text, "og_pg") ? DIALECT_OG_PG
           : str_eq(text, "og_a")  ? DIALECT_OG_A
                                   : DIALECT_PG;
}

static bool make_plan(struct arena *a, enum dialect d, const json_t *types, struct canon_plan **plan, struct err *e) {
    size_t n = json_array_size(types);
    struct canon_column *cols = arena_array(a, struct canon_column, n + 1);
    for (size_t i = 0; i < n; i++) {
        const char *ddl = json_string_value(json_array_get(types, i));
        struct target_spec spec;
        if (ddl == NULL || !target_spec_parse(ddl, d, &spec)) {
            return err_set(e, ERR_USAGE, "type %zu is not understood", i);
        }
        cols[i] = (struct canon_column){.kind = spec.kind, .ddl = ddl, .name = arena_printf(a, "c%zu", i)};
    }
    return canon_plan_make(a, d, cols, n, plan, e);
}

static bool read_row(const json_t *question, const struct canon_plan *plan, struct buf *out, struct err *e) {
    const char *text = json_string_value(json_object_get(question, "text"));
    const char *hex = json_string_value(json_object_get(question, "binary"));
    if (text != NULL) {
        return canon_text(plan, (const uint8_t *)text, strlen(text), out, e);
    }
    if (hex == NULL) {
        return err_set(e, ERR_USAGE, "neither binary nor text");
    }
    size_t n = strlen(hex) / 2;
    uint8_t *bytes = malloc(n + 1);
    if (bytes == NULL) {
        return err_set(e, ERR_MEMORY, "no memory");
    }
    for (size_t i = 0; i < n; i++) {
        char two[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        bytes[i] = (uint8_t)strtoul(two, NULL, 16);
    }
    bool ok = canon_binary(plan, bytes, n, out, e);
    free(bytes);
    return ok;
}

static json_t *answer(struct arena *a, const struct canon_plan *plan, const struct buf *row) {
    char *hex = arena_alloc(a, 2 * row->len + 1);
    for (size_t i = 0; i < row->len; i++) {
        snprintf(hex + 2 * i, 3, "%02x", row->data[i]);
    }
    json_t *fields = json_array();
    const uint8_t *at = row->data, *end = at + row->len, *field;
    size_t n;
    for (size_t i = 0; canon_next(&at, end, &field, &n); i++) {
        char described[200];
        canon_describe(plan, i, field, n, described, sizeof described);
        const char *literal = canon_literal(a, plan, i, field, n);
        json_array_append_new(fields, json_pack("{s:s, s:s?}", "described", described, "literal", literal));
    }
    return json_pack("{s:s, s:o}", "row", hex, "fields", fields);
}

int main(void) {
    char *line = NULL;
    size_t cap = 0;
    while (getline(&line, &cap, stdin) > 0) {
        struct arena a = ARENA_INIT;
        struct err e = ERR_INIT;
        struct buf row;
        struct canon_plan *plan = NULL;
        buf_init(&row, 1 << 28);
        json_t *question = json_loads(line, 0, NULL);
        const json_t *types = json_object_get(question, "types");
        enum dialect d = dialect_of(json_string_value(json_object_get(question, "dialect")));
        bool ok = make_plan(&a, d, types, &plan, &e) && read_row(question, plan, &row, &e);
        json_t *told = ok ? answer(&a, plan, &row) : json_pack("{s:s, s:s}", "error", e.message, "where", e.where);
        json_dumpf(told, stdout, 0);
        putchar('\n');
        fflush(stdout);
        json_decref(told);
        json_decref(question);
        buf_clear(&row);
        arena_clear(&a);
    }
    free(line);
    return 0;
}
