/* Appliers: threads with a session each that take jobs and commit them, every job in one transaction of the target.
 *
 * A job is one pipeline: BEGIN, statements for the changes of each table, the part's row in godwit.applied, the proof that the task is
 * still this run's. Each statement has to find as many rows as it is about; then COMMIT. When a row is missing, there already or
 * refused, the job is done again carefully, halved until the row is known, and the policy for its class decides.
 * Files: apply.c threads and jobs; apply_pipe.c steps as statements; apply_careful.c blame; apply_text.c changes for people. */
#ifndef FOLLOW_APPLY_H
#define FOLLOW_APPLY_H

#include <stdatomic.h>

#include "engine/task.h"
#include "follow/apply_record.h"
#include "follow/jobs.h"
#include "follow/statements.h"

/* Why a changed row cannot be applied. */
enum apply_class {
    APPLY_MISSING,   /* it is not there to be changed or deleted */
    APPLY_DUPLICATE, /* it is there already, or a unique value of it */
    APPLY_REFUSED,   /* anything else the target has against it */
    APPLY_CLASSES,
};

enum apply_policy {
    APPLY_STOP,
    APPLY_RETRY,  /* again and again, until it works */
    APPLY_DIVERT, /* put it aside in godwit.rejected, counted, with the statement that makes up for it */
};

const char *apply_class_name(enum apply_class c); /* "missing" */

/* What all appliers of a turn share. */
struct apply {
    const struct task *task;
    enum dialect dialect;
    const struct follow_tables *tables;
    const struct target_statements *statements;
    struct checkpoint checkpoint;
    bool enforced; /* the target checks foreign keys, and acts by them */
    bool in_order;
    enum apply_policy policy[APPLY_CLASSES];
    const char *origin; /* sessions mark their transactions with origins of this name and a number; NULL: not */
    struct jobs *jobs;
    atomic_bool *stop;
    atomic_uint_least64_t diverted, retried, statements_sent, careful;
};

/* May sessions of this role leave foreign keys and triggers alone (and so need not check them)? */
bool apply_may_skip_checks(struct gauss_client *c, enum dialect d, bool *may, struct err *e) WARN_UNUSED;

struct applier;

/* Open a session and start its thread. The thread ends when jobs_take gives it nothing any more; what goes wrong ends all by
 * jobs_fail. */
bool applier_start(struct apply *a, unsigned number, struct applier **out, struct err *e) WARN_UNUSED;
/* Wait for its end. interrupt: break the session off first. NULL is fine. */
void applier_join(struct applier *w, bool interrupt);

/* ---- between the files ---- */

/* A statement under way: how many rows it has to find, and what it is about: changes of a step, or (NULL) godwit's own record. */
struct expected {
    uint64_t rows;
    const struct step *step;
    size_t from, to;
    bool claim; /* the proof that the task is this run's */
};

struct applier {
    struct apply *apply;
    unsigned number;
    pthread_t thread;
    struct gauss_client *target;
    struct arena arena; /* of one pipeline */
    uint8_t *prepared;  /* by table and kind: enum in apply_pipe.c */
    struct field *fields, *key_fields;
    struct gauss_param *params;
    uint32_t *oids;
    struct buf *arrays; /* one a column */
    struct buf text;
    struct expected *expected;
    size_t nexpected, expected_cap;
    bool open; /* in order: the transaction goes on */
};

/* Queue the statements that do changes from..to of a step. */
bool apply_pipe_step(struct applier *w, const struct step *s, size_t from, size_t to, struct err *e) WARN_UNUSED;
/* Queue a statement of godwit's own, prepared under this name. */
bool apply_pipe_own(struct applier *w, const char *name, const struct gauss_param *p, size_t n, uint64_t rows,
                    bool claim, struct err *e) WARN_UNUSED;
/* Sync, and read what became of all that was queued. *failed: the first statement that did not do what it should, NULL: the fault is none
 * of theirs. e is the server's error, or none when only the number of rows is another. */
bool apply_pipe_finish(struct applier *w, const struct expected **failed, struct err *e) WARN_UNUSED;
/* Forget what was queued but not answered for. */
void apply_pipe_reset(struct applier *w);
bool apply_pipe_init(struct applier *w, struct err *e) WARN_UNUSED;
void apply_pipe_clear(struct applier *w);

/* Everything of a job between BEGIN and its record, in pieces that fail alone. */
bool apply_carefully(struct applier *w, const struct job *job, struct err *e) WARN_UNUSED;

/* May a row be to blame, so that looking for it makes sense? */
bool apply_blames_row(const struct applier *w, const struct err *e);

/* "id=7, day=2024-01-01" of a change. */
char *apply_key_text(struct arena *a, const struct target_statements *t, const struct net_change *c);
/* "a=1, b='x'" of all its columns, cut. */
char *apply_row_text(struct arena *a, const struct target_statements *t, const struct net_change *c);
/* The statement that makes the change, whole. */
char *apply_statement_text(struct arena *a, const struct target_statements *t, enum step_kind kind,
                           const struct net_change *c);

#endif
