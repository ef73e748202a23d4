/* The kit of execution machines that were added over SSH: this server's own executable, copied there, and an agent started from it.
 *
 * An order is one action on one machine. It is kept in the store (table kit: the last one of each machine) and done on one of a few threads of
 * its own; how far it is goes to the feed (topic "machines", {"kind": "machine-kit", "id", "kit"}) and into the machine's log. While
 * one is under way the machine gets no subtasks and no other order. An order whose server has ended is failed, with that reason.
 *
 *   kit.c         orders, threads               kit_job.c   one order: progress, log, connection
 *   kit_steps.c   what each action consists of  kit_look.c  facts      kit_script.c, kit.sh   what runs on the machine */
#ifndef SERVER_KIT_H
#define SERVER_KIT_H

#include "server/api.h"

struct kit;

enum kit_action {
    KIT_INSTALL,   /* copy, start, enrol */
    KIT_REINSTALL, /* the same over what is there */
    KIT_UPGRADE,   /* this server's version; keeps its enrolment */
    KIT_START,     /* the agent */
    KIT_STOP,
    KIT_UNINSTALL, /* end the agent, remove files; the machine stays known */
    KIT_CLEANUP,   /* the same with force, whatever state it is in */
};

bool kit_start(struct kit **out, const struct api *api, struct err *e) WARN_UNUSED;
void kit_stop(struct kit *k); /* NULL is fine; connections are cut, orders under way fail, threads end */
void kit_free(struct kit *k); /* after kit_stop, when nobody sweeps any more; NULL is fine */

/* "install", ..; ERR_BODY: there is no such action. Any thread. */
bool kit_action_parse(const char *name, enum kit_action *out, struct err *e) WARN_UNUSED;

/* Begin one; it goes on by itself. Any thread, with a store of its own, outside of a transaction. ERR_NOT_FOUND; ERR_NOT_NOW: not in its state, or
 * another order is under way; ERR_IN_USE: subtasks run there; ERR_KIT_ADDRESS: agents could not reach this server. */
bool kit_order(struct kit *k, struct store *s, int64_t machine, enum kit_action action, const char *who,
               struct err *e) WARN_UNUSED;

/* Each second, on the scheduler's thread: keeps the leases of orders, and fails those that nobody does any more. */
bool kit_sweep(struct kit *k, struct store *s, struct arena *a, struct err *e) WARN_UNUSED;

/* The machine's last order for the API, of the columns from `at` on; null when there is none. */
#define KIT_COLUMNS "k.action, k.state, k.step, k.percent, k.error, k.who, k.started_ms, k.finished_ms"
enum { KIT_WIDTH = 8 };
json_t *kit_json(const struct store_rows *r, size_t row, size_t at);

/* What says that a directory holds a kit of this server (kit.sh). */
bool kit_mark(struct store *s, struct arena *a, char **out, struct err *e) WARN_UNUSED;

/* The server's address is of no use to an agent on that host: ERR_KIT_ADDRESS. */
bool kit_check_address(const struct api *api, const char *host, struct err *e) WARN_UNUSED;

#endif
