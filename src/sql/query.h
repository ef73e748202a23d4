/* The syntax tree of queries and of statements that change rows, without any meaning attached.
 * Expressions are sql_node (ast.h). Everything lives in the arena of the parse and is not changed after it. */
#ifndef SQL_QUERY_H
#define SQL_QUERY_H

#include "sql/ast.h"
#include "sql/statement.h"

struct sql_item {                         /* of a select list */
    struct sql_node *expr;                /* NULL: a star */
    const char *star_schema, *star_table; /* of table.* */
    const char *alias;
    size_t start, end; /* the expression as written: MySQL's name for a column without alias */
};

enum sql_join_kind { SQL_JOIN_COMMA, SQL_JOIN_INNER, SQL_JOIN_CROSS, SQL_JOIN_STRAIGHT, SQL_JOIN_LEFT, SQL_JOIN_RIGHT };

enum sql_source_kind { SQL_SOURCE_TABLE, SQL_SOURCE_QUERY, SQL_SOURCE_JOIN, SQL_SOURCE_JSON_TABLE };

struct sql_json_column {
    const char *name;
    enum { SQL_JSON_ORDINALITY, SQL_JSON_PATH, SQL_JSON_EXISTS, SQL_JSON_NESTED } kind;
    struct sql_type type;
    const char *path;
    struct sql_json_column *nested;
    size_t nnested;
};

struct sql_source { /* one thing in FROM */
    enum sql_source_kind kind;
    size_t start;
    struct sql_name table;
    const char *alias; /* NULL: none */
    const char **partitions;
    size_t npartitions;
    const char *hints;       /* USE INDEX (..), as written; NULL: none */
    struct sql_query *query; /* a derived table */
    bool lateral;
    const char **columns; /* alias (a, b) */
    size_t ncolumns;
    struct sql_joins *joins; /* in parentheses */
    struct sql_node *json;   /* JSON_TABLE: the value */
    const char *json_path;
    struct sql_json_column *json_columns;
    size_t njson_columns;
};

struct sql_join {
    enum sql_join_kind kind; /* of the first one: SQL_JOIN_COMMA */
    bool natural;
    struct sql_source *source;
    struct sql_node *on;
    const char **using_;
    size_t nusing;
};

/* What stands in FROM, left to right. A comma binds less than JOIN: joins behind a comma belong to what follows it. */
struct sql_joins {
    struct sql_join *items;
    size_t n, cap;
};

struct sql_select {
    bool distinct, straight_join, calc_found_rows;
    struct sql_item *items;
    size_t nitems, items_cap;
    struct sql_joins *from; /* NULL: none */
    struct sql_node *where;
    struct sql_order *group;
    size_t ngroup, group_cap;
    bool rollup;
    struct sql_node *having;
    struct sql_window **windows;
    size_t nwindows, windows_cap;
};

enum sql_set_op { SQL_UNION, SQL_INTERSECT, SQL_EXCEPT };

/* A part of a UNION and the like. */
struct sql_part {
    enum sql_set_op op; /* between the part before and this one */
    bool all;
    struct sql_select *select; /* one of these three */
    struct sql_node **rows;    /* VALUES ROW(..), ..: SN_ROW each */
    size_t nrows, rows_cap;
    struct sql_query *query; /* in parentheses */
};

struct sql_cte {
    const char *name;
    const char **columns;
    size_t ncolumns;
    struct sql_query *query;
};

struct sql_query {
    size_t start;
    struct sql_cte *ctes;
    size_t nctes, ctes_cap;
    bool recursive;
    struct sql_part *parts; /* at least one; INTERSECT binds tighter than the others */
    size_t nparts, parts_cap;
    struct sql_order *order;
    size_t norder, order_cap;
    struct sql_node *limit, *offset;
    const char *lock; /* "for update", "for share"; NULL: none */
    const char **lock_tables;
    size_t nlock_tables;
    const char *lock_wait;  /* "nowait", "skip locked"; NULL */
    struct sql_node **into; /* INTO: SN_VARIABLE or SN_COLUMN each */
    size_t ninto, into_cap;
    size_t into_at; /* where INTO stands */
};

struct sql_set_value { /* column = value */
    const char *schema, *table, *column;
    struct sql_node *value; /* SN_DEFAULT without arguments for DEFAULT */
    size_t start;
};

enum sql_dml_kind { SQL_INSERT, SQL_REPLACE, SQL_UPDATE, SQL_DELETE };

struct sql_dml {
    enum sql_dml_kind kind;
    size_t start;
    bool ignore;
    struct sql_cte *ctes; /* of UPDATE and DELETE */
    size_t nctes, ctes_cap;
    bool recursive;
    struct sql_name table; /* INSERT, REPLACE */
    const char *alias;     /* INSERT .. VALUES (..) AS alias */
    const char **alias_columns;
    size_t nalias_columns;
    const char **columns; /* INSERT; none with has_columns false */
    size_t ncolumns;
    bool has_columns;
    struct sql_node **rows; /* SN_ROW each */
    size_t nrows, rows_cap;
    struct sql_query *query;    /* INSERT .. SELECT */
    struct sql_set_value *sets; /* UPDATE; ON DUPLICATE KEY UPDATE */
    size_t nsets, sets_cap;
    bool on_duplicate;
    struct sql_joins *from;   /* UPDATE, DELETE */
    struct sql_name *targets; /* DELETE of some tables of a join; none: the only one */
    size_t ntargets, targets_cap;
    struct sql_node *where;
    struct sql_order *order;
    size_t norder, order_cap;
    struct sql_node *limit;
    struct sql_item *returning; /* MariaDB */
    size_t nreturning, returning_cap;
};

#endif
