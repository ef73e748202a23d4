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
        if (p[-1] == ' ' && (p[n] == ',' || p + n == on)) {
            return true;
        }
        p += n;
    }
    return false;
}

bool objects_rights(struct objects *o, struct err *e) {
    struct arena *a = &o->run.arena;
    struct mysql_rows rows;
    bool trigger = false, event = false, routine = false;
    const char *user = o->run.task->source.user, *database = o->run.db.name;
    if (!mysql_rows(o->run.source, a, "SHOW GRANTS", &rows, e)) {
        return err_where(e, "the grants of the source's account");
    }
    for (size_t i = 0; i < rows.n; i++) {
        const char *g = mysql_cell(&rows, i, 0);
        bool global, here = g != NULL && about(g, database, &global);
        bool all = here && str_starts(g, "GRANT ALL PRIVILEGES");
        trigger = trigger || all || (here && gives(g, "TRIGGER"));
        event = event || all || (here && gives(g, "EVENT"));
        routine = routine || all || (here && gives(g, "SHOW CREATE ROUTINE")) ||
                  (here && global && (gives(g, "SELECT") || gives(g, "SHOW_ROUTINE"))) ||
                  (g != NULL && strstr(g, " ON `mysql`.`proc` ") != NULL && gives(g, "SELECT"));
    }
    if (!trigger) {
        objects_lacking(o, arena_printf(a, "the account sees no triggers: GRANT TRIGGER ON %s.* TO '%s'",
                                        str_quote_mysql(a, database), user));
    }
    if (!event) {
        objects_lacking(o, arena_printf(a, "the account sees no events: GRANT EVENT ON %s.* TO '%s'",
                                        str_quote_mysql(a, database), user));
    }
    if (!routine) {
        objects_lacking(o, arena_printf(a,
                                        "the account sees only functions and procedures that it may run: GRANT "
                                        "SHOW_ROUTINE ON *.* TO '%s' (MariaDB, MySQL 5: SELECT ON mysql.proc)",
                                        user));
    }
    return true;
}
