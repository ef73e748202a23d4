/* What a run did, for the terminal and as JSON. */
#ifndef ENGINE_REPORT_H
#define ENGINE_REPORT_H

#include "base/arena.h"
#include "schema/ddl.h"
#include "value/loss.h"

struct loss_entry {
    const char *table, *column;
    enum loss_rule rule;
    enum loss_policy policy;
    uint64_t count;
};

struct table_report {
    const char *source, *target;
    uint64_t rows, bytes, diverted;
    unsigned chunks;
    double load_s, index_s; /* wall time from its first chunk to its last, and of its keys */
};

struct report {
    struct arena arena;
    bool ok;
    struct err error; /* when not ok */
    char *task;
    char *source_version, *target_version;
    const char *dialect;
    char *snapshot;           /* "lock: held 3 ms", "lock-free: ..." and what it guarantees */
    char *gtid, *binlog_file; /* the source's position at the snapshot; NULL when there is none */
    uint64_t binlog_pos;
    double total_s, load_s, index_s;
    uint64_t rows, bytes;
    double lock_ms;
    struct table_report *tables;
    size_t ntables;
    struct loss_entry *losses;
    size_t nlosses;
    struct ddl_finding *findings;
    size_t nfindings;
    struct uncarried *uncarried;
    size_t nuncarried;
    bool resumed;
    unsigned chunks_kept; /* chunks an earlier run had loaded */
};

void report_init(struct report *r);
void report_clear(struct report *r);
void report_print(const struct report *r, FILE *out);
json_t *report_to_json(const struct report *r); /* the caller owns the reference */

#endif
