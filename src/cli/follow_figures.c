/* See follow_figures.h. */
#include "cli/follow_figures.h"

#include "base/clock.h"

enum { SHORTEST_US = 900 * 1000 };

void follow_speeds_begin(struct follow_speeds *s) {
    *s = (struct follow_speeds){.began_us = clock_mono_us(), .last_us = clock_mono_us()};
}

double follow_lag_s(const struct follow_status *now) {
    const struct follow_figures *f = &now->figures;
    if (f->caught_up || f->applied_commit_us == 0) {
        return 0;
    }
    double s = (double)(now->source_us - f->applied_commit_us) / 1e6;
    return s > 0 ? s : 0;
}

void follow_speeds_take(struct follow_speeds *s, const struct follow_status *now) {
    const struct follow_figures *f = &now->figures;
    int64_t us = clock_mono_us();
    double seconds = (double)(us - s->last_us) / 1e6;
    if (us - s->last_us < SHORTEST_US) {
        return;
    }
    s->rows_per_s = (double)(f->applied_rows - s->last.applied_rows) / seconds;
    s->bytes_per_s = (double)(f->applied_bytes - s->last.applied_bytes) / seconds;
    /* What was taken but not applied when a session was lost is taken once more. */
    s->taken_per_s = f->taken_rows > s->last.taken_rows ? (double)(f->taken_rows - s->last.taken_rows) / seconds : 0;
    if (s->last.applied_commit_us > 0 && f->applied_commit_us >= s->last.applied_commit_us) {
        double rate = (double)(f->applied_commit_us - s->last.applied_commit_us) / 1e6 / seconds;
        s->catching_up = s->catching_up > 0 ? s->catching_up * 0.7 + rate * 0.3 : rate;
    }
    s->last = *f;
    s->last_us = us;
}

/* Until it has caught up; the source goes on meanwhile. */
static json_t *eta(const struct follow_speeds *s, double lag_s) {
    enum { NOT_WORTH_TELLING_S = 2 };
    if (lag_s < NOT_WORTH_TELLING_S) {
        return json_integer(0);
    }
    return s->catching_up > 1.05 ? json_integer((json_int_t)(lag_s / (s->catching_up - 1) * 1000)) : json_null();
}

static json_t *amount(uint64_t rows, uint64_t bytes, uint64_t transactions) {
    return json_pack("{s:I, s:I, s:I}", "rows", (json_int_t)rows, "bytes", (json_int_t)bytes, "transactions",
                     (json_int_t)transactions);
}

json_t *follow_to_json(const struct follow_speeds *s, const struct follow_status *now) {
    const struct follow_figures *f = &now->figures;
    double lag_s = follow_lag_s(now);
    json_t *jobs =
        json_pack("{s:I, s:I, s:I, s:I}", "done", (json_int_t)f->jobs.jobs, "waited", (json_int_t)f->jobs.waited,
                  "running", (json_int_t)f->jobs.running, "queued", (json_int_t)f->jobs.queued);
    json_t *o =
        json_pack("{s:I, s:o, s:o, s:o, s:f, s:b, s:o, s:b, s:b}", "captured_bytes", (json_int_t)now->captured_bytes,
                  "taken", amount(f->taken_rows, f->taken_bytes, f->taken_transactions), "applied",
                  amount(f->applied_rows, f->applied_bytes, f->applied_transactions), "rest",
                  amount(f->taken_rows - f->applied_rows, f->taken_bytes - f->applied_bytes,
                         f->taken_transactions - f->applied_transactions),
                  "lag_s", lag_s, "caught_up", f->caught_up, "eta_ms", eta(s, lag_s), "source_lost", now->source_lost,
                  "target_lost", f->target_lost);
    json_t *more = json_pack("{s:f, s:f, s:f, s:o, s:I, s:I, s:I, s:f}", "rows_per_s", s->rows_per_s, "bytes_per_s",
                             s->bytes_per_s, "taken_rows_per_s", s->taken_per_s, "jobs", jobs, "memory_bytes",
                             (json_int_t)f->jobs.memory_bytes, "diverted", (json_int_t)f->diverted, "retried",
                             (json_int_t)f->retried, "elapsed_s", (double)(clock_mono_us() - s->began_us) / 1e6);
    json_object_update(o, more);
    json_decref(more);
    if (now->compared.on) {
        json_object_set_new(o, "compared",
                            json_pack("{s:I, s:I, s:I}", "keys", (json_int_t)now->compared.keys, "different",
                                      (json_int_t)now->compared.different, "until_ms",
                                      (json_int_t)(now->compared.until_us / 1000)));
    }
    return o;
}
