/* The kinds of target, told apart at connect time. */
#ifndef VALUE_DIALECT_H
#define VALUE_DIALECT_H

enum dialect {
    DIALECT_PG,    /* PostgreSQL */
    DIALECT_OG_B,  /* openGauss, DBCOMPATIBILITY B with the dolphin plugin */
    DIALECT_OG_PG, /* openGauss, PG */
    DIALECT_OG_A,  /* openGauss, A (Oracle flavoured): char lengths count bytes, '' is NULL, DATE has a time */
};

static inline const char *dialect_name(enum dialect d) {
    return d == DIALECT_PG      ? "postgresql"
           : d == DIALECT_OG_B  ? "opengauss-b"
           : d == DIALECT_OG_PG ? "opengauss-pg"
                                : "opengauss-a";
}
static inline int dialect_is_opengauss(enum dialect d) {
    return d != DIALECT_PG;
}

#endif
