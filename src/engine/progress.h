/* How far a run is: counters the workers bump, read by whoever shows them.
 *
 * The engine owns a struct progress for a run. Writers use the progress_* functions (any thread, atomics and one
 * mutex); a display thread calls progress_read for a consistent copy a few times a second. */
#ifndef ENGINE_PROGRESS_H
#define ENGINE_PROGRESS_H

#include <stdint.h>

#include "base/arena.h"
#include "engine/chunk_map.h"

enum progress_phase {
    PHASE_CONNECT,
    PHASE_PRECHECK,
    PHASE_SCHEMA,
    PHASE_SNAPSHOT,
    PHASE_CATCH_UP, /* reading what has changed since an earlier snapshot */
    PHASE_LOAD,
    PHASE_INDEX,
    PHASE_FINISH,
    PHASE_CHECK,
    PHASE_DONE,
    PHASE_FAILED
};

enum table_state { TABLE_WAITING, TABLE_LOADING, TABLE_LOADED, TABLE_INDEXING, TABLE_DONE, TABLE_FAILED };

struct table_progress {
    const char *name;   /* source name; lives as long as the run */
    const char *target; /* "schema.table" of the target; likewise */
    enum table_state state;
    uint64_t rows, bytes; /* committed; bytes = received from the source */
    uint64_t rows_estimate, bytes_estimate;
    unsigned chunks, chunks_done;
    unsigned indexes, indexes_done;
    uint64_t diverted;               /* rows put aside */
    int64_t started_us, finished_us; /* monotonic, 0 = not yet */
    const char *cells;               /* chunk_map_text of a large table; NULL: as at the last progress_read, or none */
    unsigned cells_chunks, cells_each;
};

struct progress_view {
    enum progress_phase phase;
    int64_t elapsed_ms;
    int64_t eta_ms;  /* -1: not known */
    double fraction; /* 0..1 */
    uint64_t rows, bytes, rows_estimate, bytes_estimate;
    double rows_per_s, bytes_per_s; /* over the last seconds */
    unsigned workers;
    size_t ntables, tables_done;
    struct table_progress *tables; /* allocated in the reader's arena */
};

struct progress;

struct progress *progress_new(void);
void progress_free(struct progress *p);

/* Before the workers start: the tables, in the order to show. Returns nothing; indexes below refer to it. */
void progress_tables(struct progress *p, const struct table_progress *tables, size_t n);
void progress_phase(struct progress *p, enum progress_phase phase);
void progress_workers(struct progress *p, unsigned workers);
/* A table that has failed stays so, whatever others still do with it, until progress_again(). */
void progress_table_state(struct progress *p, size_t table, enum table_state s);
/* Another attempt begins: tables that have failed wait. */
void progress_again(struct progress *p);
void progress_chunks(struct progress *p, size_t table, unsigned chunks);
/* For the picture of its chunks. */
void progress_chunk_step(struct progress *p, size_t table, unsigned number, enum chunk_step step);
void progress_chunks_forget(struct progress *p); /* they will all be told again */
/* A chunk was committed. */
void progress_chunk_done(struct progress *p, size_t table, uint64_t rows, uint64_t bytes, uint64_t diverted);
/* Live figures between commits: what is under way may be taken back (negative) when a chunk is tried again. */
void progress_flow(struct progress *p, size_t table, int64_t rows, int64_t bytes);
void progress_index_done(struct progress *p, size_t table);

/* A consistent copy; v->tables is allocated in a. */
void progress_read(struct progress *p, struct arena *a, struct progress_view *v);

const char *progress_phase_name(enum progress_phase p); /* "load" */
const char *progress_state_name(enum table_state s);    /* "loading" */

#endif
