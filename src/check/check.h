/* godwit check: do both sides hold the same rows? See docs/check.md for what a clean check proves. */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include <stdatomic.h>

#include "check/changed.h"
#include "check/report.h"
#include "check/selection.h"
#include "engine/progress.h"
#include "engine/task.h"

enum check_resume {
    CHECK_AFRESH,
    CHECK_RESUME_IF_ANY, /* go on with an unfinished check, where there is one */
    CHECK_RESUME,        /* there must be one */
};

struct check_options {
    unsigned source_jobs, target_jobs; /* readers on each side; 0: the task's jobs */
    uint64_t max_listed;               /* row differences shown per table; 0: 100 */
    const char *repair_file;           /* statements that make the target equal, or NULL */
    uint64_t repair_max_bytes; /* of that file: then it is cut, and says so; 0: no limit. Not of a backward check */
    bool repair;               /* run them, and look at those rows again */
    bool backward;             /* the target (openGauss, PostgreSQL) is the reference: MySQL is judged, and repaired */
    bool skip_structure, skip_rows;
    bool quick; /* the target alone, against what the load has read */
    enum check_resume resume;
    char *journal_file; /* NULL: the default one */
    struct selection selection;
    bool partial;      /* selection leaves out tables that an earlier check has told of: for the report */
    int64_t settle_ms; /* rows that differ are read again, the target so much after the source; 0: they are not */
    bool (*applied)(void *arg,
                    struct err *e); /* the same, the target when this returns: it has by then what the source had */
    void *arg;
    check_find_changed *changed; /* only the rows that it names; NULL: all */
    void *changed_arg;
};

/* Compare. false + e: it could not be done (the report holds what is known). true: report->different tells.
 * A stop by request is ERR_CANCELLED. The report's strings live in its own arena. */
bool check_run(const struct task *t, const struct check_options *o, struct progress *progress, atomic_bool *stop,
               struct check_report *report, struct err *e) WARN_UNUSED;

#endif
