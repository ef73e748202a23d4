/* Statements that change definitions, as MySQL and MariaDB write them into their binlogs: what they say, without any meaning.
 *
 *   CREATE, ALTER, DROP, RENAME, TRUNCATE TABLE; CREATE TABLE .. LIKE; CREATE, DROP INDEX (as an ALTER TABLE);
 *   CREATE, ALTER, DROP DATABASE. Others are SQL_OTHER.
 *
 * The text is foreign: bounded, and never guessed at: what is not understood fails, with the place. Everything lives in the arena.
 * Names are as written. Expressions are text that needs neither the session's sql_mode nor comments to be read (sql_plain_text). */
#ifndef SQL_STATEMENT_H
#define SQL_STATEMENT_H

#include "sql/expr_parse.h"

struct sql_name {
    const char *schema; /* NULL: the default one */
    const char *name;
};

enum sql_tri { SQL_UNSAID, SQL_NO, SQL_YES };

/* A literal, a name for NULL, or the time. */
enum sql_value_kind {
    SQL_VALUE_NONE,
    SQL_VALUE_NULL,
    SQL_VALUE_STRING, /* text, len; charset: of its introducer */
    SQL_VALUE_HEX,    /* text: digits */
    SQL_VALUE_BIT,    /* text: digits */
    SQL_VALUE_NUMBER, /* text: with its sign; TRUE is 1 */
    SQL_VALUE_NOW,    /* text: CURRENT_TIMESTAMP or CURRENT_TIMESTAMP(3) */
    SQL_VALUE_EXPR,   /* text */
};

struct sql_value {
    enum sql_value_kind kind;
    const char *text;
    size_t len;
    const char *charset;
};

struct sql_type {
    const char
        *name; /* one word, lower case, synonyms resolved: int, double, varchar; "text" and "blob" may have a length */
    unsigned long n[2];
    int numbers; /* how many of them were given */
    bool is_unsigned, zerofill, national, binary_collation, bytes;
    const char *charset, *collation; /* NULL: not said; "ascii" and "ucs2" for ASCII and UNICODE */
    const char **labels;
    size_t nlabels;
};

struct sql_reference {
    struct sql_name table;
    const char **columns;
    size_t n;
    const char *on_delete, *on_update; /* NULL: not said */
};

struct sql_check {
    const char *name; /* NULL: the server's choice */
    const char *expr;
    enum sql_tri enforced;
    bool if_not_exists;
};

struct sql_column_def {
    const char *name;
    struct sql_type type;
    enum sql_tri nullable, invisible;
    struct sql_value initial; /* DEFAULT */
    const char *on_update;    /* CURRENT_TIMESTAMP(3) */
    bool auto_increment, unique, primary;
    bool generated, stored;
    const char *generation; /* its expression */
    const char *comment;    /* NULL: none */
    bool has_srid;
    unsigned long srid;
    struct sql_check *checks;
    size_t nchecks;
    struct sql_reference *reference; /* NULL: none */
};

enum sql_key_kind { SQL_KEY_PLAIN, SQL_KEY_UNIQUE, SQL_KEY_PRIMARY, SQL_KEY_FULLTEXT, SQL_KEY_SPATIAL, SQL_KEY_VECTOR };

struct sql_key_part {
    const char *column; /* NULL: an expression */
    const char *expr;
    unsigned long prefix; /* 0: whole */
    bool descending;
};

struct sql_key {
    enum sql_key_kind kind;
    const char *name; /* NULL: the server's choice */
    struct sql_key_part *parts;
    size_t n;
    const char *comment;
    enum sql_tri invisible;
    bool if_not_exists;
};

struct sql_foreign_key {
    const char *constraint, *name; /* NULL: not said */
    const char **columns;
    size_t n;
    struct sql_reference to;
    bool if_not_exists;
};

enum sql_partition_method {
    SQL_PARTITION_NONE,
    SQL_PARTITION_RANGE,
    SQL_PARTITION_RANGE_COLUMNS,
    SQL_PARTITION_LIST,
    SQL_PARTITION_LIST_COLUMNS,
    SQL_PARTITION_HASH,
    SQL_PARTITION_KEY
};

struct sql_partition {
    const char *name;
    enum { SQL_VALUES_NONE, SQL_VALUES_LESS, SQL_VALUES_IN, SQL_VALUES_DEFAULT } values;
    const char **items; /* each an expression, MAXVALUE, or "(a,b)" of a list of tuples */
    size_t n;
    const char *comment;
    struct sql_partition *subs;
    size_t nsubs;
};

struct sql_partitioning {
    enum sql_partition_method method, sub_method;
    bool linear, sub_linear;
    const char *expr, *sub_expr; /* of RANGE, LIST, HASH */
    const char **columns, **sub_columns;
    size_t ncolumns, nsub_columns;
    unsigned long count, sub_count; /* 0: not said */
    struct sql_partition *parts;
    size_t n;
};

/* What is said of the table as a whole. */
struct sql_table_options {
    const char *engine, *charset, *collation, *comment; /* NULL: not said; charset "default" is the database's */
    bool has_auto_increment;
    unsigned long long auto_increment;
    bool system_versioning; /* MariaDB */
};

enum sql_clause_kind {
    SQL_ADD_COLUMN,
    SQL_MODIFY_COLUMN, /* old_name is the column's own for MODIFY, another for CHANGE */
    SQL_DROP_COLUMN,
    SQL_RENAME_COLUMN,
    SQL_ALTER_DEFAULT,    /* column: old_name; value: kind SQL_VALUE_NONE for DROP DEFAULT */
    SQL_ALTER_VISIBILITY, /* of a column */
    SQL_ADD_KEY,
    SQL_DROP_KEY,
    SQL_DROP_PRIMARY,
    SQL_RENAME_KEY,
    SQL_ALTER_KEY, /* its visibility */
    SQL_ADD_FOREIGN_KEY,
    SQL_DROP_FOREIGN_KEY,
    SQL_ADD_CHECK,
    SQL_DROP_CHECK,
    SQL_ALTER_CHECK,     /* enforced or not */
    SQL_DROP_CONSTRAINT, /* of any kind */
    SQL_RENAME_TABLE,
    SQL_CONVERT_CHARSET, /* options.charset, options.collation */
    SQL_OPTIONS,
    SQL_PARTITION_BY,
    SQL_REMOVE_PARTITIONING,
    SQL_ADD_PARTITION,
    SQL_DROP_PARTITION,
    SQL_TRUNCATE_PARTITION,
    SQL_COALESCE_PARTITION,
    SQL_REORGANIZE_PARTITION,
    SQL_EXCHANGE_PARTITION,
    SQL_NO_CHANGE,  /* of how it is stored: ALGORITHM, LOCK, ORDER BY, FORCE, .. */
    SQL_NOT_CARRIED /* text: what it is */
};

struct sql_clause {
    enum sql_clause_kind kind;
    bool if_exists, if_not_exists;
    const char *old_name, *new_name;
    struct sql_column_def *column;
    bool first;
    const char *after;
    struct sql_key *key;
    struct sql_foreign_key *foreign_key;
    struct sql_check *check;
    struct sql_value value;
    enum sql_tri flag; /* invisible, or enforced */
    struct sql_name table;
    struct sql_table_options options;
    struct sql_partitioning *partitioning; /* PARTITION BY; ADD and REORGANIZE: its parts */
    const char **names;                    /* of partitions; none with all_names */
    size_t nnames;
    bool all_names;
    unsigned long count; /* ADD PARTITION PARTITIONS n, COALESCE PARTITION n */
    const char *text;
    size_t start, end; /* in the statement */
};

enum sql_statement_kind {
    SQL_OTHER,
    SQL_CREATE_TABLE, /* clauses: ADD .., OPTIONS, PARTITION_BY */
    SQL_CREATE_TABLE_LIKE,
    SQL_ALTER_TABLE,
    SQL_DROP_TABLES,
    SQL_RENAME_TABLES,
    SQL_TRUNCATE_TABLE,
    SQL_CREATE_DATABASE,
    SQL_ALTER_DATABASE,
    SQL_DROP_DATABASE
};

struct sql_statement {
    enum sql_statement_kind kind;
    bool temporary, or_replace, if_exists, if_not_exists;
    bool selects;            /* CREATE TABLE .. SELECT */
    struct sql_name table;   /* or the database, in name */
    struct sql_name other;   /* LIKE */
    struct sql_name *tables; /* DROP: each; RENAME: old and new in turns */
    size_t ntables;
    struct sql_clause *clauses;
    size_t nclauses, clauses_cap;
    struct sql_table_options options; /* of a database */
};

struct sql_statement_options {
    unsigned lex_flags;   /* of the session's sql_mode, see lexer.h */
    bool pipes_as_concat; /* || is no OR: expressions with it are refused */
    bool real_as_float;
    bool mariadb;
};

/* *why: what was not understood, and where. */
bool sql_statement_parse(struct arena *a, const struct sql_statement_options *o, const char *text, size_t len,
                         struct sql_statement *out, char **why) WARN_UNUSED;

#endif
