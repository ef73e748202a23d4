/* A stream, as its two sides see it: stream.c (any thread) and stream_loop.c (the loop). See stream.h. */
#ifndef SERVER_STREAM_INTERNAL_H
#define SERVER_STREAM_INTERNAL_H

#include "server/http_internal.h"

enum {
    MESSAGE_MAX = 1 << 20, /* bytes that come in as one */
    INBOX_MESSAGES = 64,   /* that wait: then the client has to */
    INBOX_BYTES = 2 << 20,
    OUTBOX_BYTES = 8 << 20,
    OUTBOX_BUCKETS = 256,
};

struct message {
    struct message *next, *before;
    struct message *same_bucket;
    uint64_t key; /* 0: it is like no other */
    size_t len;
    bool binary;
    unsigned char bytes[]; /* going out: LWS_PRE bytes of room first; coming in: a NUL behind */
};

struct stream {
    struct work work;
    struct http *http;
    const struct stream_handler *handler;
    enum stream_kind kind;
    void *own;
    struct http_request request;
    atomic_uint refs;

    pthread_mutex_t lock; /* for what follows */
    struct message *in_first, *in_last;
    size_t in_messages, in_bytes;
    struct message *out_first, *out_last;
    struct message **buckets; /* of what has a key and waits; made when needed */
    size_t out_bytes;
    bool with_threads; /* its work is queued, or being done */
    bool opened, refused, ended;
    bool deaf;      /* what the client says does not count any more */
    bool held;      /* the handler takes no message for now */
    bool gone;      /* the connection is over */
    bool closing;   /* after what is queued */
    bool killed;    /* now */
    bool check_due; /* may it stay? */
    bool paused;    /* the client has to wait: its inbox is full */
    bool is_ready;  /* in http.ready */
    int below_fd;   /* told when less than below_bytes wait; -1: nobody asks */
    size_t below_bytes;
    unsigned close_code;
    char close_reason[124];
    struct stream *next_ready; /* guarded by http.lock */

    /* the loop's own */
    struct lws *wsi;
    struct stream *next, *before; /* in http.streams */
    struct buf partial;           /* a message that has come in part */
    struct message *writing;      /* taken from the outbox */
    size_t written;
    bool all_written;
    bool heard, moved; /* since the last tick: bytes came, bytes went */
    bool ping_due, ping_waits;
};

/* Take the oldest of the outbox; NULL: it is empty. s->lock is held. */
struct message *stream_take_out(struct stream *s);
/* Something has left the outbox, or the connection is over: tell who waits for that. s->lock is held. */
void stream_left(struct stream *s);
/* Let a thread go on with it. s->lock is held. */
void stream_give(struct stream *s);
/* Let the loop look at it. s->lock is held. */
void stream_make_ready(struct stream *s);
void stream_count(const struct stream *s, int more); /* in the statistics */

#endif
