/* Webhooks: other systems are told of alerts and of changes of state by a POST.
 *
 * What is to be told is put into the store together with the change itself, once for each webhook that wants it, so nothing is lost by a
 * restart, and of several servers one tells. Threads of their own send, in order, and try again with growing waits; nobody waits for
 * them. A webhook that falls behind too far loses what is new. */
#ifndef SERVER_WEBHOOKS_H
#define SERVER_WEBHOOKS_H

#include <jansson.h>

#include "server/api.h"

enum { WEBHOOK_WAITING_MAX = 10000, WEBHOOK_ATTEMPTS_MAX = 10 };

/* ---- any thread, within or without a transaction of the caller; cheap where nobody wants to know ---- */

/* alert: as the API shows it; borrowed. */
bool webhooks_alert(struct store *s, struct arena *a, const json_t *alert, struct err *e) WARN_UNUSED;
/* A subtask went from one state to another; reason: JSON text of its error, or NULL. */
bool webhooks_subtask(struct store *s, struct arena *a, int64_t subtask, int from, int to, const char *reason,
                      struct err *e) WARN_UNUSED;
/* A main task is about to get this status; nothing when it has it already. */
bool webhooks_task(struct store *s, struct arena *a, int64_t task, int to, struct err *e) WARN_UNUSED;

/* ---- sending ---- */

struct webhooks;

/* Threads with stores of their own; api must outlive them. */
bool webhooks_start(struct webhooks **out, const struct api *api, struct err *e) WARN_UNUSED;
void webhooks_stop(struct webhooks *w); /* a delivery under way is waited for, some seconds; NULL is fine */

/* How one delivery went. */
struct webhook_outcome {
    bool ok;
    unsigned status; /* 0: no answer */
    int64_t took_ms;
    json_t *error; /* or NULL; the caller's */
};

/* One POST, now: `event` names its kind, id the delivery. secret_id 0: unsigned. false + e: it could not even be tried. */
bool webhook_send(struct store *s, const struct secrets_key *key, const char *url, int64_t secret_id, const char *event,
                  int64_t id, const char *body, struct webhook_outcome *out, struct err *e) WARN_UNUSED;

/* "sha256=..": HMAC-SHA256 of "TIMESTAMP.BODY", in hexadecimal digits. */
enum { WEBHOOK_SIGNATURE_TEXT = 72 };
void webhook_sign(const char *secret, const char *timestamp, const char *body, char out[WEBHOOK_SIGNATURE_TEXT]);

#endif
