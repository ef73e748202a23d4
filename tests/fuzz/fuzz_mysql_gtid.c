/* GTID sets as text (first byte even) and as bytes (odd): what is taken reads back as the same in both forms, and the set
 * operations keep their laws between two sets, the input's two halves. MariaDB's positions along the way. */
#include <stdlib.h>

#include "mysql/gtid.h"
#include "mysql/gtid_mariadb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok) {
    if (!ok) {
        abort();
    }
}

static bool read_set(struct gtid_set *s, bool text, const uint8_t *data, size_t size) {
    struct err e = ERR_INIT;
    if (!text) {
        return gtid_set_decode(s, data, size, &e);
    }
    char *copy = strndup((const char *)data, size);
    bool ok = gtid_set_parse(s, copy, &e);
    free(copy);
    return ok;
}

static void reads_back(const struct gtid_set *s) {
    struct gtid_set back = GTID_SET_INIT;
    struct err e = ERR_INIT;
    struct buf b;
    buf_init(&b, 16 << 20);
    must(gtid_set_encode(s, &b, &e) && gtid_set_decode(&back, b.data, b.len, &e) && gtid_set_equal(s, &back));
    gtid_set_clear(&back);
    buf_reset(&b);
    must(gtid_set_print(s, &b, &e) && buf_terminate(&b, &e));
    must(gtid_set_parse(&back, (char *)b.data, &e) && gtid_set_equal(s, &back));
    gtid_set_clear(&back);
    buf_clear(&b);
}

static void laws(const struct gtid_set *a, const struct gtid_set *b) {
    struct gtid_set whole = GTID_SET_INIT, rest = GTID_SET_INIT;
    struct err e = ERR_INIT;
    must(gtid_set_copy(&whole, a, &e) && gtid_set_unite(&whole, b, &e));
    must(gtid_set_within(a, &whole) && gtid_set_within(b, &whole));
    must(gtid_set_copy(&rest, &whole, &e) && gtid_set_subtract(&rest, b, &e));
    must(gtid_set_within(&rest, a) && gtid_set_count(&rest) <= gtid_set_count(a));
    must(gtid_set_unite(&rest, b, &e) && gtid_set_equal(&rest, &whole));
    gtid_set_clear(&whole);
    gtid_set_clear(&rest);
}

static void mariadb(const uint8_t *data, size_t size) {
    struct mariadb_position p = MARIADB_POSITION_INIT, back = MARIADB_POSITION_INIT;
    struct err e = ERR_INIT;
    struct buf b;
    char *copy = strndup((const char *)data, size);
    buf_init(&b, 1 << 20);
    if (mariadb_position_parse(&p, copy, &e)) {
        must(mariadb_position_print(&p, &b, &e) && buf_terminate(&b, &e));
        must(mariadb_position_parse(&back, (char *)b.data, &e) && mariadb_position_equal(&p, &back));
        must(mariadb_position_reaches(&p, &back));
    }
    mariadb_position_clear(&p);
    mariadb_position_clear(&back);
    buf_clear(&b);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) {
        return 0;
    }
    struct gtid_set a = GTID_SET_INIT, b = GTID_SET_INIT;
    bool text = data[0] % 2 == 0;
    size_t half = (size - 1) / 2;
    if (read_set(&a, text, data + 1, half)) {
        reads_back(&a);
    }
    if (read_set(&b, text, data + 1 + half, size - 1 - half)) {
        reads_back(&b);
    }
    laws(&a, &b);
    mariadb(data + 1, size - 1);
    gtid_set_clear(&a);
    gtid_set_clear(&b);
    return 0;
}
