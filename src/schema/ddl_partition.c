/* Decides how a partitioned table is split in the target. What cannot be split the same way becomes one table without
 * partitions, and is noted. The statements are written by ddl_partition_write.c. */
#include <string.h>

#include "schema/catalog_text.h"
#include "schema/ddl_partition_internal.h"

enum { OG_LIST_MAX = 64 }; /* values of one partition */

struct planner {
    struct ddl_ctx *x;
    char *why; /* why it cannot be done */
};

static bool no(struct planner *p, const char *why) {
    p->why = arena_strdup(p->x->a, why);
    return false;
}

/* ---- values ---- */

/* "10,'a,b',NULL" into its top-level pieces. */
static char **pieces(struct arena *a, const char *list, size_t *n) {
    char **out = NULL;
    size_t cap = 0;
    *n = 0;
    int depth = 0;
    const char *begin = list;
    for (const char *p = list;; p++) {
        if (*p == '\'') {
            for (p++; *p != '\0' && *p != '\''; p++) { /* '' reads as two strings in a row, which splits alike */
                p += *p == '\\' && p[1] != '\0';
            }
        }
        depth += *p == '(' ? 1 : *p == ')' ? -1 : 0;
        if (*p == '\0' || (*p == ',' && depth == 0)) {
            begin += strspn(begin, " ");
            out = arena_grow(a, out, *n, &cap, sizeof *out);
            out[(*n)++] = arena_strndup(a, begin, (size_t)(p - begin));
            if (*p == '\0') {
                return out;
            }
            begin = p + 1;
        }
    }
}

static bool read_bound(struct planner *p, const struct column *c, const char *text, struct bound *out) {
    struct arena *a = p->x->a;
    char *literal;
    size_t len;
    *out = (struct bound){.kind = BOUND_VALUE};
    if (str_ieq(text, "MAXVALUE")) {
        out->kind = BOUND_MAX;
    } else if (str_ieq(text, "NULL")) {
        out->kind = BOUND_NULL;
    } else if (str_ieq(text, "DEFAULT")) {
        out->kind = BOUND_DEFAULT;
    } else if (catalog_number_literal(text)) {
        out->sql = arena_strdup(a, text);
    } else if (c != NULL && (c->target.kind == TK_BYTEA || c->target.kind == TK_BLOB)) {
        return no(p, "it is split by bytes");
    } else {
        const char *quote = text[0] == '_' ? strchr(text, '\'') : text;
        if (quote == NULL || !catalog_string_literal(a, quote, &literal, &len)) {
            return no(p, arena_printf(a, "the value %s is not understood", text));
        }
        out->sql = str_literal_pg(a, literal);
    }
    return true;
}

static bool read_range(struct planner *p, struct split *s, enum monotone m, size_t i, const char *values) {
    struct arena *a = p->x->a;
    struct split_part *part = &s->parts[i];
    char **texts = pieces(a, values, &part->n);
    if (part->n != s->nkeys) {
        return no(p, "its bounds are not understood");
    }
    part->bounds = arena_array(a, struct bound, part->n);
    bool max = false;
    for (size_t k = 0; k < part->n; k++) {
        struct bound *b = &part->bounds[k];
        if (!read_bound(p, k < s->ncolumns ? s->columns[k] : NULL, texts[k], b)) {
            return false;
        }
        if (m != MONOTONE_NONE && b->kind == BOUND_VALUE) {
            bool above;
            b->sql = partition_bound(a, m, s->columns[0], b->sql, &above);
            b->kind = above ? BOUND_MAX : BOUND_VALUE;
            if (b->sql == NULL && !above) {
                return no(p, arena_printf(a, "the bound %s is no date in the target", texts[k]));
            }
        }
        max = max || b->kind == BOUND_MAX;
        b->kind = max ? BOUND_MAX : b->kind; /* nothing reaches what stands behind a MAXVALUE */
    }
    return true;
}

static bool read_list(struct planner *p, struct split *s, size_t i, const char *values) {
    struct split_part *part = &s->parts[i];
    char **texts = pieces(p->x->a, values, &part->n);
    size_t nvalues = 0;
    part->bounds = arena_array(p->x->a, struct bound, part->n);
    for (size_t k = 0; k < part->n; k++) {
        if (!read_bound(p, s->ncolumns > 0 ? s->columns[0] : NULL, texts[k], &part->bounds[k])) {
            return false;
        }
        nvalues += part->bounds[k].kind == BOUND_VALUE;
    }
    return !dialect_is_opengauss(p->x->dialect) || nvalues <= OG_LIST_MAX ||
           no(p, arena_printf(p->x->a, "partition %s lists more than %d values", part->from->name, OG_LIST_MAX));
}

/* The bounds rise by the source's collation. The target's may differ, and then refuses the table: only bounds that rise
 * byte by byte, too, are safe. openGauss B has the source's kind of order. */
static bool bounds_rise(const struct ddl_ctx *x, const struct split *s) {
    for (size_t i = 1; i < s->nparts && x->dialect != DIALECT_OG_B; i++) {
        for (size_t k = 0; k < s->nkeys && k < s->ncolumns; k++) {
            const struct bound *low = &s->parts[i - 1].bounds[k], *high = &s->parts[i].bounds[k];
            bool values = low->kind == BOUND_VALUE && high->kind == BOUND_VALUE;
            if (!values || strcmp(low->sql, high->sql) != 0) {
                if (values && ddl_is_text(s->columns[k]) && strcmp(low->sql, high->sql) > 0) {
                    return false;
                }
                break; /* the first difference decides */
            }
        }
    }
    return true;
}

static bool read_parts(struct planner *p, struct split *s, enum monotone m) {
    const struct partitioning *from = &p->x->t->part;
    s->parts = arena_array(p->x->a, struct split_part, from->n + 1);
    s->nparts = from->n;
    for (size_t i = 0; i < from->n; i++) {
        s->parts[i].from = &from->parts[i];
        const char *values = from->parts[i].values;
        if (values == NULL) {
            return no(p, "the source does not tell its bounds");
        }
        if (!(s->kind == SPLIT_RANGE ? read_range(p, s, m, i, values) : read_list(p, s, i, values))) {
            return false;
        }
    }
    if (s->kind == SPLIT_RANGE && !bounds_rise(p->x, s)) {
        return no(p, "text is ordered differently in the target");
    }
    return true;
}

/* ---- keys ---- */

/* What openGauss checks a partition key's type for; enum and set of B are types of their own. */
static bool og_splits_by(enum dialect d, enum split_kind kind, const struct target_type *t) {
    switch (t->kind) {
    case TK_TEXT:
        return str_istarts(t->ddl, "char") || str_istarts(t->ddl, "varchar") || str_istarts(t->ddl, "nvarchar2") ||
               (str_ieq(t->ddl, "text") && kind != SPLIT_LIST);
    case TK_INT1:
    case TK_INT2:
    case TK_INT4:
    case TK_INT8:
    case TK_UINT1:
    case TK_UINT2:
    case TK_UINT4:
    case TK_UINT8:
    case TK_YEAR:
    case TK_NUMERIC:
    case TK_DATE:
    case TK_TIMESTAMP:
    case TK_TIMESTAMPTZ:
        return true;
    case TK_TIME:
        return kind == SPLIT_HASH || d == DIALECT_OG_B;
    case TK_FLOAT4:
    case TK_FLOAT8:
        return kind == SPLIT_RANGE;
    default:
        return false;
    }
}

static bool can_be_key(struct planner *p, enum split_kind kind, const struct column *c) {
    struct arena *a = p->x->a;
    enum dialect d = p->x->dialect;
    if (c->generated != GENERATED_NO && !c->loaded) {
        return no(p, arena_printf(a, "the target cannot split by the generated column %s", c->name));
    }
    /* PostgreSQL has no hash of bits, and numbers are no bounds of theirs */
    return (dialect_is_opengauss(d) ? og_splits_by(d, kind, &c->target) : c->target.kind != TK_BIT) ||
           no(p, arena_printf(a, "the target cannot split by column %s, which is %s there", c->name, c->target.ddl));
}

static bool key_columns(struct planner *p, struct split *s, const struct column **columns, size_t n) {
    struct arena *a = p->x->a;
    s->columns = columns;
    s->ncolumns = s->nkeys = n;
    s->keys = arena_array(a, char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        if (!can_be_key(p, s->kind, columns[i])) {
            return false;
        }
        s->keys[i] = str_quote_pg(a, columns[i]->target_name);
    }
    return true;
}

/* Columns whose names stand in the expression, which the servers print in backticks. */
static const struct column **mentioned(struct arena *a, const struct table *t, const char *expr, size_t *n) {
    const struct column **out = arena_array(a, const struct column *, t->ncolumns + 1);
    *n = 0;
    for (size_t i = 0; i < t->ncolumns; i++) {
        if (strcasestr(expr, str_quote_mysql(a, t->columns[i].name)) != NULL) {
            out[(*n)++] = &t->columns[i];
        }
    }
    return out;
}

static bool has_unique_key(const struct table *t) {
    for (size_t i = 0; i < t->nindexes; i++) {
        if (t->indexes[i].kind == INDEX_PRIMARY || t->indexes[i].kind == INDEX_UNIQUE) {
            return true;
        }
    }
    return false;
}

/* PostgreSQL splits by expressions only tables without unique keys. openGauss was seen to take a few functions in B
 * databases; those that matter are turned into ranges of their column before this is asked. */
static bool key_expr(struct planner *p, struct split *s, const char *expr) {
    struct ddl_ctx *x = p->x;
    bool possible = x->dialect == DIALECT_PG && !has_unique_key(x->t);
    if (!possible) {
        return no(p, "the target splits by columns, not by this expression");
    }
    char *out, *why;
    struct expr_use use = {.mariadb = x->d->is_mariadb, .must_be_immutable = true, .without_generated = true};
    if (!ddl_expr(x->a, x->dialect, x->t, expr, use, &out, &why)) {
        return no(p, why);
    }
    s->nkeys = 1; /* and no columns */
    s->keys = arena_array(x->a, char *, 1);
    s->keys[0] = arena_printf(x->a, "(%s)", out);
    s->by_expr = true;
    return true;
}

/* KEY () without columns means the primary key, or the first unique one. */
static const struct column **key_of_table(struct ddl_ctx *x, size_t *n) {
    const struct index *k = schema_row_key(x->t);
    if (k == NULL) {
        return NULL;
    }
    const struct column **out = arena_array(x->a, const struct column *, k->nparts);
    for (*n = 0; *n < k->nparts; (*n)++) {
        out[*n] = k->parts[*n].column;
    }
    return out;
}

/* Any hash spreads rows; which row goes where has no meaning. So HASH over an expression becomes a hash over its columns. */
static bool plan_hash(struct planner *p, struct split *s, enum partition_method method, const char *expr,
                      size_t count) {
    struct ddl_ctx *x = p->x;
    const struct column **columns;
    size_t n = 0;
    bool bare = expr == NULL || expr[0] == '\0';
    if (method == PART_KEY) {
        columns = bare ? key_of_table(x, &n) : partition_columns(x->a, x->t, expr, &n);
    } else {
        const struct column *one = bare ? NULL : partition_column(x->a, x->t, expr);
        if (one != NULL) {
            columns = arena_array(x->a, const struct column *, 1);
            columns[n++] = one;
        } else {
            columns = bare ? NULL : mentioned(x->a, x->t, expr, &n);
        }
    }
    if (columns == NULL || n == 0) {
        return no(p, "its columns are not understood");
    }
    if (dialect_is_opengauss(x->dialect) && n > 1) { /* it hashes one column: the first that it can */
        size_t first = 0;
        while (first + 1 < n && !can_be_key(p, SPLIT_HASH, columns[first])) {
            first++;
        }
        columns[0] = columns[first];
        n = 1;
    }
    s->kind = SPLIT_HASH;
    s->nparts = count;
    return key_columns(p, s, columns, n);
}

static bool plan_main(struct planner *p, struct split *s) {
    struct ddl_ctx *x = p->x;
    const struct partitioning *from = &x->t->part;
    size_t n;
    const struct column **columns;
    const struct column *one;
    enum monotone m = MONOTONE_NONE;
    switch (from->method) {
    case PART_HASH:
    case PART_KEY:
        return plan_hash(p, s, from->method, from->expr, from->n);
    case PART_RANGE_COLUMNS:
    case PART_LIST_COLUMNS:
        s->kind = from->method == PART_RANGE_COLUMNS ? SPLIT_RANGE : SPLIT_LIST;
        columns = from->expr == NULL ? NULL : partition_columns(x->a, x->t, from->expr, &n);
        if (columns == NULL) {
            return no(p, "its columns are not understood");
        }
        if (s->kind == SPLIT_LIST && n > 1) {
            return no(p, "the target's lists are of one column");
        }
        if (!key_columns(p, s, columns, n)) {
            return false;
        }
        break;
    case PART_RANGE:
    case PART_LIST:
        s->kind = from->method == PART_RANGE ? SPLIT_RANGE : SPLIT_LIST;
        if (from->expr == NULL) {
            return no(p, "the source does not tell its expression");
        }
        one = partition_column(x->a, x->t, from->expr);
        if (one == NULL && s->kind == SPLIT_RANGE) {
            m = partition_monotone(x->a, x->t, from->expr, &one);
            one = m == MONOTONE_NONE ? NULL : one;
        }
        if (one != NULL) {
            columns = arena_array(x->a, const struct column *, 1);
            columns[0] = one;
            if (!key_columns(p, s, columns, 1)) {
                return false;
            }
        } else if (!key_expr(p, s, from->expr)) {
            return false;
        }
        break;
    case PART_NONE:
        return no(p, "it has no method");
    }
    return read_parts(p, s, m);
}

/* ---- what the others do not take ---- */

static bool has_kind(const struct split *s, enum bound_kind kind) {
    for (size_t i = 0; i < s->nparts; i++) {
        for (size_t k = 0; k < s->parts[i].n; k++) {
            if (s->parts[i].bounds[k].kind == kind) {
                return true;
            }
        }
    }
    return false;
}

/* MySQL puts NULL into the lowest range, and compares text without case: rows that it holds could find no partition. */
static void plan_rest(struct ddl_ctx *x, struct split *s) {
    bool nullable = s->by_expr, text = false;
    for (size_t i = 0; i < s->ncolumns; i++) {
        nullable = nullable || s->columns[i]->nullable;
        text = text || ddl_is_text(s->columns[i]);
    }
    bool opengauss = dialect_is_opengauss(x->dialect);
    const char *why = NULL;
    if (s->kind == SPLIT_RANGE) {
        bool open = !has_kind(s, BOUND_MAX);
        if (nullable && (open || !opengauss)) {
            why = "the source keeps NULL in the lowest range, the target does not";
        } else if (text && open) {
            why = "text is ordered differently in the target";
        }
    } else if (s->kind == SPLIT_LIST && !has_kind(s, BOUND_DEFAULT)) {
        if (opengauss && has_kind(s, BOUND_NULL)) {
            why = "NULL in a list of values";
        } else if (text) {
            why = "text is compared differently in the target";
        }
    }
    if (why != NULL) {
        s->rest = true;
        ddl_note(x, false, ddl_object(x, "partitions of", NULL), why,
                 "one partition more takes the rows that fit no other");
    }
}

/* openGauss gives subpartitions and hash partitions their names by itself when only their number is told. */
static void note_differences(struct ddl_ctx *x, const struct split *s) {
    const struct partitioning *from = &x->t->part;
    if (from->method == PART_HASH || from->method == PART_KEY || s->kind == SPLIT_HASH ||
        from->sub_method != PART_NONE) {
        ddl_note(x, false, ddl_object(x, "partitions of", NULL), "the target has a hash function of its own",
                 dialect_is_opengauss(x->dialect)
                     ? "as many hash partitions, with other rows in each, named by the target"
                     : "as many hash partitions, with other rows in each");
    }
    for (size_t i = 0; i < from->n && dialect_is_opengauss(x->dialect); i++) {
        if (from->parts[i].comment != NULL && from->parts[i].comment[0] != '\0') {
            ddl_note(x, false, ddl_object(x, "partition", from->parts[i].name),
                     "the target has no comments on partitions", "left out");
        }
    }
}

static bool plan_sub(struct planner *p, struct partition_side *side) {
    const struct partitioning *from = &p->x->t->part;
    if (from->sub_method == PART_NONE) {
        return true;
    }
    side->sub = arena_new(p->x->a, struct split);
    return plan_hash(p, side->sub, from->sub_method, from->sub_expr, from->n > 0 ? from->parts[0].nsub : 0);
}

static const char *method_name(enum partition_method m) {
    switch (m) {
    case PART_NONE:
        break;
    case PART_RANGE:
        return "RANGE";
    case PART_RANGE_COLUMNS:
        return "RANGE COLUMNS";
    case PART_LIST:
        return "LIST";
    case PART_LIST_COLUMNS:
        return "LIST COLUMNS";
    case PART_HASH:
        return "HASH";
    case PART_KEY:
        return "KEY";
    }
    return "?";
}

void ddl_partition_plan(struct ddl_ctx *x) {
    const struct partitioning *from = &x->t->part;
    if (from->method == PART_NONE || from->n == 0) {
        return;
    }
    struct planner p = {.x = x};
    struct partition_side *side = arena_new(x->a, struct partition_side);
    if (!plan_main(&p, &side->main) || !plan_sub(&p, side)) {
        ddl_note(x, false, ddl_object(x, "partitions of", NULL),
                 arena_printf(x->a, "PARTITION BY %s (%s): %s", method_name(from->method),
                              from->expr == NULL ? "" : from->expr, p.why),
                 "one table without partitions");
        return;
    }
    plan_rest(x, &side->main);
    note_differences(x, &side->main);
    struct partition_plan *plan = &x->part;
    plan->on = true;
    plan->by_expr = side->main.by_expr;
    plan->side = side;
    plan->columns = arena_array(x->a, const struct column *,
                                side->main.ncolumns + (side->sub == NULL ? 0 : side->sub->ncolumns) + 1);
    for (size_t i = 0; i < side->main.ncolumns; i++) {
        plan->columns[plan->ncolumns++] = side->main.columns[i];
    }
    for (size_t i = 0; side->sub != NULL && i < side->sub->ncolumns; i++) {
        plan->columns[plan->ncolumns++] = side->sub->columns[i];
    }
}
