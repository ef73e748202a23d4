/* The model of a database's tables: filled from MySQL's catalog (schema/catalog.h), printed as DDL for a target
 * (schema/ddl.h), changed by the source's statements (schema/change.h), compared by the check. Everything lives in the arena it was read into. Names are UTF-8. */
#ifndef SCHEMA_MODEL_H
#define SCHEMA_MODEL_H

#include "base/arena.h"
#include "value/mytype.h"
#include "value/typemap.h"

enum generated_kind { GENERATED_NO, GENERATED_VIRTUAL, GENERATED_STORED };

struct column {
    char *name;
    int ordinal; /* 1.. */
    struct mytype type;
    bool nullable, invisible;
    bool auto_increment;
    /* One of: no default; default_null; a literal (default_text); an expression (default_expr). */
    bool has_default, default_null;
    char *default_text;
    char *default_expr; /* MySQL expression text: CURRENT_TIMESTAMP(3), (uuid()) */
    char *on_update;    /* CURRENT_TIMESTAMP(3), or NULL */
    enum generated_kind generated;
    char *generation_expr; /* MySQL expression text */
    char *comment;
    /* filled by schema_resolve */
    char *target_name;
    struct target_type target;
    bool loaded;              /* false for generated columns: COPY must not list them */
    const struct column *was; /* of a changed model: what it is a copy of; NULL: it is new */
};

enum index_kind { INDEX_PRIMARY, INDEX_UNIQUE, INDEX_PLAIN, INDEX_FULLTEXT, INDEX_SPATIAL, INDEX_VECTOR };

struct index_part {
    struct column *column; /* NULL: an expression */
    char *expr;            /* MySQL expression text */
    uint32_t prefix_chars; /* 0: whole */
    bool descending;
};

struct index {
    char *name;
    enum index_kind kind;
    struct index_part *parts;
    size_t nparts;
    bool invisible;
    bool implied; /* made by the server for a foreign key; known of changed models only */
    char *comment;
    char *target_name;
    const struct index *was;
};

struct foreign_key {
    char *name;
    struct column **columns;
    size_t n;
    char *ref_schema, *ref_table;
    char **ref_columns;
    char *on_delete, *on_update; /* "CASCADE", "SET NULL", "RESTRICT", "NO ACTION", "SET DEFAULT" */
    char *target_name;
    const struct foreign_key *was;
};

struct check {
    char *name;
    char *expr; /* MySQL expression text */
    bool enforced;
    char *target_name;
    const struct check *was;
};

enum partition_method { PART_NONE, PART_RANGE, PART_RANGE_COLUMNS, PART_LIST, PART_LIST_COLUMNS, PART_HASH, PART_KEY };

struct partition {
    char *name;
    char *values; /* "LESS THAN" or "IN" list as the catalog prints it, e.g. "100", "MAXVALUE", "1,2,NULL" */
    char *comment;
    struct partition *sub;
    size_t nsub;
};

struct partitioning {
    enum partition_method method, sub_method;
    bool linear, sub_linear;
    char *expr, *sub_expr; /* column list or expression, MySQL text */
    struct partition *parts;
    size_t n;
};

struct table {
    char *schema, *name;
    bool is_view; /* made for a check of what it shows: catalogs have base tables only */
    char *comment, *charset, *collation, *engine;
    struct column *columns;
    size_t ncolumns;
    struct index *indexes;
    size_t nindexes;
    struct foreign_key *fks;
    size_t nfks;
    struct check *checks;
    size_t nchecks;
    struct partitioning part;
    uint64_t auto_increment_next; /* 0: none */
    uint64_t rows_estimate, data_bytes;
    /* filled by schema_resolve */
    char *target_schema, *target_name;
    const struct table *was;
};

/* An object seen at the source but not carried (yet): views, routines, triggers, events, sequences. */
struct uncarried {
    char *kind, *name, *reason;
};

struct database {
    char *name;
    char *charset, *collation;
    bool is_mariadb;
    int lower_case_table_names;
    struct table *tables;
    size_t ntables;
    struct uncarried *uncarried;
    size_t nuncarried;
};

struct table *schema_find_table(const struct database *d, const char *name);
struct column *schema_find_column(const struct table *t, const char *name);
/* The primary key, else the first unique index whose parts are whole NOT NULL columns; NULL: keyless. */
const struct index *schema_row_key(const struct table *t);

/* Does this key, or any of the database, change rows by itself when others change? */
bool schema_key_cascades(const struct foreign_key *k);
bool schema_cascades(const struct database *d);

#endif
