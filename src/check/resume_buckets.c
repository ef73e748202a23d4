/* The sums of a half read table, written down every few seconds. See resume.h.
 *
 * The file: a line of JSON (the table's plan, its pieces and which of them are in the sums), both sides' sums, and a digest of all
 * that; written beside and renamed, so it is whole or not there. Of this program on this machine only: the plan's digest
 * has the version in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "check/journal.h"
#include "check/resume.h"

enum { SAVE_EVERY_US = 5000000, HEAD_BYTES_MAX = 256 << 20 };

char *resume_sums_path(const struct check_rows *c, const struct check_table *t) {
    char name[DIGEST_TEXT];
    digest_text(digest_row(t->t->name, strlen(t->t->name)), name);
    name[16] = '\0';
    return journal_beside(c->resume->journal, name);
}

static json_t *pieces_json(const struct pieces *p) {
    json_t *all = json_array();
    for (unsigned i = 0; i < p->n; i++) {
        json_array_append_new(all, json_pack("[s, b]", p->where[i], (int)p->done[i]));
    }
    return all;
}

static json_t *head_json(const struct check_rows *c, const struct unit *u) {
    const struct unit_counts *n = &u->counts;
    json_t *loss = json_array();
    for (size_t i = 0; i < u->table->n * LOSS_COUNT; i++) {
        json_array_append_new(loss, json_integer(n->losses == NULL ? 0 : (json_int_t)n->losses[i]));
    }
    return json_pack("{s:s, s:o, s:o, s:[I, I, I, I], s:o}", "plan", c->resume->tables[u->table->number].plan, "source",
                     pieces_json(&u->pieces[SIDE_SOURCE]), "target", pieces_json(&u->pieces[SIDE_TARGET]), "rows",
                     (json_int_t)n->source_rows, (json_int_t)n->target_rows, (json_int_t)n->source_bytes,
                     (json_int_t)n->uncarriable, "loss", loss);
}

static const struct buckets nothing;

static bool write_sums(const struct check_rows *c, const struct unit *u, FILE *f) {
    json_t *head = head_json(c, u);
    char *text = json_dumps(head, JSON_COMPACT);
    json_decref(head);
    if (text == NULL) {
        return false;
    }
    struct digest sum = digest_row(text, strlen(text));
    bool ok = fprintf(f, "%s\n", text) > 0;
    free(text);
    for (size_t side = 0; ok && side < 2; side++) {
        const struct buckets *b = u->sums[side] == NULL ? &nothing : u->sums[side];
        ok = fwrite(b, sizeof *b, 1, f) == 1;
        digest_add(&sum, digest_row(b, sizeof *b));
    }
    return ok && fwrite(&sum, sizeof sum, 1, f) == 1;
}

static bool all_done(const struct pieces *p) {
    for (unsigned i = 0; i < p->n; i++) {
        if (!p->done[i]) {
            return false;
        }
    }
    return true;
}

void resume_sums_grew(struct check_rows *c, struct unit *u) {
    int64_t now = clock_mono_us();
    if (c->resume->journal == NULL || now - u->saved_at_us < SAVE_EVERY_US ||
        (all_done(&u->pieces[SIDE_SOURCE]) && all_done(&u->pieces[SIDE_TARGET]))) {
        return; /* what is all read is compared next */
    }
    struct arena a = ARENA_INIT;
    char *path = resume_sums_path(c, u->table);
    char *fresh = arena_printf(&a, "%s.new", path);
    FILE *f = fopen(fresh, "we");
    bool ok = f != NULL && write_sums(c, u, f);
    ok = f != NULL && fclose(f) == 0 && ok;
    if (!ok || rename(fresh, path) != 0) {
        log_warn("journal", "%s cannot be written: a resumed check begins this table again", path);
        unlink(fresh);
    }
    u->saved_at_us = clock_mono_us();
    free(path);
    arena_clear(&a);
}

/* ---- reading ---- */

static bool take_pieces(struct arena *a, const json_t *all, struct pieces *out) {
    size_t n = json_array_size(all);
    *out =
        (struct pieces){.where = arena_array(a, char *, n + 1), .done = arena_array(a, bool, n + 1), .n = (unsigned)n};
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_array_get(all, i);
        const char *where = json_string_value(json_array_get(one, 0));
        if (where == NULL) {
            return false;
        }
        out->where[i] = arena_strdup(a, where);
        out->done[i] = json_is_true(json_array_get(one, 1));
    }
    return n > 0;
}

static bool take_head(struct check_rows *c, struct unit *u, const json_t *head) {
    const json_t *rows = json_object_get(head, "rows"), *loss = json_object_get(head, "loss");
    size_t n = u->table->n * LOSS_COUNT;
    if (!str_eq(json_string_value(json_object_get(head, "plan")), c->resume->tables[u->table->number].plan) ||
        json_array_size(loss) != n ||
        !take_pieces(c->arena, json_object_get(head, "source"), &u->pieces[SIDE_SOURCE]) ||
        !take_pieces(c->arena, json_object_get(head, "target"), &u->pieces[SIDE_TARGET])) {
        return false;
    }
    u->counts = (struct unit_counts){
        .source_rows = (uint64_t)json_integer_value(json_array_get(rows, 0)),
        .target_rows = (uint64_t)json_integer_value(json_array_get(rows, 1)),
        .source_bytes = (uint64_t)json_integer_value(json_array_get(rows, 2)),
        .uncarriable = (uint64_t)json_integer_value(json_array_get(rows, 3)),
        .losses = arena_array(c->arena, uint64_t, n),
    };
    for (size_t i = 0; i < n; i++) {
        u->counts.losses[i] = (uint64_t)json_integer_value(json_array_get(loss, i));
    }
    return true;
}

static bool read_sums(struct check_rows *c, struct unit *u, FILE *f) {
    char *text = NULL;
    size_t cap = 0;
    ssize_t len = getline(&text, &cap, f);
    struct digest sum, expected;
    bool ok = len > 1 && len < HEAD_BYTES_MAX && text[len - 1] == '\n';
    if (ok) {
        text[--len] = '\0';
        sum = digest_row(text, (size_t)len);
        for (size_t side = 0; ok && side < 2; side++) {
            u->sums[side] = buckets_new();
            ok = u->sums[side] != NULL && fread(u->sums[side], sizeof *u->sums[side], 1, f) == 1;
            if (ok) {
                digest_add(&sum, digest_row(u->sums[side], sizeof *u->sums[side]));
            }
        }
        ok = ok && fread(&expected, sizeof expected, 1, f) == 1 && digest_equal(sum, expected);
    }
    json_t *head = ok ? json_loadb(text, (size_t)len, 0, NULL) : NULL;
    ok = head != NULL && take_head(c, u, head);
    json_decref(head);
    free(text);
    return ok;
}

bool resume_sums(struct check_rows *c, struct unit *u) {
    if (c->resume->journal == NULL || c->resume_mode == CHECK_AFRESH) {
        return false;
    }
    char *path = resume_sums_path(c, u->table);
    FILE *f = fopen(path, "re");
    bool ok = f != NULL && read_sums(c, u, f);
    if (f != NULL) {
        fclose(f);
    }
    if (!ok) {
        buckets_free(u->sums[SIDE_SOURCE]);
        buckets_free(u->sums[SIDE_TARGET]);
        u->sums[SIDE_SOURCE] = u->sums[SIDE_TARGET] = NULL;
        u->pieces[SIDE_SOURCE] = u->pieces[SIDE_TARGET] = (struct pieces){0};
        u->counts = (struct unit_counts){0};
    } else {
        u->saved_at_us = clock_mono_us();
        log_info("resumed", "%s: sums of the pieces read by an earlier run are used", u->table->t->name);
    }
    free(path);
    return ok;
}
