/* CAST and CONVERT for openGauss B. */
#include <string.h>

#include "base/str.h"
#include "sql/og_b.h"

const char *og_cast(struct og *c, const struct sql_node *n) {
    const struct sql_cast_type *t = n->type;
    struct val v = og_type_of(c, n->args[0]);
    const char *x = og_paren(c, n->args[0]);
    if (t->array) {
        pg_fail(&c->pg, "a multi-valued index (CAST .. AS .. ARRAY)");
        return "NULL";
    }
    if (og_zone_dependent(c, n->args[0])) {
        return "NULL";
    }
    if (str_eq(t->name, "signed") || str_eq(t->name, "unsigned") || str_eq(t->name, "decimal") ||
        str_eq(t->name, "double")) {
        bool whole = str_eq(t->name, "signed") || str_eq(t->name, "unsigned");
        if (c->pg.q != NULL && whole && v.cls == TC_TEXT) { /* it reads what looks like a number, as MySQL does */
            return str_eq(t->name, "signed")
                       ? pg_fmt(&c->pg, "CAST(%s AS SIGNED)", og_print(c, n->args[0]))
                       : pg_fmt(&c->pg, "CAST(%s AS UNSIGNED)::numeric(20,0)", og_print(c, n->args[0]));
        }
        if (v.cls == TC_TEXT || (v.cls == TC_JSON && c->pg.q == NULL) || v.cls == TC_OTHER) {
            pg_fail(&c->pg, "CAST of text or JSON AS %s, not measured on openGauss B", t->name);
            return "NULL";
        }
        if (n->args[0]->kind == SN_BINARY && n->args[0]->op == OP_DIV) { /* with the digits that the cast keeps */
            const struct sql_node *outer = c->pg.only;
            c->pg.only = NULL;
            v = pg_node(&c->pg, n);
            c->pg.only = outer;
            return pg_p(&c->pg, v);
        }
        return og_through_pg(c, n);
    }
    if (str_eq(t->name, "char") && (t->charset == NULL || str_istarts(t->charset, "utf8")) && v.cls != TC_BYTES &&
        v.cls != TC_FLOAT) {
        if (v.cls == TC_ENUM && !pg_stable(&c->pg, "an ENUM as a text")) {
            return "NULL";
        }
        x = v.cls == TC_TEXT ? og_unpadded(c, n->args[0]) : x;
        return t->length >= 0 ? pg_fmt(&c->pg, "left(%s::text, %ld)", x, t->length) : pg_fmt(&c->pg, "%s::text", x);
    }
    if (str_eq(t->name, "date")) {
        return pg_fmt(&c->pg, "%s::date", x);
    }
    if (str_eq(t->name, "datetime")) {
        return pg_fmt(&c->pg, "CAST(%s AS datetime(%ld))", og_print(c, n->args[0]), t->length < 0 ? 0 : t->length);
    }
    pg_fail(&c->pg, "CAST AS %.60s", t->name);
    return "NULL";
}
