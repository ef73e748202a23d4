/* See writer.h. Statements gather in one text; a text is sent while the next is made, and its answers are read before that one goes. */
#include "mysql/writer.h"

#include <stdlib.h>

#include "base/str.h"
#include "mysql/write_session.h"
#include "mysql/writer_internal.h"
#include "value/digest.h"

enum { BATCH_BYTES = 1 << 20, MERGE = 500, STATEMENTS_MAX = 4096 };

/* A row is 1 GiB at most in MySQL; as hexadecimal digits it is twice as long. */
#define TEXT_MAX_BYTES ((size_t)3 << 30)

static void reset_texts(struct mysql_writer *w) {
    arena_reset(&w->a);
    buf_reset(&w->sql.text);
    w->sql.why = NULL;
    w->made.n = w->sent.n = 0;
    w->open = OPEN_NONE;
    w->in_transaction = w->failed = false;
}

static bool connected(struct mysql_writer *w, struct arena *a, struct mysql_writer_progress *found, struct err *e) {
    reset_texts(w);
    if (!writer_connect(w, a, found, e)) {
        mysql_close(w->client);
        w->client = NULL;
        return false;
    }
    size_t wanted = w->o.batch_bytes > 0 ? w->o.batch_bytes : BATCH_BYTES;
    w->batch_bytes = wanted < w->max_statement_bytes ? wanted : w->max_statement_bytes;
    return true;
}

bool mysql_writer_open(struct mysql_writer **out, const struct mysql_writer_options *o, struct arena *a,
                       struct mysql_writer_progress *found, struct err *e) {
    struct mysql_writer *w = calloc(1, sizeof *w);
    struct arena literal = ARENA_INIT;
    *out = NULL;
    if (w == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for a session that writes");
    }
    w->o = *o;
    w->o.merge = o->merge > 0 ? o->merge : MERGE;
    w->task = strdup(str_literal_mysql(&literal, o->task));
    arena_clear(&literal);
    struct digest name = digest_row(o->task, strlen(o->task)); /* a lock's name has 64 characters */
    char text[DIGEST_TEXT];
    digest_text(name, text);
    snprintf(w->lock, sizeof w->lock, "godwit:%s:%u", text, o->channel);
    row_sql_init(&w->sql, &w->a, TEXT_MAX_BYTES);
    if (w->task == NULL || !connected(w, a, found, e)) {
        mysql_writer_close(w);
        return false;
    }
    *out = w;
    return true;
}

bool mysql_writer_reopen(struct mysql_writer *w, struct arena *a, struct mysql_writer_progress *found, struct err *e) {
    mysql_close(w->client);
    w->client = NULL;
    return connected(w, a, found, e);
}

void mysql_writer_close(struct mysql_writer *w) {
    if (w == NULL) {
        return;
    }
    mysql_close(w->client);
    row_sql_clear(&w->sql);
    arena_clear(&w->a);
    free(w->made.items);
    free(w->sent.items);
    free(w->affected);
    free(w->task);
    free(w);
}

void mysql_writer_abort(struct mysql_writer *w) {
    mysql_abort(w->client);
}

bool mysql_writer_usable(const struct mysql_writer *w) {
    return w->client != NULL && mysql_usable(w->client);
}

const struct mysql_server *mysql_writer_server(const struct mysql_writer *w) {
    return mysql_server(w->client);
}

void mysql_writer_set_merge(struct mysql_writer *w, unsigned merge) {
    w->o.merge = merge > 0 ? merge : MERGE;
}

const struct mysql_writer_fault *mysql_writer_fault(const struct mysql_writer *w) {
    return &w->fault;
}

const struct mysql_writer_figures *mysql_writer_figures(const struct mysql_writer *w) {
    return &w->figures;
}

/* ---- faults ---- */

/* Returns false always. */
static bool fail(struct mysql_writer *w, enum writer_fault_kind kind, const struct writer_statement *s) {
    w->failed = true;
    w->fault = (struct mysql_writer_fault){
        .kind = kind, .table = s->table, .first_tag = s->first_tag, .last_tag = s->last_tag};
    return false;
}

/* The server's refusal of a statement, as what it says about its rows. */
static bool refused(struct mysql_writer *w, const struct writer_statement *s, struct err *e) {
    static const enum writer_fault_kind kinds[] = {[MYSQL_REFUSED_OTHER] = WRITER_NO_FAULT,
                                                   [MYSQL_REFUSED_ROW] = WRITER_REFUSED,
                                                   [MYSQL_REFUSED_DUPLICATE] = WRITER_DUPLICATE,
                                                   [MYSQL_REFUSED_LOCKED] = WRITER_LOCKED};
    enum mysql_refusal refusal = mysql_usable(w->client) ? mysql_refusal(e) : MYSQL_REFUSED_OTHER;
    e->where[0] = '\0'; /* not the statement: it holds rows' values */
    if (s->table == NULL) {
        return fail(w, refusal == MYSQL_REFUSED_LOCKED ? WRITER_LOCKED : WRITER_NO_FAULT, s);
    }
    if (refusal == MYSQL_REFUSED_OTHER) {
        mysql_cannot_write(e);
    } else if (refusal == MYSQL_REFUSED_LOCKED) {
        e->retryable = true;
    } else {
        struct err said = *e;
        err_set(e, ERR_TARGET_ROW, "MySQL refuses a row: %s", said.cause[0] != '\0' ? said.cause : said.message);
        memcpy(e->sqlstate, said.sqlstate, sizeof e->sqlstate);
        e->server_code = said.server_code;
    }
    err_where(e, "table %s.%s", s->table->schema, s->table->name);
    return fail(w, kinds[refusal], s);
}

static bool miscounted(struct mysql_writer *w, const struct writer_statement *s, uint64_t rows, struct err *e) {
    if (s->table == NULL) {
        fail(w, WRITER_NO_FAULT, s);
        return err_set(e, ERR_TARGET_CLAIM_LOST, "another run writes this task's changes now");
    }
    err_set(e, ERR_TARGET_ROW, "%llu rows were to be changed, %llu were there", (unsigned long long)s->rows,
            (unsigned long long)rows);
    err_where(e, "table %s.%s", s->table->schema, s->table->name);
    return fail(w, WRITER_MISSING, s);
}

/* ---- texts ---- */

static bool room_for_answers(struct mysql_writer *w, struct err *e) {
    if (w->affected_cap < w->sent.n) {
        uint64_t *more = realloc(w->affected, w->sent.cap * sizeof *more);
        if (more == NULL) {
            return err_set(e, ERR_MEMORY, "no memory for answers");
        }
        w->affected = more;
        w->affected_cap = w->sent.cap;
    }
    return true;
}

/* The answers to the text on its way, if there is one. */
static bool collect(struct mysql_writer *w, struct err *e) {
    size_t n = 0;
    if (w->sent.n == 0) {
        return true;
    }
    size_t wanted = w->sent.n;
    w->sent.n = 0;
    bool ok = mysql_answers(w->client, w->affected, w->affected_cap, &n, e);
    for (size_t i = 0; i < n && i < wanted; i++) {
        const struct writer_statement *s = &w->sent.items[i];
        if (s->rows != WRITER_ANY && w->affected[i] != s->rows * s->each) {
            err_clear(e);
            return miscounted(w, s, w->affected[i] / s->each, e);
        }
    }
    if (!ok) {
        return refused(w, &w->sent.items[n < wanted ? n : wanted - 1], e);
    }
    if (n != wanted) {
        w->failed = true;
        return err_set(e, ERR_SOURCE_PROTOCOL, "%zu statements have %zu answers", wanted, n);
    }
    return true;
}

/* The first `n` statements made, which are the first `len` bytes. */
static bool send_text(struct mysql_writer *w, size_t n, size_t len, struct err *e) {
    if (!collect(w, e)) {
        return false;
    }
    struct writer_statements spare = w->sent;
    w->sent = w->made;
    w->sent.n = n;
    w->made = spare;
    w->made.n = 0;
    if (!room_for_answers(w, e) || !mysql_send(w->client, w->sql.text.data, len, e)) {
        w->sent.n = 0;
        w->failed = true;
        e->where[0] = '\0';
        return false;
    }
    w->figures.texts++;
    w->figures.statements += n;
    w->figures.bytes += len;
    return true;
}

static bool flush(struct mysql_writer *w, struct err *e) {
    w->open = OPEN_NONE;
    if (w->made.n == 0) {
        return true;
    }
    bool ok = send_text(w, w->made.n, w->sql.text.len, e);
    buf_reset(&w->sql.text);
    return ok;
}

static bool add_statement(struct mysql_writer *w, const struct writer_statement *s, struct err *e) {
    if (w->made.n == w->made.cap) {
        size_t cap = w->made.cap > 0 ? 2 * w->made.cap : 64;
        struct writer_statement *more = realloc(w->made.items, cap * sizeof *more);
        if (more == NULL) {
            w->failed = true;
            return err_set(e, ERR_MEMORY, "no memory for statements");
        }
        w->made.items = more;
        w->made.cap = cap;
    }
    w->made.items[w->made.n++] = *s;
    return true;
}

/* The text from `start` on is one more statement. What is before it goes first when they do not fit together. */
static bool made_statement(struct mysql_writer *w, size_t start, const struct writer_statement *s, struct err *e) {
    struct buf *text = &w->sql.text;
    size_t len = text->len - start;
    if (len > w->max_statement_bytes) {
        text->len = start;
        err_set(e, ERR_TARGET_ROW,
                "a row's statement of %zu bytes is longer than the server takes (max_allowed_packet)", len);
        err_where(e, "table %s.%s", s->table != NULL ? s->table->schema : "godwit",
                  s->table != NULL ? s->table->name : "progress");
        return fail(w, WRITER_REFUSED, s);
    }
    if (start > 0 && (text->len > w->batch_bytes || w->made.n == STATEMENTS_MAX)) {
        if (!send_text(w, w->made.n, start, e)) {
            return false;
        }
        memmove(text->data, text->data + start + 1, len - 1); /* without the semicolon */
        text->len = len - 1;
    }
    return add_statement(w, s, e);
}

/* ---- making statements ---- */

static bool may_add(struct mysql_writer *w, struct err *e) {
    if (w->failed || !w->in_transaction) {
        return err_set(e, ERR_INTERNAL, "a change comes %s", w->failed ? "after a fault" : "outside of a transaction");
    }
    arena_reset(&w->a);
    w->sql.why = NULL;
    err_clear(&w->sql.e);
    return true;
}

/* Where the next statement begins. */
static bool begin_statement(struct mysql_writer *w, size_t *start) {
    w->open = OPEN_NONE;
    *start = w->sql.text.len;
    return *start == 0 || row_sql_puts(&w->sql, ";");
}

/* A statement could not be made: a value MySQL cannot have, or it became too long. */
static bool not_made(struct mysql_writer *w, size_t start, const struct row_table *t, uint64_t tag, struct err *e) {
    struct writer_statement s = {.first_tag = tag, .last_tag = tag, .table = t};
    w->sql.text.len = start;
    if (w->sql.why != NULL) {
        err_set(e, ERR_TARGET_ROW, "MySQL cannot have a value: %s", w->sql.why);
    } else {
        err_copy(e, &w->sql.e);
    }
    err_where(e, "table %s.%s", t->schema, t->name);
    return fail(w, w->sql.why != NULL ? WRITER_REFUSED : WRITER_NO_FAULT, &s);
}

static bool own_statement(struct mysql_writer *w, const char *sql, uint64_t rows, struct err *e) {
    size_t start;
    struct writer_statement s = {.rows = rows, .each = 1};
    if (!begin_statement(w, &start) || !row_sql_puts(&w->sql, sql)) {
        w->failed = true;
        err_copy(e, &w->sql.e);
        return false;
    }
    return made_statement(w, start, &s, e);
}

bool mysql_writer_begin(struct mysql_writer *w, struct err *e) {
    if (w->in_transaction || !mysql_writer_usable(w)) {
        return err_set(e, w->in_transaction ? ERR_INTERNAL : ERR_SOURCE_LOST,
                       w->in_transaction ? "a transaction is open already" : "the connection to the source broke");
    }
    w->fault = (struct mysql_writer_fault){.kind = WRITER_NO_FAULT};
    w->in_transaction = true;
    return may_add(w, e) && own_statement(w, "START TRANSACTION", WRITER_ANY, e) &&
           own_statement(w, writer_count_sql(w), 1, e);
}

/* May this row go into the statement that was made last? */
static bool joins(const struct mysql_writer *w, enum open_kind kind, const struct row_table *t) {
    if (w->open != kind || w->made.n == 0) {
        return false;
    }
    const struct writer_statement *s = &w->made.items[w->made.n - 1];
    return s->table == t && s->rows < w->o.merge && w->sql.text.len < w->batch_bytes;
}

static bool one_row(struct mysql_writer *w, size_t start, enum open_kind open, size_t tail_bytes,
                    const struct row_table *t, uint64_t tag, struct err *e) {
    struct writer_statement s = {
        .rows = 1, .each = open == OPEN_UPSERT ? 2 : 1, .first_tag = tag, .last_tag = tag, .table = t};
    if (!made_statement(w, start, &s, e)) {
        return false;
    }
    w->open = open;
    w->tail_bytes = tail_bytes;
    w->figures.rows++;
    return true;
}

/* ---- runs of rows: statements that grow. Their end (") of IN (..)", "ON DUPLICATE KEY ..") moves behind each new row. ---- */

static bool has_null_key(const struct row_table *t, const struct canon_fields *f) {
    for (size_t i = 0; i < t->nkeys; i++) {
        if (f->field[i] == NULL) {
            return true;
        }
    }
    return false;
}

/* Of a statement of this kind: what comes before its rows, one row, and what comes behind. Deletes are `k` IN (1, 2), or of a key of
 * several columns (`a` = 1 AND `b` = 2) OR (..). */
static bool put_head(struct row_sql *s, enum open_kind kind, const struct row_table *t) {
    if (kind != OPEN_DELETE) {
        return row_sql_insert(s, t);
    }
    return row_sql_delete(s, t) && (t->nkeys > 1 || (row_sql_name(s, t->columns[0].name) && row_sql_puts(s, " IN (")));
}

static bool put_row(struct row_sql *s, enum open_kind kind, const struct row_table *t, const struct canon_fields *f) {
    if (kind != OPEN_DELETE) {
        return row_sql_values(s, t, f);
    }
    if (t->nkeys == 1) {
        return row_sql_key(s, t, f);
    }
    return row_sql_puts(s, "(") && row_sql_where(s, t, f, NULL) && row_sql_puts(s, ")");
}

static bool put_tail(struct row_sql *s, enum open_kind kind, const struct row_table *t) {
    return kind == OPEN_UPSERT   ? row_sql_on_duplicate(s, t)
           : kind == OPEN_DELETE ? t->nkeys > 1 || row_sql_puts(s, ")")
                                 : true;
}

/* One more row for the statement made last; *joined is false, and nothing has changed, when that would make it too long. */
static bool join(struct mysql_writer *w, enum open_kind kind, const struct row_table *t, const struct canon_fields *f,
                 uint64_t tag, bool *joined) {
    struct buf *text = &w->sql.text;
    size_t before = text->len, tail = w->tail_bytes;
    text->len -= tail;
    char *end = arena_strndup(&w->a, (const char *)text->data + text->len, tail);
    bool ok = row_sql_puts(&w->sql, kind == OPEN_DELETE && t->nkeys > 1 ? " OR " : ", ") &&
              put_row(&w->sql, kind, t, f) && row_sql_puts(&w->sql, end);
    *joined = ok && text->len <= w->batch_bytes;
    if (!*joined) {
        memcpy(text->data + before - tail, end, tail);
        text->len = before;
        return ok;
    }
    struct writer_statement *s = &w->made.items[w->made.n - 1];
    s->rows++;
    s->last_tag = tag;
    w->figures.rows++;
    return true;
}

static bool add_row(struct mysql_writer *w, enum open_kind kind, const struct row_table *t,
                    const struct canon_fields *f, uint64_t tag, struct err *e) {
    size_t start = w->sql.text.len;
    bool joined = false;
    if (joins(w, kind, t) && !join(w, kind, t, f, tag, &joined)) {
        return not_made(w, start, t, tag, e);
    }
    if (joined) {
        return true;
    }
    size_t tail = 0;
    bool made = begin_statement(w, &start) && put_head(&w->sql, kind, t) && put_row(&w->sql, kind, t, f);
    if (made) {
        tail = w->sql.text.len;
        made = put_tail(&w->sql, kind, t);
    }
    return made ? one_row(w, start, kind, w->sql.text.len - tail, t, tag, e) : not_made(w, start, t, tag, e);
}

bool mysql_writer_insert(struct mysql_writer *w, const struct row_table *t, const struct writer_row *row, uint64_t tag,
                         struct err *e) {
    if (!may_add(w, e)) {
        return false;
    }
    struct canon_fields f = canon_fields(&w->a, t->n, row->row, row->len);
    return add_row(w, OPEN_INSERT, t, &f, tag, e);
}

bool mysql_writer_delete(struct mysql_writer *w, const struct row_table *t, const struct writer_row *row, uint64_t tag,
                         struct err *e) {
    if (!may_add(w, e)) {
        return false;
    }
    struct canon_fields f = canon_fields(&w->a, t->n, row->row, row->len);
    if (t->nkeys > 0 && !has_null_key(t, &f)) {
        return add_row(w, OPEN_DELETE, t, &f, tag, e);
    }
    size_t start;
    if (!begin_statement(w, &start) || !row_sql_delete(&w->sql, t) || !row_sql_where(&w->sql, t, &f, row->known) ||
        (t->nkeys == 0 && !row_sql_puts(&w->sql, " LIMIT 1"))) {
        return not_made(w, start, t, tag, e);
    }
    return one_row(w, start, OPEN_NONE, 0, t, tag, e);
}

static bool is_known(const struct writer_row *row, size_t i) {
    return row->known == NULL || row->known[i];
}

/* A statement for many rows must know all of each, and may not move a key. */
static bool may_upsert(const struct row_table *t, const struct writer_row *before, const struct writer_row *after,
                       const struct canon_fields *was, const struct canon_fields *now) {
    if (!t->upsert || t->nkeys == 0 || has_null_key(t, now)) {
        return false;
    }
    for (size_t i = 0; i < t->n; i++) {
        bool moved = i < t->nkeys && before != NULL && !canon_fields_same(was, now, i);
        if (moved || (!t->columns[i].computed && !is_known(after, i))) {
            return false;
        }
    }
    return true;
}

bool mysql_writer_update(struct mysql_writer *w, const struct row_table *t, const struct writer_row *before,
                         const struct writer_row *after, uint64_t tag, struct err *e) {
    if (!may_add(w, e)) {
        return false;
    }
    struct canon_fields now = canon_fields(&w->a, t->n, after->row, after->len), was = now;
    const struct writer_row *finds = before != NULL ? before : after;
    bool *set = arena_array(&w->a, bool, t->n + 1), any = false;
    if (before != NULL) {
        was = canon_fields(&w->a, t->n, before->row, before->len);
    }
    for (size_t i = 0; i < t->n; i++) {
        bool same = before == NULL ? i < t->nkeys : is_known(before, i) && canon_fields_same(&was, &now, i);
        set[i] = is_known(after, i) && !same && !t->columns[i].computed;
        any = any || set[i];
    }
    if (!any) {
        return true;
    }
    if (w->o.merge > 1 && may_upsert(t, before, after, &was, &now)) {
        return add_row(w, OPEN_UPSERT, t, &now, tag, e);
    }
    size_t start;
    if (!begin_statement(w, &start) || !row_sql_update(&w->sql, t, &now, set) ||
        !row_sql_where(&w->sql, t, &was, finds->known) || (t->nkeys == 0 && !row_sql_puts(&w->sql, " LIMIT 1"))) {
        return not_made(w, start, t, tag, e);
    }
    return one_row(w, start, OPEN_NONE, 0, t, tag, e);
}

bool mysql_writer_empty(struct mysql_writer *w, const struct row_table *t, uint64_t tag, struct err *e) {
    struct writer_statement s = {.rows = WRITER_ANY, .each = 1, .first_tag = tag, .last_tag = tag, .table = t};
    size_t start;
    if (!may_add(w, e)) {
        return false;
    }
    if (!begin_statement(w, &start) || !row_sql_delete(&w->sql, t) || !row_sql_puts(&w->sql, "TRUE")) {
        return not_made(w, start, t, tag, e);
    }
    return made_statement(w, start, &s, e);
}

/* ---- the end of a transaction ---- */

bool mysql_writer_commit(struct mysql_writer *w, const char *position, const char *note, struct err *e) {
    if (!may_add(w, e) || !own_statement(w, writer_keep_sql(w, position, note != NULL ? note : ""), 1, e) ||
        !flush(w, e) || !collect(w, e)) {
        return false;
    }
    if (!mysql_exec(w->client, "COMMIT", e)) {
        struct writer_statement s = {.rows = WRITER_ANY};
        return refused(w, &s, e);
    }
    w->batch++;
    w->figures.transactions++;
    reset_texts(w);
    return true;
}

bool mysql_writer_undo(struct mysql_writer *w, struct err *e) {
    struct err ignored = ERR_INIT;
    if (w->client != NULL && mysql_usable(w->client) && w->sent.n > 0) {
        size_t n;
        (void)!mysql_answers(w->client, w->affected, w->affected_cap, &n, &ignored);
    }
    bool open = w->in_transaction;
    reset_texts(w);
    if (!mysql_writer_usable(w)) {
        return err_set(e, ERR_SOURCE_LOST, "the connection to the source broke");
    }
    return !open || mysql_exec(w->client, "ROLLBACK", e);
}
