/* The translator's front: catalog text -> tree -> dialect. See expr.h. */
#include "sql/expr.h"

#include <string.h>

#include "sql/catalog_text.h"
#include "sql/expr_parse.h"
#include "sql/expr_pg.h"

bool sql_expr_translate(struct arena *a, const struct sql_expr_options *o, const char *mysql_expr, char **out,
                        char **why) {
    *out = NULL;
    *why = NULL;
    size_t len = strlen(mysql_expr);
    if (len > SQL_MAX_TEXT) {
        *why = arena_printf(a, "the expression is longer than %d bytes", SQL_MAX_TEXT);
        return false;
    }
    const char *text = sql_catalog_text(a, mysql_expr, len, &len, NULL);
    struct sql_node *n = sql_parse_expr_text(a, text, len, 0, why);
    if (n == NULL) {
        return false;
    }
    return o->dialect == DIALECT_OG_B ? og_b_translate(a, o, n, out, why) : pg_translate(a, o, n, out, why);
}
