/* Rows of decode-style j and of serial mode:
 *
 *   {"table_name":"public.t","op_type":"INSERT|UPDATE|DELETE","columns_name":[..],"columns_type":[..],"columns_val":[..],
 *    "old_keys_name":[..],"old_keys_type":[..],"old_keys_val":[..]}
 *
 * Names are quoted as identifiers where needed; every value is a string that holds a literal. */
#include <jansson.h>

#include "base/str.h"
#include "gauss/decoder_internal.h"

/* A name that is nothing but one identifier. */
static char *whole_identifier(struct decoder *d, const json_t *text) {
    const char *s = json_string_value(text);
    if (s == NULL) {
        return NULL;
    }
    struct cursor c = {(const uint8_t *)s, (const uint8_t *)s + json_string_length(text)};
    char *name = mppdb_identifier(d, &c, "");
    return cursor_left(&c) == 0 ? name : NULL;
}

static bool columns(struct decoder *d, const json_t *row, const char *prefix, struct named_value **out, size_t *n) {
    char key[3][24];
    static const char *const suffix[] = {"name", "type", "val"};
    const json_t *list[3];
    for (int i = 0; i < 3; i++) {
        snprintf(key[i], sizeof key[i], "%s_%s", prefix, suffix[i]);
        list[i] = json_object_get(row, key[i]);
        if (!json_is_array(list[i]) || json_array_size(list[i]) != json_array_size(list[0])) {
            return false;
        }
    }
    *n = json_array_size(list[0]);
    if (*n > RELATION_COLUMNS_MAX) {
        return false;
    }
    *out = arena_array(&d->scratch, struct named_value, *n > 0 ? *n : 1);
    for (size_t i = 0; i < *n; i++) {
        struct named_value *v = &(*out)[i];
        const json_t *literal = json_array_get(list[2], i);
        v->name = whole_identifier(d, json_array_get(list[0], i));
        v->type = json_string_value(json_array_get(list[1], i));
        if (v->name == NULL || v->type == NULL || !json_is_string(literal)) {
            return false;
        }
        /* The document is freed before the row is told: what points into it moves. */
        size_t len = json_string_length(literal), from = d->text.len;
        if (d->text.cap - from < len || !mppdb_literal(d, json_string_value(literal), len, &v->value)) {
            return false;
        }
        if (v->value.form == VALUE_TEXT && d->text.len == from) {
            buf_bytes(&d->text, v->value.bytes, v->value.len);
            v->value.bytes = d->text.data + from;
        }
    }
    return true;
}

static bool take_row(struct decoder *d, const json_t *json, struct named_row *row) {
    const char *name = json_string_value(json_object_get(json, "table_name"));
    const char *op = json_string_value(json_object_get(json, "op_type"));
    if (name == NULL || op == NULL) {
        return false;
    }
    struct cursor c = {(const uint8_t *)name, (const uint8_t *)name + strlen(name)};
    row->schema = mppdb_identifier(d, &c, ".");
    if (row->schema == NULL || cursor_left(&c) == 0 || *c.p++ != '.') {
        return false;
    }
    row->table = mppdb_identifier(d, &c, "");
    row->kind = str_eq(op, "INSERT")   ? CHANGE_INSERT
                : str_eq(op, "UPDATE") ? CHANGE_UPDATE
                : str_eq(op, "DELETE") ? CHANGE_DELETE
                                       : CHANGE_NONE;
    return row->table != NULL && cursor_left(&c) == 0 && row->kind != CHANGE_NONE &&
           columns(d, json, "columns", &row->after, &row->nafter) &&
           columns(d, json, "old_keys", &row->before, &row->nbefore) &&
           (row->kind != CHANGE_DELETE || row->nafter == 0) && (row->kind != CHANGE_INSERT || row->nbefore == 0);
}

bool mppdb_json_row(struct decoder *d, struct cursor line, struct err *e) {
    json_error_t failed;
    json_t *json = json_loadb((const char *)line.p, cursor_left(&line), JSON_REJECT_DUPLICATES, &failed);
    if (json == NULL) {
        return decoder_malformed(d, e, "a line that is no JSON: %s", failed.text);
    }
    struct named_row row = {.kind = CHANGE_NONE};
    bool ok = take_row(d, json, &row) ? mppdb_row(d, &row, e) : decoder_malformed(d, e, "a malformed row");
    json_decref(json);
    return ok;
}
