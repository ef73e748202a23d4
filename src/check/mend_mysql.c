/* Making MySQL's rows equal to the target's, for a check whose reference the target is: the statements in a file, and run. See
 * detail.h; the statements themselves are repair_mysql.c's.
 *
 * Rows that are too many go first, so that none stands in the way of another. What was written is read again before it is
 * committed. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "check/detail.h"
#include "engine/source.h"
#include "mysql/write_session.h"

enum { BATCH = 100, TRIES = 5, REPLACED_MAX = 10000 };

struct mend_mysql {
    struct mysql_client *client; /* NULL: only a file is written */
    struct repair_mysql who;
    uint64_t max_statement_bytes;
    struct differences again; /* rows another one stood in the way of */
    bool in_transaction;      /* in the file */
};

/* One batch on its way. why[i]: the row stays as it is, and the reason. */
struct rows {
    struct difference *d;
    struct row_pair *pairs;
    size_t n;
    char **sql;
    const char **why;
    bool *clashed; /* to be tried again */
};

static struct rows rows_of(struct arena *a, size_t n) {
    return (struct rows){.d = arena_array(a, struct difference, n),
                         .pairs = arena_array(a, struct row_pair, n),
                         .sql = arena_array(a, char *, n),
                         .why = arena_array(a, const char *, n),
                         .clashed = arena_array(a, bool, n)};
}

/* ---- opening ---- */

bool mend_mysql_possible(struct run *r, struct err *e) {
    const struct table *t = &r->db.tables[0];
    char *sql = arena_printf(&r->arena, "DELETE FROM %s.%s WHERE FALSE", str_quote_mysql(&r->arena, t->schema),
                             str_quote_mysql(&r->arena, t->name));
    return mysql_exec(r->source, sql, e) || mysql_cannot_write(e) || err_where(e, "--repair");
}

static bool open_session(struct detail *x, struct err *e) {
    struct mend_mysql *m = x->mysql;
    return (source_open(x->c->run->task, &m->client, e) &&
            mysql_write_session(m->client, &m->max_statement_bytes, e)) ||
           err_where(e, "session for repairs");
}

bool mend_mysql_open(struct detail *x, struct err *e) {
    const struct mysql_server *server = mysql_server(x->c->run->source);
    x->mysql = arena_new(x->c->arena, struct mend_mysql);
    x->mysql->who = (struct repair_mysql){
        .is_mariadb = server->is_mariadb, .version = server->version, .reference = x->c->run->identity.dialect};
    if (x->file != NULL) {
        fprintf(x->file, "SET NAMES utf8mb4;\n%s;\n", MYSQL_WRITE_SESSION);
    }
    return !x->o->repair || open_session(x, e);
}

void mend_mysql_close(struct detail *x) {
    if (x->mysql != NULL) {
        mysql_close(x->mysql->client);
    }
}

/* ---- the file ---- */

static bool write_one(struct detail *x, const char *sql, const char *why, const struct row_pair *p, uint64_t times,
                      struct err *e) {
    bool begins = sql != NULL && !x->mysql->in_transaction;
    if (begins && fputs("START TRANSACTION;\n", x->file) < 0) {
        return err_errno(e, ERR_FILE, "%s cannot be written", x->o->repair_file);
    }
    x->mysql->in_transaction = x->mysql->in_transaction || begins;
    bool ok = true;
    for (uint64_t i = 0; ok && i < times; i++) {
        ok = detail_write(x, sql, why, p, e);
    }
    return ok;
}

static uint64_t times_of(const struct check_table *t, const struct row_pair *p) {
    return t->nkeys == 0 && p->row[SIDE_SOURCE] == NULL ? p->d->times : 1;
}

/* Deletes come first, and with them rows that exchange values of a unique key: those are inserted anew behind all others. */
static bool write_batch(struct detail *x, const struct rows *r, bool deletes, struct arena *a, struct err *e) {
    for (size_t i = 0; i < r->n; i++) {
        const struct row_pair *p = &r->pairs[i];
        const char *why = r->why[i];
        char *sql = r->sql[i];
        bool replaced = sql != NULL && repair_mysql_moves_unique(a, x->t, p);
        if (deletes && p->d->kind != ROW_MISSING) {
            if (!replaced) {
                continue;
            }
            if (repair_mysql_insert(a, &x->mysql->who, x->t, p, &why) == NULL) {
                continue; /* said by the second pass */
            }
            sql = repair_mysql_delete(a, &x->mysql->who, x->t, p, &why);
        } else if (replaced) {
            sql = repair_mysql_insert(a, &x->mysql->who, x->t, p, &why);
        }
        if (!write_one(x, sql, why, p, sql == NULL ? 1 : times_of(x->t, p), e)) {
            return false;
        }
    }
    return true;
}

/* ---- running ---- */

enum ran { RAN, RAN_REFUSED, RAN_CLASHED, RAN_AGAIN, RAN_FAILED };

static enum ran run_one(struct detail *x, const char *sql, const char **why, struct arena *a, struct err *e) {
    struct mend_mysql *m = x->mysql;
    if (strlen(sql) > m->max_statement_bytes) {
        *why = arena_printf(a, "its statement is longer than the server's max_allowed_packet, %" PRIu64 " bytes",
                            m->max_statement_bytes);
        return RAN_REFUSED;
    }
    if (mysql_exec(m->client, sql, e)) {
        return RAN;
    }
    if (!mysql_usable(m->client)) {
        return RAN_FAILED;
    }
    switch (mysql_refusal(e)) {
    case MYSQL_REFUSED_LOCKED:
        return RAN_AGAIN;
    case MYSQL_REFUSED_OTHER:
        mysql_cannot_write(e);
        return RAN_FAILED;
    case MYSQL_REFUSED_ROW:
    case MYSQL_REFUSED_DUPLICATE:
        break;
    }
    *why = arena_strdup(a, e->cause);
    return mysql_refusal(e) == MYSQL_REFUSED_DUPLICATE ? RAN_CLASHED : RAN_REFUSED;
}

/* Of equal rows exactly so many must have gone: another number means that they are not what they were. */
static bool count_deleted(struct detail *x, const struct row_pair *p, const char **why, struct arena *a,
                          struct err *e) {
    struct mysql_rows rows;
    if (!mysql_rows(x->mysql->client, a, "SELECT ROW_COUNT()", &rows, e)) {
        return false;
    }
    uint64_t gone = rows.n == 1 ? strtoull(mysql_cell(&rows, 0, 0), NULL, 10) : 0;
    *why = gone == p->d->times ? NULL
                               : arena_printf(a, "%" PRIu64 " rows with exactly these values were found, not %" PRIu64,
                                              gone, p->d->times);
    return true;
}

/* What a transaction came to, besides an error. */
struct outcome {
    bool redo;   /* undo it, and run it again without the rows that have a reason now */
    bool locked; /* the same, as somebody else held a lock */
};

/* Row i of the batch. */
static bool run_row(struct detail *x, struct rows *r, size_t i, struct outcome *o, struct arena *a, struct err *e) {
    const struct row_pair *p = &r->pairs[i];
    uint64_t times = times_of(x->t, p);
    for (uint64_t k = 0; k < times; k++) {
        const char *why = NULL;
        enum ran ran = run_one(x, r->sql[i], &why, a, e);
        if (ran == RAN_FAILED || ran == RAN_AGAIN) {
            e->where[0] = '\0'; /* not the statement: it holds the row's values */
            err_where(e, "repair of %s, row %s", x->t->t->name, detail_key_text(a, x->t, p->d->key, p->d->len));
            o->redo = o->locked = ran == RAN_AGAIN;
            return ran == RAN_AGAIN;
        }
        if (ran == RAN && x->t->nkeys == 0 && p->row[SIDE_TARGET] == NULL && !count_deleted(x, p, &why, a, e)) {
            return false;
        }
        if (why != NULL) {
            r->clashed[i] = ran == RAN_CLASHED;
            r->why[i] = why;
            r->sql[i] = NULL;
            o->redo = o->redo || k > 0 || ran == RAN;
            return true;
        }
    }
    return true;
}

/* Does MySQL keep what was written? Triggers, or a type that rounds without a word, may make it another value. */
static void compare_kept(struct detail *x, struct rows *r, const struct row_pair *kept, size_t i, struct arena *a) {
    const struct row_pair *p = &r->pairs[i];
    if (p->row[SIDE_TARGET] == NULL) {
        r->why[i] = kept[i].row[SIDE_SOURCE] == NULL ? NULL : "it is there again when it was deleted";
        return;
    }
    if (kept[i].row[SIDE_SOURCE] == NULL) {
        r->why[i] = "MySQL keeps its key as another value";
        return;
    }
    struct canon_fields should = canon_fields(a, x->t->n, p->row[SIDE_TARGET], p->len[SIDE_TARGET]);
    struct canon_fields is = canon_fields(a, x->t->n, kept[i].row[SIDE_SOURCE], kept[i].len[SIDE_SOURCE]);
    for (size_t k = 0; k < x->t->n; k++) {
        if (x->t->columns[k]->generated == GENERATED_NO && !canon_fields_same(&is, &should, k)) {
            r->why[i] = arena_printf(a, "column %s: MySQL keeps it as another value", x->t->columns[k]->name);
            return;
        }
    }
}

static bool fetch_kept(struct detail *x, const struct rows *r, struct row_pair *kept, struct arena *a, struct err *e) {
    detail_pairs(x->t, r->d, r->n, kept);
    return detail_fetch_side(x->c, x->t, SIDE_SOURCE, x->mysql->client, NULL, r->d, r->n, a, kept, e);
}

static bool check_kept(struct detail *x, struct rows *r, bool *redo, struct arena *a, struct err *e) {
    struct row_pair *kept = arena_array(a, struct row_pair, r->n);
    if (x->t->nkeys == 0) {
        return true;
    }
    if (!fetch_kept(x, r, kept, a, e)) {
        return false;
    }
    for (size_t i = 0; i < r->n; i++) {
        if (r->sql[i] != NULL) {
            compare_kept(x, r, kept, i, a);
            if (r->why[i] != NULL) {
                r->sql[i] = NULL;
                *redo = true;
            }
        }
    }
    return true;
}

static bool any_left(const struct rows *r) {
    for (size_t i = 0; i < r->n; i++) {
        if (r->sql[i] != NULL) {
            return true;
        }
    }
    return false;
}

static bool undo(struct detail *x, const struct err *failed, struct err *e) {
    struct err ignored = ERR_INIT;
    bool ok = mysql_usable(x->mysql->client) && mysql_exec(x->mysql->client, "ROLLBACK", &ignored);
    if (failed == NULL && !ok) {
        err_copy(e, &ignored);
    }
    return ok;
}

/* Runs what is left of a batch in one transaction; *o tells whether it stands. */
typedef bool batch_runner(struct detail *x, struct rows *r, void *arg, struct outcome *o, struct arena *a,
                          struct err *e);

/* Again and again without the rows that turned out not to go, until a transaction is committed. */
static bool run_until_committed(struct detail *x, struct rows *r, batch_runner *runner, void *arg, struct arena *a,
                                struct err *e) {
    struct mysql_client *client = x->mysql->client;
    for (unsigned locked = 0; any_left(r);) {
        struct outcome o = {false, false};
        bool ok = mysql_exec(client, "START TRANSACTION", e) && runner(x, r, arg, &o, a, e) &&
                  (o.redo || check_kept(x, r, &o.redo, a, e));
        if (ok && !o.redo) {
            return mysql_exec(client, "COMMIT", e);
        }
        locked += o.locked;
        if (!ok || locked == TRIES) {
            undo(x, e, e);
            return false;
        }
        err_clear(e);
        if (!undo(x, NULL, e)) {
            return false;
        }
    }
    return true;
}

static bool run_each(struct detail *x, struct rows *r, void *arg, struct outcome *o, struct arena *a, struct err *e) {
    (void)arg;
    for (size_t i = 0; i < r->n && !o->redo; i++) {
        if (r->sql[i] != NULL && !run_row(x, r, i, o, a, e)) {
            return false;
        }
    }
    return true;
}

/* After the commit: how many rows are what they should be now? */
static bool count_mended(struct detail *x, const struct rows *r, struct arena *a, struct err *e) {
    struct row_pair *now = arena_array(a, struct row_pair, r->n);
    if (x->t->nkeys == 0) {
        return true; /* the whole table would have to be read */
    }
    if (!fetch_kept(x, r, now, a, e)) {
        return false;
    }
    for (size_t i = 0; i < r->n; i++) {
        now[i].row[SIDE_TARGET] = r->pairs[i].row[SIDE_TARGET];
        now[i].len[SIDE_TARGET] = r->pairs[i].len[SIDE_TARGET];
        x->out->mended += r->sql[i] != NULL && detail_equal(&now[i]);
    }
    return true;
}

static bool settle_batch(struct detail *x, const struct rows *r, bool last, struct arena *a, struct err *e) {
    for (size_t i = 0; i < r->n; i++) {
        const struct difference *d = r->pairs[i].d;
        x->out->repaired += r->sql[i] != NULL;
        if (r->clashed[i] && !last) {
            if (!differences_add(&x->mysql->again, 0, d->kind, d->key, d->len, d->times, e)) {
                return false;
            }
        } else if (r->why[i] != NULL) {
            detail_not_mended(x, &r->pairs[i], r->why[i]);
        }
    }
    return count_mended(x, r, a, e);
}

/* ---- a pass over a table ---- */

static bool is_of_pass(const struct detail *x, const struct difference *d, bool deletes) {
    return deletes == (d->kind == ROW_MISSING) || (deletes && x->file != NULL && d->kind == ROW_CHANGED);
}

static bool one_batch(struct detail *x, bool deletes, size_t *n, struct err *e) {
    struct arena a = ARENA_INIT;
    struct rows r = rows_of(&a, BATCH);
    struct difference d[BATCH];
    bool ok = differences_next(&x->c->differences.tables[x->t->number], &a, d, BATCH, n, e);
    for (size_t i = 0; ok && i < *n; i++) {
        if (is_of_pass(x, &d[i], deletes)) {
            r.d[r.n++] = d[i];
        }
    }
    ok = ok && (r.n == 0 || detail_fetch(x->c, x->t, x->c->anchor, r.d, r.n, &a, r.pairs, e));
    for (size_t i = 0; ok && i < r.n; i++) {
        r.sql[i] = repair_mysql_sql(&a, &x->mysql->who, x->t, &r.pairs[i], &r.why[i]);
    }
    ok = ok && (x->file == NULL || write_batch(x, &r, deletes, &a, e));
    for (size_t i = 0; i < r.n; i++) {
        if (deletes && r.d[i].kind != ROW_MISSING) { /* only the file wanted it now */
            r.sql[i] = NULL;
            r.why[i] = NULL;
        }
    }
    ok = ok && (x->mysql->client == NULL ||
                (run_until_committed(x, &r, run_each, NULL, &a, e) && settle_batch(x, &r, false, &a, e)));
    arena_clear(&a);
    return ok;
}

static bool pass(struct detail *x, bool deletes, struct err *e) {
    size_t n = 1;
    if (!differences_rewind(&x->c->differences.tables[x->t->number], e)) {
        return false;
    }
    while (n > 0) {
        if (atomic_load(x->c->stop)) {
            return err_set(e, ERR_CANCELLED, "stopped by request");
        }
        if (!one_batch(x, deletes, &n, e)) {
            return false;
        }
    }
    return true;
}

/* ---- rows that exchange values of a unique key ---- */

static bool load_again(struct detail *x, struct rows *r, struct arena *a, struct err *e) {
    struct table_differences *from = &x->mysql->again.tables[0];
    if (!differences_rewind(from, e) || !differences_next(from, a, r->d, REPLACED_MAX, &r->n, e)) {
        return false;
    }
    for (size_t at = 0; at < r->n; at += BATCH) {
        size_t n = r->n - at < BATCH ? r->n - at : BATCH;
        if (!detail_fetch(x->c, x->t, x->c->anchor, r->d + at, n, a, r->pairs + at, e)) {
            return false;
        }
    }
    return true;
}

/* All of them go, then all come: in one transaction, so that none is lost. arg: the DELETEs. */
static bool replace_all(struct detail *x, struct rows *r, void *arg, struct outcome *o, struct arena *a,
                        struct err *e) {
    char **gone = arg;
    for (size_t i = 0; i < r->n; i++) {
        const char *why = NULL;
        enum ran ran = r->sql[i] == NULL || gone[i] == NULL ? RAN : run_one(x, gone[i], &why, a, e);
        if (ran == RAN_FAILED) {
            e->where[0] = '\0';
            return err_where(e, "repair of %s", x->t->t->name);
        }
        if (ran != RAN) {
            o->redo = true;
            o->locked = ran == RAN_AGAIN;
            r->why[i] = why;
            r->sql[i] = o->locked ? r->sql[i] : NULL;
            return true;
        }
    }
    for (size_t i = 0; i < r->n && !o->locked; i++) {
        bool comes = r->sql[i] != NULL;
        if (comes && !run_row(x, r, i, o, a, e)) {
            return false;
        }
        o->redo = o->redo || (comes && r->sql[i] == NULL); /* its old row must not be lost */
    }
    return true;
}

static bool replace(struct detail *x, struct rows *r, struct arena *a, struct err *e) {
    char **gone = arena_array(a, char *, r->n);
    bool may = repair_mysql_can_replace(x->t);
    for (size_t i = 0; i < r->n; i++) {
        const struct repair_mysql *who = &x->mysql->who;
        bool both = r->pairs[i].row[SIDE_SOURCE] != NULL && r->pairs[i].row[SIDE_TARGET] != NULL;
        gone[i] = both && may ? repair_mysql_delete(a, who, x->t, &r->pairs[i], &r->why[i]) : NULL;
        r->sql[i] = gone[i] != NULL ? repair_mysql_insert(a, who, x->t, &r->pairs[i], &r->why[i])
                                    : repair_mysql_sql(a, who, x->t, &r->pairs[i], &r->why[i]);
    }
    return run_until_committed(x, r, replace_all, gone, a, e);
}

static bool mend_again(struct detail *x, struct err *e) {
    struct table_differences *list = &x->mysql->again.tables[0];
    if (list->keys == NULL) {
        return true;
    }
    struct arena a = ARENA_INIT;
    struct rows r = rows_of(&a, REPLACED_MAX);
    struct difference more;
    size_t n = 1;
    bool ok = load_again(x, &r, &a, e) && replace(x, &r, &a, e);
    for (size_t i = 0; i < r.n; i++) {
        r.clashed[i] = false;
    }
    ok = ok && settle_batch(x, &r, true, &a, e);
    while (ok && n > 0) { /* beyond REPLACED_MAX */
        ok = differences_next(list, &a, &more, 1, &n, e);
        if (ok && n > 0) {
            struct row_pair p = {.d = &more};
            detail_not_mended(x, &p, "too many rows stand in each other's way; check and repair once more");
        }
    }
    arena_clear(&a);
    return ok;
}

bool mend_mysql_table(struct detail *x, struct err *e) {
    struct mend_mysql *m = x->mysql;
    if (!differences_init(&m->again, 1, e)) {
        return false;
    }
    m->in_transaction = false;
    bool ok = pass(x, true, e) && pass(x, false, e) && (m->client == NULL || mend_again(x, e));
    if (ok && m->in_transaction && fputs("COMMIT;\n", x->file) < 0) {
        ok = err_errno(e, ERR_FILE, "%s cannot be written", x->o->repair_file);
    }
    differences_clear(&m->again);
    return ok;
}
