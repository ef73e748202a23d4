/* The loss ledger's dry run: rows go through the very encoder the load uses, with every rule counting instead of failing,
 * and the result is thrown away. Also looks for keys that the target's collation would hold equal. See precheck_internal.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "engine/precheck_internal.h"

enum { ROWS_DEFAULT = 10000, SCRATCH_BYTES = 1200u << 20 };

/* Whatever the user chose, the dry run wants to see all: the first policy of each rule that does not stop. */
static struct loss_policies counting(void) {
    static const char *const ways[] = {"null", "replace", "clamp"};
    struct loss_policies p;
    loss_policies_default(&p);
    for (int rule = 0; rule < LOSS_COUNT; rule++) {
        for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
            char text[64];
            snprintf(text, sizeof text, "%s=%s", loss_rule_name((enum loss_rule)rule), ways[i]);
            if (loss_policies_set(&p, text)) {
                break;
            }
        }
    }
    return p;
}

static bool make_plan(struct arena *a, enum dialect d, const struct table *t, const struct mysql_columns *got,
                      struct encode_plan **plan, struct err *e) {
    struct encode_column *cols = arena_array(a, struct encode_column, t->ncolumns);
    size_t n = 0;
    for (size_t i = 0; i < t->ncolumns; i++) {
        if (t->columns[i].loaded && n < got->n) {
            const struct mysql_column *m = &got->col[n];
            cols[n++] = (struct encode_column){
                .source = {.type = m->type, .is_unsigned = (m->flags & 32) != 0, .is_binary = m->charset == 63},
                .from = t->columns[i].type,
                .to = t->columns[i].target,
                .nullable = true,
                .name = t->columns[i].name};
        }
    }
    struct encode_options o = {.dialect = d, .binary = false, .policies = counting()};
    return encode_plan_make(a, &o, cols, n, plan, e);
}

static void add_losses(struct precheck_run *p, const struct table *t, const uint64_t *counts) {
    struct precheck *out = p->out;
    size_t loaded = 0;
    for (size_t i = 0; i < t->ncolumns; i++) {
        if (!t->columns[i].loaded) {
            continue;
        }
        for (int rule = 0; rule < LOSS_COUNT; rule++) {
            uint64_t count = counts[loaded * LOSS_COUNT + (size_t)rule];
            if (count > 0) {
                out->losses = arena_grow(&out->arena, out->losses, out->nlosses, &p->losses_cap, sizeof *out->losses);
                out->losses[out->nlosses++] =
                    (struct loss_entry){.table = arena_strdup(&out->arena, t->name),
                                        .column = arena_strdup(&out->arena, t->columns[i].name),
                                        .rule = (enum loss_rule)rule,
                                        .policy = p->run.task->loss.of[rule],
                                        .count = count};
            }
        }
        loaded++;
    }
}

static bool scan_table(struct precheck_run *p, const struct table *t, struct buf *scratch, uint64_t *seen,
                       struct err *e) {
    struct run *r = &p->run;
    struct arena a = ARENA_INIT;
    struct chunk whole = {0};
    char *sql = chunk_select(&a, t, &whole);
    if (!r->task->precheck_exact) {
        sql = arena_printf(&a, "%s LIMIT %" PRIu64, sql,
                           r->task->precheck_rows > 0 ? r->task->precheck_rows : (uint64_t)ROWS_DEFAULT);
    }
    struct encode_plan *plan = NULL;
    struct encode_counts counts = {.counts = arena_array(&a, uint64_t, t->ncolumns * LOSS_COUNT + 1)};
    struct mysql_columns columns;
    bool ok = mysql_query_binary(r->source, &a, sql, &columns, e) &&
              make_plan(&a, r->identity.dialect, t, &columns, &plan, e);
    while (ok) {
        const uint8_t *row;
        size_t len, failed;
        ok = mysql_next(r->source, &row, &len, e);
        if (!ok || row == NULL) {
            break;
        }
        buf_reset(scratch);
        ok = encode_row(plan, row, len, &counts, scratch, &failed, e);
        (*seen)++;
    }
    if (ok) {
        add_losses(p, t, counts.counts);
    }
    arena_clear(&a);
    return ok ? true : err_where(e, "loss scan of %s", t->name);
}

/* Unique text keys whose values differ at the source but are equal to an openGauss B database (PAD SPACE everywhere,
 * unicode_ci instead of a newer collation). B's collations are MySQL's by name. */
static bool colliding_keys(struct precheck_run *p, struct err *e) {
    struct run *r = &p->run;
    struct arena *a = &r->arena;
    size_t bad = 0;
    for (size_t i = 0; i < r->db.ntables; i++) {
        const struct table *t = &r->db.tables[i];
        for (size_t k = 0; k < t->nindexes; k++) {
            const struct index *x = &t->indexes[k];
            bool text = false, plain = x->kind == INDEX_PRIMARY || x->kind == INDEX_UNIQUE;
            char *group = NULL;
            for (size_t c = 0; plain && c < x->nparts; c++) {
                const struct column *col = x->parts[c].column;
                if (col == NULL || x->parts[c].prefix_chars != 0) {
                    plain = false;
                    break;
                }
                char *q = str_quote_mysql(a, col->name);
                if (col->type.charset != NULL && col->type.kind != MYT_ENUM && col->type.kind != MYT_SET) {
                    text = true;
                    const char *collation = col->target.collation != NULL ? col->target.collation : "utf8mb4_bin";
                    q = arena_printf(a, "RTRIM(CONVERT(%s USING utf8mb4)) COLLATE %s", q, collation);
                }
                group = group == NULL ? q : arena_printf(a, "%s, %s", group, q);
            }
            if (!plain || !text) {
                continue;
            }
            char *sql =
                arena_printf(a, "SELECT COUNT(*) FROM (SELECT 1 FROM %s.%s GROUP BY %s HAVING COUNT(*) > 1) AS k",
                             str_quote_mysql(a, t->schema), str_quote_mysql(a, t->name), group);
            struct mysql_rows rows;
            if (!mysql_rows(r->source, a, sql, &rows, e)) {
                return err_where(e, "keys of %s", t->name);
            }
            if (!str_eq(mysql_cell(&rows, 0, 0), "0")) {
                bad++;
                precheck_add(p, "data.equal_keys", "keys stay different", PRECHECK_FAILED, sql,
                             "change the values, or the key, before the migration",
                             "%s.%s: %s groups of keys would be equal in the target", t->name, x->name,
                             mysql_cell(&rows, 0, 0));
            }
        }
    }
    if (bad == 0) {
        precheck_add(p, "data.equal_keys", "keys stay different", PRECHECK_OK, NULL, NULL,
                     "no two keys become equal in the target");
    }
    return true;
}

bool precheck_losses(struct precheck_run *p, struct err *e) {
    struct buf scratch;
    uint64_t seen = 0;
    buf_init(&scratch, SCRATCH_BYTES);
    bool ok = true;
    for (size_t i = 0; ok && i < p->run.db.ntables; i++) {
        ok = scan_table(p, &p->run.db.tables[i], &scratch, &seen, e);
    }
    buf_clear(&scratch);
    if (!ok) {
        return false;
    }
    p->out->losses_exact = p->run.task->precheck_exact;
    size_t stopping = 0;
    for (size_t i = 0; i < p->out->nlosses; i++) {
        stopping += p->out->losses[i].policy == LOSS_FAIL;
    }
    char rows[32];
    precheck_add(p, "data.losses", "values can be carried exactly",
                 stopping > 0          ? PRECHECK_FAILED
                 : p->out->nlosses > 0 ? PRECHECK_WARNING
                                       : PRECHECK_OK,
                 NULL, "choose what shall happen with them: --on-loss RULE=null, replace or clamp",
                 "%s rows %s: %zu columns hold values that cannot, %zu of them stop the load", str_count(seen, rows),
                 p->run.task->precheck_exact ? "(all)" : "(sampled; --precheck-exact looks at all)", p->out->nlosses,
                 stopping);
    /* Grouping reads whole tables, so it is part of the exact check only. */
    return p->run.identity.dialect != DIALECT_OG_B || !p->run.task->precheck_exact || colliding_keys(p, e);
}
