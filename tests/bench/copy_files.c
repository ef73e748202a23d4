/* How fast can the target take the data at all? Sends ready files of COPY binary over N connections, each file in one transaction.
 * Part of tests/bench/load.py: the floor that a load is measured against.
 *
 *   BENCH_PASSWORD=... copy_files HOST PORT USER DATABASE THREADS <lines of "TABLE\tFILE", TABLE quoted as SQL needs it
 *
 * Prints one line: seconds rows bytes. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "gauss/client.h"

enum { MAX_FILES = 10000, MAX_THREADS = 256, MAX_LINE = 8192, PIECE_BYTES = 256 * 1024 };

struct bench {
    struct gauss_options options;
    char **tables, **files;
    size_t n;
    atomic_size_t next;
    atomic_uint_fast64_t rows, bytes;
    pthread_barrier_t ready;
};

static void must(bool ok, const struct err *e) {
    if (!ok) {
        err_print(e, stderr);
        exit(1);
    }
}

static void send_file(struct bench *b, struct gauss_client *c, struct buf *out, const char *table, const char *file) {
    struct err e = ERR_INIT;
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        fprintf(stderr, "%s: %s\n", file, strerror(errno));
        exit(1);
    }
    must(gauss_execf(c, &e, "BEGIN"), &e);
    struct arena a = ARENA_INIT;
    must(gauss_copy_in_begin(c, arena_printf(&a, "COPY %s FROM STDIN (FORMAT binary)", table), &e), &e);
    arena_clear(&a);
    for (;;) {
        buf_reset(out);
        must(buf_reserve(out, GAUSS_COPY_HEADER + PIECE_BYTES, &e), &e);
        out->len = GAUSS_COPY_HEADER;
        ssize_t got = read(fd, out->data + out->len, PIECE_BYTES);
        if (got < 0) {
            fprintf(stderr, "%s: %s\n", file, strerror(errno));
            exit(1);
        }
        if (got == 0) {
            break;
        }
        out->len += (size_t)got;
        atomic_fetch_add(&b->bytes, (uint64_t)got);
        must(gauss_copy_in_send_buf(c, out, &e), &e);
    }
    uint64_t rows;
    must(gauss_copy_in_end(c, &rows, &e), &e);
    must(gauss_exec(c, "COMMIT", &e), &e);
    atomic_fetch_add(&b->rows, rows);
    close(fd);
}

static void *writer(void *arg) {
    struct bench *b = arg;
    struct err e = ERR_INIT;
    struct gauss_client *c;
    must(gauss_connect(&c, &b->options, &e), &e);
    must(gauss_exec(c, "SET synchronous_commit = off", &e), &e);
    struct buf out;
    buf_init(&out, 1 << 20);
    pthread_barrier_wait(&b->ready);
    for (size_t i; (i = atomic_fetch_add(&b->next, 1)) < b->n;) {
        send_file(b, c, &out, b->tables[i], b->files[i]);
    }
    buf_clear(&out);
    gauss_close(c);
    return NULL;
}

int main(int argc, char **argv) {
    static struct bench b;
    if (argc != 6) {
        fprintf(stderr, "usage: copy_files HOST PORT USER DATABASE THREADS\n");
        return 2;
    }
    b.options = (struct gauss_options){.host = argv[1],
                                       .port = (uint16_t)atoi(argv[2]),
                                       .user = argv[3],
                                       .database = argv[4],
                                       .password = getenv("BENCH_PASSWORD"),
                                       .tls = {.mode = NET_TLS_DISABLE}};
    int threads = atoi(argv[5]);
    if (threads < 1 || threads > MAX_THREADS) {
        return 2;
    }
    b.tables = calloc(MAX_FILES, sizeof *b.tables);
    b.files = calloc(MAX_FILES, sizeof *b.files);
    static char line[MAX_LINE];
    while (b.n < MAX_FILES && fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *tab = strchr(line, '\t');
        if (tab == NULL) {
            return 2;
        }
        *tab = '\0';
        b.tables[b.n] = strdup(line);
        b.files[b.n++] = strdup(tab + 1);
    }
    pthread_t t[MAX_THREADS];
    pthread_barrier_init(&b.ready, NULL, (unsigned)threads + 1);
    for (int i = 0; i < threads; i++) {
        if (pthread_create(&t[i], NULL, writer, &b) != 0) {
            return 1;
        }
    }
    pthread_barrier_wait(&b.ready);
    int64_t from_us = clock_mono_us();
    for (int i = 0; i < threads; i++) {
        pthread_join(t[i], NULL);
    }
    printf("%.4f %llu %llu\n", (double)(clock_mono_us() - from_us) / 1e6, (unsigned long long)b.rows,
           (unsigned long long)b.bytes);
    return 0;
}
