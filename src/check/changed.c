/* See changed.h. */
#include "check/changed.h"

#include "base/log.h"
#include "check/recheck.h"

uint16_t *changed_key_columns(struct arena *a, const struct check_table *t) {
    uint16_t *at = arena_array(a, uint16_t, t->nkeys + 1);
    for (size_t k = 0; k < t->nkeys; k++) {
        uint16_t n = 0;
        for (size_t i = 0; i < t->t->ncolumns; i++) {
            const struct column *c = &t->t->columns[i];
            at[k] = c == t->columns[k] ? n : at[k];
            n += c->loaded;
        }
    }
    return at;
}

bool check_changed_find(struct check_rows *c, check_find_changed *find, void *arg, struct err *e) {
    struct check_changed *x = arena_new(c->arena, struct check_changed);
    x->whole = arena_array(c->arena, bool, c->ntables + 1);
    if (!differences_init(&x->keys, c->ntables, e)) {
        return false;
    }
    c->changed = x;
    if (!find(arg, c->run, c->tables, x, e)) {
        return false;
    }
    for (size_t i = 0; i < c->ntables; i++) {
        struct check_table *t = &c->tables[i];
        if (t->not_checkable == NULL && (!x->whole[i] || t->nkeys == 0)) {
            t->mode = MODE_CHANGED;
        }
    }
    return true;
}

bool check_changed_rows(struct check_rows *c, struct err *e) {
    struct recheck k = {.rows = c, .source = c->snapshot.clients[0], .target = c->anchor, .attempts = 1};
    for (size_t i = 0; c->changed != NULL && i < c->ntables; i++) {
        struct check_table *t = &c->tables[i];
        struct recheck_counts counts = {0};
        if (t->not_checkable != NULL || t->mode != MODE_CHANGED || c->changed->keys.tables[i].keys == NULL) {
            continue;
        }
        if (!recheck_keys(&k, t, &c->changed->keys.tables[i], &counts, e)) {
            return false;
        }
        struct table_rows *to = &c->results[i];
        to->keys = counts.keys;
        to->source_rows += counts.source_rows;
        to->target_rows += counts.target_rows;
    }
    return true;
}

void check_changed_clear(struct check_rows *c) {
    if (c->changed != NULL) {
        differences_clear(&c->changed->keys);
    }
}
