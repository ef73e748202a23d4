/* See chunk_map.h. */
#include "engine/chunk_map.h"

#include <stdlib.h>
#include <string.h>

struct chunk_cell {
    unsigned planned, active, done, differ; /* chunks; done and differ are apart */
};

enum { CELLS_FIRST = 1 }; /* most tables have few */

void chunk_map_clear(struct chunk_map *m, size_t *total) {
    *total -= m->cap;
    free(m->cells);
    *m = (struct chunk_map){.changed = m->chunks > 0};
}

bool chunk_map_is_shown(const struct chunk_map *m) {
    return m->chunks >= CHUNK_MAP_LEAST && !m->full;
}

/* Twice as many chunks a cell. */
static void halve(struct chunk_map *m) {
    for (unsigned i = 0; i < m->n; i++) {
        struct chunk_cell *to = &m->cells[i / 2], x = m->cells[i];
        if (i % 2 == 0) {
            *to = x;
        } else {
            to->planned += x.planned;
            to->active += x.active;
            to->done += x.done;
            to->differ += x.differ;
        }
    }
    m->n = (m->n + 1) / 2;
    m->each *= 2;
}

/* The chunk's cell; NULL: there is no room for it. */
static struct chunk_cell *cell_of(struct chunk_map *m, unsigned number, size_t *total) {
    unsigned i = (number - 1) / m->each;
    while (i >= CHUNK_CELLS) {
        halve(m);
        i = (number - 1) / m->each;
    }
    if (i >= m->cap) {
        unsigned cap = m->cap == 0 ? CELLS_FIRST : m->cap;
        while (cap <= i) {
            cap *= 2;
        }
        cap = cap < CHUNK_CELLS ? cap : CHUNK_CELLS;
        struct chunk_cell *more =
            *total + cap - m->cap <= CHUNK_CELLS_TOTAL ? realloc(m->cells, cap * sizeof *more) : NULL;
        if (more == NULL) {
            return NULL;
        }
        *total += cap - m->cap;
        m->cells = more;
        m->cap = cap;
    }
    while (m->n <= i) {
        m->cells[m->n++] = (struct chunk_cell){0};
    }
    return &m->cells[i];
}

static void all(struct chunk_map *m, bool differ) {
    for (unsigned i = 0; i < m->n; i++) {
        struct chunk_cell *c = &m->cells[i];
        *c = (struct chunk_cell){
            .planned = c->planned, .done = differ ? 0 : c->planned, .differ = differ ? c->planned : 0};
    }
}

static void take_away(unsigned *n) {
    *n -= *n > 0;
}

static void step_in(struct chunk_cell *c, enum chunk_step step) {
    switch (step) {
    case CHUNK_PLANNED:
        c->planned++;
        break;
    case CHUNK_BEGUN:
        c->active++;
        break;
    case CHUNK_GIVEN_BACK:
        take_away(&c->active);
        break;
    case CHUNK_DONE:
        take_away(&c->active);
        c->done++;
        break;
    case CHUNK_DIFFERS:
        take_away(&c->active);
        c->differ++;
        break;
    case CHUNK_ALL_DONE:
    case CHUNK_ALL_DIFFER:
        break;
    }
}

void chunk_map_step(struct chunk_map *m, unsigned number, enum chunk_step step, size_t *total) {
    m->changed = true;
    if (step == CHUNK_ALL_DONE || step == CHUNK_ALL_DIFFER) {
        all(m, step == CHUNK_ALL_DIFFER);
        return;
    }
    m->each = m->each == 0 ? 1 : m->each;
    m->chunks += step == CHUNK_PLANNED;
    struct chunk_cell *c = number > 0 ? cell_of(m, number, total) : NULL;
    m->full = m->full || c == NULL;
    if (c != NULL) {
        step_in(c, step);
    }
}

static char letter(const struct chunk_cell *c, bool check) {
    if (c->differ > 0) {
        return 'D';
    }
    if (c->done >= c->planned && c->planned > 0) {
        return check ? 'C' : 'L';
    }
    bool under_way = c->active > 0 || c->done > 0;
    return check ? under_way ? 'c' : 'L' : under_way ? 'l' : '.';
}

size_t chunk_map_text(struct chunk_map *m, bool check, char text[CHUNK_CELLS + 1]) {
    for (unsigned i = 0; i < m->n; i++) {
        text[i] = letter(&m->cells[i], check);
    }
    text[m->n] = '\0';
    m->changed = false;
    return m->n;
}
