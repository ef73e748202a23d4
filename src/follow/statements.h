/* The target's statements for each table: single rows with a parameter for each column, sets with an array for each column.
 *
 * Measured on PostgreSQL 15 (a table of 200-byte rows with two indexes, microseconds a row in one session; 1, 20, 1000, 10 000 rows a
 * transaction):
 *   insert  single rows 172 17 8.9 8.5   arrays 163 16 7.2 7.2   COPY 357 32 7.7 7.0
 *   update  single rows 243 41 29 28     arrays 281 45 21 22     COPY to a temporary table, UPDATE FROM it 1033 69 32 27
 *   delete  single rows 322 22 6.1 5.6   arrays 177 42 3.7 2.3   COPY to a temporary table, DELETE USING it 238 20 8.3 4.0
 * So there are no temporary tables and no COPY: a whole transaction is one pipeline, whatever it does.
 *
 * Thread: read-only once made. */
#ifndef FOLLOW_STATEMENTS_H
#define FOLLOW_STATEMENTS_H

#include "follow/batch.h"
#include "gauss/client.h"
#include "value/canon.h"

enum statement_kind {
    STATEMENT_INSERT,
    STATEMENT_INSERT_SET,
    STATEMENT_UPDATE,
    STATEMENT_UPDATE_SET,
    STATEMENT_DELETE,
    STATEMENT_DELETE_SET,
    STATEMENT_KINDS,
};

struct target_column {
    char *name; /* quoted */
    /* Told with each value: a B database that has to infer the type takes integers and bits for floats, and uses no index. */
    uint32_t oid, array_oid; /* array_oid 0: no arrays */
    bool binary;             /* values go in binary form, else as text */
    char *type;              /* as format_type says it */
    bool not_null;
};

struct target_statements {
    const struct follow_table *table;
    char *name; /* "schema"."table" */
    struct target_column *columns;
    uint16_t *set; /* columns an update assigns: all but those of the key (and one of them, if there is nothing else) */
    size_t nset;
    char *sql[STATEMENT_KINDS]; /* NULL: not for this table */
    bool sets;                  /* arrays can be used */
    bool partitioned;
    bool
        reaches_itself; /* deleting a row may delete others of the table: only a statement for all of them counts right */
    struct canon_plan *canon;
};

/* Look at the target's tables and make the statements. binary[i]: COPY's binary form is proven for table i (target_probe_binary).
 * A table or column that the target does not have is ERR_TARGET_SCHEMA. The arena keeps everything. */
bool statements_make(struct gauss_client *c, struct arena *a, enum dialect d, const struct follow_tables *tables,
                     const bool *binary, struct target_statements **out, struct err *e) WARN_UNUSED;

/* Statements for some columns only, made when they are met. present[i]: column i is told; null[i]: it is NULL,
 * or an empty text where that is the same. In the arena. */
char *statement_update_some(struct arena *a, const struct target_statements *t, const bool *present);
char *statement_delete_like(struct arena *a, enum dialect d, const struct target_statements *t, const bool *null);

#endif
