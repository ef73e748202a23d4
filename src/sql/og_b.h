/* Between the files of the printer of expressions for openGauss B: expr_og_b.c (nodes), og_b_call.c (functions), og_b_cast.c. */
#ifndef SQL_OG_B_H
#define SQL_OG_B_H

#include "sql/expr_pg.h"

struct og {
    struct pg pg; /* texts, failures and literals are shared with the other printer */
};

/* expr_og_b.c */
const char *og_print(struct og *c, const struct sql_node *n);
const char *og_paren(struct og *c, const struct sql_node *n); /* in parentheses where an operator may stand beside it */
const char *og_truth(struct og *c, const struct sql_node *n); /* as a condition */
const char *og_unpadded(struct og *c, const struct sql_node *n); /* an argument of a text function */
/* What is known of a node's type, found with the other printer; TC_OTHER when it cannot tell. */
struct val og_type_of(struct og *c, const struct sql_node *n);
/* A node as PostgreSQL's printer makes it; what is below it comes from here. And its text, with parentheses unless an atom. */
struct val og_by_pg(struct og *c, const struct sql_node *n);
const char *og_through_pg(struct og *c, const struct sql_node *n);
/* Is the value in the session's time zone? Functions on such are not immutable. */
bool og_zone_dependent(struct og *c, const struct sql_node *n);

/* og_b_call.c */
const char *og_call(struct og *c, const struct sql_node *n);
/* whole: base + interval, or the function that means it. */
const char *og_add_interval(struct og *c, const struct sql_node *whole, const struct sql_node *base,
                            const struct sql_node *interval, bool subtract);
/* A JSON document as an argument of a function that takes json as well as jsonb: without a cast that is not needed. */
const char *og_document(struct og *c, const char *text);

/* og_b_cast.c */
const char *og_cast(struct og *c, const struct sql_node *n);

#endif
