/* Everything that can be known before the first row moves. */
#ifndef ENGINE_PRECHECK_H
#define ENGINE_PRECHECK_H

#include "engine/report.h"
#include "engine/task.h"

enum precheck_status { PRECHECK_OK, PRECHECK_WARNING, PRECHECK_FAILED };

struct precheck_item {
    const char *id; /* "source.binlog_format": stable */
    const char *title;
    enum precheck_status status;
    char *found;     /* what was seen, in words */
    char *statement; /* the statement that showed it */
    char *mend;      /* how to mend it; NULL when ok */
};

struct precheck {
    struct arena arena;
    struct precheck_item *items;
    size_t n, warnings, failed;
    struct loss_entry *losses; /* the loss ledger's dry run */
    size_t nlosses;
    bool losses_exact; /* every row was looked at */
};

/* Connects by itself (both ends), so that an unreachable end is an item and not only an error.
 * false + e only when the check itself could not be made; findings are items. */
bool precheck_run(const struct task *t, struct precheck *out, struct err *e) WARN_UNUSED;
/* Only what carrying changes back from the target takes, now that the tables are loaded. false + e: an end cannot be reached. */
bool precheck_way_back(const struct task *t, struct precheck *out, struct err *e) WARN_UNUSED;
/* One more item, of a room above this one. found and mend are copied; mend is left out of one that is ok. */
void precheck_append(struct precheck *p, const char *id, const char *title, enum precheck_status status,
                     const char *found, const char *mend);
void precheck_clear(struct precheck *p);
void precheck_print(const struct precheck *p, FILE *out);
/* The caller owns the references.
 *   {"ok", "warnings", "failed", "items": [..], "losses": [{"table", "column", "rule", "policy", "count"}, ..], "losses_exact"}
 * and the items alone: [{"name", "title", "title_zh", "status", "message", "statement", "hint", "hint_zh"}, ..]; status is ok, warning
 * or failed; statement and the hints may be null. */
json_t *precheck_to_json(const struct precheck *p);
json_t *precheck_items_json(const struct precheck *p);

#endif
