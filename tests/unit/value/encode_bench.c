/* How fast rows are encoded, beside a memcpy of the same bytes. Not a test: run it from a build without sanitizers.
 *
 *   encode_bench [seconds per case]
 *
 * Rows go round a ring larger than the L2 cache, and the output is reset every 256 kB, as the loader does. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "rows.h"

enum { RING_ROWS = 8192, FLUSH_BYTES = 256 * 1024 };

struct bench {
    const char *name;
    const struct column_spec *specs;
    size_t ncolumns;
    void (*put)(struct row *, int k);
};

static void text_of(char *text, size_t n, int k) {
    for (size_t i = 0; i < n; i++) {
        text[i] = i % 12 == 11 ? '-' : (char)('0' + (k + (int)i * 7) % 10);
    }
    text[n] = '\0';
}

static const struct column_spec sbtest[] = {{"int"}, {"int"}, {"char(120)"}, {"char(60)"}};

static void put_sbtest(struct row *r, int k) {
    char text[121];
    row_int(r, k, 4);
    row_int(r, k * 31 % 100000, 4);
    text_of(text, 119, k);
    row_text(r, text);
    text_of(text, 59, k);
    row_text(r, text);
}

static const struct column_spec mixed[] = {{"bigint"},
                                           {"int unsigned"},
                                           {"tinyint(1)"},
                                           {"smallint"},
                                           {"decimal(12,2)"},
                                           {"decimal(20,6)"},
                                           {"double"},
                                           {"float"},
                                           {"datetime"},
                                           {"timestamp(6)"},
                                           {"date"},
                                           {"varchar(40)"},
                                           {"varchar(200)"},
                                           {"char(2)"},
                                           {"enum('new','paid','sent')"},
                                           {"bigint unsigned"},
                                           {"json"},
                                           {"varbinary(16)"},
                                           {"text"},
                                           {"int"}};

static void put_mixed(struct row *r, int k) {
    char text[201];
    row_int(r, k * 1000003ll, 8);
    row_int(r, k, 4);
    row_int(r, k & 1, 1);
    row_int(r, k % 1000, 2);
    snprintf(text, sizeof text, "%d.%02d", k * 7, k % 100);
    row_text(r, text);
    snprintf(text, sizeof text, "-%d.%06d", k * 3, k % 1000000);
    row_text(r, text);
    row_double(r, k * 0.37);
    row_float(r, (float)k * 0.5f);
    row_datetime(r, 2000 + (unsigned)k % 25, 1 + (unsigned)k % 12, 1 + (unsigned)k % 28, (unsigned)k % 24,
                 (unsigned)k % 60, 7, 0);
    row_datetime(r, 2000 + (unsigned)k % 25, 1 + (unsigned)k % 12, 1 + (unsigned)k % 28, (unsigned)k % 24,
                 (unsigned)k % 60, 7, 123456);
    row_datetime(r, 2000 + (unsigned)k % 25, 1 + (unsigned)k % 12, 1 + (unsigned)k % 28, 0, 0, 0, 0);
    text_of(text, 10 + (size_t)k % 20, k);
    row_text(r, text);
    text_of(text, 60 + (size_t)k % 100, k);
    row_text(r, text);
    row_text(r, "DE");
    row_text(r, k % 3 == 0 ? "new" : k % 3 == 1 ? "paid" : "sent");
    row_int(r, k * 123456789ll, 8);
    row_text(r, "{\"a\": 1, \"b\": [1, 2, 3], \"name\": \"value of some length\"}");
    row_bytes(r, "0123456789abcdef", 16);
    text_of(text, 200, k);
    row_text(r, text);
    k % 4 == 0 ? row_null(r) : row_int(r, k, 4);
}

static const struct column_spec chinese[] = {{"bigint"}, {"varchar(100)"}, {"text"}};

static void put_chinese(struct row *r, int k) {
    char text[601] = "";
    row_int(r, k, 8);
    for (int i = 0; i < 20 + k % 10; i++) {
        strcat(text, "\xe4\xb8\xad\xe6\x96\x87");
    }
    row_text(r, text);
    for (int i = 0; i < 10; i++) {
        strcat(text, "\xe6\x95\xb0\xe6\x8d\xae\xe5\xba\x93, abc ");
    }
    row_text(r, text);
}

static const struct column_spec numbers[] = {{"int"},      {"bigint"}, {"int"},          {"bigint"},
                                             {"smallint"}, {"double"}, {"int unsigned"}, {"tinyint"}};

static void put_numbers(struct row *r, int k) {
    row_int(r, k, 4);
    row_int(r, k * 7ll, 8);
    row_int(r, -k, 4);
    row_int(r, -k * 7ll, 8);
    row_int(r, k % 100, 2);
    row_double(r, k);
    row_int(r, k, 4);
    row_int(r, k % 100, 1);
}

static const struct column_spec blobs[] = {{"int"}, {"longblob"}};

static void put_blobs(struct row *r, int k) {
    static uint8_t bytes[4096];
    row_int(r, k, 4);
    row_bytes(r, bytes, sizeof bytes);
}

#define BENCH(name, put)                                                                                               \
    { #name, name, sizeof name / sizeof name[0], put }
static const struct bench benches[] = {BENCH(sbtest, put_sbtest), BENCH(mixed, put_mixed), BENCH(chinese, put_chinese),
                                       BENCH(numbers, put_numbers), BENCH(blobs, put_blobs)};

struct ring {
    struct row rows; /* all rows one behind the other */
    size_t *begin;
};

static void ring_make(struct ring *g, const struct bench *b) {
    struct row one = {0};
    g->rows = (struct row){0};
    g->begin = calloc(RING_ROWS + 1, sizeof *g->begin);
    if (g->begin == NULL) {
        abort();
    }
    for (int k = 0; k < RING_ROWS; k++) {
        row_begin(&one, b->ncolumns);
        b->put(&one, k);
        g->begin[k] = g->rows.len;
        row_raw(&g->rows, one.bytes, one.len);
    }
    g->begin[RING_ROWS] = g->rows.len;
    row_clear(&one);
}

static double run_memcpy(const struct ring *g, double seconds) {
    static uint8_t out[FLUSH_BYTES * 2];
    int64_t begin = clock_mono_us(), now = begin;
    uint64_t rows = 0;
    size_t at = 0;
    while ((double)(now - begin) < seconds * 1e6) {
        for (int k = 0; k < RING_ROWS; k++) {
            size_t n = g->begin[k + 1] - g->begin[k];
            at = at > FLUSH_BYTES ? 0 : at;
            memcpy(out + at, g->rows.bytes + g->begin[k], n);
            at += n;
        }
        __asm__ volatile("" ::: "memory");
        rows += RING_ROWS;
        now = clock_mono_us();
    }
    return (double)(now - begin) * 1000 / (double)rows;
}

static double run_encode(const struct bench *b, const struct ring *g, enum dialect d, bool binary, double seconds) {
    struct arena a = ARENA_INIT;
    struct encode_plan *plan = plan_make(&a, d, binary, NULL, b->specs, b->ncolumns);
    struct encode_counts counts = {.counts = arena_array(&a, uint64_t, b->ncolumns * LOSS_COUNT)};
    struct buf out;
    struct err e = ERR_INIT;
    size_t failed;
    buf_init(&out, 1 << 24);
    int64_t begin = clock_mono_us(), now = begin;
    uint64_t rows = 0;
    while ((double)(now - begin) < seconds * 1e6) {
        for (int k = 0; k < RING_ROWS; k++) {
            if (!encode_row(plan, g->rows.bytes + g->begin[k], g->begin[k + 1] - g->begin[k], &counts, &out, &failed,
                            &e)) {
                err_print(&e, stderr);
                exit(1);
            }
            if (out.len > FLUSH_BYTES) {
                buf_reset(&out);
            }
        }
        rows += RING_ROWS;
        now = clock_mono_us();
    }
    buf_clear(&out);
    arena_clear(&a);
    return (double)(now - begin) * 1000 / (double)rows;
}

int main(int argc, char **argv) {
    double seconds = argc > 1 ? atof(argv[1]) : 0.5;
    printf("%-10s %9s | %18s | %18s | %18s | %18s\n", "", "bytes/row", "memcpy", "binary, postgresql", "binary, B",
           "text, postgresql");
    for (size_t i = 0; i < sizeof benches / sizeof benches[0]; i++) {
        const struct bench *b = &benches[i];
        struct ring g;
        ring_make(&g, b);
        double bytes = (double)g.rows.len / RING_ROWS;
        double ns[] = {run_memcpy(&g, seconds), run_encode(b, &g, DIALECT_PG, true, seconds),
                       run_encode(b, &g, DIALECT_OG_B, true, seconds), run_encode(b, &g, DIALECT_PG, false, seconds)};
        printf("%-10s %9.0f", b->name, bytes);
        for (size_t k = 0; k < 4; k++) {
            printf(" | %6.0f ns %6.0f MB/s", ns[k], bytes * 1000 / ns[k]);
        }
        printf("\n");
        row_clear(&g.rows);
        free(g.begin);
    }
    return 0;
}
