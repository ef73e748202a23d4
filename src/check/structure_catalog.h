/* What a schema of the target has, read from its catalog for a batch of tables. Both schemas are read by the same
 * statements, so the same server spells both.
 * What the server refuses to tell makes its kind of object unknown, for the whole check and with a reason; it never
 * ends the check. Not for other rooms. Thread: belongs to one thread at a time. */
#ifndef CHECK_STRUCTURE_CATALOG_H
#define CHECK_STRUCTURE_CATALOG_H

#include "gauss/client.h"
#include "value/dialect.h"

enum catalog_kind {
    CATALOG_COLUMNS,
    CATALOG_SETS, /* the labels of openGauss B's set types */
    CATALOG_INDEXES,
    CATALOG_CONSTRAINTS,
    CATALOG_TRIGGERS,
    CATALOG_PARTITIONS,
    CATALOG_COUNTERS,
    CATALOG_KINDS
};

struct found_column {
    int number;
    const char *name, *type;
    const char *comment, *collation;   /* NULL: none */
    const char *value;                 /* the default; NULL: none, or it is a counter */
    const char *generated, *on_update; /* expressions, or NULL */
    const char *counter;               /* "identity", "sequence", "auto_increment", or NULL */
    bool not_null;
};

/* An index, a constraint, a trigger or a partition. */
struct found_object {
    const char *name, *definition, *comment;
    const char *body; /* a trigger's function */
    unsigned events;  /* pg_trigger.tgtype */
    bool valid;       /* index valid, constraint validated, trigger enabled */
    bool hidden;      /* an invisible index */
    bool matched;     /* for whoever compares */
};

struct found_objects {
    struct found_object *items;
    size_t n, cap;
};

struct found_table {
    uint32_t oid;
    const char *name, *comment;
    char kind, persistence; /* pg_class.relkind, .relpersistence */
    struct found_column *columns;
    size_t ncolumns, columns_cap;
    struct found_objects primary, indexes, foreign_keys, checks, triggers, partitions;
    const char *partition_key; /* NULL: not partitioned */
};

struct found_tables {
    struct found_table *items; /* by oid */
    size_t n;
};

struct structure_catalog {
    struct gauss_client *c; /* inside a transaction, search_path pg_catalog */
    enum dialect dialect;
    struct arena *a;            /* of the batch */
    struct arena *lasting;      /* for reasons */
    const char *scratch, *real; /* names as SQL prints them: the first becomes the second in every text */
    unsigned variant[CATALOG_KINDS];
    const char *refused[CATALOG_KINDS]; /* why, or NULL */
};

/* Only which of the names are there: oid, name, kind. */
bool structure_read_relations(struct structure_catalog *k, uint32_t schema, const char *const *names, size_t n,
                              struct found_tables *out, struct err *e) WARN_UNUSED;

/* Everything about those. */
bool structure_read_tables(struct structure_catalog *k, struct found_tables *tables, struct err *e) WARN_UNUSED;

struct found_table *structure_find_table(const struct found_tables *tables, const char *name);

/* The sequence that gives a column its values, and what it gives next. */
struct found_counter {
    uint32_t table;
    int column;
    const char *schema, *sequence;
    bool known;
    uint64_t next;
    bool exhausted;     /* at its end: there is no next */
    const char *reason; /* why it is not known */
};

bool structure_read_counters(struct structure_catalog *k, const struct found_tables *tables, struct found_counter **out,
                             size_t *n, struct err *e) WARN_UNUSED;

/* ---- between the files ---- */

/* Run the first of the statements that this server takes (NULL ends the list). *known = false: it refuses all. */
bool structure_rows(struct structure_catalog *k, enum catalog_kind kind, const char *const *sql,
                    struct gauss_rows *rows, bool *known, struct err *e) WARN_UNUSED;
/* Undo what was refused inside the transaction. False when that is no error to go on after; e keeps it. */
bool structure_recover(struct gauss_client *c, const struct err *refused, struct err *e) WARN_UNUSED;
#define STRUCTURE_SAVEPOINT "SAVEPOINT godwit_check"
#define STRUCTURE_RELEASE "RELEASE SAVEPOINT godwit_check"
#define STRUCTURE_UNDO "ROLLBACK TO SAVEPOINT godwit_check"

/* "12, 34" of the tables' oids. */
const char *structure_oids(struct structure_catalog *k, const struct found_tables *tables);
struct found_table *structure_table_of(struct found_tables *tables, const char *oid);
void structure_add(struct structure_catalog *k, struct found_objects *to, struct found_object o);

bool structure_read_partitions(struct structure_catalog *k, struct found_tables *tables, const char *oids,
                               struct err *e) WARN_UNUSED;

#endif
