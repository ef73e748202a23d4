/* A table while a statement changes it: lists of pointers instead of arrays, so that parts can come, go and move. Not for other rooms. */
#ifndef SCHEMA_DRAFT_H
#define SCHEMA_DRAFT_H

#include "schema/change.h"
#include "sql/statement.h"

struct list {
    void **items;
    size_t n, cap;
};

void list_insert(struct arena *a, struct list *l, size_t at, void *item);
void list_add(struct arena *a, struct list *l, void *item);
void list_remove(struct list *l, size_t at);

/* What all of it is done with. */
struct changer {
    struct arena *a;
    const struct schema_charsets *charsets;
    const struct schema_session *session;
    struct database *d;             /* the model that is changed */
    struct sql_statement_options o; /* how its text is read */
    char *why;
};
bool change_no(struct changer *x, const char *fmt, ...) PRINTF_LIKE(2, 3); /* false always */

struct draft {
    struct changer *x;
    struct table *t; /* its own members: name, comment, charset, .. */
    struct list columns, indexes, fks, checks;
    struct list partitions; /* struct partition */
};

/* Parts are copied, so that the table is not touched before draft_close. */
void draft_open(struct draft *d, struct changer *x, struct table *t);
void draft_close(struct draft *d);

struct column *draft_column(const struct draft *d, const char *name); /* NULL: none */
struct index *draft_index(const struct draft *d, const char *name);
struct foreign_key *draft_fk(const struct draft *d, const char *name);
struct check *draft_check(const struct draft *d, const char *name);

/* ---- change_type.c, change_default.c, change_column.c ---- */
bool change_charset(struct changer *x, const char *charset, const char *collation, const char *table_charset,
                    const char *table_collation, const char **out_charset, const char **out_collation);
const struct schema_charset *change_find_charset(const struct changer *x, const char *name);
bool change_type(struct changer *x, const struct table *t, const struct sql_column_def *def, struct column *c);
bool change_is_text(const struct mytype *t);
bool change_default(struct changer *x, struct column *c, const struct sql_value *v);
bool change_column(struct draft *d, const struct sql_column_def *def, struct column *c);
/* The expression with the names of columns quoted, and `from` replaced by `to` (NULL: nothing is). */
char *change_expr(struct draft *d, const char *expr, const char *from, const char *to);
/* Does it name the column? */
bool change_expr_names(struct arena *a, const char *expr, const char *column);

/* ---- change_key.c ---- */
bool change_add_key(struct draft *d, const struct sql_key *k);
bool change_add_fk(struct draft *d, const struct sql_foreign_key *k);
bool change_add_check(struct draft *d, const struct sql_check *k, const struct column *of);
/* What a column's own words say of keys and checks, behind all columns. */
bool change_column_keys(struct draft *d, const struct sql_column_def *def);
bool change_drop_column_from_keys(struct draft *d, const struct column *c);
/* Behind all clauses: implied keys that others make needless, prefixes that are whole columns, columns of the primary key. */
bool change_settle_keys(struct draft *d);
/* Names that the server makes of the table's: T_ibfk_1, T_chk_1. */
void change_rename_derived(struct changer *x, struct table *t, const char *from, const char *to);

/* ---- change_partition.c ---- */
bool change_partition_by(struct draft *d, const struct sql_partitioning *p);
bool change_add_partition(struct draft *d, const struct sql_clause *c);
bool change_drop_partition(struct draft *d, const struct sql_clause *c);
bool change_coalesce_partition(struct draft *d, const struct sql_clause *c);
bool change_reorganize_partition(struct draft *d, const struct sql_clause *c);

/* ---- change_alter.c ---- */
bool change_clauses(struct draft *d, const struct sql_statement *s, struct schema_change *out);

#endif
