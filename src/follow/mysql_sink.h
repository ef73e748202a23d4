/* The source as a sink: MySQL or MariaDB, which changes of the target go back into.
 *
 * Its record is godwit.progress (mysql/writer.h): channel 0 holds the mark, in JSON; each applier has a channel, whose note says which
 * parts beyond the mark it has committed, and how the stream was cut up to there. In order there is one applier, whose note is the mark.
 * The fence is the run's number, so what an earlier run or turn has not committed can commit no more once `read` has taken its
 * channels. The task itself is claimed in the target (engine/claim.h). */
#ifndef FOLLOW_MYSQL_SINK_H
#define FOLLOW_MYSQL_SINK_H

#include "follow/back_tables.h"
#include "follow/follow.h"
#include "mysql/writer.h"

struct mysql_sink {
    const struct task *task;
    atomic_bool *stop;
    const struct back_tables *tables;
    const char *name;              /* under which godwit.progress knows it: way_back.key */
    const char *generation;        /* of what is followed: a record of another one is none */
    struct gauss_client *target;   /* the session that claimed the task; closed by sink.end */
    struct checkpoint *checkpoint; /* claimed */
    bool diverts;                  /* godwit.rejected may be needed */
    /* its own */
    struct mysql_writer **writers; /* by channel */
    size_t nwriters;
    json_t **notes; /* by channel: what it says of parts beyond the mark; NULL: nothing */
    uint64_t shape; /* as recorded */
    bool in_order;
};

struct sink mysql_sink_begin(struct mysql_sink *s);

/* ---- between the files ---- */

struct back_applier;

/* w and note (NULL: none) are taken over. */
bool back_applier_start(struct mysql_sink *s, struct apply *a, unsigned number, struct mysql_writer *w, json_t *note,
                        void **out, struct err *e) WARN_UNUSED;
void back_applier_join(void *applier, bool interrupt);

/* godwit.rejected as a table of the writer; like: any other of the same server. In the arena. */
bool back_rejected_table(struct arena *a, const struct row_table *like, struct row_table *out,
                         struct err *e) WARN_UNUSED;
/* The statement that makes a change, for people; row: as it was to be written. In the arena, "" where there is none. */
char *back_statement_text(struct arena *a, const struct back_table *b, const struct net_change *c,
                          const struct writer_row *row);
/* A row of it, in the writer's transaction: task, table, key, reason, place, statement. row: scratch. */
enum { BACK_REJECTED_TEXTS = 6 };
bool back_reject(struct mysql_writer *w, const struct row_table *rejected, struct buf *row,
                 const char *const texts[BACK_REJECTED_TEXTS], struct err *e) WARN_UNUSED;

/* A mark as a channel's note, in the arena; and the words of its position. */
char *mysql_sink_mark_note(struct arena *a, const struct apply_record *r, const struct mark *m, const char *generation);
char *mysql_sink_position(struct arena *a, const struct stream_place *p);

#endif
