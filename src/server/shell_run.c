/* The thread of a shell: from the terminal to the stream and back. See shell.h. */
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include "base/clock.h"
#include "server/machine_ssh.h"
#include "server/shell_internal.h"

enum {
    READ_BYTES = 32 << 10, /* that become one message */
    OUT_HIGH = 256 << 10,  /* bytes that wait for the client: nothing more is read, */
    OUT_LOW = 64 << 10     /* until less do */
};

/* ---- towards the terminal ---- */

/* What was typed, when all before is gone; what else is new. false: the client has gone. */
static bool take_news(struct shell *x, struct buf *typing, struct terminal_size *size, bool *resized) {
    pthread_mutex_lock(&x->lock);
    if (typing->len == 0) {
        struct buf empty = *typing;
        *typing = x->typed;
        x->typed = empty;
        if (x->held) {
            x->held = false;
            stream_hold(x->stream, false);
        }
    }
    *size = x->size;
    *resized = x->resized;
    x->resized = false;
    bool there = !x->gone;
    pthread_mutex_unlock(&x->lock);
    return there;
}

static bool type(struct terminal *t, struct buf *typing, struct err *e) {
    size_t n = 0;
    if (typing->len == 0) {
        return true;
    }
    if (!terminal_write(t, typing->data, typing->len, &n, e)) {
        return false;
    }
    explicit_bzero(typing->data, n); /* it may be a password */
    memmove(typing->data, typing->data + n, typing->len - n);
    typing->len -= n;
    return true;
}

/* ---- towards the client ---- */

static bool pass_on(struct shell *x, struct terminal *t, bool *over, struct err *e) {
    uint8_t bytes[READ_BYTES];
    size_t len = 0, n;
    do {
        if (!terminal_read(t, bytes + len, sizeof bytes - len, &n, over, e)) {
            return false;
        }
        len += n;
    } while (n > 0 && len < sizeof bytes);
    if (len > 0) {
        (void)stream_send_binary(x->stream, bytes, len); /* false: the client has gone, which we will be told */
    }
    return true;
}

/* ---- both ---- */

static int64_t idle_left_ms(struct shell *x) {
    pthread_mutex_lock(&x->lock);
    int64_t left_us = x->typed_us + x->idle_us - clock_mono_us();
    pthread_mutex_unlock(&x->lock);
    return left_us > 0 ? left_us / 1000 + 1 : 0;
}

/* Until the program has ended (*over), or the client has gone. ERR_SHELL_IDLE, and what the terminal's functions fail with. */
static bool move_bytes(struct shell *x, struct terminal *t, struct buf *typing, bool *over, struct err *e) {
    while (!*over) {
        struct terminal_size size;
        eventfd_t ignored;
        bool resized;
        int64_t left_ms = idle_left_ms(x);
        if (left_ms == 0) {
            return err_set(e, ERR_SHELL_IDLE, "nothing was typed for %lld s", (long long)x->idle_us / 1000000);
        }
        bool reads = stream_waiting(x->stream) < OUT_HIGH;
        if (!reads) {
            stream_when_below(x->stream, OUT_LOW, x->wake);
        }
        reads = terminal_wait(t, reads, typing->len > 0, x->wake, left_ms);
        (void)eventfd_read(x->wake, &ignored);
        if (!take_news(x, typing, &size, &resized)) {
            return true;
        }
        if ((resized && !terminal_resize(t, size, e)) || !type(t, typing, e) || (reads && !pass_on(x, t, over, e))) {
            return false;
        }
    }
    return true;
}

/* ---- begin and end ---- */

static bool log_in(const struct shell *x, struct net_ssh **ssh, struct err *e) {
    struct store *s = NULL;
    bool ok = store_open(&s, &x->api->where, e) && machine_ssh_open(s, x->api->key, x->machine, ssh, e);
    store_close(s);
    return ok;
}

static bool open_terminal(struct shell *x, struct terminal **t, struct err *e) {
    struct net_ssh *ssh = NULL;
    if (!x->local && !log_in(x, &ssh, e)) {
        return false;
    }
    pthread_mutex_lock(&x->lock);
    struct terminal_size size = x->size;
    x->resized = false;
    pthread_mutex_unlock(&x->lock);
    return x->local ? terminal_local(t, size, e) : terminal_ssh(t, ssh, size, e);
}

static void send_json(struct stream *s, json_t *json) {
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
    if (text != NULL) {
        (void)stream_send(s, text, strlen(text));
    }
    free(text);
    json_decref(json);
}

static void tell_end(struct shell *x, bool over, int code, const struct err *why) {
    pthread_mutex_lock(&x->lock);
    x->over = over;
    x->exit_code = code;
    x->failed = why != NULL ? why->code : ERR_NONE;
    pthread_mutex_unlock(&x->lock);
    if (why != NULL) {
        send_json(x->stream, json_pack("{s:o}", "error", err_to_json(why)));
        stream_refuse(x->stream, why);
    } else if (over) {
        send_json(x->stream, json_pack("{s:o}", "exit", code >= 0 ? json_integer(code) : json_null()));
        stream_close(x->stream, 1000, "the shell has ended");
    }
}

static void *shell_main(void *arg) {
    struct shell *x = arg;
    struct terminal *t = NULL;
    struct err e = ERR_INIT;
    struct buf typing;
    bool over = false;
    buf_init(&typing, x->typed.max_bytes);
    bool ok = open_terminal(x, &t, &e);
    if (ok) {
        send_json(x->stream, json_pack("{s:I}", "opened", (json_int_t)x->machine));
        ok = move_bytes(x, t, &typing, &over, &e);
    }
    tell_end(x, over, over ? terminal_exit_code(t) : -1, ok ? NULL : &e);
    terminal_free(t);
    if (typing.len > 0) {
        explicit_bzero(typing.data, typing.len);
    }
    buf_clear(&typing);
    struct shells *all = x->all;
    shell_drop(x);
    shell_leave(all);
    return NULL;
}

bool shell_start(struct shell *x, struct err *e) {
    pthread_attr_t detached;
    pthread_t id;
    atomic_fetch_add(&x->refs, 1);
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    bool ok = pthread_create(&id, &detached, shell_main, x) == 0;
    pthread_attr_destroy(&detached);
    if (!ok) {
        atomic_fetch_sub(&x->refs, 1);
        err_errno(e, ERR_SYSTEM, "a thread could not be started");
    }
    return ok;
}
