/* Connections that stay: WebSockets, and server-sent events. They live on the loop of http.h; what comes in is handled on its threads,
 * one message after the other of each connection, so that a handler may ask the store.
 *
 * A stream is referenced: by the connection while it is open, and by whoever keeps it (stream_keep, stream_drop). What is sent to one
 * whose connection is gone goes nowhere. A client that does not read loses its connection, not our memory. */
#ifndef SERVER_STREAM_H
#define SERVER_STREAM_H

#include "server/http.h"

struct stream;

enum stream_kind { STREAM_WEBSOCKET, STREAM_EVENTS };

/* What a place offers: called on a thread of HTTP with what thread_begin made, never two at once for the same stream; arg is that of
 * http_options. All but open may be NULL. Two threads more than http_options.threads do nothing else, so that a request
 * may wait for what a stream says. */
struct stream_handler {
    const char *path; /* "/api/v1/live": of WebSockets; one that begins with it and a '/' as well if it ends with '/' */
    /* Who asks, and may they? The request is as of http_handler (its arena lives as long as the stream). false: the connection
     * is refused, and nothing else is called: WebSockets are closed with e's message and the code 4401 (log in), 4403 (not allowed),
     * 4404 (not there), 4400 (another fault of the user) or 1011; events get an event "error". A browser's page of another site
     * does not come this far: it gets 403. */
    bool (*open)(void *arg, void *local, struct stream *s, struct http_request *r, struct err *e);
    /* text: NUL behind its len bytes; false + e: the connection is closed with 4400 */
    bool (*message)(void *arg, void *local, struct stream *s, char *text, size_t len, bool binary, struct err *e);
    /* The last call, once, if open had returned true: after all messages that came. */
    void (*closed)(void *arg, void *local, struct stream *s);
    /* With each sign of life (http_options.beat_s): may it stay? false: closed with the codes of open; `closed` is called as ever. */
    bool (*stay)(void *arg, void *local, struct stream *s, struct err *e);
};

/* The handler's own: set in open, read in message and closed. */
void stream_set(struct stream *s, void *own);
void *stream_own(const struct stream *s);
struct arena *stream_arena(struct stream *s);
const char *stream_address(const struct stream *s); /* of the client */

/* ---- any thread ---- */

/* Queue a text (copied). false: the connection is gone, or is closed now because what waits for it has grown over 8 MiB. */
bool stream_send(struct stream *s, const char *text, size_t len);
/* The same, and a text with this key (not 0) which still waits is forgotten: the newest comes, at the end of the queue. */
bool stream_send_latest(struct stream *s, uint64_t key, const char *text, size_t len);
bool stream_send_binary(struct stream *s, const void *bytes, size_t len);
/* Bytes that wait for the client. */
size_t stream_waiting(const struct stream *s);
/* Add 1 to this eventfd (EFD_NONBLOCK), once, when less than `bytes` wait or the connection is over; now if that is so already. A later
 * call takes the place of an earlier one; eventfd -1: forget it, before it is closed. */
void stream_when_below(struct stream *s, size_t bytes, int eventfd);
/* Let what the client says wait (true), or come on (false): for a handler whose own room is full. The client then has to wait as well. What
 * has not come on when the connection is over is forgotten. */
void stream_hold(struct stream *s, bool hold);
/* As one server-sent event: "event: NAME", "id: ID" (0: none), "data: TEXT", a line each of the text's lines. */
bool stream_send_event(struct stream *s, const char *name, uint64_t id, const char *text);
bool stream_send_event_latest(struct stream *s, uint64_t key, const char *name, uint64_t id, const char *text);
/* After what is queued. What a WebSocket's client is told; the reason is cut at 123 bytes. Only the first close counts. */
void stream_close(struct stream *s, unsigned code, const char *reason);
/* The same, with e's message and the code that open's refusal would have. */
void stream_refuse(struct stream *s, const struct err *e);
bool stream_is_open(const struct stream *s);

enum stream_kind stream_kind(const struct stream *s);

struct stream *stream_keep(struct stream *s); /* returns s */
void stream_drop(struct stream *s);           /* NULL is fine */

/* In an http_handler: the answer becomes a stream of server-sent events, opened after the handler returned; h's open, without
 * a WebSocket's path, is called then. */
void http_answer_events(struct http_response *answer, const struct stream_handler *h);

#endif
