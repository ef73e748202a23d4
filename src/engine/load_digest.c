/* See load_digest.h. */
#include "engine/load_digest.h"

#include <stdio.h>

#include "base/log.h"

void digest_worker_init(struct digest_worker *w, size_t max_bytes) {
    buf_init(&w->tuple, max_bytes);
    buf_init(&w->canon, max_bytes);
}

void digest_worker_clear(struct digest_worker *w) {
    buf_clear(&w->tuple);
    buf_clear(&w->canon);
}

bool digest_plan_make(struct arena *a, const struct encode_options *o, const struct encode_column *cols, size_t n,
                      struct digest_plan *out, struct err *e) {
    struct canon_column *canon = arena_array(a, struct canon_column, n);
    for (size_t i = 0; i < n; i++) {
        canon[i] = (struct canon_column){.kind = cols[i].to.kind, .ddl = cols[i].to.ddl, .name = cols[i].name};
    }
    *out = (struct digest_plan){.encode = NULL};
    if (!canon_plan_make(a, o->dialect, canon, n, &out->canon, e)) {
        return false;
    }
    out->form = canon_form(out->canon);
    if (o->binary) {
        return true;
    }
    struct encode_options binary = *o;
    binary.binary = binary.canonical = true;
    out->uncounted.counts = arena_array(a, uint64_t, n * LOSS_COUNT);
    return encode_plan_make(a, &binary, cols, n, &out->encode, e);
}

void chunk_digest_begin(struct chunk_digest *d, const struct digest_plan *p) {
    *d = (struct chunk_digest){.known = true, .form = p->form};
}

bool digest_of_row(struct digest_worker *w, const struct digest_plan *p, const uint8_t *row, size_t len,
                   const uint8_t *tuple, size_t tuple_len, struct digest *out) {
    if (p->encode != NULL) {
        struct encode_counts uncounted = p->uncounted;
        size_t failed;
        buf_reset(&w->tuple);
        if (!encode_row(p->encode, row, len, &uncounted, &w->tuple, &failed, &w->refused)) {
            return false;
        }
        tuple = w->tuple.data;
        tuple_len = w->tuple.len;
    }
    tuple += 2; /* behind the number of columns */
    tuple_len -= 2;
    if (canon_is_plain(p->canon)) {
        *out = digest_row(tuple, tuple_len);
        return true;
    }
    buf_reset(&w->canon);
    if (!canon_binary(p->canon, tuple, tuple_len, &w->canon, &w->refused)) {
        return false;
    }
    *out = digest_row(w->canon.data, w->canon.len);
    return true;
}

void chunk_digest_lost(struct chunk_digest *d, const struct digest_worker *w) {
    if (d->known) {
        log_err("no_digest", &w->refused);
    }
    d->known = false;
}

void chunk_digest_text(const struct chunk_digest *d, char text[CHUNK_DIGEST_TEXT]) {
    char form[DIGEST_TEXT], sum[DIGEST_TEXT];
    text[0] = '\0';
    if (d->known) {
        digest_text(d->form, form);
        digest_text(d->sum, sum);
        snprintf(text, CHUNK_DIGEST_TEXT, "%s:%s", form, sum);
    }
}

bool chunk_digest_parse(const char *text, struct chunk_digest *out) {
    char form[DIGEST_TEXT];
    *out = (struct chunk_digest){.known = false};
    if (strlen(text) != CHUNK_DIGEST_TEXT - 1 || text[DIGEST_TEXT - 1] != ':') {
        return false;
    }
    memcpy(form, text, DIGEST_TEXT - 1);
    form[DIGEST_TEXT - 1] = '\0';
    out->known = digest_parse(form, &out->form) && digest_parse(text + DIGEST_TEXT, &out->sum);
    return out->known;
}
