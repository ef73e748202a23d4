/* What is on a server of databases, level by level: databases, schemas, tables, with their sizes; for choosing what to move.
 * Pages: a server may have thousands of each. */
#ifndef ENGINE_TREE_H
#define ENGINE_TREE_H

#include <jansson.h>

#include "engine/task.h"

enum { TREE_ITEMS_DEFAULT = 200, TREE_ITEMS_MAX = 1000 };

struct tree_page {
    uint64_t offset, limit; /* limit 1 to TREE_ITEMS_MAX */
    const char *search;     /* names that contain this, whatever the case; NULL: all */
};

/* Each connects, looks and leaves; total counts what was searched for; names are in the order of their bytes. Systems' own databases and schemas are left out, and so is
 * the schema that godwit keeps its records in. The caller owns *out:
 *   {"level": "databases", "total": 12, "offset": 0, "items": [..]}
 * databases  name, bytes, tables (null: not known without connecting to it), charset, compatibility (openGauss; else null)
 * schemas    name, bytes, tables
 * tables     name, kind ("table", "view"), rows_estimate, bytes
 * Numbers that the server does not tell this account, or does not know yet, are null. Errors: the client's. */

/* t: source; its database, if any, is not used but for connecting. */
bool tree_source_databases(const struct task *t, const struct tree_page *p, json_t **out, struct err *e) WARN_UNUSED;
bool tree_source_tables(const struct task *t, const char *database, const struct tree_page *p, json_t **out,
                        struct err *e) WARN_UNUSED;

/* t: target, with the database to connect to: for databases any, else the one to look at. */
bool tree_target_databases(const struct task *t, const struct tree_page *p, json_t **out, struct err *e) WARN_UNUSED;
bool tree_target_schemas(const struct task *t, const struct tree_page *p, json_t **out, struct err *e) WARN_UNUSED;
bool tree_target_tables(const struct task *t, const char *schema, const struct tree_page *p, json_t **out,
                        struct err *e) WARN_UNUSED;

#endif
