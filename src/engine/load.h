/* The load proper: workers that each hold one source connection inside the snapshot and one target connection, and move
 * chunks between them: MySQL rows in, COPY tuples out, the chunk's checkpoint in the same transaction.
 *
 * load_moved.c brings a table's older chunks to the snapshot's moment.
 * Files: load.c the worker and its pool; load_chunk.c one chunk; load_careful.c a chunk that holds a row the target
 * refuses; load_plan.c planning a table; load_losses.c the loss ledger; load_digest.c digests of what was read. */
#ifndef ENGINE_LOAD_H
#define ENGINE_LOAD_H

#include <stdatomic.h>

#include "base/rate.h"
#include "engine/checkpoint.h"
#include "engine/load_digest.h"
#include "engine/progress.h"
#include "engine/work.h"
#include "value/encode.h"

/* What the report says about one table; guarded by load.lock. */
struct load_table {
    uint64_t rows, bytes, diverted;
    unsigned chunks, chunks_kept;
    int64_t load_from_us, load_to_us, index_from_us, index_to_us; /* monotonic; 0: not yet */
    uint64_t *losses; /* [column * LOSS_COUNT + rule], all columns of the table */
    bool binary;      /* COPY binary is proven for its types */
};

struct load {
    const struct task *task;
    enum dialect dialect;
    const struct database *db;
    struct checkpoint checkpoint;
    struct position at;
    struct progress *progress;
    atomic_bool *stop;
    struct work work;
    pthread_mutex_t lock;
    struct load_table *tables; /* db->ntables */
    bool parallel_builds;      /* the target can use several processes for one index (PostgreSQL 11) */
    struct rate rate;          /* of reading the source */
    struct moved *moved;       /* what changed since older chunks were read; NULL: there are none */
};

/* Run the pool until everything is done, fails, or no reader is left. Readers take over the snapshot's connections.
 * s NULL: no source is needed, only keys are left in the pool. */
bool load_run(struct load *l, struct snapshot *s, unsigned workers, struct err *e) WARN_UNUSED;

/* ---- between the files of the load ---- */

struct table_plan {
    struct encode_plan *encode;
    char *copy_sql;
    struct digest_plan digest;
};

struct worker {
    struct load *load;
    unsigned number;
    pthread_t thread;
    struct mysql_client *source; /* NULL: lost, or never had one */
    struct gauss_client *target;
    struct arena arena;                           /* plans, for the whole run */
    struct table_plan *binary_plans, *text_plans; /* by table, made when first needed */
    struct work_item ahead; /* the chunk to load next, or WORK_NONE: taken before the current one was committed */
    const struct table_plan *ahead_plan; /* its rows are already on their way; or NULL */
    struct buf out;
    struct digest_worker digest;
};

/* Connect the target again after it was lost, trying for the task's retry time. */
bool worker_reconnect(struct worker *w, struct err *e) WARN_UNUSED;
/* Does e mean that the target connection is gone (and another may be opened)? */
bool worker_target_lost(const struct worker *w, const struct err *e);
bool worker_stopped(const struct worker *w, struct err *e); /* true + ERR_CANCELLED when a stop was asked for */

/* Load one chunk, whatever it takes short of a new source connection. */
bool load_chunk(struct worker *w, const struct chunk *c, struct err *e) WARN_UNUSED;

/* One run over the rows of a chunk that finds and reports, or puts aside, the rows the target refuses. Inside the
 * chunk's transaction, the source query not yet started. */
bool load_chunk_careful(struct worker *w, const struct chunk *c, bool binary, struct encode_counts *counts,
                        uint64_t *rows, uint64_t *bytes, uint64_t *diverted, struct chunk_digest *digest,
                        struct err *e) WARN_UNUSED;

/* Start reading a chunk; the plan for its table is made from the result's columns when first needed. */
bool load_open_rows(struct worker *w, const struct chunk *c, bool binary, const struct table_plan **plan,
                    struct err *e) WARN_UNUSED;

/* Name the row an error is about: key columns and their values. */
void load_where_row(struct worker *w, const struct table *t, const struct encode_plan *p, const uint8_t *row,
                    size_t len, struct err *e);

/* "id=7, day=2024-01-01" of a row, or its first columns when there is no key. */
char *load_row_key(struct arena *a, const struct table *t, const struct encode_plan *p, const uint8_t *row, size_t len);

/* load.moved's table: rows that changed since are read again. */
bool load_moved(struct worker *w, size_t table, struct err *e) WARN_UNUSED;

bool load_plan(struct worker *w, const struct work_item *item, struct err *e) WARN_UNUSED;

/* The loss counts of loaded columns as JSON text ("" for none), and added to a table's totals. */
char *load_losses_text(struct arena *a, const struct table *t, const uint64_t *counts);
void load_losses_add(struct load *l, size_t table, const uint64_t *counts);
/* Read what an earlier run recorded. */
void load_losses_parse(struct load *l, size_t table, const char *text);

#endif
