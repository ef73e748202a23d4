/* Overrides: the user's own choice of a target type. See typemap_internal.h. */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "value/convert.h"
#include "value/target_spec.h"
#include "value/typemap_internal.h"

/* "int unsigned" means the same column as MariaDB's "int(10) unsigned". */
static bool same_without_width(const struct mytype *from, const char *name) {
    char text[64];
    snprintf(text, sizeof text, "%s%s%s", from->base, from->is_unsigned ? " unsigned" : "",
             from->zerofill ? " zerofill" : "");
    return from->nlabels == 0 && str_ieq(text, name);
}

static bool names_type(const struct type_override *w, const struct mytype *from) {
    return w->mysql_type == NULL || str_ieq(w->mysql_type, from->base) || str_ieq(w->mysql_type, from->full) ||
           same_without_width(from, w->mysql_type);
}

static bool matches(const char *glob, const char *name) {
    return glob == NULL || fnmatch(glob, name, 0) == 0;
}

const struct type_override *typemap_find_override(const struct typemap_options *o, const char *table,
                                                  const char *column, const struct mytype *from) {
    const struct type_override *best = NULL;
    int best_rank = -1;
    for (size_t i = 0; i < o->noverrides; i++) {
        const struct type_override *w = &o->overrides[i];
        if (!matches(w->table, table) || !matches(w->column, column) || !names_type(w, from)) {
            continue;
        }
        bool spelled = w->mysql_type != NULL && !str_ieq(w->mysql_type, from->base);
        int rank = (w->column != NULL ? 4 : 0) + (w->table != NULL ? 2 : 0) + (spelled ? 1 : 0);
        if (rank > best_rank) {
            best = w;
            best_rank = rank;
        }
    }
    return best;
}

bool typemap_apply_override(struct arena *a, const struct typemap_options *o, const struct type_override *w,
                            const struct mytype *from, struct target_type *to, struct err *e) {
    struct target_spec spec;
    if (!target_spec_parse(w->target, o->dialect, &spec)) {
        err_set(e, ERR_TYPE_OVERRIDE, "%s has no type '%s' that values can be written to", dialect_name(o->dialect),
                w->target);
        return err_hint(e, "docs/types.md lists the types that can be asked for");
    }
    /* bit strings of other lengths are refused by the target */
    enum encode_op op = convert_op(from, spec.kind);
    bool json = spec.is_json && op != OP_TEXT; /* a date's text is no JSON */
    if (op == OP_NONE || json || (spec.kind == TK_BIT && spec.length != from->length_chars)) {
        err_set(e, ERR_TYPE_OVERRIDE, "values of type %s cannot be written to %s", from->full, w->target);
        return err_hint(e, "docs/types.md lists what each type can become");
    }
    typemap_set(a, to, spec.kind, w->target);
    typemap_note(a, to, "%s as asked for, instead of the default", w->target);
    bool decimals =
        from->kind == MYT_DECIMAL || ((from->kind == MYT_FLOAT || from->kind == MYT_DOUBLE) && from->scale >= 0);
    if (spec.kind == TK_NUMERIC && spec.precision > 0 &&
        (decimals ? spec.scale < from->scale : from->kind == MYT_FLOAT || from->kind == MYT_DOUBLE)) {
        typemap_note(a, to, "numbers are rounded to %d decimals", spec.scale);
    }
    if (((decimals || from->kind == MYT_BIGINT) && (spec.kind == TK_FLOAT4 || spec.kind == TK_FLOAT8)) ||
        (from->kind == MYT_DOUBLE && spec.kind == TK_FLOAT4)) {
        typemap_note(a, to, "numbers keep about %d digits", spec.kind == TK_FLOAT4 ? 7 : 15);
    }
    if (from->kind == MYT_DATETIME && spec.kind == TK_TIMESTAMPTZ) {
        typemap_note(a, to, "values are taken to be UTC");
    }
    return true;
}
