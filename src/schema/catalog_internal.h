/* What the files that read the catalog share. Not for other rooms. */
#ifndef SCHEMA_CATALOG_INTERNAL_H
#define SCHEMA_CATALOG_INTERNAL_H

#include "schema/catalog.h"
#include "schema/catalog_text.h"

struct catalog_reader {
    struct mysql_client *c;
    struct arena *a;
    const struct catalog_filter *filter;
    struct database *d;
    char *db; /* the database's name as a literal */
    bool is_mariadb;
    unsigned version;
    size_t uncarried_cap;
    /* which columns information_schema has here */
    bool has_generation_expr, has_srs_id, has_index_expr, has_index_visible, has_index_ignored;
    bool has_checks, checks_have_table, has_enforced;
};

/* The table of that exact name among those being read, or NULL (filtered out, or no base table).
 * d->tables must be sorted. */
struct table *catalog_table(const struct catalog_reader *r, const char *name);
size_t catalog_table_index(const struct catalog_reader *r, const struct table *t);
void catalog_uncarried(struct catalog_reader *r, const char *kind, const char *name, const char *reason);

/* ERR_SOURCE_SCHEMA: something names a column that its table does not have. */
bool catalog_no_column(struct err *e, const struct table *t, const char *kind, const char *object, const char *column);
/* What SHOW CREATE TABLE prints; NULL when it printed nothing. */
bool catalog_show_create(struct catalog_reader *r, const struct table *t, const char **create,
                         struct err *e) WARN_UNUSED;

/* ---- catalog_defaults.c ---- */
bool catalog_is_binary(const struct mytype *t);
/* COLUMN_DEFAULT (len bytes, or NULL) of a column that is neither generated nor auto_increment. */
void catalog_read_default(const struct catalog_reader *r, struct column *c, const char *text, size_t len,
                          const char *extra);
bool catalog_read_exact_defaults(struct catalog_reader *r, struct err *e) WARN_UNUSED;

bool catalog_read_columns(struct catalog_reader *r, struct err *e) WARN_UNUSED;
bool catalog_read_indexes(struct catalog_reader *r, struct err *e) WARN_UNUSED;
bool catalog_read_foreign_keys(struct catalog_reader *r, struct err *e) WARN_UNUSED;
bool catalog_read_checks(struct catalog_reader *r, struct err *e) WARN_UNUSED;
bool catalog_read_partitions(struct catalog_reader *r, struct err *e) WARN_UNUSED;

#endif
