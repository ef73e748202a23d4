/* Telling targets apart, and setting sessions up. See identify.h.
 *
 * Why each setting is sent is written beside it; the traps were measured on openGauss 7.0.0-RC2 with dolphin 5.1. */
#include "gauss/identify.h"

#include <stdlib.h>
#include <strings.h>

#include "base/log.h"
#include "base/str.h"

/* Answers on both kinds without an error: what only one of them has is looked up by name. */
static const char identify_sql[] = "SELECT version(), current_setting('server_version_num'),"
                                   " (SELECT setting FROM pg_settings WHERE name = 'sql_compatibility'),"
                                   " (SELECT extversion FROM pg_extension WHERE extname = 'dolphin'),"
                                   " current_database(), current_user";

/* "(openGauss 7.0.0-RC2 build ..) compiled at .." and, before 3.0, "PostgreSQL 9.2.4 (openGauss 2.1.0 build ..". */
static const char *version_of_opengauss(struct arena *a, const char *text) {
    static const char name[] = "openGauss ";
    const char *at = strstr(text, name);
    if (at == NULL) {
        return "";
    }
    at += sizeof name - 1;
    return arena_strndup(a, at, strcspn(at, " )"));
}

static bool choose_dialect(struct gauss_identity *id, struct err *e) {
    if (id->compatibility[0] == '\0') {
        id->dialect = DIALECT_PG;
        if (strstr(id->version_text, "openGauss") != NULL) {
            return err_set(e, ERR_TARGET_DATABASE,
                           "the target is an openGauss that does not tell its compatibility mode");
        }
        return true;
    }
    if (str_eq(id->compatibility, "B")) {
        id->dialect = id->dolphin_version[0] != '\0' ? DIALECT_OG_B : DIALECT_OG_PG;
    } else if (str_eq(id->compatibility, "PG")) {
        id->dialect = DIALECT_OG_PG;
    } else if (str_eq(id->compatibility, "A")) {
        id->dialect = DIALECT_OG_A;
    } else {
        err_set(e, ERR_TARGET_DATABASE, "database %s has compatibility mode %s; B, PG and A are supported",
                id->database, id->compatibility);
        return err_hint(e, "create the target database with DBCOMPATIBILITY 'B'");
    }
    return true;
}

bool gauss_identify(struct gauss_client *c, struct arena *a, struct gauss_identity *out, struct err *e) {
    struct gauss_rows r;
    *out = (struct gauss_identity){0};
    if (!gauss_rows(c, a, identify_sql, &r, e)) {
        return err_where(e, "asking the target what it is");
    }
    if (r.n != 1 || r.ncols != 6) {
        return err_set(e, ERR_TARGET_PROTOCOL, "the target does not tell what it is");
    }
    out->version_text = gauss_text(&r, 0, 0);
    out->version = (unsigned)strtoul(gauss_text(&r, 0, 1), NULL, 10);
    out->compatibility = gauss_text(&r, 0, 2);
    out->dolphin_version = gauss_text(&r, 0, 3);
    out->database = gauss_text(&r, 0, 4);
    out->user = gauss_text(&r, 0, 5);
    out->opengauss_version = version_of_opengauss(a, out->version_text);
    return choose_dialect(out, e);
}

/* ---- lists ---- */

/* The next word of a comma separated list, blanks trimmed. false: no more. */
static bool next_word(const char **at, const char **word, size_t *len) {
    while (**at == ',' || **at == ' ') {
        (*at)++;
    }
    *word = *at;
    *len = strcspn(*at, ",");
    *at += *len;
    while (*len > 0 && (*word)[*len - 1] == ' ') {
        (*len)--;
    }
    return *len > 0;
}

static bool is_word(const char *word, size_t len, const char *wanted) {
    return len == strlen(wanted) && strncasecmp(word, wanted, len) == 0;
}

char *gauss_list_with(struct arena *a, const char *list, const char *wanted) {
    const char *at = list, *word;
    size_t len;
    while (next_word(&at, &word, &len)) {
        if (is_word(word, len, wanted)) {
            return arena_strdup(a, list);
        }
    }
    at = list;
    bool empty = !next_word(&at, &word, &len);
    return empty ? arena_strdup(a, wanted) : arena_printf(a, "%s,%s", list, wanted);
}

char *gauss_list_without(struct arena *a, const char *list, const char *unwanted) {
    const char *at = list, *word;
    size_t len;
    char *kept = arena_strdup(a, "");
    while (next_word(&at, &word, &len)) {
        if (!is_word(word, len, unwanted)) {
            kept = arena_printf(a, "%s%s%.*s", kept, kept[0] != '\0' ? "," : "", (int)len, word);
        }
    }
    return kept;
}

/* ---- sessions ---- */

/* One text of several statements: one round trip. */
static const char common_sql[] =
    "SET extra_float_digits = 3;" /* openGauss's default cuts floats to 6 and 15 digits, in COPY too */
    "SET bytea_output = 'hex';"
    "SET datestyle = 'ISO, YMD';"
    "SET intervalstyle = 'postgres';"
    "SET timezone = 'UTC';"
    "SET standard_conforming_strings = on;"
    "SET escape_string_warning = off;"
    "SET backslash_quote = safe_encoding;"
    "SET statement_timeout = 0;"
    "SET idle_in_transaction_session_timeout = 0;"
    "SET client_min_messages = warning";

/* The current value of a setting; "" when it is empty, NULL on error. */
static const char *setting(struct gauss_client *c, struct arena *a, const char *name, struct err *e) {
    struct gauss_rows r;
    char *sql = arena_printf(a, "SELECT setting FROM pg_settings WHERE name = %s", str_literal_pg(a, name));
    if (!gauss_rows(c, a, sql, &r, e)) {
        return NULL;
    }
    if (r.n != 1 || r.ncols != 1) {
        err_set(e, ERR_TARGET_QUERY, "the target has no setting %s", name);
        return NULL;
    }
    return gauss_text(&r, 0, 0);
}

/* SET replaces a whole list: words of the administrator's must survive. */
static bool set_behaviour(struct gauss_client *c, struct arena *a, const char *word, struct err *e) {
    const char *now = setting(c, a, "behavior_compat_options", e);
    if (now == NULL) {
        return false;
    }
    char *wanted = gauss_list_with(a, now, word);
    return str_eq(now, wanted) || gauss_execf(c, e, "SET behavior_compat_options = %s", str_literal_pg(a, wanted));
}

bool gauss_keep_empty_text(struct gauss_client *c, struct err *e) {
    struct arena a = ARENA_INIT;
    bool ok = set_behaviour(c, &a, "accept_empty_str", e);
    arena_clear(&a);
    return ok;
}

/* What a role or a server may not have. *taken: it is so now. */
static bool try_to_set(struct gauss_client *c, const char *sql, bool *taken, struct err *e) {
    struct err refused = ERR_INIT;
    *taken = gauss_exec(c, sql, &refused);
    return *taken || gauss_usable(c) || (err_copy(e, &refused), false);
}

bool gauss_leave_checks(struct gauss_client *c, enum dialect d, bool *left, struct err *e) {
    return try_to_set(c, "SET session_replication_role = replica", left, e) &&
           (*left || d != DIALECT_OG_B || try_to_set(c, "SET foreign_key_checks = off", left, e));
}

bool gauss_keep_checks(struct gauss_client *c, enum dialect d, struct err *e) {
    bool taken;
    return gauss_exec(c,
                      "SELECT set_config('session_replication_role', 'origin', false)"
                      " WHERE current_setting('session_replication_role') <> 'origin'",
                      e) &&
           (d != DIALECT_OG_B || try_to_set(c, "SET foreign_key_checks = on", &taken, e));
}

static bool set_sql_mode(struct gauss_client *c, struct arena *a, enum gauss_role role, struct err *e) {
    const char *mode = setting(c, a, "dolphin.sql_mode", e);
    if (mode == NULL) {
        return false;
    }
    mode = gauss_list_without(a, mode, "no_zero_date");            /* 0000-00-00 is data to carry */
    mode = gauss_list_without(a, mode, "pad_char_to_full_length"); /* MySQL does not show the padding either */
    mode = gauss_list_with(a, mode, "sql_mode_strict");            /* without it bad values change silently */
    mode = gauss_list_with(a, mode, "ansi_quotes");                /* without it "id" is a string */
    mode = gauss_list_with(a, mode, "pipes_as_concat");
    /* A zero in an AUTO_INCREMENT column would become a new number; yet a statement that leaves the column out would
     * then store 0, hence only where every column is given. Making a column AUTO_INCREMENT rewrites zeros too: INDEX. */
    bool keep_zero = role == GAUSS_ROLE_LOAD || role == GAUSS_ROLE_INDEX;
    mode = keep_zero ? gauss_list_with(a, mode, "no_auto_value_on_zero")
                     : gauss_list_without(a, mode, "no_auto_value_on_zero");
    return gauss_execf(c, e, "SET dolphin.sql_mode = %s", str_literal_pg(a, mode));
}

/* A session whose client has vanished holds locks that the next one wants: the server is to notice as soon as the client does. One that refuses
 * has its own times, which do no harm. */
static bool watch_client(struct gauss_client *c, struct err *e) {
    struct net_keepalive k = net_keepalive();
    struct err refused = ERR_INIT;
    if (gauss_execf(c, &refused,
                    "SET tcp_keepalives_idle = %d; SET tcp_keepalives_interval = %d; SET tcp_keepalives_count = %d",
                    k.idle_s, k.every_s, k.count)) {
        return true;
    }
    log_err("keepalive", &refused);
    return gauss_usable(c) || (err_copy(e, &refused), false);
}

static bool setup(struct gauss_client *c, struct arena *a, enum dialect d, enum gauss_role role, struct err *e) {
    if (!gauss_exec(c, common_sql, e) || !watch_client(c, e)) {
        return false;
    }
    /* A lost tail of commits is found by the progress record, which is lost with it. */
    if (role == GAUSS_ROLE_LOAD && !gauss_exec(c, "SET synchronous_commit = off", e)) {
        return false;
    }
    if (!dialect_is_opengauss(d)) {
        return true;
    }
    if (!gauss_exec(c, "SET session_timeout = 0", e)) { /* otherwise idle sessions are closed after 600 s */
        return false;
    }
    bool taken;
    if (d == DIALECT_OG_B && role == GAUSS_ROLE_LOAD && !try_to_set(c, "SET foreign_key_checks = off", &taken, e)) {
        return false;
    }
    return d == DIALECT_OG_B ? set_sql_mode(c, a, role, e)
                             : set_behaviour(c, a, "display_leading_zero", e); /* otherwise 0.5 reads .5 */
}

bool gauss_session_setup(struct gauss_client *c, enum dialect d, enum gauss_role role, struct err *e) {
    struct arena a = ARENA_INIT;
    bool ok = setup(c, &a, d, role, e);
    arena_clear(&a);
    return ok || err_where(e, "target session");
}

bool gauss_set_maintenance_memory(struct gauss_client *c, unsigned megabytes, struct err *e) {
    return gauss_execf(c, e, "SET maintenance_work_mem = '%uMB'", megabytes);
}
