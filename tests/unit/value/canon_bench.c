/* How fast rows become canonical, beside their digest and a memcpy of the same bytes. Not a test: run it from a build without
 * sanitizers.
 *
 *   canon_bench [seconds per case]
 *
 * Tuples go round a ring larger than the L2 cache. "source" is encode_row and what follows it, as the check does per row. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "canon_plans.h"
#include "value/digest.h"

enum { RING_ROWS = 8192 };

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

static const struct column_spec narrow[] = {{"int"}, {"bigint"}, {"varchar(40)"}, {"datetime"}};

static void put_narrow(struct row *r, int k) {
    char text[41];
    row_int(r, k, 4);
    row_int(r, k * 7ll, 8);
    text_of(text, 10 + (size_t)k % 20, k);
    row_text(r, text);
    row_datetime(r, 2000 + (unsigned)k % 25, 1 + (unsigned)k % 12, 1 + (unsigned)k % 28, 1, 2, 3, 0);
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

static const struct column_spec wide[] = {
    {"bigint"},        {"int unsigned"}, {"tinyint(1)"},    {"smallint"}, {"decimal(12,2)"},
    {"decimal(20,6)"}, {"double"},       {"float"},         {"datetime"}, {"timestamp(6)"},
    {"date"},          {"varchar(40)"},  {"varchar(200)"},  {"char(2)"},  {"enum('new','paid','sent')"},
    {"bigint"},        {"json"},         {"varbinary(16)"}, {"text"},     {"int"}};

static void put_wide(struct row *r, int k) {
    char text[201];
    unsigned u = (unsigned)k;
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
    row_datetime(r, 2000 + u % 25, 1 + u % 12, 1 + u % 28, u % 24, u % 60, 7, 0);
    row_datetime(r, 2000 + u % 25, 1 + u % 12, 1 + u % 28, u % 24, u % 60, 7, 123456);
    row_datetime(r, 2000 + u % 25, 1 + u % 12, 1 + u % 28, 0, 0, 0, 0);
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

static const struct column_spec documents[] = {{"int"}, {"json"}};

static void put_documents(struct row *r, int k) {
    char text[800];
    row_int(r, k, 4);
    snprintf(
        text, sizeof text,
        "{\"id\": %d, \"tags\": [\"red\", \"green\", \"blue\"], \"price\": %d.25, \"title\": \"a title of the usual "
        "length, number %d\", \"active\": true, \"address\": {\"zip\": \"%05d\", \"city\": "
        "\"\xe5\x8c\x97\xe4\xba\xac\", "
        "\"street\": \"one street \\\"quoted\\\"\"}, \"history\": [{\"at\": \"2024-02-29 12:34:56.000000\", \"by\": "
        "\"someone\"}, {\"at\": \"2024-03-01 00:00:00.000000\", \"by\": null}], \"description\": \"text, text, text, "
        "text, text, text, text, text, text, text\"}",
        k, k, k, k % 100000);
    row_text(r, text);
}

static const struct column_spec unsorted[] = {{"int"}, {.type = "longtext", .mariadb_json = true}};

static void put_unsorted(struct row *r, int k) {
    char text[400];
    row_int(r, k, 4);
    snprintf(
        text, sizeof text,
        "{\"title\":\"a title of the usual length, number %d\",\"price\":%d.250,\"id\":%d,\"tags\":[\"red\",\"green\"],"
        "\"active\":true,\"address\":{\"street\":\"one street\",\"zip\":\"12345\",\"city\":\"x\"}}",
        k, k, k);
    row_text(r, text);
}

#define BENCH(name)                                                                                                    \
    { #name, name, sizeof name / sizeof name[0], put_##name }
static const struct bench benches[] = {BENCH(narrow), BENCH(sbtest), BENCH(wide), BENCH(documents), BENCH(unsorted)};

/* All rows and all tuples one behind the other. */
struct ring {
    struct row rows;
    size_t *row_begin;
    struct buf tuples;
    size_t *tuple_begin;
    struct encode_plan *encode;
    struct canon_plan *canon;
    struct encode_counts counts;
};

static void give_up(const struct err *e) {
    err_print(e, stderr);
    exit(1);
}

static void ring_make(struct arena *a, struct ring *g, const struct bench *b) {
    struct encode_options o = {.dialect = DIALECT_PG, .binary = true, .canonical = true};
    struct row one = {0};
    struct err e = ERR_INIT;
    size_t failed;
    loss_policies_default(&o.policies);
    *g = (struct ring){.row_begin = arena_array(a, size_t, RING_ROWS + 1),
                       .tuple_begin = arena_array(a, size_t, RING_ROWS + 1),
                       .counts = {.counts = arena_array(a, uint64_t, b->ncolumns * LOSS_COUNT)}};
    canon_plans(a, o, b->specs, b->ncolumns, false, &g->encode, &g->canon);
    buf_init(&g->tuples, 1 << 28);
    for (int k = 0; k < RING_ROWS; k++) {
        row_begin(&one, b->ncolumns);
        b->put(&one, k);
        g->row_begin[k] = g->rows.len;
        row_raw(&g->rows, one.bytes, one.len);
        g->tuple_begin[k] = g->tuples.len;
        if (!encode_row(g->encode, one.bytes, one.len, &g->counts, &g->tuples, &failed, &e)) {
            give_up(&e);
        }
    }
    g->row_begin[RING_ROWS] = g->rows.len;
    g->tuple_begin[RING_ROWS] = g->tuples.len;
    row_clear(&one);
}

enum what { COPIED, DIGESTED, CANONICAL, CANONICAL_DIGESTED, FROM_SOURCE };

static double run(struct ring *g, enum what what, double seconds) {
    struct buf out, tuple;
    struct err e = ERR_INIT;
    struct digest sum = {0, 0};
    uint64_t rows = 0;
    size_t failed;
    buf_init(&out, 1 << 24);
    buf_init(&tuple, 1 << 24);
    if (!buf_reserve(&out, 1 << 20, &e)) {
        give_up(&e);
    }
    bool plain = canon_is_plain(g->canon);
    int64_t begin = clock_mono_us(), now = begin;
    while ((double)(now - begin) < seconds * 1e6) {
        for (int k = 0; k < RING_ROWS; k++) {
            const uint8_t *fields = g->tuples.data + g->tuple_begin[k] + 2;
            size_t len = g->tuple_begin[k + 1] - g->tuple_begin[k] - 2;
            buf_reset(&out);
            if (what == COPIED) {
                memcpy(out.data, fields, len);
                __asm__ volatile("" ::: "memory");
                continue;
            }
            if (what == FROM_SOURCE) {
                buf_reset(&tuple);
                if (!encode_row(g->encode, g->rows.bytes + g->row_begin[k], g->row_begin[k + 1] - g->row_begin[k],
                                &g->counts, &tuple, &failed, &e)) {
                    give_up(&e);
                }
                fields = tuple.data + 2;
                len = tuple.len - 2;
            }
            if (what != DIGESTED && (what == CANONICAL || !plain)) {
                if (!canon_binary(g->canon, fields, len, &out, &e)) {
                    give_up(&e);
                }
                fields = out.data;
                len = out.len;
            }
            if (what != CANONICAL) {
                digest_add(&sum, digest_row(fields, len));
            }
        }
        rows += RING_ROWS;
        now = clock_mono_us();
    }
    __asm__ volatile("" ::"r"(sum.lo), "r"(sum.hi));
    buf_clear(&out);
    buf_clear(&tuple);
    return (double)(now - begin) * 1000 / (double)rows;
}

int main(int argc, char **argv) {
    double seconds = argc > 1 ? atof(argv[1]) : 0.5;
    printf("ns a row   %6s %6s %7s %7s %10s %13s %7s\n", "bytes", "plain", "memcpy", "digest", "canonical",
           "canon+digest", "source");
    for (size_t i = 0; i < sizeof benches / sizeof benches[0]; i++) {
        struct arena a = ARENA_INIT;
        struct ring g;
        ring_make(&a, &g, &benches[i]);
        printf("%-10s %6.0f %6s %7.1f %7.1f %10.1f %13.1f %7.1f\n", benches[i].name, (double)g.tuples.len / RING_ROWS,
               canon_is_plain(g.canon) ? "yes" : "no", run(&g, COPIED, seconds), run(&g, DIGESTED, seconds),
               run(&g, CANONICAL, seconds), run(&g, CANONICAL_DIGESTED, seconds), run(&g, FROM_SOURCE, seconds));
        row_clear(&g.rows);
        buf_clear(&g.tuples);
        arena_clear(&a);
    }
    return 0;
}
