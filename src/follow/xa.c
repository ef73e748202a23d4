/* See xa.h. */
#include "follow/xa.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { IMAGES = 2 };

/* Before the bytes of the images. */
struct head {
    uint64_t bytes;
    uint64_t len[IMAGES];
    uint32_t table;
    uint8_t op;
    bool is[IMAGES];
};

/* ---- rows ---- */

bool xa_rows_add(struct spill *rows, const struct feed_item *item, struct err *e) {
    const struct tuple images[IMAGES] = {item->change.before, item->change.after};
    struct head h = {.bytes = item->bytes, .table = item->change.table, .op = (uint8_t)item->change.op};
    struct spill_part parts[1 + IMAGES] = {{&h, sizeof h}};
    for (size_t i = 0; i < IMAGES; i++) {
        h.is[i] = images[i].bytes != NULL;
        h.len[i] = h.is[i] ? images[i].len : 0;
        parts[1 + i] = (struct spill_part){images[i].bytes, h.len[i]};
    }
    return spill_add(rows, parts, 1 + IMAGES, e);
}

static bool tell_one(const uint8_t *record, feed_sink *sink, void *ctx, struct err *e) {
    struct head h;
    memcpy(&h, record, sizeof h);
    struct feed_item item = {
        .kind = FEED_CHANGE, .change = {.table = h.table, .op = (enum row_op)h.op}, .bytes = h.bytes};
    if (h.is[0]) {
        item.change.before = (struct tuple){.bytes = record + sizeof h, .len = h.len[0]};
    }
    if (h.is[1]) {
        item.change.after = (struct tuple){.bytes = record + sizeof h + h.len[0], .len = h.len[1]};
    }
    return sink(ctx, &item, e);
}

bool xa_rows_tell(struct spill *rows, feed_sink *sink, void *ctx, struct err *e) {
    bool ok = spill_rewind(rows, e);
    for (uint64_t i = 0; ok && i < rows->n; i++) {
        const uint8_t *record;
        size_t len;
        ok = spill_next(rows, &record, &len, e) &&
             (record != NULL || err_set(e, ERR_INTERNAL, "rows of an XA transaction are missing")) &&
             tell_one(record, sink, ctx, e);
    }
    return ok;
}

/* ---- transactions ---- */

bool xa_list_add(struct xa_list *l, const char *name, const struct gtid *gtid, struct spill *rows, json_t *losses,
                 struct err *e) {
    xa_waiting_free(xa_list_take(l, name)); /* a spool may tell it twice */
    struct xa_waiting *w = calloc(1, sizeof *w);
    if (w == NULL) {
        json_decref(losses);
        return err_set(e, ERR_MEMORY, "no memory for an XA transaction");
    }
    snprintf(w->name, sizeof w->name, "%s", name);
    w->has_gtid = gtid != NULL;
    if (gtid != NULL) {
        w->gtid = *gtid;
    }
    w->rows = *rows;
    w->losses = losses;
    spill_init(rows);
    w->next = l->first;
    l->first = w;
    return true;
}

struct xa_waiting *xa_list_take(struct xa_list *l, const char *name) {
    for (struct xa_waiting **at = &l->first; *at != NULL; at = &(*at)->next) {
        struct xa_waiting *w = *at;
        if (str_eq(w->name, name)) {
            *at = w->next;
            return w;
        }
    }
    return NULL;
}

void xa_waiting_free(struct xa_waiting *w) {
    if (w != NULL) {
        spill_clear(&w->rows);
        json_decref(w->losses);
        free(w);
    }
}

void xa_list_clear(struct xa_list *l) {
    for (struct xa_waiting *next; l->first != NULL; l->first = next) {
        next = l->first->next;
        xa_waiting_free(l->first);
    }
}

size_t xa_list_count(const struct xa_list *l, const char **first) {
    size_t n = 0;
    *first = NULL;
    for (const struct xa_waiting *w = l->first; w != NULL; w = w->next) {
        if (w->rows.n > 0) {
            *first = w->name;
            n++;
        }
    }
    return n;
}
