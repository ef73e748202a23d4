/* Digests of what a load reads: the sum over the rows of a chunk that were written, saved with the chunk. `godwit check --quick`
 * reads the target alone and compares.
 *
 * A row's digest is that of its canonical form (value/canon.h) with the loaded columns in the order of the source's table, after
 * loss policies: the same form the row check makes of the source's side. COPY binary holds the canonical form already, or nearly;
 * for COPY text the row is encoded once more.
 * A row without a canonical form (JSON that only the target understands) is no error: its chunk then has no digest.
 * Thread: a worker's are its own. */
#ifndef ENGINE_LOAD_DIGEST_H
#define ENGINE_LOAD_DIGEST_H

#include "value/canon.h"
#include "value/encode.h"

/* Of a chunk's rows. */
struct chunk_digest {
    bool known;
    struct digest form; /* canon_form: of which columns, in which form */
    struct digest sum;
};

/* How a table's rows get theirs. */
struct digest_plan {
    struct canon_plan *canon;
    struct encode_plan *encode; /* NULL: the load's own tuples are COPY binary */
    struct encode_counts uncounted;
    struct digest form;
};

/* Memory used again for each row. */
struct digest_worker {
    struct buf tuple, canon;
    struct err refused;
};

void digest_worker_init(struct digest_worker *w, size_t max_bytes);
void digest_worker_clear(struct digest_worker *w);

/* o: the load's. Everything lives in the arena. */
bool digest_plan_make(struct arena *a, const struct encode_options *o, const struct encode_column *cols, size_t n,
                      struct digest_plan *out, struct err *e) WARN_UNUSED;

void chunk_digest_begin(struct chunk_digest *d, const struct digest_plan *p);

/* The digest of a row, of which `tuple` was just written. False: it has none, and why is in w->refused. */
bool digest_of_row(struct digest_worker *w, const struct digest_plan *p, const uint8_t *row, size_t len,
                   const uint8_t *tuple, size_t tuple_len, struct digest *out) WARN_UNUSED;

/* The chunk has no digest, because of w->refused; logged. */
void chunk_digest_lost(struct chunk_digest *d, const struct digest_worker *w);

/* As godwit.chunk keeps it: "FORM:SUM" in hex, "" when it is not known. parse: false when it is not of that form. */
enum { CHUNK_DIGEST_TEXT = 2 * DIGEST_TEXT };
void chunk_digest_text(const struct chunk_digest *d, char text[CHUNK_DIGEST_TEXT]);
bool chunk_digest_parse(const char *text, struct chunk_digest *out);

#endif
