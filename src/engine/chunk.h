/* Chunks: the pieces a table is loaded (and later checked) in.
 *
 * A chunk is a half-open range of the table's row key, [lower, upper), or a partition, or the whole table. Bounds are
 * MySQL literals, one per key column used ("10001", "_utf8mb4 x'e4b8ad'"), so a plan stored in the target can be
 * read by people and turned into a WHERE clause again without the source's help. Together the chunks of a table cover every
 * row exactly once whatever the bounds are: the first has no lower bound, the last no upper. */
#ifndef ENGINE_CHUNK_H
#define ENGINE_CHUNK_H

#include "mysql/client.h"
#include "schema/model.h"

struct chunk {
    size_t table;          /* index in the run's tables */
    unsigned number;       /* 1.. within the table */
    size_t nbounds;        /* how many key columns the bounds have */
    char **lower, **upper; /* nbounds literals each, or NULL: open */
    char *partition;       /* read only this partition, or NULL */
    char *condition;       /* these rows instead of a range (load_moved.c), or NULL */
    uint64_t bytes_estimate;
};

/* The key columns a table is split by; n = 0: it cannot be split (keyless). */
struct chunk_key {
    const struct index *index;
    size_t n;
};
struct chunk_key chunk_key_of(const struct table *t);

/* The conditions of a chunk as MySQL text ("" for the whole table), without the word WHERE. */
char *chunk_where(struct arena *a, const struct table *t, const struct chunk *c);

/* SELECT of the loaded columns of a chunk. */
char *chunk_select(struct arena *a, const struct table *t, const struct chunk *c);

/* A value of a key column, as the text protocol gave it, as a literal. */
char *chunk_literal(struct arena *a, const struct column *c, const char *value, size_t len);

/* Bounds to JSON text (["10001"]) and back; NULL and "" mean open. chunk_bounds_parse: false when it is not of that form. */
char *chunk_bounds_text(struct arena *a, char *const *bounds, size_t n);
bool chunk_bounds_parse(struct arena *a, const char *text, char ***bounds, size_t *n);

/* ---- planning ---- */

/* Receives each chunk as soon as it is known, in order, in the arena the planner was given. */
typedef bool chunk_sink(void *arg, const struct chunk *c, struct err *e);

/* Split table number `table` into chunks of about chunk_bytes of source data. `last`: the last chunk of a plan that an
 * earlier run did not finish (go on behind it), or NULL. Integer keys are bisected by the optimizer's range estimates
 * (index dives, no scan); other keys by walking the key's index; keyless tables by partition, or not at all. */
bool chunk_plan(struct mysql_client *c, struct arena *a, const struct table *t, size_t table, uint64_t chunk_bytes,
                const struct chunk *last, chunk_sink *sink, void *arg, struct err *e) WARN_UNUSED;

#endif
