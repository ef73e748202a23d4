/* The precheck: runs the items and shows them. See precheck.h. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "engine/precheck_internal.h"
#include "engine/precheck_zh.h"

void precheck_add(struct precheck_run *p, const char *id, const char *title, enum precheck_status status,
                  const char *statement, const char *mend, const char *found_fmt, ...) {
    struct precheck *out = p->out;
    char found[1024];
    va_list ap;
    va_start(ap, found_fmt);
    vsnprintf(found, sizeof found, found_fmt, ap);
    va_end(ap);
    out->items = arena_grow(&out->arena, out->items, out->n, &p->cap, sizeof *out->items);
    out->items[out->n++] = (struct precheck_item){
        .id = id,
        .title = title,
        .status = status,
        .found = arena_strdup(&out->arena, found),
        .statement = arena_strdup(&out->arena, statement),
        .mend = status == PRECHECK_OK ? NULL : arena_strdup(&out->arena, mend),
    };
    out->warnings += status == PRECHECK_WARNING;
    out->failed += status == PRECHECK_FAILED;
}

void precheck_append(struct precheck *p, const char *id, const char *title, enum precheck_status status,
                     const char *found, const char *mend) {
    struct precheck_run more = {.out = p, .cap = p->n};
    precheck_add(&more, id, title, status, NULL, mend, "%s", found);
}

void precheck_add_error(struct precheck_run *p, const char *id, const char *title, const struct err *e) {
    char code[8];
    precheck_add(p, id, title, PRECHECK_FAILED, NULL, e->hint, "%s: %s%s%s", err_code_text(e->code, code), e->message,
                 e->cause[0] != '\0' ? ": " : "", e->cause);
}

bool precheck_connect_source(struct precheck_run *p) {
    static const char title[] = "the source can be reached";
    struct run *r = &p->run;
    struct err e = ERR_INIT;
    if (!source_open(r->task, &r->source, &e)) {
        precheck_add_error(p, "source.connect", title, &e);
        return false;
    }
    const struct mysql_server *s = mysql_server(r->source);
    precheck_add(p, "source.connect", title, PRECHECK_OK, NULL, NULL, "%s, login by %s", s->version_text,
                 s->auth_plugin);
    return true;
}

bool precheck_connect_target(struct precheck_run *p) {
    static const char title[] = "the target can be reached";
    struct run *r = &p->run;
    struct err e = ERR_INIT;
    if (!target_open(r->task, &r->arena, &r->target, &r->identity, &e)) {
        precheck_add_error(p, "target.connect", title, &e);
        return false;
    }
    precheck_add(p, "target.connect", title, PRECHECK_OK, NULL, NULL, "%s (%s), login by %s", r->identity.version_text,
                 dialect_name(r->identity.dialect), gauss_server(r->target)->auth_method);
    return true;
}

bool precheck_run(const struct task *t, struct precheck *out, struct err *e) {
    *out = (struct precheck){0};
    struct precheck_run p = {.out = out, .run = {.task = t}};
    if (!catalog_filter_valid(&t->tables, e)) {
        return false;
    }
    bool ok = true;
    bool source = precheck_connect_source(&p), target = precheck_connect_target(&p);
    if (source && target) {
        /* run_connect opens its own sessions: these two were the test. */
        mysql_close(p.run.source);
        gauss_close(p.run.target);
        p.run.source = NULL;
        p.run.target = NULL;
        struct err looked = ERR_INIT;
        if (run_connect(&p.run, &looked)) {
            ok = precheck_source(&p, e) && precheck_target(&p, e);
            if (ok && t->online) {
                precheck_source_changes(&p);
                precheck_target_changes(&p);
                precheck_reverse(&p);
            }
            ok = ok && precheck_losses(&p, e);
        } else {
            precheck_add_error(&p, "schema.read", "the source's tables can be read and named in the target", &looked);
        }
    }
    run_clear(&p.run);
    return ok;
}

void precheck_clear(struct precheck *p) {
    arena_clear(&p->arena);
    *p = (struct precheck){0};
}

static const char *status_name(enum precheck_status s) {
    return s == PRECHECK_OK ? "ok" : s == PRECHECK_WARNING ? "warning" : "failed";
}

void precheck_print(const struct precheck *p, FILE *out) {
    for (size_t i = 0; i < p->n; i++) {
        const struct precheck_item *item = &p->items[i];
        fprintf(out, "%-8s %-28s %s: %s\n", status_name(item->status), item->id, item->title, item->found);
        if (item->status != PRECHECK_OK && item->statement != NULL) {
            fprintf(out, "         shown by: %s\n", item->statement);
        }
        if (item->mend != NULL) {
            fprintf(out, "         mend: %s\n", item->mend);
        }
    }
    if (p->nlosses > 0) {
        fprintf(out, "values that cannot be carried exactly (%s):\n",
                p->losses_exact ? "every row was looked at" : "sampled");
    }
    for (size_t i = 0; i < p->nlosses; i++) {
        const struct loss_entry *l = &p->losses[i];
        fprintf(out, "  %s.%s: %llu x %s (%s), policy %s\n", l->table, l->column, (unsigned long long)l->count,
                loss_rule_name(l->rule), loss_rule_text(l->rule), loss_policy_name(l->policy));
    }
    fprintf(out, "precheck: %zu items, %zu warnings, %zu failed\n", p->n, p->warnings, p->failed);
}

json_t *precheck_text_json(const char *s) {
    json_t *whole = s == NULL ? NULL : json_string(s);
    if (s != NULL && whole == NULL) { /* a server may speak in bytes that are no UTF-8, before it knows what we want */
        char *copy = strdup(s);
        for (char *c = copy; c != NULL && *c != '\0'; c++) {
            *c = (unsigned char)*c < 0x80 ? *c : '?';
        }
        whole = json_string(copy != NULL ? copy : "");
        free(copy);
    }
    return whole != NULL ? whole : json_null();
}

json_t *precheck_items_json(const struct precheck *p) {
    json_t *list = json_array();
    for (size_t i = 0; i < p->n; i++) {
        const struct precheck_item *x = &p->items[i];
        const char *hint_zh = x->mend != NULL ? precheck_hint_zh(x->id) : NULL;
        json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:o}", "name", x->id, "title",
                                              x->title, "title_zh", precheck_text_json(precheck_title_zh(x->id)),
                                              "status", status_name(x->status), "message", precheck_text_json(x->found),
                                              "statement", precheck_text_json(x->statement), "hint",
                                              precheck_text_json(x->mend), "hint_zh", precheck_text_json(hint_zh)));
    }
    return list;
}

json_t *precheck_to_json(const struct precheck *p) {
    json_t *losses = json_array();
    for (size_t i = 0; i < p->nlosses; i++) {
        const struct loss_entry *l = &p->losses[i];
        json_array_append_new(losses,
                              json_pack("{s:o, s:o, s:s, s:s, s:I}", "table", precheck_text_json(l->table), "column",
                                        precheck_text_json(l->column), "rule", loss_rule_name(l->rule), "policy",
                                        loss_policy_name(l->policy), "count", (json_int_t)l->count));
    }
    return json_pack("{s:b, s:I, s:I, s:o, s:o, s:b}", "ok", p->failed == 0, "warnings", (json_int_t)p->warnings,
                     "failed", (json_int_t)p->failed, "items", precheck_items_json(p), "losses", losses, "losses_exact",
                     p->losses_exact);
}
