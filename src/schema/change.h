/* What a statement of the source makes of the model: the model as the source's catalog would be read behind it (schema/catalog.h), without
 * asking the source, which may have moved on.
 *
 * Tables that are new belong to the model when the filter picks them, or when they are shadows of one that it picks: gh-ost's _T_gho, and
 * _T_new of pt-online-schema-change. Tables that are in the model stay in it under whatever name.
 * What cannot be known for certain is refused with the reason: nothing is guessed. */
#ifndef SCHEMA_CHANGE_H
#define SCHEMA_CHANGE_H

#include "schema/catalog.h"

/* Of the server: read once (catalog_read_charsets). */
struct schema_charset {
    const char *name, *collation; /* the default one */
    unsigned bytes_max;
};
struct schema_charsets {
    struct schema_charset *items;
    size_t n;
    unsigned version; /* of the server, as mysql_server's */
};

bool catalog_read_charsets(struct mysql_client *c, struct arena *a, struct schema_charsets *out,
                           struct err *e) WARN_UNUSED;

/* What the statement was run with. */
struct schema_session {
    const char *database;          /* the default one; NULL: none */
    uint64_t sql_mode;             /* as the binlog has it */
    bool implicit_timestamps;      /* explicit_defaults_for_timestamp is off */
    const char *time_zone;         /* NULL: not told */
    const char *utf8mb4_collation; /* default_collation_for_utf8mb4; NULL: the charsets' */
    const char *server_collation;  /* for databases that are made; NULL: not known */
};

enum schema_effect {
    SCHEMA_SAME,      /* none of our business, or nothing that is carried */
    SCHEMA_CHANGED,   /* *after differs */
    SCHEMA_TRUNCATES, /* *table of the model is emptied */
    SCHEMA_GONE,      /* the database is dropped; *after has no tables */
};

/* after, in the arena, is the new model; what comes from the old one says so (`was`). It may share strings with the old one.
 * ERR_SOURCE_STATEMENT: the reason. */
struct schema_change {
    struct database after;
    enum schema_effect effect;
    const struct table *table; /* SCHEMA_TRUNCATES: in before */
    const char **emptied;      /* partitions of emptied_of whose rows go, by TRUNCATE or DROP PARTITION */
    size_t nemptied;
    const struct table *emptied_of; /* in after */
};

bool schema_change(struct arena *a, const struct database *before, const struct catalog_filter *filter,
                   const struct schema_charsets *charsets, const struct schema_session *s, const char *text, size_t len,
                   struct schema_change *out, struct err *e) WARN_UNUSED;

/* Would a new table of this name belong to the model? */
bool schema_selects(const struct catalog_filter *filter, const char *table);

/* A copy whose parts know what they are copies of. Not resolved; strings are shared. */
void schema_clone(struct arena *a, const struct database *from, struct database *to);

#endif
