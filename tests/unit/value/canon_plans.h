/* Both plans of a table: MySQL's row to COPY binary, and COPY binary to canonical. For tests and the benchmark. */
#ifndef TEST_VALUE_CANON_PLANS_H
#define TEST_VALUE_CANON_PLANS_H

#include <stdio.h>
#include <stdlib.h>

#include "rows.h"
#include "value/canon.h"

static inline void canon_plans(struct arena *a, struct encode_options o, const struct column_spec *specs, size_t n,
                               bool time_as_interval, struct encode_plan **encode, struct canon_plan **canon) {
    struct encode_column *cols = arena_array(a, struct encode_column, n);
    struct canon_column *targets = arena_array(a, struct canon_column, n);
    struct err e = ERR_INIT;
    bool ok = true;
    for (size_t i = 0; i < n && ok; i++) {
        struct type_override w = {.target = specs[i].target};
        struct typemap_options types = {.dialect = o.dialect,
                                        .overrides = &w,
                                        .noverrides = specs[i].target != NULL,
                                        .time_as_interval = time_as_interval};
        struct mytype t;
        ok = mytype_parse(a, specs[i].type, &t);
        t.collation = specs[i].collation;
        t.charset = specs[i].charset;
        t.is_mariadb_json = specs[i].mariadb_json;
        cols[i] = (struct encode_column){
            .source = {.type = wire_type_of(&t), .is_unsigned = t.is_unsigned || t.kind == MYT_YEAR},
            .from = t,
            .nullable = !specs[i].not_null,
            .name = arena_printf(a, "c%zu", i)};
        ok = ok && typemap_resolve(a, &types, "t", cols[i].name, &t, &cols[i].to, &e);
        targets[i] = (struct canon_column){.kind = cols[i].to.kind, .ddl = cols[i].to.ddl, .name = cols[i].name};
    }
    if (!ok || !encode_plan_make(a, &o, cols, n, encode, &e) || !canon_plan_make(a, o.dialect, targets, n, canon, &e)) {
        err_print(&e, stderr);
        abort();
    }
}

#endif
