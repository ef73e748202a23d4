/* Between the files that make statements out of a difference of models. Not for other rooms.
 *
 * Three models: before; mid, which is before under the names after; after. Where mid and after print the same nothing has to be done. */
#ifndef SCHEMA_EVOLVE_INTERNAL_H
#define SCHEMA_EVOLVE_INTERNAL_H

#include "schema/ddl_internal.h"
#include "schema/evolve.h"

struct side {
    const struct database *d;
    struct ddl ddl;
    struct table_parts *parts; /* by table */
    struct ddl_ctx x;          /* to print with */
};

/* A table on its way. from, mid: NULL: it is new; to: NULL: it goes. */
struct pair {
    const struct table *from, *mid, *to;
    const struct table_parts *from_parts, *mid_parts, *to_parts;
    bool again; /* made again, with its rows */
};

struct evolution {
    struct arena *a;
    const struct ddl_options *o;
    const struct evolve_moment *when;
    const struct schema_change *change;
    struct side before, mid, after;
    struct pair *pairs;
    size_t n;
    struct text first, drops, renames, tables, keys, last; /* in this order */
    char *why;
};

bool evolve_no(struct evolution *v, const char *fmt, ...) PRINTF_LIKE(2, 3); /* false always */
void evolve_add(struct text *t, const char *fmt, ...) PRINTF_LIKE(2, 3);     /* a statement */
const char *evolve_quote(struct evolution *v, const char *id);
/* All statements of a side about the table with this stage and object (`of`), as one text; NULL: none. */
char *evolve_sql(const struct evolution *v, const struct side *s, const struct table *t, enum ddl_stage stage,
                 const void *of);

/* ---- evolve_column.c ---- */
bool evolve_columns(struct evolution *v, struct pair *p);
/* An expression over the column as it was, for its new type; NULL: as it is. False: conversions differ. */
bool evolve_conversion(struct evolution *v, const struct pair *p, const struct column *from, const struct column *to,
                       char **using);

/* ---- evolve_labels.c ---- */
/* A type that openGauss B makes of the labels, for this column alone. */
bool evolve_has_own_type(const struct evolution *v, const struct column *c);
/* Does a column of p->from come to another type, where one of the two is its own? Keys and checks that hold it are then made anew: the old
 * type's end would take them along. */
bool evolve_remakes(const struct evolution *v, const struct pair *p, const struct column *from);
bool evolve_reads_remade(struct evolution *v, const struct pair *p, const char *expr); /* MySQL text; NULL: no */
/* From any type to one of its own, with all that a column has but its checks; the name is the new one already. False: what holds it. */
bool evolve_labels(struct evolution *v, const struct pair *p, const struct column *from, const struct column *mid,
                   const struct column *to);

/* ---- evolve_key.c ---- */
void evolve_drop_triggers(struct evolution *v, struct pair *p);
void evolve_triggers(struct evolution *v, struct pair *p);
bool evolve_keys(struct evolution *v, struct pair *p);
bool evolve_references(struct evolution *v, struct pair *p);
void evolve_checks(struct evolution *v, struct pair *p);

/* ---- evolve_partition.c ---- */
/* In place, or again? Rows of partitions that are emptied go. */
bool evolve_partitions(struct evolution *v, struct pair *p);
bool evolve_again(struct evolution *v, struct pair *p);
/* PostgreSQL: partitions are tables, called after theirs. Names may be swapped: round 0 gives them one that nobody has, 1 the new one. */
void evolve_rename_partitions(struct evolution *v, const struct pair *p, int round);

#endif
