/* See change_json.h. Values: text as a string, NULL as null, binary as {"binary": hex}, and {"form": "absent" | "unchanged"}. */
#include "change_json.h"

#include <stdlib.h>

#include "gauss/lsn.h"

static json_t *lsn(uint64_t v) {
    char text[LSN_TEXT_MAX];
    return json_string(lsn_text(v, text));
}

static json_t *text_or_null(const char *s) {
    return s != NULL ? json_string(s) : json_null();
}

static json_t *value(const struct change_value *v) {
    char *hex;
    json_t *json;
    switch (v->form) {
    case VALUE_NULL:
        return json_null();
    case VALUE_ABSENT:
        return json_pack("{ss}", "form", "absent");
    case VALUE_UNCHANGED:
        return json_pack("{ss}", "form", "unchanged");
    case VALUE_TEXT:
        json = json_stringn((const char *)v->bytes, v->len);
        return json != NULL ? json : json_pack("{ss}", "form", "not UTF-8");
    case VALUE_BINARY:
        hex = calloc(2 * v->len + 1, 1);
        for (size_t i = 0; i < v->len; i++) {
            snprintf(hex + 2 * i, 3, "%02x", v->bytes[i]);
        }
        json = json_pack("{ss}", "binary", hex);
        free(hex);
        return json;
    }
    return json_null();
}

static json_t *tuple(change_tuple t, size_t n) {
    if (t == NULL) {
        return json_null();
    }
    json_t *json = json_array();
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(json, value(&t[i]));
    }
    return json;
}

static json_t *relation(const struct change_relation *r) {
    json_t *columns = json_array();
    for (size_t i = 0; i < r->n; i++) {
        const struct change_column *c = &r->columns[i];
        json_array_append_new(columns, json_pack("[s,I,i,o,b]", c->name, (json_int_t)c->type_oid, (int)c->typmod,
                                                 text_or_null(c->type_name), (int)c->key));
    }
    char identity[2] = {r->identity, '\0'};
    return json_pack("{ss,si,sI,ss,ss,ss,so}", "kind", "relation", "number", (int)r->number, "oid", (json_int_t)r->oid,
                     "schema", r->schema, "table", r->table, "identity", identity, "columns", columns);
}

static json_t *row(const struct change *c) {
    static const char *const old[] = {"none", "key", "full"};
    const struct change_row *r = &c->row;
    return json_pack("{ss,so,si,ss,so,so}", "kind",
                     c->kind == CHANGE_INSERT   ? "insert"
                     : c->kind == CHANGE_UPDATE ? "update"
                                                : "delete",
                     "lsn", lsn(c->lsn), "relation", (int)r->relation->number, "old", old[r->old], "before",
                     tuple(r->before, r->relation->n), "after", tuple(r->after, r->relation->n));
}

static json_t *truncate_json(const struct change *c) {
    json_t *relations = json_array();
    for (size_t i = 0; i < c->truncate.n; i++) {
        json_array_append_new(relations, json_integer(c->truncate.relations[i]->number));
    }
    return json_pack("{ss,so,so,sb,sb}", "kind", "truncate", "lsn", lsn(c->lsn), "relations", relations, "cascade",
                     (int)c->truncate.cascade, "restart_identity", (int)c->truncate.restart_identity);
}

json_t *change_json(const struct change *c) {
    switch (c->kind) {
    case CHANGE_NONE:
        return json_pack("{ss}", "kind", "none");
    case CHANGE_BEGIN:
        return json_pack("{ss,sI,so,sI,sI,so,sI}", "kind", "begin", "xid", (json_int_t)c->begin.xid, "commit_lsn",
                         lsn(c->begin.commit_lsn), "csn", (json_int_t)c->begin.csn, "time_us",
                         (json_int_t)c->begin.time_us, "origin", text_or_null(c->begin.origin), "origin_id",
                         (json_int_t)c->begin.origin_id);
    case CHANGE_RELATION:
        return relation(c->relation);
    case CHANGE_INSERT:
    case CHANGE_UPDATE:
    case CHANGE_DELETE:
        return row(c);
    case CHANGE_TRUNCATE:
        return truncate_json(c);
    case CHANGE_DDL:
        return json_pack("{ss,so,ss,so}", "kind", "ddl", "lsn", lsn(c->lsn), "description", c->ddl.description,
                         "statement", text_or_null(c->ddl.statement));
    case CHANGE_MESSAGE:
        return json_pack("{ss,so,ss,ss%,sb}", "kind", "message", "lsn", lsn(c->lsn), "prefix", c->message.prefix,
                         "content", (const char *)c->message.content, c->message.len, "transactional",
                         (int)c->message.transactional);
    case CHANGE_COMMIT:
        return json_pack("{ss,sI,so,so,sI,sI}", "kind", "commit", "xid", (json_int_t)c->commit.xid, "commit_lsn",
                         lsn(c->commit.commit_lsn), "end_lsn", lsn(c->commit.end_lsn), "csn", (json_int_t)c->commit.csn,
                         "time_us", (json_int_t)c->commit.time_us);
    case CHANGE_POSITION:
        return json_pack("{ss,so}", "kind", "position", "lsn", lsn(c->lsn));
    }
    return NULL;
}
