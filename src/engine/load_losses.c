/* The loss ledger of a load: counted per column and rule, recorded with each chunk, added up per table. See load.h. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "engine/load.h"

/* Counts are kept by loaded column (the encoder's numbering); this walks the model's columns beside them. */
static const struct column *loaded_column(const struct table *t, size_t n) {
    for (size_t i = 0; i < t->ncolumns; i++) {
        if (t->columns[i].loaded && n-- == 0) {
            return &t->columns[i];
        }
    }
    return NULL;
}

char *load_losses_text(struct arena *a, const struct table *t, const uint64_t *counts) {
    json_t *all = json_object();
    for (size_t i = 0; i < t->ncolumns; i++) {
        const struct column *c = loaded_column(t, i);
        json_t *one = NULL;
        for (int rule = 0; c != NULL && rule < LOSS_COUNT; rule++) {
            uint64_t count = counts[i * LOSS_COUNT + (size_t)rule];
            if (count > 0) {
                one = one == NULL ? json_object() : one;
                json_object_set_new(one, loss_rule_name((enum loss_rule)rule), json_integer((json_int_t)count));
            }
        }
        if (one != NULL) {
            json_object_set_new(all, c->name, one);
        }
    }
    char *text = json_object_size(all) == 0 ? NULL : json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
    char *kept = arena_strdup(a, text == NULL ? "" : text);
    free(text);
    json_decref(all);
    return kept;
}

void load_losses_add(struct load *l, size_t table, const uint64_t *counts) {
    pthread_mutex_lock(&l->lock);
    for (size_t i = 0; i < l->db->tables[table].ncolumns * LOSS_COUNT; i++) {
        l->tables[table].losses[i] += counts[i];
    }
    pthread_mutex_unlock(&l->lock);
}

void load_losses_parse(struct load *l, size_t table, const char *text) {
    const struct table *t = &l->db->tables[table];
    json_t *all = text[0] == '\0' ? NULL : json_loads(text, 0, NULL);
    for (size_t i = 0; all != NULL && i < t->ncolumns; i++) {
        const struct column *c = loaded_column(t, i);
        json_t *one = c == NULL ? NULL : json_object_get(all, c->name);
        for (int rule = 0; one != NULL && rule < LOSS_COUNT; rule++) {
            json_t *count = json_object_get(one, loss_rule_name((enum loss_rule)rule));
            l->tables[table].losses[i * LOSS_COUNT + (size_t)rule] += (uint64_t)json_integer_value(count);
        }
    }
    json_decref(all);
}
