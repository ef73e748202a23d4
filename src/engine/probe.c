/* See probe.h. The items themselves are the precheck's. */
#include "engine/probe.h"

#include <string.h>

#include "base/str.h"
#include "engine/precheck_internal.h"

/* "MySQL 9.1.0", "MariaDB 10.11.6-MariaDB-log": that one says 5.5.5 first, for old clients. */
static char *source_name(struct precheck_run *p) {
    static const char prefix[] = "5.5.5-";
    const struct mysql_server *s = mysql_server(p->run.source);
    size_t skip = s->is_mariadb && str_starts(s->version_text, prefix) ? strlen(prefix) : 0;
    return arena_printf(&p->run.arena, "%s %s", s->is_mariadb ? "MariaDB" : "MySQL", s->version_text + skip);
}

/* "openGauss 7.0.0-RC2, compatibility B, dolphin 5.1", "PostgreSQL 15.18". */
static char *target_name(struct precheck_run *p) {
    const struct gauss_identity *id = &p->run.identity;
    struct arena *a = &p->run.arena;
    if (!dialect_is_opengauss(id->dialect)) { /* "PostgreSQL 15.18 (Debian 15.18-0) on x86_64 .." */
        size_t name = strcspn(id->version_text, " ");
        size_t number = strcspn(id->version_text + name + (id->version_text[name] == ' '), " ");
        return arena_strndup(a, id->version_text, name + 1 + number);
    }
    return arena_printf(a, "openGauss %s, compatibility %s%s%s", id->opengauss_version, id->compatibility,
                        id->dolphin_version[0] != '\0' ? ", dolphin " : "", id->dolphin_version);
}

/* What the account sees; of one database, that it is there was shown by connecting to it. */
static void databases(struct precheck_run *p) {
    const char *sql = "SELECT count(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN"
                      " ('information_schema', 'performance_schema', 'mysql', 'sys')";
    struct mysql_rows rows;
    struct err refused = ERR_INIT;
    if (!mysql_rows(p->run.source, &p->run.arena, sql, &rows, &refused)) {
        precheck_add_error(p, "source.databases", "databases can be seen", &refused);
        return;
    }
    bool some = !str_eq(mysql_cell(&rows, 0, 0), "0");
    precheck_add(p, "source.databases", "databases can be seen", some ? PRECHECK_OK : PRECHECK_WARNING, sql,
                 arena_printf(&p->run.arena, "GRANT SELECT ON database.* TO '%s'", p->run.task->source.user), "%s",
                 mysql_cell(&rows, 0, 0));
}

/* Every character set is read as utf8mb4: for information. */
static void character_set(struct precheck_run *p) {
    static const char sql[] = "SELECT @@character_set_database, @@collation_database";
    struct mysql_rows rows;
    struct err refused = ERR_INIT;
    if (mysql_rows(p->run.source, &p->run.arena, sql, &rows, &refused) && rows.n > 0) {
        const char *charset = mysql_cell(&rows, 0, 0), *collation = mysql_cell(&rows, 0, 1);
        precheck_add(p, "source.character_set", "texts can be read as UTF-8", PRECHECK_OK, sql, NULL, "%s, %s",
                     charset != NULL ? charset : "", collation != NULL ? collation : "");
    }
}

static const char *look_at_source(struct precheck_run *p) {
    if (!precheck_connect_source(p)) {
        return NULL;
    }
    const char *name = source_name(p);
    databases(p);
    character_set(p);
    precheck_source_server(p);
    precheck_source_changes(p);
    if (!mysql_usable(p->run.source)) {
        precheck_add(p, "source.lost", "the connection stays", PRECHECK_FAILED, NULL, "look at the server's log",
                     "it broke while questions were asked");
    }
    return name;
}

static const char *look_at_target(struct precheck_run *p) {
    if (!precheck_connect_target(p)) {
        return NULL;
    }
    const char *name = target_name(p);
    precheck_target_server(p, p->run.task->target_schema);
    precheck_target_changes(p);
    if (!gauss_usable(p->run.target)) {
        precheck_add(p, "target.lost", "the connection stays", PRECHECK_FAILED, NULL, "look at the server's log",
                     "it broke while questions were asked");
    }
    return name;
}

json_t *probe_run(const struct task *t, enum probe_role role) {
    struct precheck out = {0};
    struct precheck_run p = {.out = &out, .run = {.task = t}};
    const char *server = role == PROBE_SOURCE ? look_at_source(&p) : look_at_target(&p);
    json_t *result =
        json_pack("{s:o, s:b, s:I, s:I, s:o}", "server", precheck_text_json(server), "ok", out.failed == 0, "warnings",
                  (json_int_t)out.warnings, "failed", (json_int_t)out.failed, "items", precheck_items_json(&out));
    run_clear(&p.run);
    precheck_clear(&out);
    return result;
}
