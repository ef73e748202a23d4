/* See row_range.h. */
#include "check/row_range.h"

#include <inttypes.h>

#include "base/str.h"

/* The key of the row behind `skip` others; NULL: there is none. */
static bool key_at(struct mysql_client *c, struct arena *a, const struct check_table *t, uint64_t skip, char ***out,
                   struct err *e) {
    struct chunk_key key = chunk_key_of(t->t);
    char *names = NULL;
    for (size_t i = 0; i < t->nkeys; i++) {
        char *one = str_quote_mysql(a, t->columns[i]->name);
        names = names == NULL ? one : arena_printf(a, "%s, %s", names, one);
    }
    struct mysql_rows rows;
    char *sql = arena_printf(a, "SELECT %s FROM %s.%s FORCE INDEX (%s) ORDER BY %s LIMIT 1 OFFSET %" PRIu64, names,
                             str_quote_mysql(a, t->t->schema), str_quote_mysql(a, t->t->name),
                             str_quote_mysql(a, key.index->name), names, skip);
    *out = NULL;
    if (!mysql_rows(c, a, sql, &rows, e)) {
        return err_where(e, "row %" PRIu64 " of %s", skip + 1, t->t->name);
    }
    if (rows.n == 0) {
        return true;
    }
    *out = arena_array(a, char *, t->nkeys);
    for (size_t i = 0; i < t->nkeys; i++) {
        const char *value = mysql_cell(&rows, 0, i);
        if (value == NULL) {
            return err_set(e, ERR_SELECTION, "a key of %s is NULL: its order cannot be used for a range of rows",
                           t->t->name);
        }
        (*out)[i] = chunk_literal(a, t->columns[i], value, rows.lens[i]);
    }
    return true;
}

bool row_range_find(struct mysql_client *c, struct arena *a, const struct check_table *t, struct chunk *out,
                    bool *empty, struct err *e) {
    const struct row_rule *r = t->rows;
    *out = (struct chunk){.table = t->number, .number = 1, .nbounds = t->nkeys};
    *empty = false;
    if (r->offset > 0) {
        if (!key_at(c, a, t, r->offset, &out->lower, e)) {
            return false;
        }
        *empty = out->lower == NULL;
    }
    uint64_t end = r->count > UINT64_MAX - r->offset ? UINT64_MAX : r->offset + r->count;
    return *empty || key_at(c, a, t, end, &out->upper, e);
}
