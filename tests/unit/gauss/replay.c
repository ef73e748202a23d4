/* See replay.h. */
#include "replay.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 48, PATIENCE_MS = 10000, STATUS_BYTES = 70, STATUS_TIME = 54 };

static void die(const char *path, const char *what) {
    fprintf(stderr, "%s: %s\n", path, what);
    exit(1);
}

static int digit(char c) {
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

static char *text_of(const json_t *o, const char *key) {
    const char *s = json_string_value(json_object_get(o, key));
    return strdup(s != NULL ? s : "");
}

static void add_line(struct replay *r, const json_t *o) {
    r->line = realloc(r->line, (r->n + 1) * sizeof *r->line);
    struct replay_line *l = &r->line[r->n++];
    const char *hex = json_string_value(json_object_get(o, "hex"));
    const json_t *conn = json_object_get(o, "conn");
    *l = (struct replay_line){.from_client = json_string_value(json_object_get(o, "dir"))[0] == 'C',
                              .eof = json_object_get(o, "event") != NULL,
                              .conn = conn != NULL ? (int)json_integer_value(conn) : 1,
                              .len = strlen(hex) / 2};
    l->bytes = malloc(l->len + 1);
    for (size_t i = 0; i < l->len; i++) {
        l->bytes[i] = (uint8_t)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    }
}

static void load(struct replay *r, const char *path) {
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        die(path, "cannot be opened");
    }
    char *text = NULL;
    size_t cap = 0;
    for (bool first = true; getline(&text, &cap, f) > 0; first = false) {
        json_t *o = json_loads(text, 0, NULL);
        if (o == NULL) {
            die(path, "is not made of JSON lines");
        }
        if (first) {
            r->scenario = text_of(o, "scenario");
            r->user = text_of(o, "user");
            r->password = text_of(o, "password");
            r->database = text_of(o, "database");
        } else {
            add_line(r, o);
        }
        json_decref(o);
    }
    free(text);
    fclose(f);
}

static bool readable(int fd) {
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, PATIENCE_MS) > 0;
}

static bool read_exactly(int fd, uint8_t *to, size_t n, size_t *got) {
    for (*got = 0; *got < n;) {
        if (!readable(fd)) {
            return false;
        }
        ssize_t k = read(fd, to + *got, n - *got);
        if (k <= 0) {
            return false;
        }
        *got += (size_t)k;
    }
    return true;
}

static void put_hex(char *to, size_t cap, const uint8_t *p, size_t n) {
    for (size_t i = 0; i < n && 2 * i + 3 < cap; i++) {
        snprintf(to + 2 * i, 3, "%02x", p[i]);
    }
}

/* What a client tells of its progress in a stream of changes. */
static bool is_status(const uint8_t *bytes, size_t len) {
    return len == STATUS_BYTES && bytes[0] == 'd' && bytes[5] == 'r';
}

/* A client may tell its progress at other moments than the recorded one: what is not awaited is passed over. */
static void pass_over_status(int fd) {
    uint8_t bytes[STATUS_BYTES];
    size_t got;
    while (readable(fd) && recv(fd, bytes, 1, MSG_PEEK) == 1 && bytes[0] == 'd' &&
           read_exactly(fd, bytes, sizeof bytes, &got)) {
    }
}

static bool expect(struct replay *r, size_t i, int fd) {
    const struct replay_line *l = &r->line[i];
    uint8_t *bytes = malloc(l->len + 1);
    size_t got;
    if (l->bytes[0] != 'd') {
        pass_over_status(fd);
    }
    bool whole = read_exactly(fd, bytes, l->len, &got);
    if (whole && is_status(l->bytes, l->len)) {
        memcpy(bytes + STATUS_TIME, l->bytes + STATUS_TIME, 8); /* the client's clock */
    }
    bool same = whole && memcmp(bytes, l->bytes, l->len) == 0;
    if (!same) {
        char wanted[300] = "", sent[300] = "";
        put_hex(wanted, sizeof wanted, l->bytes, l->len);
        put_hex(sent, sizeof sent, bytes, got);
        snprintf(r->failure, sizeof r->failure, "%s line %zu: recorded %s, sent %s%s", r->scenario, i + 2, wanted, sent,
                 whole ? "" : " (no more)");
    }
    free(bytes);
    return same;
}

static bool send_line(const struct replay *r, int fd, const struct replay_line *l) {
    for (size_t at = 0; at < l->len;) {
        size_t n = r->piece > 0 && r->piece < l->len - at ? r->piece : l->len - at;
        if (send(fd, l->bytes + at, n, MSG_NOSIGNAL) != (ssize_t)n) {
            return false;
        }
        at += n;
    }
    return true;
}

static void *serve(void *arg) {
    struct replay *r = arg;
    int fd[CONNECTIONS_MAX];
    bool over[CONNECTIONS_MAX] = {false}, left[CONNECTIONS_MAX] = {false};
    memset(fd, -1, sizeof fd);
    for (size_t i = 0; i < r->n; i++) {
        const struct replay_line *l = &r->line[i];
        if (l->conn >= CONNECTIONS_MAX || (over[l->conn] && l->from_client)) {
            continue; /* the recording client still said goodbye to a closed connection */
        }
        int *at = &fd[l->conn];
        if (*at < 0) {
            *at = readable(r->listener) ? accept(r->listener, NULL, NULL) : -1;
            int one = 1;
            setsockopt(*at, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            if (*at < 0) {
                snprintf(r->failure, sizeof r->failure, "%s line %zu: the client did not connect", r->scenario, i + 2);
                break;
            }
        }
        if (l->from_client) {
            if (!expect(r, i, *at)) {
                break;
            }
            left[l->conn] = l->len == 5 && (l->bytes[0] == 'c' || l->bytes[0] == 'X');
        } else if (l->eof) {
            shutdown(*at, SHUT_RDWR);
            over[l->conn] = true;
        } else if (!send_line(r, *at, l)) {
            if (over[l->conn] || left[l->conn]) {
                continue; /* a client may leave at FATAL, or after its goodbye, without hearing what follows */
            }
            snprintf(r->failure, sizeof r->failure, "%s line %zu: the client has closed", r->scenario, i + 2);
            break;
        } else if (l->len > 12 && memcmp(l->bytes + 5, "SFATAL", 7) == 0) {
            over[l->conn] = true;
        }
    }
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        if (fd[i] >= 0) {
            close(fd[i]);
        }
    }
    return NULL;
}

void replay_begin(struct replay *r, const char *path, size_t piece) {
    memset(r, 0, sizeof *r);
    r->piece = piece;
    load(r, path);
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof addr;
    r->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (r->listener < 0 || bind(r->listener, (struct sockaddr *)&addr, size) != 0 || listen(r->listener, 8) != 0 ||
        getsockname(r->listener, (struct sockaddr *)&addr, &size) != 0) {
        die(path, "no loopback port");
    }
    r->port = ntohs(addr.sin_port);
    if (pthread_create(&r->thread, NULL, serve, r) != 0) {
        die(path, "no thread");
    }
}

void replay_end(struct replay *r) {
    pthread_join(r->thread, NULL);
    close(r->listener);
}

void replay_clear(struct replay *r) {
    for (size_t i = 0; i < r->n; i++) {
        free(r->line[i].bytes);
    }
    free(r->line);
    free(r->scenario);
    free(r->user);
    free(r->password);
    free(r->database);
}
