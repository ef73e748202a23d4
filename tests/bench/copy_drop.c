/* How fast can the target be read at all? Runs SELECTs (one a line on standard input) as COPY binary over N connections and drops
 * what comes. Part of tests/bench/check.py: the floor that a check is measured against.
 *
 *   BENCH_PASSWORD=... copy_drop HOST PORT USER DATABASE THREADS <queries
 *
 * Prints one line: seconds rows bytes. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gauss/client.h"

enum { MAX_QUERIES = 100000, MAX_THREADS = 256, MAX_LINE = 65536 };

struct bench {
    struct gauss_options options;
    char **queries;
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

static void *reader(void *arg) {
    struct bench *b = arg;
    struct err e = ERR_INIT;
    struct gauss_client *c;
    must(gauss_connect(&c, &b->options, &e), &e);
    must(gauss_exec(c, "SET enable_seqscan = off; SET max_parallel_workers_per_gather = 0; SET jit = off", &e), &e);
    pthread_barrier_wait(&b->ready);
    uint64_t rows = 0, bytes = 0;
    for (size_t i; (i = atomic_fetch_add(&b->next, 1)) < b->n;) {
        struct arena a = ARENA_INIT;
        must(gauss_copy_out_begin(c, arena_printf(&a, "COPY (%s) TO STDOUT (FORMAT binary)", b->queries[i]), &e), &e);
        uint64_t messages = 0;
        for (;;) {
            const uint8_t *data;
            size_t len;
            must(gauss_copy_out_next(c, &data, &len, &e), &e);
            if (data == NULL) {
                break;
            }
            messages++;
            bytes += len;
        }
        rows += messages - 1; /* the head comes with the first row, the end by itself */
        arena_clear(&a);
    }
    atomic_fetch_add(&b->rows, rows);
    atomic_fetch_add(&b->bytes, bytes);
    gauss_close(c);
    return NULL;
}

int main(int argc, char **argv) {
    static struct bench b;
    if (argc != 6) {
        fprintf(stderr, "usage: copy_drop HOST PORT USER DATABASE THREADS\n");
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
    b.queries = calloc(MAX_QUERIES, sizeof *b.queries);
    static char line[MAX_LINE];
    while (b.n < MAX_QUERIES && fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        b.queries[b.n++] = strdup(line);
    }
    pthread_t t[MAX_THREADS];
    pthread_barrier_init(&b.ready, NULL, (unsigned)threads + 1);
    for (int i = 0; i < threads; i++) {
        if (pthread_create(&t[i], NULL, reader, &b) != 0) {
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
