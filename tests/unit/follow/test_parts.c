/* Random changes, folded, cut into parts and applied in any order that the parts' dependencies allow, with crashes in between: the target
 * becomes what the source is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "follow/depend.h"
#include "world.h"

enum { CHANGES = 400, FLIGHT = 6, PARTS_MAX = 4 };

struct flying {
    struct batch batch;
    struct depend_part entered[PARTS_MAX];
    bool waits[PARTS_MAX][FLIGHT * PARTS_MAX]; /* for job number .. */
    bool done[PARTS_MAX];
    size_t first, n;
    bool used;
};

/* What a crash leaves: which parts are committed, and how the stream was cut up to them. */
struct record {
    size_t first, n;
    uint32_t parts;
    bool done[PARTS_MAX];
    uint64_t digest;
};

struct scene {
    struct arena arena;
    struct database d;
    struct follow_tables tables;
    struct world source, target;
    struct row_change changes[CHANGES];
    size_t n;
    struct flying flights[FLIGHT];
    struct depend depend;
    size_t next; /* the first change not yet in a batch */
    size_t mark;
    struct record records[CHANGES];
    size_t nrecords;
    unsigned folded, replaced;
};

static struct scene *scene_of(unsigned seed, enum world_action action, bool enforced) {
    struct scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    srandom(seed);
    world_database(&s->arena, &s->d, action);
    struct follow_table_options o = {
        .dialect = DIALECT_PG, .enforced = enforced, .hidden_cascades = action != WORLD_RESTRICT};
    follow_tables_make(&s->arena, &s->d, &o, &s->tables);
    world_init(&s->source, action, true);
    world_init(&s->target, action, enforced);
    while (s->n < CHANGES) {
        s->n += world_random_change(&s->source, &s->arena, &s->changes[s->n]);
    }
    depend_init(&s->depend);
    return s;
}

static void drop_flights(struct scene *s) {
    for (size_t i = 0; i < FLIGHT; i++) {
        struct flying *f = &s->flights[i];
        for (uint32_t p = 0; f->used && p < f->batch.nparts; p++) {
            if (!f->done[p]) {
                depend_leave(&s->depend, &f->entered[p]);
            }
        }
        if (f->used) {
            batch_clear(&f->batch);
        }
        f->used = false;
    }
}

static void scene_free(struct scene *s) {
    drop_flights(s);
    depend_clear(&s->depend);
    arena_clear(&s->arena);
    free(s);
}

/* ---- cutting ---- */

struct waiting {
    struct scene *s;
    struct flying *f;
    uint32_t part;
};

static void wait_for(void *arg, void *earlier) {
    struct waiting *w = arg;
    w->f->waits[w->part][(size_t)(uintptr_t)earlier - 1] = true;
}

static struct record *record_at(struct scene *s, size_t first) {
    for (size_t i = 0; i < s->nrecords; i++) {
        if (s->records[i].first == first) {
            return &s->records[i];
        }
    }
    return NULL;
}

static size_t next_record(const struct scene *s, size_t from) {
    size_t next = s->n;
    for (size_t i = 0; i < s->nrecords; i++) {
        next = s->records[i].first > from && s->records[i].first < next ? s->records[i].first : next;
    }
    return next;
}

static void cut(struct scene *s) {
    struct flying *f = NULL;
    for (size_t i = 0; i < FLIGHT && f == NULL; i++) {
        f = s->flights[i].used ? NULL : &s->flights[i];
    }
    if (f == NULL || s->next == s->n) {
        return;
    }
    const struct record *r = record_at(s, s->next);
    size_t most = r != NULL ? r->n : 1 + (size_t)random() % 40, limit = next_record(s, s->next) - s->next;
    most = most < limit ? most : limit;
    memset(f, 0, sizeof *f);
    f->used = true;
    f->first = s->next;
    batch_init(&f->batch, &s->tables);
    while (f->n < most && batch_add(&f->batch, &s->changes[s->next])) {
        f->n++;
        s->next++;
    }
    assert_true(f->n > 0);
    if (r != NULL) {
        assert_int_equal(f->n, r->n);
        assert_true(f->batch.digest == r->digest);
    }
    batch_close(&f->batch, r != NULL ? r->parts : 1 + (uint32_t)random() % PARTS_MAX);
    for (uint32_t p = 0; p < f->batch.nparts; p++) {
        size_t number = (size_t)(f - s->flights) * PARTS_MAX + p;
        struct waiting w = {.s = s, .f = f, .part = p};
        f->done[p] = r != NULL && r->done[p];
        if (!f->done[p]) {
            depend_enter(&s->depend, &f->entered[p], (void *)(uintptr_t)(number + 1), &f->batch.parts[p], wait_for, &w);
        }
        for (size_t i = 0; i < f->batch.parts[p].nsteps; i++) {
            s->folded += f->batch.parts[p].steps[i].n;
        }
    }
}

/* ---- applying ---- */

static bool may_go(const struct scene *s, const struct flying *f, uint32_t part) {
    for (size_t i = 0; i < FLIGHT * PARTS_MAX; i++) {
        const struct flying *other = &s->flights[i / PARTS_MAX];
        if (f->waits[part][i] && other->used && !other->done[i % PARTS_MAX] && other->first < f->first) {
            return false;
        }
    }
    return true;
}

static void print_row(const struct scene *s, uint32_t table, struct tuple t) {
    struct field f[WORLD_COLUMNS];
    if (t.bytes == NULL) {
        return;
    }
    tuple_fields(t, f, s->tables.tables[table].ncolumns);
    for (size_t i = 0; i < s->tables.tables[table].ncolumns; i++) {
        fprintf(stderr,
                f[i].len == FIELD_ABSENT ? " ."
                : f[i].len == FIELD_NULL ? " NULL"
                                         : " %d",
                (int)get_be32(f[i].bytes));
    }
}

/* For whoever looks for what went wrong. */
static void print_changes(const struct scene *s, size_t from, size_t to) {
    for (size_t i = from; i < to; i++) {
        const struct row_change *c = &s->changes[i];
        fprintf(stderr, "%zu: %c t%u", i, "IUD"[c->op], c -> table);
        print_row(s, c->table, c->before);
        fprintf(stderr, " ->");
        print_row(s, c->table, c->after);
        fprintf(stderr, "\n");
    }
}

static void commit(struct scene *s, struct flying *f, uint32_t part) {
    const struct part *p = &f->batch.parts[part];
    for (size_t i = 0; i < p->nsteps; i++) {
        s->target.refused = "";
        if (!world_apply(&s->target, &f->batch, &p->steps[i])) {
            print_changes(s, s->mark, s->next);
            for (size_t k = 0; k < s->nrecords; k++) {
                fprintf(stderr, "cut: %zu+%zu into %u\n", s->records[k].first, s->records[k].n, s->records[k].parts);
            }
            fail_msg("batch at %zu, part %u, step %zu of table %u: %s", f->first, part, i, p->steps[i].table,
                     s->target.refused);
        }
    }
    f->done[part] = true;
    depend_leave(&s->depend, &f->entered[part]);
    /* What is folded away in one batch must not come back in two: later parts may have relied on that. */
    for (size_t i = 0; i < FLIGHT; i++) {
        const struct flying *before = &s->flights[i];
        if (before->used && before->first <= f->first && record_at(s, before->first) == NULL) {
            s->records[s->nrecords++] = (struct record){
                .first = before->first, .n = before->n, .parts = before->batch.nparts, .digest = before->batch.digest};
        }
    }
    record_at(s, f->first)->done[part] = true;
}

static bool flight_done(const struct flying *f) {
    bool done = true;
    for (uint32_t p = 0; p < f->batch.nparts; p++) {
        done = done && f->done[p];
    }
    return done;
}

static void move_mark(struct scene *s) {
    for (bool moved = true; moved;) {
        moved = false;
        for (size_t i = 0; i < FLIGHT; i++) {
            struct flying *f = &s->flights[i];
            if (f->used && f->first == s->mark && flight_done(f)) {
                s->mark += f->n;
                size_t kept = 0;
                for (size_t k = 0; k < s->nrecords; k++) {
                    if (s->records[k].first >= s->mark) {
                        s->records[kept++] = s->records[k];
                    }
                }
                s->nrecords = kept;
                batch_clear(&f->batch);
                f->used = false;
                moved = true;
            }
        }
    }
}

static void run(struct scene *s, bool crashes) {
    while (s->mark < s->n) {
        if (random() % 3 == 0) {
            cut(s);
        }
        struct flying *f = &s->flights[random() % FLIGHT];
        if (f->used) {
            uint32_t part = (uint32_t)random() % f->batch.nparts;
            if (!f->done[part] && may_go(s, f, part)) {
                commit(s, f, part);
            }
        }
        if (random() % 2 == 0) {
            move_mark(s);
        }
        if (crashes && random() % 60 == 0) {
            drop_flights(s);
            s->next = s->mark;
        }
    }
}

static void all_seeds(enum world_action action, bool enforced) {
    unsigned seeds = getenv("SEEDS") != NULL ? (unsigned)atoi(getenv("SEEDS")) : 60, first = 1;
    first = getenv("SEED") != NULL ? (unsigned)atoi(getenv("SEED")) : first;
    for (unsigned seed = first; seed < first + seeds; seed++) {
        struct scene *s = scene_of(seed, action, enforced);
        run(s, seed % 2 == 0);
        if (!world_equal(&s->source, &s->target)) {
            fail_msg("seed %u: the target is not what the source is", seed);
        }
        assert_true(s->folded > 0);
        scene_free(s);
    }
}

static void without_checks(void **state) {
    (void)state;
    all_seeds(WORLD_RESTRICT, false);
}

static void with_checks(void **state) {
    (void)state;
    all_seeds(WORLD_RESTRICT, true);
}

static void cascading(void **state) {
    (void)state;
    all_seeds(WORLD_CASCADE, true);
}

static void setting_null(void **state) {
    (void)state;
    all_seeds(WORLD_SET_NULL, true);
}

/* ---- what servers lock ---- */

static struct tuple row(struct arena *a, const int32_t *cells, size_t n) {
    uint8_t *bytes = arena_alloc(a, 8 * n);
    for (size_t i = 0; i < n; i++) {
        uint32_t words[] = {__builtin_bswap32(4), __builtin_bswap32((uint32_t)cells[i])};
        memcpy(bytes + 8 * i, words, 8);
    }
    return (struct tuple){.bytes = bytes, .len = 8 * n};
}

/* A child that is deleted and made again locks its parent, also when it is the same: who changes a unique key of that parent must not
 * be under way at the same time. */
static void made_again(void **state) {
    (void)state;
    struct scene *s = scene_of(1, WORLD_RESTRICT, true);
    struct arena *a = &s->arena;
    const struct row_change changes[] = {
        {.op = ROW_DELETE, .table = 2, .before = row(a, (int32_t[]){1, 5, 1}, 3)},
        {.op = ROW_INSERT, .table = 2, .after = row(a, (int32_t[]){1, 5, 2}, 3)},
        {.op = ROW_UPDATE,
         .table = 1,
         .before = row(a, (int32_t[]){5, 1, 10, 0}, 4),
         .after = row(a, (int32_t[]){5, 1, 11, 0}, 4)},
    };
    struct batch b;
    batch_init(&b, &s->tables);
    for (size_t i = 0; i < 3; i++) {
        assert_true(batch_add(&b, &changes[i]));
    }
    batch_close(&b, PARTS_MAX);
    assert_int_equal(b.n, 2);
    assert_int_equal(b.nets[0].kind, NET_REPLACE);
    assert_int_equal(b.nets[0].group, b.nets[1].group);
    batch_clear(&b);
    scene_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(without_checks), cmocka_unit_test(with_checks),
                                       cmocka_unit_test(cascading), cmocka_unit_test(setting_null),
                                       cmocka_unit_test(made_again)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
