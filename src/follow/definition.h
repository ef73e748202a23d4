/* A statement of the source that changes definitions, as what the target is to do and as the model behind it. Any thread. */
#ifndef FOLLOW_DEFINITION_H
#define FOLLOW_DEFINITION_H

#include "follow/feed.h"
#include "schema/evolve.h"

struct definition_scope {
    const struct database *db; /* before it, resolved */
    const struct catalog_filter *filter;
    const struct schema_charsets *charsets;
    const struct ddl_options *ddl;
    const char *system_time_zone; /* of the source's machine; NULL: not known */
};

struct definition {
    bool changes; /* the model; false: nothing that is carried */
    char *sql;    /* for the target; "" for nothing */
    struct database after;
};

/* Everything in the arena. ERR_SOURCE_STATEMENT: why it cannot be translated; out->changes with out->after is told even then, if that
 * much is understood. */
bool definition_translate(struct arena *a, const struct definition_scope *s, const struct feed_item *item,
                          struct definition *out, struct err *e) WARN_UNUSED;

#endif
