/* What a statement of the source's binlog means for the tables that are followed. Not a parser: the words that tell it, and names.
 * Foreign text: bounded by its length. Any thread. */
#ifndef FOLLOW_STATEMENT_H
#define FOLLOW_STATEMENT_H

#include "schema/change.h"

enum statement_effect {
    STATEMENT_NOTHING,  /* none of our business: other databases, accounts, views, .. */
    STATEMENT_TRUNCATE, /* of one table that is followed */
    STATEMENT_CHANGES,  /* the definition of a table that is followed, or a table that would have to be */
};

struct statement_scope {
    const struct database *db;
    const struct catalog_filter *filter;
};

/* database: the default one, or NULL; ansi_quotes: of its sql_mode. *table: of TRUNCATE, and of CHANGES where it is one that is followed;
 * else NULL. */
enum statement_effect statement_look(const struct statement_scope *s, const char *text, size_t len,
                                     const char *database, bool ansi_quotes, const struct table **table);

#endif
