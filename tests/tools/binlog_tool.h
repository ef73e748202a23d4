/* What the parts of binlog_tool share. */
#ifndef TOOLS_BINLOG_TOOL_H
#define TOOLS_BINLOG_TOOL_H

#include <jansson.h>

#include "mysql/binlog_stream.h"
#include "mysql/transaction.h"

struct tool {
    struct binlog_stream_options options;
    struct binlog_stream *stream; /* or */
    const char *path;             /* a binlog file */
    FILE *file;
    struct binlog_tracker file_track;
    struct buf event;
    const char *database; /* whose rows are of interest */
    bool generated;       /* generated columns, too */
    bool quiet;           /* count only */
    uint64_t limit;
    int64_t stop_after_ms;
};

bool tool_next(struct tool *t, struct binlog_raw *raw, struct err *e);
const struct binlog_tracker *tool_track(const struct tool *t);

void tool_say(json_t *o);                       /* a line; takes the reference */
json_t *tool_text(const void *bytes, size_t n); /* a string, or {"hex":..} */
json_t *tool_gtid(const struct binlog_gtid *g);
json_t *tool_place(const struct binlog_place *p);

/* Verbs: binlog_tool_rows.c. */
bool tool_transactions(struct tool *t, struct err *e);
bool tool_select(struct tool *t, struct err *e);
bool tool_charsets(struct tool *t, struct err *e);

#endif
