/* Listing differences, writing and running repairs. See detail.h. */
#include "check/detail.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"

enum { BATCH = 100, VALUE_BYTES = 160, LISTED_DEFAULT = 100 };

/* ---- listing ---- */

static char *describe(struct arena *a, const struct check_table *t, size_t column, const uint8_t *field, size_t len) {
    char text[VALUE_BYTES];
    if (field == NULL) {
        return NULL;
    }
    canon_describe(t->canon, column, field, len, text, sizeof text);
    return arena_strdup(a, text);
}

/* The columns that differ, or all of the only row there is. */
static void list_values(struct detail *x, struct listed_difference *out, const struct row_pair *p) {
    struct arena *a = &x->report->arena;
    const uint8_t *at[2] = {p->row[0], p->row[1]};
    out->values = arena_array(a, struct value_difference, x->t->n + 1);
    for (size_t i = 0; i < x->t->n; i++) {
        const uint8_t *field[2] = {NULL, NULL};
        size_t len[2] = {0, 0};
        for (size_t side = 0; side < 2; side++) {
            if (p->row[side] != NULL && !canon_next(&at[side], p->row[side] + p->len[side], &field[side], &len[side])) {
                return;
            }
        }
        bool both = p->row[0] != NULL && p->row[1] != NULL;
        bool same =
            both &&
            ((field[0] == NULL && field[1] == NULL) ||
             (field[0] != NULL && field[1] != NULL && len[0] == len[1] && memcmp(field[0], field[1], len[0]) == 0));
        if (!same) {
            out->values[out->nvalues++] = (struct value_difference){
                .column = arena_strdup(a, x->t->columns[i]->name),
                .source = describe(a, x->t, i, field[SIDE_SOURCE], len[SIDE_SOURCE]),
                .target = describe(a, x->t, i, field[SIDE_TARGET], len[SIDE_TARGET]),
            };
        }
    }
}

static void list_one(struct detail *x, const struct row_pair *p) {
    struct arena *a = &x->report->arena;
    struct check_table_report *out = x->out;
    out->listed = arena_grow(a, out->listed, out->nlisted, &x->listed_cap, sizeof *out->listed);
    struct listed_difference *l = &out->listed[out->nlisted++];
    *l = (struct listed_difference){.kind = p->d->kind, .times = p->d->times};
    if (detail_is_uncarriable(p->d)) {
        l->key = arena_strdup(a, "a row with a value that the target's type cannot hold");
        return;
    }
    l->key = detail_key_text(a, x->t, p->d->key, p->d->len);
    list_values(x, l, p);
}

/* ---- repair ---- */

/* A server's text may be cut inside a character. */
static char *clean_text(struct arena *a, const char *text) {
    char *own = arena_strdup(a, text);
    if (!str_utf8_valid(own, strlen(own))) {
        for (char *c = own; *c != '\0'; c++) {
            *c = (unsigned char)*c >= 0x80 ? '?' : *c;
        }
    }
    return own;
}

void detail_not_mended(struct detail *x, const struct row_pair *p, const char *why) {
    struct arena *a = &x->report->arena;
    struct check_table_report *out = x->out;
    out->nunmended++;
    if (out->nunmended_listed == x->max_listed) {
        return;
    }
    out->unmended = arena_grow(a, out->unmended, out->nunmended_listed, &x->refused_cap, sizeof *out->unmended);
    out->unmended[out->nunmended_listed++] = (struct unmended_row){
        .key = detail_is_uncarriable(p->d) ? arena_strdup(a, "?") : detail_key_text(a, x->t, p->d->key, p->d->len),
        .reason = clean_text(a, why)};
}

/* There is no room for more. */
static bool cut_file(struct detail *x, struct err *e) {
    FILE *f = x->file;
    x->file = NULL;
    x->report->repair_cut = true;
    int n = fprintf(
        f, "-- Cut here: more rows differ than this file may hold. godwit check --repair-file writes all, --repair runs"
           " them.\n");
    return (fclose(f) == 0 && n >= 0) || err_errno(e, ERR_FILE, "%s cannot be written", x->o->repair_file);
}

bool detail_write(struct detail *x, const char *sql, const char *why, const struct row_pair *p, struct err *e) {
    struct arena a = ARENA_INIT;
    uint64_t max = x->o->backward ? 0 : x->o->repair_max_bytes;
    if (x->file == NULL) {
        return true;
    }
    if (max > 0 && x->file_bytes + (sql != NULL ? strlen(sql) : 0) > max) {
        return cut_file(x, e);
    }
    char *key = detail_is_uncarriable(p->d) ? arena_strdup(&a, "?") : detail_key_text(&a, x->t, p->d->key, p->d->len);
    const char *table = x->o->backward ? x->t->t->name : x->out->target;
    for (char *c = key; *c != '\0'; c++) {
        *c = *c == '\n' || *c == '\r' ? ' ' : *c; /* it stands in a comment */
    }
    int n = sql != NULL ? fprintf(x->file, "%s;\n", sql)
                        : fprintf(x->file, "-- %s, %s: %s\n", table, key, why == NULL ? "nothing to do" : why);
    arena_clear(&a);
    if (n < 0) {
        return err_errno(e, ERR_FILE, "%s cannot be written", x->o->repair_file);
    }
    x->report->repair_lines++;
    x->file_bytes += (uint64_t)n;
    return true;
}

static bool mend_batch(struct detail *x, const struct row_pair *pairs, size_t n, struct arena *a, struct err *e) {
    size_t statements = 0;
    if (x->mender != NULL && !gauss_exec(x->mender, "BEGIN", e)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const char *why;
        char *sql = repair_sql(a, x->c->run->identity.dialect, x->t, &pairs[i], &why);
        if (!detail_write(x, sql, why, &pairs[i], e)) {
            return false;
        }
        if (x->mender != NULL && sql == NULL && why != NULL) {
            detail_not_mended(x, &pairs[i], why);
        }
        if (x->mender != NULL && sql != NULL) {
            if (!gauss_exec(x->mender, sql, e)) {
                return err_where(e, "repair of %s, row %s", x->out->target,
                                 detail_key_text(a, x->t, pairs[i].d->key, pairs[i].d->len));
            }
            statements++;
        }
    }
    if (x->mender != NULL && !gauss_exec(x->mender, "COMMIT", e)) {
        return false;
    }
    x->out->repaired += statements;
    return true;
}

/* After the commit: is every row of the batch equal now? */
static bool look_again(struct detail *x, const struct difference *d, size_t n, struct arena *a, struct err *e) {
    struct row_pair *pairs = arena_array(a, struct row_pair, n);
    if (x->t->nkeys == 0) {
        return true; /* the whole table would have to be read */
    }
    if (!detail_fetch(x->c, x->t, x->mender, d, n, a, pairs, e)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        x->out->mended += detail_equal(&pairs[i]);
    }
    return true;
}

/* ---- a table ---- */

static bool one_batch(struct detail *x, size_t *n, struct err *e) {
    struct arena a = ARENA_INIT;
    struct difference d[BATCH];
    struct row_pair pairs[BATCH];
    bool everything = !x->o->backward && (x->file != NULL || x->mender != NULL);
    uint64_t left = everything ? BATCH : x->max_listed - x->out->nlisted;
    bool ok = differences_next(&x->c->differences.tables[x->t->number], &a, d, left < BATCH ? left : BATCH, n, e) &&
              (*n == 0 || detail_fetch(x->c, x->t, x->c->anchor, d, *n, &a, pairs, e));
    for (size_t i = 0; ok && i < *n && x->out->nlisted < x->max_listed; i++) {
        list_one(x, &pairs[i]);
    }
    if (ok && *n > 0 && everything) {
        ok = mend_batch(x, pairs, *n, &a, e) && (x->mender == NULL || look_again(x, d, *n, &a, e));
    }
    arena_clear(&a);
    return ok;
}

static bool one_table(struct detail *x, struct err *e) {
    size_t n = 1;
    if (!differences_rewind(&x->c->differences.tables[x->t->number], e)) {
        return false;
    }
    while (n > 0) {
        if (atomic_load(x->c->stop)) {
            return err_set(e, ERR_CANCELLED, "stopped by request");
        }
        if (!one_batch(x, &n, e)) {
            return err_where(e, "differences of %s", x->t->t->name);
        }
        bool listed_only = x->o->backward || (x->file == NULL && x->mender == NULL);
        if (listed_only && x->out->nlisted >= x->max_listed) {
            break;
        }
    }
    return x->mysql == NULL || mend_mysql_table(x, e) || err_where(e, "differences of %s", x->t->t->name);
}

static bool open_repairs(struct detail *x, struct err *e) {
    if (x->o->repair_file != NULL) {
        x->file = fopen(x->o->repair_file, "w");
        if (x->file == NULL) {
            return err_errno(e, ERR_FILE, "%s cannot be written", x->o->repair_file);
        }
        fprintf(x->file,
                "-- Statements that make the target's rows equal to the source's, as they were when checked.\n");
        x->report->repair_file = arena_strdup(&x->report->arena, x->o->repair_file);
    }
    if (x->o->backward) {
        return (!x->o->repair && x->file == NULL) || mend_mysql_open(x, e);
    }
    if (!x->o->repair) {
        return true;
    }
    bool left;
    enum dialect d = x->c->run->identity.dialect;
    /* Parents may come after children, and triggers shall not act on rows that are copies; for those who may. */
    return target_open_loader(x->c->run->task, d, &x->mender, e) && gauss_leave_checks(x->mender, d, &left, e);
}

bool check_detail(struct check_rows *c, const struct check_options *o, struct check_report *report, struct err *e) {
    struct detail x = {
        .c = c, .o = o, .report = report, .max_listed = o->max_listed > 0 ? o->max_listed : LISTED_DEFAULT};
    bool ok = open_repairs(&x, e);
    for (size_t i = 0; ok && i < c->ntables; i++) {
        if (c->differences.tables[i].keys != NULL) {
            x.t = &c->tables[i];
            x.out = &report->tables[i];
            x.listed_cap = x.refused_cap = 0;
            ok = one_table(&x, e);
        }
    }
    if (x.file != NULL && fclose(x.file) != 0 && ok) {
        ok = err_errno(e, ERR_FILE, "%s cannot be written", o->repair_file);
    }
    gauss_close(x.mender);
    mend_mysql_close(&x);
    return ok;
}
