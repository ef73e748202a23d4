/* Which decoder for which server, as measured on openGauss 7.0.0-RC2 and PostgreSQL 15. */
#include "base/str.h"
#include "gauss/change_stream.h"

bool decoder_facts_read(struct gauss_client *c, struct decoder_facts *f, struct err *e) {
    struct arena a = ARENA_INIT;
    struct gauss_rows rows;
    bool ok = gauss_rows(c, &a,
                         "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                         " WHERE n.nspname = 'pg_catalog' AND c.relname = 'pg_publication_rel'",
                         &rows, e);
    if (ok) {
        f->has_pgoutput = rows.n == 1 && str_eq(gauss_cell(&rows, 0, 0), "1");
    }
    arena_clear(&a);
    return ok;
}

bool decoder_choose(const struct decoder_facts *f, struct decoder_choice *out, struct err *e) {
    *out = (struct decoder_choice){.kind = DECODER_PGOUTPUT, .plugin = "pgoutput"};
    if (f->has_pgoutput) {
        bool opengauss = dialect_is_opengauss(f->dialect);
        out->binary = !opengauss;
        snprintf(
            out->reason, sizeof out->reason, "%s",
            opengauss
                ? "pgoutput: it tells TRUNCATE, every value as the server prints it, and never transactions of a "
                  "replication origin; mppdb_decoding's rows in JSON show the booleans of a B database as false, and "
                  "its parallel mode drops TRUNCATE and what follows a definition in the same transaction"
                : "pgoutput, with values in binary: the server's own plugin, which tells TRUNCATE and origins");
        return true;
    }
    if (!dialect_is_opengauss(f->dialect)) {
        return err_set(e, ERR_TARGET_DATABASE, "this PostgreSQL knows no publications; they came with version 10");
    }
    if (f->dialect == DIALECT_OG_B && f->has_bool) {
        err_set(e, ERR_TARGET_DATABASE, "no decoder of this openGauss tells the values of boolean columns");
        return err_hint(
            e,
            "it has no pgoutput, and mppdb_decoding shows the booleans of a B database as false; upgrade it, or make "
            "the columns tinyint(1)");
    }
    *out = (struct decoder_choice){.kind = DECODER_MPPDB_SERIAL, .plugin = "mppdb_decoding"};
    snprintf(out->reason, sizeof out->reason,
             "mppdb_decoding in serial mode: this openGauss has no pgoutput; parallel mode would be faster, but it "
             "drops TRUNCATE "
             "and what follows a definition in the same transaction");
    return true;
}
