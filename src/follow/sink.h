/* Where changes go, for follow.c: the target (gauss_sink.h), or back into the source (mysql_sink.h). What is committed there, and the
 * record of it, belong to it. Functions are called on follow_run's thread; appliers have threads of their own. */
#ifndef FOLLOW_SINK_H
#define FOLLOW_SINK_H

#include "follow/apply.h"

struct sink {
    void *arg;
    /* Once, before the first turn: what matters of the tables there. `hidden_cascades` is set by the caller. */
    bool (*look)(void *arg, struct follow_table_options *out, struct err *e);
    /* A turn begins: nothing of an earlier one can commit any more; what is recorded. In the arena, which the turn keeps. */
    bool (*read)(void *arg, struct arena *a, const struct follow_tables *tables, unsigned appliers,
                 struct apply_record *out, struct err *e);
    /* Nothing is recorded yet: following begins with this. */
    bool (*begin)(void *arg, const struct apply_record *r, struct err *e);
    /* Record how far all is in; durable: on disk when it returns, with all before it. */
    bool (*move)(void *arg, const struct mark *m, bool durable, struct err *e);
    /* Put what is committed on disk. */
    bool (*flush)(void *arg, struct err *e);
    /* A session and thread that takes jobs of a->jobs until there are none, or jobs_fail. */
    bool (*start)(void *arg, struct apply *a, unsigned number, void **applier, struct err *e);
    void (*join)(void *applier, bool interrupt); /* its end; interrupt: break its session off first. NULL is fine */
    /* A turn has ended by an error that may pass: sessions anew, and the task is this run's again. */
    bool (*come_back)(void *arg, struct err *e);
    void (*end)(void *arg);
};

#endif
