/* What a target is, asked in SQL, and the session settings each dialect needs.
 *
 * The SQL answers decide the dialect, not the login exchange: a proxy may speak the one and stand before the other. */
#ifndef GAUSS_IDENTIFY_H
#define GAUSS_IDENTIFY_H

#include "base/arena.h"
#include "gauss/client.h"
#include "value/dialect.h"

struct gauss_identity {
    enum dialect dialect;
    const char *version_text;      /* select version() */
    unsigned version;              /* server_version_num: 150018; 90204 on openGauss */
    const char *opengauss_version; /* "7.0.0-RC2", "" on PostgreSQL or when it cannot be told */
    const char *compatibility;     /* "A", "B", "PG", "" on PostgreSQL */
    const char *dolphin_version;   /* "5.1", "" where the plugin is not installed */
    const char *database;
    const char *user;
};

/* Strings live in the arena. A compatibility mode whose types and values we do not know is refused (ERR_TARGET_DATABASE).
 * A B database without the dolphin plugin has PG's types and is DIALECT_OG_PG; compatibility still says "B". */
bool gauss_identify(struct gauss_client *c, struct arena *a, struct gauss_identity *out, struct err *e) WARN_UNUSED;

enum gauss_role {
    GAUSS_ROLE_READ,  /* reading and checking */
    GAUSS_ROLE_LOAD,  /* COPY into tables; every column is given, auto_increment columns included */
    GAUSS_ROLE_DDL,   /* definitions, statements of the control schema */
    GAUSS_ROLE_INDEX, /* building keys and indexes; see gauss_set_maintenance_memory */
};

/* Send the settings a session of this role needs, outside of a transaction. */
bool gauss_session_setup(struct gauss_client *c, enum dialect d, enum gauss_role role, struct err *e) WARN_UNUSED;

/* From here on the session leaves the target's foreign keys alone, and its ordinary triggers where the role may have that (an administrator).
 * *left: false: this role, or this server, checks them as ever; that is no error. openGauss's foreign_key_checks, which any role may switch,
 * reaches all statements in B databases only. Outside of a transaction. */
bool gauss_leave_checks(struct gauss_client *c, enum dialect d, bool *left, struct err *e) WARN_UNUSED;
/* And checks them again, also where gauss_session_setup has begun without. */
bool gauss_keep_checks(struct gauss_client *c, enum dialect d, struct err *e) WARN_UNUSED;

/* An A database takes '' for NULL; from here on this session does not. ERR_TARGET_QUERY: the server is too old for that. */
bool gauss_keep_empty_text(struct gauss_client *c, struct err *e) WARN_UNUSED;

/* maintenance_work_mem for index builds; PostgreSQL and openGauss take it from any role. */
bool gauss_set_maintenance_memory(struct gauss_client *c, unsigned megabytes, struct err *e) WARN_UNUSED;

/* ---- the two list settings, apart for tests ---- */

/* `list` with `word` at the end, unless it is in it. */
char *gauss_list_with(struct arena *a, const char *list, const char *word);
/* `list` without `word`. */
char *gauss_list_without(struct arena *a, const char *list, const char *word);

#endif
