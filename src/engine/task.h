/* What a run is asked to do: filled by the command line or from a JSON task file (docs/task-file.md), and by the
 * server later. Plain data; strings live in the caller's arena for as long as the task. */
#ifndef ENGINE_TASK_H
#define ENGINE_TASK_H

#include "gauss/client.h"
#include "mysql/client.h"
#include "schema/catalog.h"
#include "value/loss.h"
#include "value/typemap.h"

enum snapshot_mode {
    SNAPSHOT_AUTO,      /* lock where the account may, else lock-free */
    SNAPSHOT_LOCK,      /* FLUSH TABLES WITH READ LOCK, else LOCK TABLES .. READ; fail if neither is allowed */
    SNAPSHOT_LOCK_FREE, /* never lock: open snapshots until all saw the same position; else a single reader */
};

enum on_existing { EXISTING_REFUSE, EXISTING_OVERWRITE, EXISTING_APPEND };
enum on_row_error { ROW_ERROR_STOP, ROW_ERROR_DIVERT };
enum source_triggers { SOURCE_TRIGGERS_TAKE, SOURCE_TRIGGERS_KEEP };

struct task {
    char *name; /* names the task's rows in the target's godwit schema; default: source database -> schema */
    struct mysql_options source;
    char *source_database;
    struct gauss_options target;
    char *target_schema; /* NULL: the source database's name */
    struct catalog_filter tables;

    struct type_override *overrides;
    size_t noverrides;
    bool json_as_json;
    bool time_as_interval;

    unsigned jobs;             /* 0: from the machine's cores (4..16) */
    uint64_t rate_limit_bytes; /* per second over all workers; 0: none */
    uint64_t chunk_bytes;      /* 0: 32 MiB of source data */
    enum snapshot_mode snapshot;
    int64_t lock_timeout_ms; /* how long the snapshot lock may be waited for; 0: 5 s */
    enum on_existing on_existing;
    enum on_row_error on_row_error;
    enum source_triggers source_triggers; /* while changes are carried back: away, or they fire */
    struct loss_policies loss;
    bool copy_text; /* COPY text even where binary would do */

    bool resume, restart, accept_moved;
    bool resume_if_any; /* with resume: begin when there is nothing to resume */
    int64_t fence;      /* 0: none; else a run with a higher one takes the task over, living or not (claim.h) */
    bool fence_taken;   /* this process has taken the task with it already, in an earlier stage */
    int64_t retry_ms;   /* how long a lost target is tried again; 0: 60 s */

    bool precheck_exact;    /* scan every row for losses; otherwise the first precheck_rows of each table */
    uint64_t precheck_rows; /* 0: 10000 */
    bool skip_precheck;
    bool objects; /* views and programs will be made behind the tables: they are not told as what is left out */
    bool online;  /* changes are to be followed, and carried back: what that takes must be there */
};

void task_defaults(struct task *t);

#endif
