/* Rules met, policies applied, errors told. See encode_internal.h. Nothing here is hot. */
#include <stdio.h>

#include "base/str.h"
#include "value/encode_internal.h"

/* ---- values for people ---- */

static bool has_text(const struct column_plan *c) {
    return c->op == OP_TEXT || c->op == OP_JSONB || c->op == OP_UUID_TEXT || c->op == OP_INET ||
           (c->op == OP_BYTES && c->from->charset != NULL);
}

static void describe_bytes(struct value v, char *text, size_t cap) {
    size_t at = (size_t)snprintf(text, cap, "x'"), shown = v.n < 24 ? v.n : 24;
    for (size_t i = 0; i < shown && at + 6 < cap; i++) {
        at += (size_t)snprintf(text + at, cap - at, "%02x", v.p[i]);
    }
    snprintf(text + at, cap - at, "%s'", shown < v.n ? ".." : "");
}

static void describe_text(struct value v, char *text, size_t cap) {
    size_t room = cap > 8 ? cap - 8 : 0, n = v.n < 60 ? v.n : 60;
    n = n < room ? n : room;
    n = str_utf8_cut((const char *)v.p, v.n, n);
    for (size_t i = 0; i < n; i++) {
        if (v.p[i] < 0x20 || v.p[i] == 0x7f) {
            describe_bytes(v, text, cap);
            return;
        }
    }
    if (!str_utf8_valid(v.p, n)) {
        describe_bytes(v, text, cap);
        return;
    }
    snprintf(text, cap, "'%.*s%s'", (int)n, (const char *)v.p, n < v.n ? ".." : "");
}

void describe_value(const struct column_plan *c, struct value v, char *text, size_t cap) {
    char full[VALUE_TEXT_MAX];
    size_t n;
    if (has_text(c)) {
        describe_text(v, text, cap);
    } else if (value_format(c, v, full, &n) && n < 80) {
        snprintf(text, cap, "%.*s", (int)n, full);
    } else {
        describe_bytes(v, text, cap);
    }
}

/* ---- rules ---- */

static void allowed_policies(enum loss_rule rule, bool nullable, char *text, size_t cap) {
    size_t at = 0;
    text[0] = '\0';
    for (int k = LOSS_NULL; k <= LOSS_CLAMP; k++) {
        bool fits = loss_policy_fits(rule, (enum loss_policy)k) && (k != LOSS_NULL || nullable);
        if (fits && at < cap) {
            at += (size_t)snprintf(text + at, cap - at, "%s--on-loss %s=%s", at == 0 ? "" : " or ",
                                   loss_rule_name(rule), loss_policy_name((enum loss_policy)k));
        }
    }
}

static enum loss_action fail(struct run *r, const struct column_plan *c, enum loss_rule rule, struct value v,
                             bool null_refused) {
    char value[160], allowed[200];
    describe_value(c, v, value, sizeof value);
    err_set(r->e, ERR_SOURCE_VALUE, "%s: %s (%s)", loss_rule_name(rule), value, loss_rule_text(rule));
    if (null_refused) {
        err_cause(r->e, "the policy is null, but the column is NOT NULL in the target");
    }
    allowed_policies(rule, c->nullable, allowed, sizeof allowed);
    if (allowed[0] != '\0') {
        err_hint(r->e, "mend the value at the source, or use %s", allowed);
    } else {
        err_hint(r->e, "mend the value at the source, or give the column another type with --type");
    }
    err_where(r->e, "column %s", c->name);
    return ACT_FAIL;
}

enum loss_action loss_meet(struct run *r, const struct column_plan *c, enum loss_rule rule, struct value v) {
    static const enum loss_action action[] = {
        [LOSS_FAIL] = ACT_FAIL, [LOSS_NULL] = ACT_NULL, [LOSS_REPLACE] = ACT_REPLACE, [LOSS_CLAMP] = ACT_CLAMP};
    enum loss_action act = action[r->p->policies.of[rule]];
    bool null_refused = act == ACT_NULL && !c->nullable;
    if (act == ACT_FAIL || null_refused) {
        return fail(r, c, rule, v, null_refused);
    }
    size_t column = (size_t)(c - r->p->columns);
    if (column <= r->last) {
        r->counts->counts[column * LOSS_COUNT + (size_t)rule] += (uint64_t)(int64_t)r->delta;
        r->counts->met += (uint64_t)(int64_t)r->delta;
        r->counted = true;
    }
    return act;
}

bool malformed_row(struct run *r, const char *what) {
    const char *name = r->column < r->p->n ? r->p->columns[r->column].name : "";
    err_set(r->e, ERR_SOURCE_PROTOCOL, "a row of the source cannot be read: %s", what);
    return name[0] == '\0' ? false : err_where(r->e, "column %s", name);
}

bool ask_for_text(struct run *r, const struct column_plan *c, struct value v) {
    char value[160];
    describe_value(c, v, value, sizeof value);
    r->want_text = true;
    err_set(r->e, ERR_SOURCE_VALUE, "%s can be stored, but has no form in COPY binary", value);
    err_hint(r->e, "the rows have to be loaded through COPY text");
    return err_where(r->e, "column %s", c->name);
}
