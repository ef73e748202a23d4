/* The scratch schema. See structure_scratch.h. */
#include "check/structure_scratch.h"

#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/str.h"
#include "check/structure_catalog.h"

static void make_name(struct scratch *s) {
    uint32_t number;
    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number) {
        number = (uint32_t)clock_mono_us();
    }
    snprintf(s->name, sizeof s->name, "godwit_check_%08x", number);
}

/* Which statements are whose, in their order. */
static void sort_statements(struct scratch *s) {
    size_t n = s->db.ntables;
    s->first = arena_array(&s->arena, size_t, n + 2);
    s->order = arena_array(&s->arena, size_t, s->ddl.n + 1);
    size_t *count = s->first + 1; /* count[i] becomes the place of table i's next statement, in the end first[i + 1] */
    for (size_t i = 0; i < s->ddl.n; i++) {
        const struct table *t = s->ddl.statements[i].table;
        if (t != NULL && (size_t)(t - s->db.tables) + 1 < n) {
            count[t - s->db.tables + 1]++;
        }
    }
    for (size_t i = 1; i < n; i++) {
        count[i] += count[i - 1];
    }
    for (size_t i = 0; i < s->ddl.n; i++) {
        const struct table *t = s->ddl.statements[i].table;
        if (t != NULL) {
            s->order[count[t - s->db.tables]++] = i;
        }
    }
}

bool scratch_prepare(struct scratch *s, const struct run *r, struct err *e) {
    *s = (struct scratch){.dialect = r->identity.dialect, .stop = r->stop, .db = r->db};
    make_name(s);
    s->db.tables = arena_array(&s->arena, struct table, r->db.ntables + 1);
    memcpy(s->db.tables, r->db.tables, r->db.ntables * sizeof *r->db.tables);
    for (size_t i = 0; i < s->db.ntables; i++) {
        s->db.tables[i].target_schema = s->name;
    }
    struct ddl_options o = r->ddl_options;
    o.target_schema = s->name;
    if (!ddl_make(&s->arena, &s->db, &o, &s->ddl, e)) {
        return false;
    }
    sort_statements(s);
    return true;
}

void scratch_clear(struct scratch *s) {
    arena_clear(&s->arena);
}

/* Counters are not made: their values are compared with the source's. openGauss makes a function with the help of a second
 * session, which cannot see this transaction: its triggers are looked for by their kind. */
static bool belongs(const struct scratch *s, enum ddl_stage stage, enum scratch_part part) {
    switch (part) {
    case SCRATCH_ALL:
    case SCRATCH_KEYS:
        return stage == DDL_TABLE || stage == DDL_INDEX || stage == DDL_PRIMARY;
    case SCRATCH_FOREIGN_KEYS:
        return stage == DDL_FK || stage == DDL_FK_VALIDATE;
    case SCRATCH_TRIGGERS:
        return stage == DDL_TRIGGER && !dialect_is_opengauss(s->dialect);
    }
    return false;
}

bool scratch_has(const struct scratch *s, size_t i, enum ddl_stage stage) {
    for (size_t k = s->first[i]; k < s->first[i + 1]; k++) {
        if (s->ddl.statements[s->order[k]].stage == stage) {
            return true;
        }
    }
    return false;
}

size_t scratch_referred(const struct scratch *s, const struct foreign_key *k) {
    const struct table *t = k->ref_table != NULL ? schema_find_table(&s->db, k->ref_table) : NULL;
    return t != NULL ? (size_t)(t - s->db.tables) : SIZE_MAX;
}

/* The statements of the part, between savepoints where the server takes them along. *n: how many there are. */
static bool write_part(const struct scratch *s, size_t i, enum scratch_part part, struct buf *sql, size_t *n,
                       struct err *e) {
    const char *between = s->apart ? "" : ";\n";
    *n = 0;
    if (!s->apart && !buf_puts(sql, STRUCTURE_SAVEPOINT, e)) {
        return false;
    }
    for (size_t k = s->first[i]; k < s->first[i + 1]; k++) {
        const struct ddl_statement *d = &s->ddl.statements[s->order[k]];
        if (belongs(s, d->stage, part)) {
            if (!buf_printf(sql, e, "%s%s", between, d->sql)) {
                return false;
            }
            between = ";\n";
            (*n)++;
        }
    }
    return (s->apart || buf_puts(sql, ";\n" STRUCTURE_RELEASE, e)) && buf_terminate(sql, e);
}

static bool run_part(const struct scratch *s, struct gauss_client *c, const char *sql, struct err *refused,
                     struct err *e, bool *sent) {
    *sent = !s->apart || gauss_exec(c, STRUCTURE_SAVEPOINT, e);
    return *sent && gauss_exec(c, sql, refused) && (!s->apart || gauss_exec(c, STRUCTURE_RELEASE, refused));
}

static bool make_part(struct scratch *s, struct gauss_client *c, const char *sql, struct arena *a, const char **reason,
                      enum scratch_again *again, struct err *e) {
    struct err refused = ERR_INIT, lost = ERR_INIT;
    bool sent;
    if (run_part(s, c, sql, &refused, e, &sent)) {
        return true;
    }
    if (!sent) {
        return false;
    }
    *again = str_eq(refused.sqlstate, "53200") ? SCRATCH_FULL : SCRATCH_GOES_ON;
    *reason = arena_printf(a, "the target refuses its definition: %s%s%s", refused.message,
                           refused.cause[0] != '\0' ? "; " : "", refused.cause);
    if (structure_recover(c, &refused, &lost)) {
        return true;
    }
    /* No such savepoint: it was the first statement that was refused. */
    if (!s->apart && gauss_usable(c) && str_eq(lost.sqlstate, "3B001")) {
        s->apart = true;
        *again = SCRATCH_APART;
        return true;
    }
    err_copy(e, &lost);
    return false;
}

/* One round trip for the part; it stays whole or not at all. */
bool scratch_make(struct scratch *s, struct gauss_client *c, size_t i, enum scratch_part part, struct arena *a,
                  const char **reason, enum scratch_again *again, struct err *e) {
    struct buf sql;
    size_t n;
    buf_init(&sql, 64u << 20);
    *reason = NULL;
    *again = SCRATCH_GOES_ON;
    bool ok = write_part(s, i, part, &sql, &n, e);
    if (ok && n > 0 && atomic_load(s->stop)) {
        ok = err_set(e, ERR_CANCELLED, "stopped by request");
    }
    ok = ok && (n == 0 || make_part(s, c, (char *)sql.data, a, reason, again, e));
    buf_clear(&sql);
    return ok || err_where(e, "table %s in schema %s", s->db.tables[i].target_name, s->name);
}
