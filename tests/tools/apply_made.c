/* See apply_made.h. */
#include "apply_made.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/schema/build.h"
#include "base/clock.h"
#include "base/str.h"

enum { C_BYTES = 119, PAD_BYTES = 59, HOT_ROWS = 100 };

/* A table as it is now: of each id its version (0: not there), and the ids that are there. */
struct made_table {
    uint32_t *version;
    int32_t *k;
    uint32_t *p;
    uint32_t *children;
    uint32_t *live, *at;
    uint64_t nlive, next_id, cap;
    uint32_t *taken; /* by k: whose it is, unique_fk */
};

struct made {
    struct made_options o;
    struct made_table *t;
    uint64_t random;
    uint64_t transaction, made_changes;
    unsigned left; /* of the transaction */
    bool inside, silent;
    struct buf before, after;
    struct row_change change;
};

static uint64_t next(struct made *m) {
    m->random += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = m->random;
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint64_t below(struct made *m, uint64_t n) {
    return next(m) % n;
}

bool made_kind_parse(const char *text, enum made_kind *out) {
    static const char *const names[] = {"mixed", "unique_fk", "conflict10", "hot", "huge", "keys"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_eq(text, names[i])) {
            *out = (enum made_kind)i;
            return true;
        }
    }
    return false;
}

/* ---- the model ---- */

static void add_fk(struct arena *a, struct table *child, const struct table *parent) {
    child->fks = arena_array(a, struct foreign_key, 1);
    child->nfks = 1;
    *child->fks = (struct foreign_key){.name = arena_printf(a, "%s_parent", child->name),
                                       .columns = arena_array(a, struct column *, 1),
                                       .n = 1,
                                       .ref_schema = parent->schema,
                                       .ref_table = parent->name,
                                       .ref_columns = arena_array(a, char *, 1),
                                       .on_delete = arena_strdup(a, "RESTRICT"),
                                       .on_update = arena_strdup(a, "RESTRICT")};
    child->fks->columns[0] = &child->columns[2];
    child->fks->ref_columns[0] = parent->columns[0].name;
}

void made_database(struct arena *a, const struct made_options *o, enum dialect d, struct database *out) {
    struct err e = ERR_INIT;
    make_database(a, out, o->tables, "id bigint; k int; ?p bigint; c char(120); pad char(60)");
    for (unsigned i = 0; i < o->tables; i++) {
        struct table *t = &out->tables[i];
        t->charset = arena_strdup(a, "utf8mb4");
        t->columns[3].type.charset = t->columns[4].type.charset = "utf8mb4";
        add_index(a, t, "PRIMARY", INDEX_PRIMARY, 0);
        add_index(a, t, "k", o->kind == MADE_UNIQUE_FK ? INDEX_UNIQUE : INDEX_PLAIN, 1);
        if (o->kind == MADE_UNIQUE_FK && i % 2 == 1) {
            add_fk(a, t, &out->tables[i - 1]);
        }
    }
    struct ddl_options ddl = {.types = {.dialect = d}, .target_schema = "made", .server_version = 150000};
    bool ok = schema_resolve(a, out, &ddl, &e);
    assert(ok);
    (void)ok;
}

/* ---- rows ---- */

static void *grown(void *p, uint64_t from, uint64_t to, size_t size) {
    uint8_t *fresh = realloc(p, to * size);
    assert(fresh != NULL);
    memset(fresh + from * size, 0, (to - from) * size);
    return fresh;
}

static void room_for(struct made_table *t, uint64_t id) {
    if (id < t->cap) {
        return;
    }
    uint64_t cap = t->cap == 0 ? 1024 : t->cap;
    while (cap <= id) {
        cap *= 2;
    }
    t->version = grown(t->version, t->cap, cap, sizeof *t->version);
    t->k = grown(t->k, t->cap, cap, sizeof *t->k);
    t->p = grown(t->p, t->cap, cap, sizeof *t->p);
    t->children = grown(t->children, t->cap, cap, sizeof *t->children);
    t->live = grown(t->live, t->cap, cap, sizeof *t->live);
    t->at = grown(t->at, t->cap, cap, sizeof *t->at);
    t->cap = cap;
}

static void put_text(struct buf *b, uint64_t seed, size_t n) {
    static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
    uint64_t x = seed * UINT64_C(0x9e3779b97f4a7c15);
    buf_be32(b, (uint32_t)n);
    for (size_t i = 0; i < n; i++) {
        if (i % 12 == 0) {
            x = x * UINT64_C(6364136223846793005) + 1442695040888963407u;
        }
        buf_u8(b, (uint8_t)digits[x >> (i % 12 * 5) & 31]);
    }
}

static void put_row(const struct made_table *t, uint64_t id, struct buf *b) {
    struct err e = ERR_INIT;
    buf_reset(b);
    bool ok = buf_reserve(b, 300, &e);
    assert(ok);
    (void)ok;
    buf_be32(b, 8);
    buf_be64(b, id);
    buf_be32(b, 4);
    buf_be32(b, (uint32_t)t->k[id]);
    buf_be32(b, t->p[id] != 0 ? 8 : FIELD_NULL);
    if (t->p[id] != 0) {
        buf_be64(b, t->p[id]);
    }
    put_text(b, id << 20 ^ t->version[id], C_BYTES);
    put_text(b, id << 20 ^ t->version[id] ^ UINT64_C(1) << 60, PAD_BYTES);
}

static void appear(struct made_table *t, uint64_t id) {
    room_for(t, id);
    t->at[id] = (uint32_t)t->nlive;
    t->live[t->nlive++] = (uint32_t)id;
    t->version[id]++;
}

static void vanish(struct made_table *t, uint64_t id) {
    uint32_t last = t->live[--t->nlive];
    t->live[t->at[id]] = last;
    t->at[last] = t->at[id];
    t->version[id] |= 0; /* goes on counting should it come back */
    t->at[id] = UINT32_MAX;
}

static bool is_there(const struct made_table *t, uint64_t id) {
    return id < t->cap && t->at[id] != UINT32_MAX && t->version[id] != 0 && t->at[id] < t->nlive &&
           t->live[t->at[id]] == id;
}

static uint64_t some_row(struct made *m, const struct made_table *t) {
    if (m->o.kind == MADE_CONFLICT10 && below(m, 10) == 0) {
        uint64_t id = 1 + below(m, HOT_ROWS);
        return is_there(t, id) ? id : t->live[below(m, t->nlive)];
    }
    return m->o.kind == MADE_HOT ? 1 : t->live[below(m, t->nlive)];
}

/* ---- unique values and parents ---- */

static uint64_t values(const struct made *m) {
    return 4 * (m->o.rows + m->o.changes / m->o.tables + 16);
}

static bool set_k(struct made *m, struct made_table *t, uint64_t id, bool fresh) {
    if (m->o.kind != MADE_UNIQUE_FK) {
        t->k[id] = (int32_t)below(m, 1000000);
        return true;
    }
    uint32_t k = (uint32_t)below(m, values(m));
    if (t->taken[k] != 0) {
        return false;
    }
    if (!fresh) {
        t->taken[t->k[id]] = 0;
    }
    t->taken[k] = (uint32_t)id;
    t->k[id] = (int32_t)k;
    return true;
}

static struct made_table *parent_of(struct made *m, unsigned table) {
    return m->o.kind == MADE_UNIQUE_FK && table % 2 == 1 ? &m->t[table - 1] : NULL;
}

static void set_p(struct made *m, unsigned table, uint64_t id, bool fresh) {
    struct made_table *t = &m->t[table], *parent = parent_of(m, table);
    if (parent == NULL) {
        return;
    }
    if (!fresh && t->p[id] != 0) {
        parent->children[t->p[id]]--;
    }
    t->p[id] = below(m, 20) == 0 || parent->nlive == 0 ? 0 : parent->live[below(m, parent->nlive)];
    if (t->p[id] != 0) {
        parent->children[t->p[id]]++;
    }
}

/* ---- changes ---- */

static void image(struct made *m, unsigned table, uint64_t id, struct buf *b, struct tuple *out) {
    if (!m->silent) {
        put_row(&m->t[table], id, b);
        *out = (struct tuple){.bytes = b->data, .len = b->len};
    }
}

static bool insert(struct made *m, unsigned table) {
    struct made_table *t = &m->t[table];
    uint64_t id = t->next_id;
    room_for(t, id);
    if (!set_k(m, t, id, true)) {
        return false;
    }
    t->next_id++;
    t->p[id] = 0;
    set_p(m, table, id, true);
    appear(t, id);
    m->change.op = ROW_INSERT;
    image(m, table, id, &m->after, &m->change.after);
    return true;
}

static bool update(struct made *m, unsigned table) {
    struct made_table *t = &m->t[table];
    uint64_t id = some_row(m, t);
    image(m, table, id, &m->before, &m->change.before);
    if (!set_k(m, t, id, false)) {
        return false;
    }
    if (below(m, 2) == 0) {
        set_p(m, table, id, false);
    }
    t->version[id]++;
    m->change.op = ROW_UPDATE;
    image(m, table, id, &m->after, &m->change.after);
    return true;
}

static bool erase(struct made *m, unsigned table) {
    struct made_table *t = &m->t[table], *parent = parent_of(m, table);
    uint64_t id = some_row(m, t);
    if (t->children[id] > 0) {
        return false;
    }
    image(m, table, id, &m->before, &m->change.before);
    if (m->o.kind == MADE_UNIQUE_FK) {
        t->taken[t->k[id]] = 0;
    }
    if (parent != NULL && t->p[id] != 0) {
        parent->children[t->p[id]]--;
        t->p[id] = 0;
    }
    vanish(t, id);
    m->change.op = ROW_DELETE;
    return true;
}

/* A row gets another row's key, or one that was free again. */
static bool move(struct made *m, unsigned table) {
    struct made_table *t = &m->t[table];
    uint64_t id = some_row(m, t), to = 1 + below(m, m->o.rows + 100);
    room_for(t, to);
    if (is_there(t, to)) {
        return false;
    }
    image(m, table, id, &m->before, &m->change.before);
    vanish(t, id);
    t->k[to] = t->k[id];
    t->p[to] = t->p[id];
    appear(t, to);
    t->next_id = to >= t->next_id ? to + 1 : t->next_id;
    m->change.op = ROW_UPDATE;
    image(m, table, to, &m->after, &m->change.after);
    return true;
}

static bool try_change(struct made *m) {
    unsigned table = (unsigned)below(m, m->o.tables);
    struct made_table *t = &m->t[table];
    uint64_t dice = below(m, 50);
    m->change = (struct row_change){.table = table};
    if (m->o.kind == MADE_HOT) {
        m->change.table = 0;
        return update(m, 0);
    }
    if (m->o.kind == MADE_KEYS && dice % 2 == 0 && t->nlive > 10) {
        return move(m, table);
    }
    return dice < 30 || t->nlive < 10 ? insert(m, table) : dice < 40 ? update(m, table) : erase(m, table);
}

static void make_change(struct made *m) {
    while (!try_change(m)) {
    }
    m->made_changes++;
}

static void begin_transaction(struct made *m) {
    m->inside = true;
    m->left = m->o.kind == MADE_HUGE        ? (unsigned)m->o.changes
              : m->o.kind == MADE_UNIQUE_FK ? 1
                                            : 1 + (unsigned)below(m, m->o.kind == MADE_HOT ? 1 : 9);
}

static void end_transaction(struct made *m) {
    m->inside = false;
    m->transaction++;
}

/* ---- the source ---- */

struct made *made_new(const struct made_options *o) {
    struct made *m = calloc(1, sizeof *m);
    assert(m != NULL);
    m->o = *o;
    buf_init(&m->before, 4096);
    buf_init(&m->after, 4096);
    made_rewind(m, false);
    return m;
}

static void free_tables(struct made *m) {
    for (unsigned i = 0; m->t != NULL && i < m->o.tables; i++) {
        struct made_table *t = &m->t[i];
        free(t->version);
        free(t->k);
        free(t->p);
        free(t->children);
        free(t->live);
        free(t->at);
        free(t->taken);
    }
    free(m->t);
    m->t = NULL;
}

void made_free(struct made *m) {
    free_tables(m);
    buf_clear(&m->before);
    buf_clear(&m->after);
    free(m);
}

void made_rewind(struct made *m, bool to_the_end) {
    free_tables(m);
    m->t = calloc(m->o.tables, sizeof *m->t);
    assert(m->t != NULL);
    m->random = m->o.seed;
    m->transaction = m->made_changes = 0;
    m->inside = false;
    m->silent = true;
    for (unsigned i = 0; i < m->o.tables; i++) {
        m->t[i].next_id = 1;
        m->t[i].taken = m->o.kind == MADE_UNIQUE_FK ? calloc(values(m), sizeof(uint32_t)) : NULL;
        for (uint64_t r = 0; r < m->o.rows; r++) {
            while (!insert(m, i)) {
            }
        }
    }
    while (to_the_end && m->made_changes < m->o.changes) {
        begin_transaction(m);
        for (; m->left > 0; m->left--) {
            make_change(m);
        }
        end_transaction(m);
    }
}

bool made_row(struct made *m, unsigned table, uint64_t *id, struct buf *row) {
    const struct made_table *t = &m->t[table];
    while (*id < t->next_id && !is_there(t, *id)) {
        (*id)++;
    }
    if (*id >= t->next_id) {
        return false;
    }
    put_row(t, (*id)++, row);
    return true;
}

static bool feed_start(void *arg, const struct stream_place *from, struct err *e) {
    struct made *m = arg;
    (void)e;
    made_rewind(m, false);
    while (m->transaction < from->at.pos) {
        begin_transaction(m);
        for (; m->left > 0; m->left--) {
            make_change(m);
        }
        end_transaction(m);
    }
    m->silent = false;
    return true;
}

static bool feed_step(void *arg, int64_t wait_ms, feed_sink *sink, void *ctx, enum feed_state *state, struct err *e) {
    struct made *m = arg;
    struct feed_item item;
    (void)wait_ms;
    if (!m->inside && m->made_changes >= m->o.changes) {
        *state = FEED_END;
        return true;
    }
    if (!m->inside) {
        begin_transaction(m);
        item = (struct feed_item){.kind = FEED_BEGIN, .commit_us = clock_utc_us()};
    } else if (m->left == 0) {
        end_transaction(m);
        item = (struct feed_item){.kind = FEED_COMMIT};
    } else {
        m->left--;
        make_change(m);
        item = (struct feed_item){.kind = FEED_CHANGE, .change = m->change, .bytes = m->after.len};
    }
    return sink(ctx, &item, e);
}

static bool feed_place(void *arg, struct arena *a, struct stream_place *out, struct err *e) {
    const struct made *m = arg;
    (void)a;
    (void)e;
    *out = (struct stream_place){.at = {.server = "made", .gtid = "", .file = "made", .pos = m->transaction}};
    return true;
}

static void feed_stop(void *arg) {
    (void)arg;
}

struct feed made_feed(struct made *m) {
    return (struct feed){.arg = m, .start = feed_start, .step = feed_step, .place = feed_place, .stop = feed_stop};
}
