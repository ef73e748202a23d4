/* Texts that grow, for the printers. In an arena; bounded by SQL_MAX_PRINT, beyond which `full` is set and nothing is added. */
#ifndef SQL_PRINT_H
#define SQL_PRINT_H

#include "sql/program.h"

#define SQL_MAX_PRINT (16 * 1024 * 1024)

struct sb {
    struct arena *a;
    char *data; /* NUL terminated once something is in it */
    size_t len, cap;
    bool full;
};

void sb_put(struct sb *b, const char *s, size_t n);
void sb_puts(struct sb *b, const char *s);
void sb_printf(struct sb *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void sb_indent(struct sb *b, int levels); /* four blanks each */
const char *sb_text(const struct sb *b);

/* ---- print_mysql.c, print_mysql_query.c, print_mysql_program.c ---- */

/* Back to MySQL, in a form of its own that means the same: what was parsed. NULL: nested too deep. */
const char *sql_print_mysql(struct arena *a, const struct sql_object *o);
const char *sql_print_mysql_expr(struct arena *a, const struct sql_node *n);

/* Between these files. */
struct mysql_printer {
    struct sb out;
    unsigned depth;
    bool too_deep;
};
void mysql_expr(struct mysql_printer *p, const struct sql_node *n);
void mysql_query(struct mysql_printer *p, const struct sql_query *q);
void mysql_dml(struct mysql_printer *p, const struct sql_dml *d);
void mysql_name(struct mysql_printer *p, const char *name);
void mysql_table_name(struct mysql_printer *p, const struct sql_name *n);
void mysql_string(struct mysql_printer *p, const char *s, size_t len);
void mysql_order(struct mysql_printer *p, const struct sql_order *items, size_t n);
void mysql_window(struct mysql_printer *p, const struct sql_window *w); /* what stands in its parentheses */
void mysql_subquery(struct mysql_printer *p, const char *before, const struct sql_query *q);

#endif
