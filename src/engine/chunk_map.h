/* How far the chunks of large tables are, as rows of cells: a picture for people. The chunks of a table, in the order of its key, are
 * shared out evenly over at most CHUNK_CELLS cells; so what is kept and told stays bounded, however many there are.
 * No lock: progress.c calls it under its own. */
#ifndef ENGINE_CHUNK_MAP_H
#define ENGINE_CHUNK_MAP_H

#include <stdbool.h>
#include <stddef.h>

enum {
    CHUNK_CELLS = 1000,
    CHUNK_MAP_LEAST = 8,       /* chunks of a table: there is no picture of fewer */
    CHUNK_CELLS_TOTAL = 200000 /* of all tables; those that come later have no picture */
};

/* What happens to one chunk. */
enum chunk_step {
    CHUNK_PLANNED, /* there is such a chunk; once, and before all else */
    CHUNK_BEGUN,
    CHUNK_GIVEN_BACK, /* begun, and left to somebody else */
    CHUNK_DONE,       /* begun, and loaded; or checked and the same */
    CHUNK_DIFFERS,    /* begun, and checked: rows differ */
    CHUNK_ALL_DONE,   /* all of the table at a time, whatever they were before; the number does not count */
    CHUNK_ALL_DIFFER,
};

struct chunk_cell;

/* Of one table; zeroed: none yet. */
struct chunk_map {
    struct chunk_cell *cells;
    unsigned n, cap;
    unsigned each;   /* chunks of a cell */
    unsigned chunks; /* planned so far */
    bool changed;    /* since chunk_map_text */
    bool full;       /* there was no room for all of them: then there is no picture */
};

/* total: the number of cells of all maps, kept by the caller, from 0. number: 1.. within the table. */
void chunk_map_step(struct chunk_map *m, unsigned number, enum chunk_step step, size_t *total);
void chunk_map_clear(struct chunk_map *m, size_t *total);

/* Are there enough chunks for a picture? */
bool chunk_map_is_shown(const struct chunk_map *m);

/* The cells as letters, NUL-terminated; their number. Of a load: '.' waiting, 'l' loading (or some are loaded), 'L' loaded. Of a check: 'L'
 * loaded, not checked yet; 'c' being checked; 'C' checked; 'D' rows differ. */
size_t chunk_map_text(struct chunk_map *m, bool check, char text[CHUNK_CELLS + 1]);

#endif
