/* A server's bytes in answer to statements. The first input byte chooses protocol details and compression, the second
 * how the result is read. Rows are walked as the encoder walks them. */
#include "mysql/protocol.h"
#include "mysql/reader.h"
#include "mysql_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk_row(const struct mysql_columns *columns, const uint8_t *row, size_t len) {
    struct reader r = reader_of(row, len);
    for (size_t i = 0; i < columns->n && !r.bad; i++) {
        size_t n;
        bool present;
        const uint8_t *p = read_text_cell(&r, &n, &present);
        volatile uint8_t seen = p != NULL && n > 0 ? (uint8_t)(p[0] ^ p[n - 1]) : 0;
        (void)seen;
    }
}

static void stream(struct mysql_client *c, bool binary, bool drain, struct err *e) {
    struct arena a = ARENA_INIT;
    struct mysql_columns columns;
    bool ok = binary ? mysql_query_binary(c, &a, "SELECT 1", &columns, e) : mysql_query(c, &a, "SELECT 1", &columns, e);
    const uint8_t *row;
    size_t len;
    while (ok && (ok = mysql_next(c, &row, &len, e)) && row != NULL) {
        walk_row(&columns, row, len);
        if (drain) {
            ok = mysql_drain(c, e);
            break;
        }
    }
    arena_clear(&a);
}

static void run(struct mysql_client *c, uint8_t how, struct err *e) {
    struct arena a = ARENA_INIT;
    struct mysql_rows rows;
    uint64_t affected[4];
    size_t n;
    bool ok;
    switch (how % 6) {
    case 0:
        ok = mysql_exec(c, "DO 1", e);
        break;
    case 5:
        ok = mysql_multi_statements(c, true, e) && mysql_send(c, "DO 1;DO 2", 9, e) &&
             mysql_answers(c, affected, 4, &n, e);
        break;
    case 1:
        ok = mysql_rows(c, &a, "SELECT 1", &rows, e);
        for (size_t i = 0; ok && i < rows.n * rows.columns.n; i++) {
            if (rows.cells[i] != NULL && rows.cells[i][rows.lens[i]] != '\0') {
                abort();
            }
        }
        break;
    default:
        stream(c, how % 6 == 3, how % 6 == 4, e);
        break;
    }
    arena_clear(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) {
        return 0;
    }
    struct mysql_options o = {.host = "host", .max_row_bytes = 1 << 20};
    int peer;
    struct err e = ERR_INIT;
    struct mysql_client *c = session_new(fuzz_stream(data + 2, size - 2, &peer), &o);
    if (c == NULL) {
        abort();
    }
    net_set_timeout(c->net, 1000);
    c->caps = (data[0] & 1) != 0 ? CLIENT_DEPRECATE_EOF : 0;
    enum mysql_compression kind = (enum mysql_compression)((data[0] >> 1) % 3);
    if (kind != MYSQL_COMPRESS_NONE && !packets_start_compression(&c->io, kind, &e)) {
        abort();
    }
    for (int i = 0; i < 4 && mysql_usable(c) && !c->in_rows; i++) {
        run(c, (uint8_t)(data[1] >> i), &e);
    }
    mysql_close(c);
    close(peer);
    return 0;
}
