/* A scripted server: bytes to send are written down first, then a thread plays them to the client under test and
 * collects what the client says. */
#ifndef TEST_MYSQL_SCRIPT_H
#define TEST_MYSQL_SCRIPT_H

#include <pthread.h>

#include "base/buf.h"
#include "net/stream.h"

struct script {
    struct buf out;   /* what the client will read */
    struct buf heard; /* what the client wrote; complete after script_end */
    size_t chunk;     /* > 0: the client reads exactly that many bytes a time (SEQPACKET) */
    int fd;
    pthread_t thread;
};

void script_init(struct script *s);
void script_bytes(struct script *s, const void *bytes, size_t n);
void script_packet(struct script *s, uint8_t seq, const void *payload, size_t n); /* n < 16 MB */
#define script_text(s, seq, text) script_packet((s), (seq), (text), sizeof(text) - 1)

/* Start playing. The stream is the client's to close (mysql_close, net_close), before script_end. */
struct net_stream *script_play(struct script *s);
void script_end(struct script *s);

#endif
