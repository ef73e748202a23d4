/* From one model to the next, as statements of the target: what changed (schema/change.h) is printed by the same printers that made the tables.
 * Behind them the target has what a load of the new model would have made of the old rows.
 *
 * Tables are changed in place; one whose partitions change otherwise than by a partition more or less is made again inside the transaction,
 * with its rows. Columns stand in the order in which they came. What would need to know what the source did to its rows (numbers it gave,
 * random values, conversions that differ) is refused. */
#ifndef SCHEMA_EVOLVE_H
#define SCHEMA_EVOLVE_H

#include "schema/change.h"
#include "schema/ddl.h"

/* When and where the source's statement ran: rows that are there get this time where a new column's default is the time. */
struct evolve_moment {
    int64_t utc_us;        /* 0: not known */
    const char *time_zone; /* of the session: "+02:00", "SYSTEM"; NULL: not told */
};

/* before is resolved; change->after is resolved here, with the same options. *sql: one text, parted by ";", for one transaction; "" for nothing.
 * ERR_SOURCE_STATEMENT: the reason why not. */
bool schema_evolve(struct arena *a, const struct database *before, struct schema_change *change,
                   const struct ddl_options *o, const struct evolve_moment *when, char **sql,
                   struct err *e) WARN_UNUSED;

#endif
