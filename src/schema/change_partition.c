/* Partitions as the catalog would print them. See draft.h. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "schema/catalog_text.h"
#include "schema/draft.h"

static const enum partition_method methods[] = {[SQL_PARTITION_NONE] = PART_NONE,
                                                [SQL_PARTITION_RANGE] = PART_RANGE,
                                                [SQL_PARTITION_RANGE_COLUMNS] = PART_RANGE_COLUMNS,
                                                [SQL_PARTITION_LIST] = PART_LIST,
                                                [SQL_PARTITION_LIST_COLUMNS] = PART_LIST_COLUMNS,
                                                [SQL_PARTITION_HASH] = PART_HASH,
                                                [SQL_PARTITION_KEY] = PART_KEY};

/* ---- values ---- */

static long days_from_civil(long y, unsigned m, unsigned d) { /* TO_DAYS: days since year 0 */
    long days = 365 * y + 31 * ((long)m - 1) + (long)d;
    if (m <= 2) {
        y--;
    } else {
        days -= ((long)m * 4 + 23) / 10;
    }
    return days + y / 4 - (y / 100 + 1) * 3 / 4;
}

/* The server prints what TO_DAYS('2024-01-01') or YEAR('2024-01-01') is. NULL: something else. */
static char *constant_call(struct arena *a, const char *expr) {
    char name[16] = "";
    unsigned y, m, d;
    int n = 0;
    if (sscanf(expr, "%15[A-Za-z_] ( '%u-%u-%u%*[^']' )%n", name, &y, &m, &d, &n) < 4 || n == 0) {
        n = 0;
        if (sscanf(expr, "%15[A-Za-z_] ( '%u-%u-%u' )%n", name, &y, &m, &d, &n) < 4 || n == 0) {
            return NULL;
        }
    }
    if (expr[n] != '\0' || m < 1 || m > 12 || d < 1 || d > 31) {
        return NULL;
    }
    if (str_ieq(name, "to_days")) {
        return arena_printf(a, "%ld", days_from_civil((long)y, m, d));
    }
    return str_ieq(name, "year") ? arena_printf(a, "%u", y) : NULL;
}

static bool value_text(struct draft *d, const char *item, const char **out) {
    struct arena *a = d->x->a;
    char *bytes;
    size_t len;
    const char *quote = item[0] == '_' ? strchr(item, '\'') : item;
    if (str_ieq(item, "MAXVALUE") || str_ieq(item, "DEFAULT") || str_ieq(item, "NULL") ||
        catalog_number_literal(item)) {
        *out = item;
        return true;
    }
    if (quote != NULL && catalog_string_literal(a, quote, &bytes, &len)) {
        *out = str_literal_mysql(a, bytes);
        return true;
    }
    *out = constant_call(a, item);
    return *out != NULL || change_no(d->x, "the bound %s is not understood", item);
}

static bool values_text(struct draft *d, const struct sql_partition *from, char **out) {
    struct arena *a = d->x->a;
    char *text = arena_strdup(a, "");
    for (size_t i = 0; i < from->n; i++) {
        const char *item = from->items[i], *value;
        if (item[0] == '(') { /* a tuple */
            value = item;
        } else if (!value_text(d, item, &value)) {
            return false;
        }
        text = arena_printf(a, "%s%s%s", text, i > 0 ? "," : "", value);
    }
    *out = from->values == SQL_VALUES_DEFAULT ? arena_strdup(a, "DEFAULT") : text;
    return true;
}

/* ---- partitions ---- */

static struct partition *sub_partitions(struct draft *d, const char *name, const struct sql_partition *from,
                                        size_t count, size_t *n) {
    struct arena *a = d->x->a;
    *n = from != NULL && from->nsubs > 0 ? from->nsubs : count;
    struct partition *subs = arena_array(a, struct partition, *n + 1);
    for (size_t i = 0; i < *n; i++) {
        bool told = from != NULL && from->nsubs > 0;
        subs[i].name = told ? arena_strdup(a, from->subs[i].name) : arena_printf(a, "%ssp%zu", name, i);
        const char *comment = told && from->subs[i].comment != NULL ? from->subs[i].comment : "";
        subs[i].comment = arena_strdup(a, comment);
    }
    return subs;
}

static bool make(struct draft *d, const char *name, const struct sql_partition *from, size_t subs,
                 struct partition **out) {
    struct arena *a = d->x->a;
    struct partition *p = arena_new(a, struct partition);
    bool valued = from != NULL && from->values != SQL_VALUES_NONE;
    *p = (struct partition){.name = arena_strdup(a, name),
                            .comment = arena_strdup(a, from != NULL && from->comment != NULL ? from->comment : "")};
    if (d->t->part.sub_method != PART_NONE) {
        p->sub = sub_partitions(d, name, from, subs, &p->nsub);
    }
    *out = p;
    return !valued || values_text(d, from, &p->values);
}

static char *column_list(struct draft *d, const char **names, size_t n) {
    char *text = arena_strdup(d->x->a, "");
    for (size_t i = 0; i < n; i++) {
        const struct column *c = draft_column(d, names[i]);
        text = arena_printf(d->x->a, "%s%s%s", text, i > 0 ? "," : "",
                            str_quote_mysql(d->x->a, c != NULL ? c->name : names[i]));
    }
    return text;
}

static size_t subs_of(const struct draft *d, const struct sql_partitioning *p) {
    if (p != NULL && p->sub_count > 0) {
        return p->sub_count;
    }
    return d->partitions.n > 0 ? ((struct partition *)d->partitions.items[0])->nsub : 1;
}

bool change_partition_by(struct draft *d, const struct sql_partitioning *p) {
    struct partitioning *to = &d->t->part;
    struct arena *a = d->x->a;
    bool sub = p->sub_method != SQL_PARTITION_NONE;
    if (p->count > 1024 || p->sub_count > 1024) {
        return change_no(d->x, "table %s would have more partitions than a table can have", d->t->name);
    }
    *to = (struct partitioning){.method = methods[p->method],
                                .sub_method = methods[p->sub_method],
                                .linear = p->linear,
                                .sub_linear = p->sub_linear};
    to->expr = p->expr != NULL ? change_expr(d, p->expr, NULL, NULL) : column_list(d, p->columns, p->ncolumns);
    to->sub_expr = !sub                  ? NULL
                   : p->sub_expr != NULL ? change_expr(d, p->sub_expr, NULL, NULL)
                                         : column_list(d, p->sub_columns, p->nsub_columns);
    d->partitions.n = 0;
    size_t n = p->n > 0 ? p->n : p->count > 0 ? p->count : 1, subs = p->sub_count > 0 ? p->sub_count : 1;
    for (size_t i = 0; i < n; i++) {
        const struct sql_partition *from = p->n > 0 ? &p->parts[i] : NULL;
        struct partition *made;
        if (!make(d, from != NULL ? from->name : arena_printf(a, "p%zu", i), from, subs, &made)) {
            return false;
        }
        list_add(a, &d->partitions, made);
    }
    return true;
}

static size_t find(const struct draft *d, const char *name) {
    for (size_t i = 0; i < d->partitions.n; i++) {
        if (str_ieq(((struct partition *)d->partitions.items[i])->name, name)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static bool not_partitioned(struct draft *d) {
    return change_no(d->x, "table %s is not partitioned", d->t->name);
}

bool change_add_partition(struct draft *d, const struct sql_clause *c) {
    struct arena *a = d->x->a;
    if (d->t->part.method == PART_NONE) {
        return not_partitioned(d);
    }
    size_t n = c->partitioning != NULL ? c->partitioning->n : c->count, subs = subs_of(d, NULL);
    if (n > 1024) {
        return change_no(d->x, "table %s would have more partitions than a table can have", d->t->name);
    }
    unsigned next = (unsigned)d->partitions.n;
    for (size_t i = 0; i < n; i++) {
        const struct sql_partition *from = c->partitioning != NULL ? &c->partitioning->parts[i] : NULL;
        if (from != NULL && find(d, from->name) != SIZE_MAX) {
            if (c->if_not_exists) {
                continue;
            }
            return change_no(d->x, "table %s has a partition %s already", d->t->name, from->name);
        }
        char *name = from != NULL ? arena_strdup(a, from->name) : arena_printf(a, "p%u", next);
        while (from == NULL && find(d, name) != SIZE_MAX) {
            name = arena_printf(a, "p%u", ++next);
        }
        struct partition *made;
        if (!make(d, name, from, subs, &made)) {
            return false;
        }
        list_add(a, &d->partitions, made);
    }
    return true;
}

bool change_drop_partition(struct draft *d, const struct sql_clause *c) {
    for (size_t i = 0; i < c->nnames; i++) {
        size_t at = find(d, c->names[i]);
        if (at == SIZE_MAX && !c->if_exists) {
            return change_no(d->x, "table %s has no partition %s", d->t->name, c->names[i]);
        }
        if (at != SIZE_MAX) {
            list_remove(&d->partitions, at);
        }
    }
    return true;
}

bool change_coalesce_partition(struct draft *d, const struct sql_clause *c) {
    if (c->count >= d->partitions.n) {
        return not_partitioned(d);
    }
    d->partitions.n -= c->count;
    return true;
}

bool change_reorganize_partition(struct draft *d, const struct sql_clause *c) {
    if (c->all_names) { /* it spreads rows anew, over the same */
        return true;
    }
    size_t at = SIZE_MAX, subs = subs_of(d, NULL);
    for (size_t i = 0; i < c->nnames; i++) {
        size_t found = find(d, c->names[i]);
        if (found == SIZE_MAX) {
            return change_no(d->x, "table %s has no partition %s", d->t->name, c->names[i]);
        }
        at = found < at ? found : at;
        list_remove(&d->partitions, found);
    }
    for (size_t i = 0; i < c->partitioning->n && at != SIZE_MAX; i++) {
        const struct sql_partition *from = &c->partitioning->parts[i];
        struct partition *made;
        if (!make(d, from->name, from, subs, &made)) {
            return false;
        }
        list_insert(d->x->a, &d->partitions, at + i, made);
    }
    return true;
}
