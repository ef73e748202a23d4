/* What has changed in a target's tables: the one form in which every decoder tells it.
 *
 * Transactions come whole, in the order of their commits, never mixed: BEGIN, rows and the like, COMMIT. A relation is told before
 * the first change that refers to it, and again, as a new one, whenever its definition differs.
 *
 * Ownership: a relation lives as long as the decoder that told it. Everything else a change points to is valid until the decoder's
 * next call; who keeps it copies it. Thread: none of its own. */
#ifndef GAUSS_CHANGE_H
#define GAUSS_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum change_kind {
    CHANGE_NONE, /* nothing for now */
    CHANGE_BEGIN,
    CHANGE_RELATION,
    CHANGE_INSERT,
    CHANGE_UPDATE,
    CHANGE_DELETE,
    CHANGE_TRUNCATE,
    CHANGE_DDL,     /* a definition changed, in the server's own description */
    CHANGE_MESSAGE, /* pg_logical_emit_message; outside of transactions too */
    CHANGE_COMMIT,
    CHANGE_POSITION, /* between transactions: nothing before lsn is still to come */
};

struct change_column {
    const char *name;
    uint32_t type_oid;     /* 0: not told */
    int32_t typmod;        /* -1: none, or not told */
    const char *type_name; /* as format_type prints it, without length; NULL: not told */
    bool key;              /* part of the replica identity; false also where that is not told */
};

struct change_relation {
    uint32_t number; /* of this decoder's relations, from 1 on; another definition has another number */
    uint32_t oid;    /* 0: not told */
    const char *schema, *table;
    char identity; /* d default, f full, i index, n nothing; '\0': not told */
    size_t n;
    struct change_column *columns;
};

enum value_form {
    VALUE_ABSENT,    /* not part of what was sent: no key column, say */
    VALUE_NULL,      /* SQL NULL */
    VALUE_UNCHANGED, /* a large value that an UPDATE did not touch is not sent again */
    VALUE_TEXT,      /* the type's text output */
    VALUE_BINARY,    /* the type's binary output, as COPY binary has it */
};

struct change_value {
    enum value_form form;
    size_t len;
    const uint8_t *bytes; /* no NUL behind */
};

/* One value for each column of the relation. */
typedef struct change_value *change_tuple;

enum change_old {
    OLD_NONE, /* no old row was sent: the identity's columns did not change, or there is no identity */
    OLD_KEY,  /* the identity's columns */
    OLD_FULL, /* the whole row */
};

struct change_begin {
    uint64_t xid;
    uint64_t commit_lsn; /* where the commit record starts; 0: not told */
    uint64_t csn;        /* openGauss: grows from commit to commit; 0: not told */
    int64_t time_us;     /* of the commit, since 1970; 0: not told */
    const char *origin;  /* the replication origin's name; NULL: none, or not told */
    uint32_t origin_id;  /* its number, where only that is told; 0: none */
};

struct change_commit {
    uint64_t xid;
    uint64_t commit_lsn; /* where the record starts; 0: not told */
    uint64_t end_lsn; /* the position to keep and to confirm; 0: not told (see mppdb_decoding's styles in decoder.h) */
    uint64_t csn;
    int64_t time_us;
};

struct change_row {
    const struct change_relation *relation;
    enum change_old old;
    change_tuple before; /* NULL with OLD_NONE */
    change_tuple after;  /* NULL of a DELETE */
};

struct change_truncate {
    const struct change_relation **relations;
    size_t n;
    bool cascade, restart_identity;
};

struct change_message {
    const char *prefix;
    const uint8_t *content;
    size_t len;
    bool transactional;
};

struct change_ddl {
    const char *description; /* JSON with format strings; NUL behind */
    const char *statement;   /* in the server's SQL; NULL: not told */
};

struct change {
    enum change_kind kind;
    uint64_t lsn; /* of the record; 0: not told. Of POSITION: the position */
    union {
        struct change_begin begin;
        struct change_commit commit;
        const struct change_relation *relation;
        struct change_row row;
        struct change_truncate truncate;
        struct change_message message;
        struct change_ddl ddl;
    };
};

#endif
