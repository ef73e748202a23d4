/* Functions that openGauss B's dolphin has under MySQL's name, or nearly. What the sources are: those that were seen to run on a server, and
 * for the rest the plugin's own scripts and the expected output of its tests. */
#include <string.h>

#include "base/str.h"
#include "sql/expr_pg.h"

/* Seen to run, in definitions of tables too. */
static const struct og_b_function everywhere[] = {
#define N(name, min, max, result, form) {name, min, max, result, form, OG_B_IMMUTABLE},
#define P(name, min, max, result, form) {name, min, max, result, form, OG_B_OTHERWISE},
#define S(name, min, max, result, form) {name, min, max, result, form, OG_B_STABLE},
#include "sql/og_b_measured.def"
};

/* In queries and programs: most of them read the session's settings, so that definitions could not hold them. */
static const struct og_b_function in_queries[] = {
#include "sql/og_b_native.def"
};

static const struct og_b_function *find(const struct og_b_function *all, size_t n, const struct sql_node *call) {
    for (size_t i = 0; i < n; i++) {
        if (str_eq(all[i].mysql, call->name) && call->nargs >= all[i].min_args && call->nargs <= all[i].max_args) {
            return &all[i];
        }
    }
    return NULL;
}

const struct og_b_function *og_b_function(const struct sql_node *n, bool in_query) {
    const struct og_b_function *f = in_query ? find(in_queries, sizeof in_queries / sizeof in_queries[0], n) : NULL;
    return f != NULL ? f : find(everywhere, sizeof everywhere / sizeof everywhere[0], n);
}

/* Functions whose PostgreSQL form is made of what openGauss shares with PostgreSQL. */
static const char *const shared[] = {
    "month",    "day",   "dayofmonth",   "hour",          "minute", "second", "quarter",   "dayofyear", "weekday",
    "greatest", "least", "dayofweek",    "isnull",        "left",   "right",  "trim both", "sqrt",      "exp",
    "ln",       "pow",   "trim leading", "trim trailing", "power",  "elt",    "instr",     "locate",
};

bool og_b_is_shared(const char *name) {
    for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++) {
        if (str_ieq(shared[i], name)) {
            return true;
        }
    }
    return false;
}

bool og_b_measured(const char *name) {
    for (size_t i = 0; i < sizeof everywhere / sizeof everywhere[0]; i++) {
        if (str_ieq(everywhere[i].mysql, name)) {
            return true;
        }
    }
    return og_b_is_shared(name);
}

bool og_b_gives_json(const struct sql_node *n) {
    const struct og_b_function *f = n->kind == SN_CALL && n->more == NULL && !n->stored ? og_b_function(n, true) : NULL;
    return f != NULL && f->result == 'j';
}
