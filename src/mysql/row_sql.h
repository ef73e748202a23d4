/* Statements that change rows of a MySQL table to what canonical rows (value/canon.h) say: for repairs, and for applying changes.
 *
 * Generated columns are left out. A column with ON UPDATE CURRENT_TIMESTAMP is always named in an UPDATE: it would change by itself.
 * In a table without a key a row is found by all its columns, compared byte by byte: collations take different values for the
 * same. The text means the same under every sql_mode, in a session of mysql_write_session. Thread: a text belongs to one. */
#ifndef MYSQL_ROW_SQL_H
#define MYSQL_ROW_SQL_H

#include "base/arena.h"
#include "base/buf.h"
#include "value/canon.h"
#include "value/mytype.h"

struct row_column {
    const char *name;
    const struct mytype *type;
    enum target_kind kind; /* of the canonical values */
    bool nullable;
    bool computed;        /* generated: never written */
    bool on_update;       /* it changes by itself */
    const char *for_null; /* a literal: what NULL stands for in this column, which takes none; or NULL */
};

struct row_table {
    const char *schema, *name;
    size_t n, nkeys; /* the first nkeys columns find a row; 0: all do */
    const struct row_column *columns;
    const struct canon_plan *canon; /* of the same columns */
    const char *const *on_update;   /* names of such columns that are not among these */
    size_t non_update;
    bool upsert; /* rows may be changed by INSERT .. ON DUPLICATE KEY UPDATE: no other unique key, no triggers */
    bool is_mariadb;
    unsigned version;
    enum dialect reference; /* where the rows come from: an A database keeps '' as NULL */
};

/* Where statements are put. The put functions below return false when the text is not whole; then `why` (in the arena) says that MySQL
 * cannot have a value, or it is NULL, and e (ERR_LIMIT, ERR_MEMORY) that it became too long. The caller takes buf.len back. */
struct row_sql {
    struct buf text;
    struct arena *a; /* literals, reasons */
    const char *why;
    struct err e;
};

void row_sql_init(struct row_sql *s, struct arena *a, size_t max_bytes);
void row_sql_clear(struct row_sql *s);
bool row_sql_puts(struct row_sql *s, const char *text) WARN_UNUSED;
bool row_sql_name(struct row_sql *s, const char *name) WARN_UNUSED; /* in backquotes */

/* "INSERT INTO `s`.`t` (`a`, `b`) VALUES ", then one or more of "(1, 'x')", with ", " between them by the caller. */
bool row_sql_insert(struct row_sql *s, const struct row_table *t) WARN_UNUSED;
bool row_sql_values(struct row_sql *s, const struct row_table *t, const struct canon_fields *row) WARN_UNUSED;

/* " ON DUPLICATE KEY UPDATE `b` = VALUES(`b`), `c` = VALUES(`c`)": all but the key. */
bool row_sql_on_duplicate(struct row_sql *s, const struct row_table *t) WARN_UNUSED;

/* "DELETE FROM `s`.`t` WHERE ", then a condition. */
bool row_sql_delete(struct row_sql *s, const struct row_table *t) WARN_UNUSED;
/* "`a` = 1 AND `b` = 2": the row's key, or all its columns; of these `known` (NULL: all). */
bool row_sql_where(struct row_sql *s, const struct row_table *t, const struct canon_fields *row,
                   const bool *known) WARN_UNUSED;
/* "1" or "(1, 2)": the key's values. No NULL may be among them. */
bool row_sql_key(struct row_sql *s, const struct row_table *t, const struct canon_fields *row) WARN_UNUSED;

/* "UPDATE `s`.`t` SET `b` = 2 WHERE "; set: which columns, at least one that is not computed. */
bool row_sql_update(struct row_sql *s, const struct row_table *t, const struct canon_fields *row,
                    const bool *set) WARN_UNUSED;

#endif
