/* From the model to a target's statements. */
#ifndef SCHEMA_DDL_H
#define SCHEMA_DDL_H

#include "schema/model.h"

/* What sessions call themselves that apply the source's changes: triggers that stand for clauses of the source leave those alone. */
#define FOLLOW_APPLICATION_NAME "godwit-follow"

/* An index of the target's schema, by the names there. */
struct target_index {
    const char *name, *table;
};

struct ddl_options {
    struct typemap_options types;
    const char *target_schema; /* where tables go; NULL: the source database's name */
    bool lower_names;          /* fold table names to lower case (source lower_case_table_names decides by default) */
    unsigned server_version;   /* PostgreSQL 150018; openGauss working version */
    const struct target_index
        *indexes; /* what is there: names of indexes of tables that are not in the model are taken */
    size_t nindexes;
};

/* The schema that the database goes to. */
char *schema_target_schema(struct arena *a, const struct database *d, const struct ddl_options *o);

/* Decide every name and type in the target: identifiers (63 bytes, clashes resolved by a stated rule: a name that is
 * taken in its name space becomes NAME_<table>, cut names end in _<8 hex of their hash>), types through the type map.
 * Fills the "by schema_resolve" fields. */
bool schema_resolve(struct arena *a, struct database *d, const struct ddl_options *o, struct err *e) WARN_UNUSED;

enum ddl_stage {
    DDL_SCHEMA,  /* CREATE SCHEMA, enum types */
    DDL_TABLE,   /* CREATE TABLE with columns, NOT NULL, defaults, generated columns, CHECK, partitions, comments */
    DDL_INDEX,   /* unique and secondary indexes, and those that primary keys are made of */
    DDL_PRIMARY, /* primary key */
    DDL_COUNTER, /* auto_increment / sequence values */
    DDL_FK,      /* foreign keys (NOT VALID where the dialect has it) */
    DDL_FK_VALIDATE,
    DDL_TRIGGER, /* what ON UPDATE needs where the dialect has no clause for it */
    DDL_ANALYZE,
};

struct ddl_statement {
    enum ddl_stage stage;
    const struct table *table; /* NULL: the whole schema */
    char *object;              /* "index shop.orders.idx_total" for messages */
    char *sql;
    uint32_t weight; /* relative cost inside a table, for scheduling: number of key columns */
    const void *of;  /* the index or foreign key of the model it is for, or NULL */
};

/* Something the dialect cannot express: what was found, why, and what is done instead. */
struct ddl_finding {
    char *object, *reason, *instead;
    bool changes_meaning; /* warning rather than note */
};

struct ddl {
    struct ddl_statement *statements; /* in stage order, tables in the model's order inside a stage */
    size_t n;
    struct ddl_finding *findings;
    size_t nfindings;
};

/* d must have been resolved with the same options. */
bool ddl_make(struct arena *a, const struct database *d, const struct ddl_options *o, struct ddl *out,
              struct err *e) WARN_UNUSED;

/* DROP of everything ddl_make would create for the table (--overwrite). */
char *ddl_drop_table(struct arena *a, const struct table *t, const struct ddl_options *o);

const char *ddl_stage_name(enum ddl_stage s);

#endif
