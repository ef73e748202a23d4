/* A server that replays a recorded session on a loopback port: it sends what the server sent, and checks that the
 * client sends, byte for byte, what the recorded client sent. */
#ifndef TEST_GAUSS_REPLAY_H
#define TEST_GAUSS_REPLAY_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct replay_line {
    bool from_client;
    bool eof;
    int conn;
    uint8_t *bytes;
    size_t len;
};

struct replay {
    char *scenario, *user, *password, *database;
    struct replay_line *line;
    size_t n;

    size_t piece; /* send at most so many bytes at a time; 0: whole messages */
    uint16_t port;
    int listener;
    pthread_t thread;
    char failure[1024]; /* what the client sent wrong, empty if nothing; read it after replay_end */
};

/* Read a transcript and start serving it. Exits the test program when the file cannot be used. */
void replay_begin(struct replay *r, const char *path, size_t piece);
void replay_end(struct replay *r); /* joins the server, closes what is open */
void replay_clear(struct replay *r);

#endif
