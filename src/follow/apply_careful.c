/* A job that did not come through: its steps are done again under savepoints, halved until single rows are left, and what becomes of
 * such a row is its class's policy. See apply.h. */
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "follow/apply.h"

const char *apply_class_name(enum apply_class c) {
    static const char *const names[] = {"missing", "duplicate", "refused"};
    return names[c];
}

bool apply_blames_row(const struct applier *w, const struct err *e) {
    if (!gauss_usable(w->target)) {
        return false;
    }
    if (e->code == ERR_NONE) {
        return true; /* another number of rows than meant */
    }
    return err_class_of(e->code) == ERR_CLASS_TARGET &&
           (str_starts(e->sqlstate, "22") || str_starts(e->sqlstate, "23") || str_starts(e->sqlstate, "P0") ||
            str_eq(e->sqlstate, "54000"));
}

static enum apply_class class_of(const struct step *s, const struct err *cause) {
    if (cause->code == ERR_NONE) {
        return s->kind == STEP_INSERT ? APPLY_REFUSED : APPLY_MISSING;
    }
    return str_eq(cause->sqlstate, "23505") ? APPLY_DUPLICATE : APPLY_REFUSED;
}

/* Put the change aside, inside the job's transaction. */
static bool divert(struct applier *w, const struct job *job, const struct target_statements *t, const struct step *s,
                   const struct net_change *c, enum apply_class class, const struct err *cause, struct err *e) {
    struct arena a = ARENA_INIT;
    const struct stream_place *place = &job->flight->end;
    char *key = apply_key_text(&a, t, c);
    char *where = arena_printf(&a, "%s:%llu", place->at.file, (unsigned long long)place->at.pos);
    char *reason = arena_printf(&a, "%s: %s%s%s", apply_class_name(class), cause->message,
                                cause->cause[0] != '\0' ? "; " : "", cause->cause);
    bool ok = gauss_execf(
        w->target, e,
        "INSERT INTO godwit.rejected (\"task\", \"table_name\", \"chunk_number\", \"row_key\", "
        "\"row_text\", \"sqlstate\", \"reason\", \"place\", \"statement\") VALUES (%s, %s, 0, %s, %s, "
        "%s, %s, %s, %s)",
        str_literal_pg(&a, w->apply->checkpoint.task), str_literal_pg(&a, t->table->t->name), str_literal_pg(&a, key),
        str_literal_pg(&a, apply_row_text(&a, t, c)), str_literal_pg(&a, cause->sqlstate), str_literal_pg(&a, reason),
        str_literal_pg(&a, where), str_literal_pg(&a, apply_statement_text(&a, t, s->kind, c)));
    log_warn("change_diverted", "%s row %s: %s", t->name, key, reason);
    atomic_fetch_add(&w->apply->diverted, 1);
    arena_clear(&a);
    return ok;
}

/* One change the target does not take. */
static bool blame(struct applier *w, const struct job *job, const struct step *s, size_t at, struct err *cause,
                  struct err *e) {
    static const enum err_code codes[] = {ERR_APPLY_MISSING, ERR_APPLY_DUPLICATE, ERR_APPLY_REFUSED};
    static const char *const words[] = {
        [STEP_DELETE] = "delete", [STEP_INSERT] = "insert", [STEP_UPDATE] = "update", [STEP_MOVE] = "update"};
    const struct target_statements *t = &w->apply->statements[s->table];
    const struct net_change *c = s->changes[at];
    enum apply_class class = class_of(s, cause);
    if (cause->code == ERR_NONE) {
        snprintf(cause->message, sizeof cause->message, "%s", "the statement found another number of rows");
    }
    if (w->apply->policy[class] == APPLY_DIVERT) {
        return divert(w, job, t, s, c, class, cause, e);
    }
    struct arena a = ARENA_INIT;
    err_set(e, codes[class], "%s: cannot %s the row", err_title(codes[class]), words[s->kind]);
    err_cause(e, "%s%s%s; %s", cause->message, cause->cause[0] != '\0' ? ": " : "", cause->cause,
              apply_statement_text(&a, t, s->kind, c));
    memcpy(e->sqlstate, cause->sqlstate, sizeof e->sqlstate);
    e->retryable = w->apply->policy[class] == APPLY_RETRY;
    err_where(e, "table %s.%s, row %s", t->table->t->schema, t->table->t->name, apply_key_text(&a, t, c));
    arena_clear(&a);
    return false;
}

static bool try_range(struct applier *w, const struct job *job, const struct step *s, size_t from, size_t to,
                      struct err *e) {
    struct err cause = ERR_INIT;
    const struct expected *failed;
    if (atomic_load_explicit(w->apply->stop, memory_order_relaxed)) {
        return err_set(e, ERR_CANCELLED, "stopped by request");
    }
    if (!gauss_exec(w->target, "SAVEPOINT godwit_rows", e)) {
        return false;
    }
    apply_pipe_reset(w);
    if (!apply_pipe_step(w, s, from, to, e)) {
        return false;
    }
    if (apply_pipe_finish(w, &failed, &cause)) {
        return gauss_exec(w->target, "RELEASE SAVEPOINT godwit_rows", e);
    }
    if (!apply_blames_row(w, &cause)) {
        err_copy(e, &cause);
        return false;
    }
    if (!gauss_exec(w->target, "ROLLBACK TO SAVEPOINT godwit_rows", e) ||
        !gauss_exec(w->target, "RELEASE SAVEPOINT godwit_rows", e)) {
        return false;
    }
    if (to - from == 1) {
        return blame(w, job, s, from, &cause, e);
    }
    size_t mid = from + (to - from) / 2; /* depth: log2 of the changes of a step */
    return try_range(w, job, s, from, mid, e) && try_range(w, job, s, mid, to, e);
}

bool apply_carefully(struct applier *w, const struct job *job, struct err *e) {
    const struct part *p = &job->flight->batch.parts[job->part];
    atomic_fetch_add(&w->apply->careful, 1);
    for (size_t i = 0; i < p->nsteps; i++) {
        if (!try_range(w, job, &p->steps[i], 0, p->steps[i].n, e)) {
            return false;
        }
    }
    return true;
}
