/* Progress kept in the target itself, in the schema `godwit`, so that it commits together with the data.
 *
 *   godwit.task      one row per task: which source, its definitions, at which position, which run owns it
 *   godwit.step      definitions that were executed (each in one transaction with its row)
 *   godwit.chunk     every planned chunk; `state` 1, its counts and its digest are written by the transaction that loads it
 *   godwit.rejected  rows put aside under --on-error=divert
 *   godwit.apply, godwit.applied  how far following has come (follow/apply_record.h)
 *   godwit.cutover   how far a cut-over has come, and how the source was fenced before (follow/cutover.h)
 *   godwit.reverse   what the way back was given: slot, publication, and replica identities to put back (follow/way_back.h)
 *   godwit.object    views and programs that were made, how they can be taken away, translations by hand (objects/record.c)
 *
 * A run owns its task by a session advisory lock (one living run at a time) and by a run number that each of its
 * transactions checks under a share lock: a run that was overtaken cannot commit (claim.h). All that a run commits in the target goes
 * through here; a function that commits fails with ERR_TARGET_CLAIM_LOST when the task is another run's. */
#ifndef ENGINE_CHECKPOINT_H
#define ENGINE_CHECKPOINT_H

#include "engine/chunk.h"
#include "engine/source.h"
#include "engine/target.h"

struct checkpoint {
    char *task;       /* name */
    int64_t run;      /* this run's number */
    int64_t renewing; /* the number it was about to take (claim_renew); 0: none */
};

enum task_state { TASK_NONE, TASK_UNFINISHED, TASK_DONE };

struct task_record {
    enum task_state state;
    struct position at; /* where the unfinished load was read */
    char *target_schema;
};

/* Create what is missing of the godwit schema. */
bool checkpoint_prepare(struct gauss_client *c, struct err *e) WARN_UNUSED;

/* Is there a godwit schema, and does it keep digests of chunks? (An older godwit's does not.) Changes nothing. */
bool checkpoint_look(struct gauss_client *c, bool *exists, bool *digests, struct err *e) WARN_UNUSED;

bool checkpoint_read(struct gauss_client *c, struct arena *a, const char *task, struct task_record *out,
                     struct err *e) WARN_UNUSED;

/* Forget what was loaded; what says which tables the task has made stays, until checkpoint_drop drops them. */
bool checkpoint_forget_load(struct gauss_client *c, const struct checkpoint *cp, struct err *e) WARN_UNUSED;

/* Drop a table by `drop_sql`, and forget `step` (that the task has made it), in one transaction. */
bool checkpoint_drop(struct gauss_client *c, const struct checkpoint *cp, const char *drop_sql, const char *step,
                     struct err *e) WARN_UNUSED;

/* Begin the task anew: nothing is done, no position is known. */
bool checkpoint_begin(struct gauss_client *c, const struct checkpoint *cp, const char *target_schema,
                      const struct database *db, struct err *e) WARN_UNUSED;

/* The source's definitions as they were when the task began, or when following dealt with a change of them last. NULL: not known (the task
 * was loaded by an older godwit). The arena keeps everything; names and types in the target are not decided (run_decide). */
bool checkpoint_model(struct gauss_client *c, struct arena *a, const char *task, struct database **out,
                      struct err *e) WARN_UNUSED;
/* The statement that changes them, for the transaction that changes the target's. */
char *checkpoint_model_sql(struct arena *a, const char *task, const struct database *db);

/* Record where the chunks to come are read. */
bool checkpoint_set_position(struct gauss_client *c, const struct checkpoint *cp, const struct position *at,
                             struct err *e) WARN_UNUSED;
bool checkpoint_finish(struct gauss_client *c, const struct checkpoint *cp, struct err *e) WARN_UNUSED;

/* Make everything committed so far durable, asynchronous commits of every session included. */
bool checkpoint_flush(struct gauss_client *c, const struct checkpoint *cp, struct err *e) WARN_UNUSED;

/* ---- definitions ---- */

/* Names of the steps already done, sorted. */
struct step_list {
    char **names;
    size_t n;
};
bool checkpoint_steps(struct gauss_client *c, struct arena *a, const char *task, struct step_list *out,
                      struct err *e) WARN_UNUSED;
bool checkpoint_has_step(const struct step_list *l, const char *name);

/* Execute a statement and record it, in one transaction. */
bool checkpoint_run_step(struct gauss_client *c, const struct checkpoint *cp, const char *name, const char *sql,
                         struct err *e) WARN_UNUSED;

/* Record a step that cannot run inside a transaction (ANALYZE), after it was done. */
bool checkpoint_note_step(struct gauss_client *c, const struct checkpoint *cp, const char *name,
                          struct err *e) WARN_UNUSED;

/* ---- chunks ---- */

struct chunk_record {
    struct chunk chunk; /* chunk.table is filled by the caller from `table` */
    char *table;        /* source name */
    bool done;
    struct position at; /* where it was read; server is not kept */
    uint64_t rows, bytes, diverted;
    char *losses; /* JSON {"column": {"rule": count}}, "" for none */
    char *digest; /* of the rows as they were read (load_digest.h), "" when not known */
};

struct chunk_list {
    struct chunk_record *items;
    size_t n;
};

/* All chunks of a task by table name and number. */
bool checkpoint_chunks(struct gauss_client *c, struct arena *a, const char *task, struct chunk_list *out,
                       struct err *e) WARN_UNUSED;

/* By which task each table of a target schema was loaded last, in no order. Tables are called by their source names. */
struct table_loader {
    char *table, *task;
};
bool checkpoint_loaders(struct gauss_client *c, struct arena *a, const char *target_schema, struct table_loader **out,
                        size_t *n, struct err *e) WARN_UNUSED;

/* Record planned chunks of one table (and, with `complete`, that its plan is whole). Durable on return: the
 * pool hands them out from memory. */
bool checkpoint_plan(struct gauss_client *c, const struct checkpoint *cp, const char *table, const struct chunk *chunks,
                     size_t n, bool complete, struct err *e) WARN_UNUSED;

/* Inside a chunk's transaction, before COMMIT: prove that this run still owns the task, and mark the chunk loaded. */
bool checkpoint_chunk_done(struct gauss_client *c, const struct checkpoint *cp, const char *table,
                           const struct chunk *chunk, const struct position *at, uint64_t rows, uint64_t bytes,
                           uint64_t diverted, const char *losses, const char *digest, struct err *e) WARN_UNUSED;

/* Inside a transaction, before COMMIT: the rows of a table that changed since its chunks were read were read again; all of it is of one
 * moment now. What they were goes into the record as one more chunk, and no digest is known of the table any more. */
struct checkpoint_again {
    const struct position *at;
    uint64_t gone, rows, bytes, diverted; /* rows: diverted ones are in there */
    char *losses;
};
bool checkpoint_read_again(struct gauss_client *c, const struct checkpoint *cp, const char *table,
                           const struct checkpoint_again *again, struct err *e) WARN_UNUSED;

/* A table begins anew: empty, not planned. empty_sql: what empties it. */
bool checkpoint_load_anew(struct gauss_client *c, const struct checkpoint *cp, const char *table, const char *empty_sql,
                          struct err *e) WARN_UNUSED;

/* After a connection broke around a COMMIT: did it happen? */
bool checkpoint_chunk_is_done(struct gauss_client *c, const struct checkpoint *cp, const char *table, unsigned number,
                              bool *done, struct err *e) WARN_UNUSED;

/* Put a row aside, inside the chunk's transaction. */
bool checkpoint_reject(struct gauss_client *c, const struct checkpoint *cp, const char *table, unsigned chunk,
                       const char *key, const char *row, const char *sqlstate, const char *reason,
                       struct err *e) WARN_UNUSED;

/* The step name under which a table's plan is complete. */
char *checkpoint_plan_step(struct arena *a, const char *table);

#endif
