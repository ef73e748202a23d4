/* What the files of the kit share. Nobody else includes this. */
#ifndef SERVER_KIT_INTERNAL_H
#define SERVER_KIT_INTERNAL_H

#include <pthread.h>

#include "base/log.h"
#include "server/kit.h"
#include "server/kit_look.h"

enum kit_step {
    STEP_WAIT,
    STEP_CONNECT,
    STEP_LOOK,
    STEP_STOP,
    STEP_COPY,
    STEP_VERIFY,
    STEP_BEGIN,
    STEP_ENROL,
    STEP_REMOVE,
    STEP_DONE
};

/* This executable: what is copied. */
struct kit_executable {
    int fd;
    uint64_t size;
    char digest[65];
};

/* One order; in the list of its kit while it waits or is done. */
struct kit_entry {
    struct kit_entry *next;
    int64_t machine;
    enum kit_action action;
    bool ready, taken;   /* it is in the store; a thread does it */
    struct net_ssh *ssh; /* to be cut off when the server ends */
};

struct kit {
    const struct api *api;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t wake;
    bool stopping;
    struct kit_entry *entries;
    struct kit_executable executable; /* fd -1: not opened yet */
    pthread_t *threads;
    size_t nthreads;
};

/* An order that is being done, on its thread. */
struct kit_job {
    struct kit *kit;
    struct kit_entry *entry;
    const struct api *api;
    struct store *store;
    struct arena arena;
    struct kit_variables v; /* of the scripts: directory and mark from the beginning */
    struct kit_executable executable;
    enum kit_step step;
    unsigned percent;
    int64_t told_ms;
};

/* ---- kit.c ---- */

const char *kit_action_name(enum kit_action action);
bool kit_starts_agent(enum kit_action action);
bool kit_is_stopping(struct kit *k);

/* ---- kit_job.c ---- */

/* In the store, to the feed, and a line of the log. */
bool kit_job_step(struct kit_job *j, enum kit_step step, unsigned percent, struct err *e) WARN_UNUSED;
/* Within a step; told a few times a second at most. */
void kit_job_percent(struct kit_job *j, unsigned percent);
/* A line of the machine's log; level as in base/log.h. */
void kit_job_say(struct kit_job *j, enum log_level level, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Connect as the machine's user; net_ssh_abort from kit_stop is taken care of until kit_job_disconnect. */
bool kit_job_connect(struct kit_job *j, struct err *e) WARN_UNUSED;
void kit_job_disconnect(struct kit_job *j);
/* The end: e NULL when it went well. Tells it, too. */
bool kit_finish(const struct api *api, struct store *s, int64_t machine, const struct err *failed,
                struct err *e) WARN_UNUSED;
/* To the feed: how the machine's order stands. */
void kit_tell(const struct api *api, struct store *s, int64_t machine);
const char *kit_step_name(enum kit_step step);

/* ---- kit_steps.c ---- */

bool kit_steps_run(struct kit_job *j, struct err *e) WARN_UNUSED;

#endif
