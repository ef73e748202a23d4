/* What the account may not see. The catalog leaves such objects out without a word, so the grants are asked. */
#include <string.h>

#include "base/str.h"
#include "objects/internal.h"

void objects_lacking(struct objects *o, const char *text) {
    struct arena *a = &o->run.arena;
    o->lacking = arena_grow(a, o->lacking, o->nlacking, &o->lacking_cap, sizeof *o->lacking);
    o->lacking[o->nlacking++] = text;
}

/* A database's name as GRANT has it: % and _ stand for others unless a backslash is before them. */
static bool like(const char *pattern, const char *end, const char *name) {
    for (; pattern < end; pattern++, name++) {
        if (*pattern == '%') {
            for (const char *rest = name;; rest++) {
                if (like(pattern + 1, end, rest)) {
                    return true;
                }
                if (*rest == '\0') {
                    return false;
                }
            }
        }
        bool any = *pattern == '_';
        pattern += *pattern == '\\' && pattern + 1 < end;
        if (*name == '\0' || (!any && *pattern != *name)) {
            return false;
        }
    }
    return *name == '\0';
}

/* Is the grant about everything, or about all of the database? */
static bool about(const char *grant, const char *database, bool *global) {
    const char *on = strstr(grant, " ON ");
    *global = on != NULL && str_starts(on, " ON *.* ");
    if (on == NULL || *global || on[4] != '`') {
        return *global;
    }
    const char *end = strstr(on + 5, "`.*");
    return end != NULL && like(on + 5, end, database);
}

/* One of the rights stands in the grant's list, in front of ON. */
static bool gives(const char *grant, const char *right) {
    const char *on = strstr(grant, " ON "), *p = grant;
    size_t n = strlen(right);
    while (on != NULL && (p = strstr(p, right)) != NULL && p < on) {
        if ((p[-1] == ' ' || p[-1] == ',') && (p[n] == ',' || p + n == on)) {
            return true;
        }
        p += n;
    }
    return false;
}

void rights_take(struct object_rights *r, const char *grant, const char *database) {
    bool global, here = str_starts(grant, "GRANT ") && about(grant, database, &global);
    if (here) {
        bool all = str_starts(grant, "GRANT ALL PRIVILEGES ");
        r->trigger = r->trigger || all || gives(grant, "TRIGGER");
        r->event = r->event || all || gives(grant, "EVENT");
        r->routine = r->routine || all || gives(grant, "SHOW CREATE ROUTINE") ||
                     (global && (gives(grant, "SELECT") || gives(grant, "SHOW_ROUTINE")));
    }
    r->routine = r->routine || (strstr(grant, " ON `mysql`.`proc` ") != NULL && gives(grant, "SELECT"));
}

bool objects_rights(struct objects *o, struct err *e) {
    struct arena *a = &o->run.arena;
    struct mysql_rows rows;
    struct object_rights r = {0};
    const char *user = o->run.task->source.user, *database = o->run.db.name, *quoted = str_quote_mysql(a, database);
    if (!mysql_rows(o->run.source, a, "SHOW GRANTS", &rows, e)) {
        return err_where(e, "the grants of the source's account");
    }
    for (size_t i = 0; i < rows.n; i++) {
        if (mysql_cell(&rows, i, 0) != NULL) {
            rights_take(&r, mysql_cell(&rows, i, 0), database);
        }
    }
    if (!r.trigger) {
        objects_lacking(o,
                        arena_printf(a, "the account sees no triggers: GRANT TRIGGER ON %s.* TO '%s'", quoted, user));
    }
    if (!r.event) {
        objects_lacking(o, arena_printf(a, "the account sees no events: GRANT EVENT ON %s.* TO '%s'", quoted, user));
    }
    if (!r.routine) {
        objects_lacking(o, arena_printf(a,
                                        "the account sees only functions and procedures that it may run: GRANT "
                                        "SHOW_ROUTINE ON *.* TO '%s' (MariaDB, MySQL 5: SELECT ON mysql.proc)",
                                        user));
    }
    return true;
}
