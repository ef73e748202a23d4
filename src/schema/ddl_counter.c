/* auto_increment: identity, sequence or AUTO_INCREMENT in the target, and its next value after the load. */
#include <inttypes.h>
#include <string.h>

#include "schema/ddl_internal.h"

const struct column *ddl_counter_column(const struct table *t) {
    for (size_t i = 0; i < t->ncolumns; i++) {
        if (t->columns[i].auto_increment) {
            return &t->columns[i];
        }
    }
    return NULL;
}

/* PostgreSQL's identity columns are smallint, integer or bigint; BIGINT UNSIGNED is numeric(20) there. */
bool ddl_counter_is_identity(const struct ddl_ctx *x, const struct column *c) {
    return x->dialect == DIALECT_PG &&
           (c->target.kind == TK_INT2 || c->target.kind == TK_INT4 || c->target.kind == TK_INT8);
}

/* PostgreSQL calls the sequence <table>_<column>_seq by itself. Only where something else of the source's has that name,
 * perhaps a table that is yet to be created, must the sequence be named. */
char *ddl_identity_sequence(struct ddl_ctx *x, const struct column *c) {
    char *usual = arena_printf(x->a, "%s_%s_seq", x->t->target_name, c->target_name);
    if (strlen(usual) > NAME_MAX_BYTES || name_set_take(&x->relations, usual)) {
        return NULL;
    }
    char *name = name_claim(x->a, &x->relations, NULL, usual, x->t->target_name);
    return arena_printf(x->a, "%s.%s", ddl_quote(x, x->t->target_schema), ddl_quote(x, name));
}

static const char *highest(const struct ddl_ctx *x, const struct column *c) {
    bool identity = ddl_counter_is_identity(x, c); /* its sequence ends with its type */
    return identity && c->target.kind == TK_INT2   ? "32767"
           : identity && c->target.kind == TK_INT4 ? "2147483647"
                                                   : "9223372036854775807";
}

/* One statement: the higher of the source's next value and the highest value loaded + 1. Past the sequence's end the last
 * value is marked as used, so that the next INSERT fails as it would at the source instead of colliding. */
static char *set_sequence(struct ddl_ctx *x, const struct column *c) {
    char *column = ddl_quote(x, c->target_name);
    char *sequence = x->sequence != NULL
                         ? arena_printf(x->a, "%s::regclass", str_literal_pg(x->a, x->sequence))
                         : arena_printf(x->a, "pg_get_serial_sequence(%s, %s)::regclass", str_literal_pg(x->a, x->tq),
                                        str_literal_pg(x->a, c->target_name));
    bool fraction = c->target.kind == TK_FLOAT4 || c->target.kind == TK_FLOAT8;
    char *top = arena_printf(x->a, fraction ? "ceil(max(%s))" : "max(%s)", column);
    uint64_t next = x->t->auto_increment_next > 0 ? x->t->auto_increment_next : 1;
    return arena_printf(x->a,
                        "SELECT setval(%s, least(n.v, %s)::bigint, n.v > %s) FROM"
                        " (SELECT greatest(%" PRIu64 "::numeric, coalesce(%s::numeric, 0) + 1) AS v FROM %s) AS n",
                        sequence, highest(x, c), highest(x, c), next, top, x->tq);
}

void ddl_counter(struct ddl_ctx *x) {
    const struct column *c = ddl_counter_column(x->t);
    if (c == NULL) {
        return;
    }
    char *object = ddl_object(x, "counter of", c->name);
    if (x->dialect == DIALECT_OG_B) {
        /* Loading raises the counter by itself, and the server ignores a value below the highest one. */
        if (x->t->auto_increment_next > 1) {
            ddl_add(x, DDL_COUNTER, object, 1,
                    arena_printf(x->a, "ALTER TABLE %s AUTO_INCREMENT = %" PRIu64, x->tq, x->t->auto_increment_next));
        }
        return;
    }
    if (c->target.kind == TK_NUMERIC && c->type.kind == MYT_BIGINT) {
        ddl_note(x, false, object, "sequences end at 9223372036854775807",
                 "values above that must be given by the application");
    }
    ddl_add(x, DDL_COUNTER, object, 1, set_sequence(x, c));
}
