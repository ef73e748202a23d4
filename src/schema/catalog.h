/* Reads MySQL's or MariaDB's catalog into the model. */
#ifndef SCHEMA_CATALOG_H
#define SCHEMA_CATALOG_H

#include "mysql/client.h"
#include "schema/model.h"

struct catalog_filter {
    const char **include; /* patterns over table names: shell globs, or /regex/; none: all */
    size_t ninclude;
    const char **exclude;
    size_t nexclude;
    const struct catalog_filter *also; /* which a table has to match as well, or NULL */
};

/* A pattern can be read? ERR_PATTERN otherwise. */
bool catalog_filter_valid(const struct catalog_filter *f, struct err *e) WARN_UNUSED;
bool catalog_filter_match(const struct catalog_filter *f, const char *table);

/* Views and programs are left to the room objects: takes them out of what is not carried. */
void catalog_leave_to_objects(struct database *d);

/* Read everything about the base tables of `database` that match, with a bounded number of statements (information_schema
 * in bulk, not per table). Views, routines, triggers and events go to `uncarried`. */
bool catalog_read(struct mysql_client *c, struct arena *a, const char *database, const struct catalog_filter *f,
                  struct database *out, struct err *e) WARN_UNUSED;

#endif
