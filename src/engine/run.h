/* What a run knows, between the files that make it: migrate.c (the stages), run_report.c (its result),
 * plan.c (the same look at both ends, printed instead of done). */
#ifndef ENGINE_RUN_H
#define ENGINE_RUN_H

#include "engine/load.h"
#include "engine/moved.h"
#include "engine/report.h"

struct run {
    const struct task *task;
    atomic_bool *stop;
    struct arena arena;
    const char *name;            /* of the task in the target */
    struct mysql_client *source; /* for the catalog */
    struct gauss_client *target; /* the coordinator's: definitions, the advisory lock */
    struct gauss_identity identity;
    struct database db;
    struct ddl_options ddl_options;
    struct ddl ddl;
    struct step_list steps;
    bool *keep; /* by table: exists and is appended to */
    bool resuming;
    struct position read_at; /* where chunks loaded earlier were read; the earliest of them */
    bool mixed;              /* they were read at several places */
    moved_find *find;        /* NULL: a source that has moved is refused */
    struct moved moved;
    unsigned chunks_done;
    char *snapshot_how;
    double lock_ms;
    struct load load;
};

/* Connect both ends; read the source's catalog; decide names and types, and make the statements. */
bool run_open_target(struct run *r, struct err *e) WARN_UNUSED; /* that alone */
bool run_open(struct run *r, struct err *e) WARN_UNUSED;
bool run_read(struct run *r, struct err *e) WARN_UNUSED;
bool run_decide(struct run *r, struct err *e) WARN_UNUSED; /* of the target it asks which names are taken */
/* All of that. */
bool run_connect(struct run *r, struct err *e) WARN_UNUSED;
void run_clear(struct run *r);

/* Workers, from the task or the machine. */
unsigned run_jobs(const struct task *t);

/* A name for a statement that stays the same as long as its text does. */
char *run_step_name(struct arena *a, const struct ddl_statement *s);

/* The task becomes this run's: begun, resumed, or refused. */
bool run_claim(struct run *r, struct err *e) WARN_UNUSED;
/* Tables that are in the way: refused, kept or dropped. A run that does not resume begins the task anew in between. */
bool run_existing(struct run *r, struct err *e) WARN_UNUSED;
/* The step that says that the task has made this table. */
char *run_table_step(struct run *r, const struct table *t);

/* ---- a source that has moved: run_moved.c ---- */

/* Of the source's name; SIZE_MAX: none. */
size_t run_table_index(const struct run *r, const char *name);
/* Was a chunk read at this place? (Its server is not kept.) */
bool run_read_there(const struct chunk_record *c, const struct position *place);

/* Are some of the loaded chunks of another moment than the snapshot? */
bool run_has_moved(const struct run *r, const struct snapshot *s);
/* Find out what changed in between: load.moved is set, and tables of which keys do not tell everything begin anew. ERR_SOURCE_MOVED: that
 * cannot be told. */
bool run_catch_up(struct run *r, const struct snapshot *s, struct err *e) WARN_UNUSED;
/* Behind the pool: all chunks are of one moment now. */
bool run_caught_up(struct run *r, struct err *e) WARN_UNUSED;

void run_report(struct run *r, bool ok, const struct err *e, double total_s, struct report *out);

#endif
