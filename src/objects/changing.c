/* What gives another value each time it is asked, or another to each session: such a thing cannot be compared with another server's. */
#include <string.h>

#include "base/str.h"
#include "objects/internal.h"
#include "sql/lexer.h"

/* Functions, and those that are called without brackets as well. */
static const char *const functions[] = {"rand",           "uuid",
                                        "uuid_short",     "now",
                                        "sysdate",        "curdate",
                                        "curtime",        "utc_date",
                                        "utc_time",       "utc_timestamp",
                                        "localtime",      "localtimestamp",
                                        "connection_id",  "user",
                                        "session_user",   "system_user",
                                        "current_user",   "current_date",
                                        "current_time",   "current_role",
                                        "version",        "found_rows",
                                        "row_count",      "sleep",
                                        "last_insert_id", "current_timestamp",
                                        "unix_timestamp", "random_bytes",
                                        "database",       "schema"};
static const char *const words[] = {"current_timestamp", "current_date",  "current_time", "current_user",  "utc_date",
                                    "utc_time",          "utc_timestamp", "localtime",    "localtimestamp"};

static const char *among(const char *const *list, size_t n, const char *name) {
    for (size_t i = 0; i < n; i++) {
        if (str_ieq(list[i], name)) {
            return list[i];
        }
    }
    return NULL;
}

static const char *in_text(struct arena *a, const char *text) {
    struct sql_lexer l;
    struct sql_token before = {.kind = TOK_END}, t;
    const char *found = NULL;
    bool behind_dot = false; /* then it is a name of somebody's */
    sql_lexer_init(&l, a, text, strlen(text), 0);
    for (t = sql_lexer_next(&l); found == NULL && t.kind != TOK_END && t.kind != TOK_ERROR; t = sql_lexer_next(&l)) {
        bool called = t.kind == TOK_OP && t.op == OP_LPAREN && before.kind == TOK_IDENT && !behind_dot;
        if (called) {
            found = among(functions, sizeof functions / sizeof functions[0], before.text);
        }
        behind_dot = before.kind == TOK_OP && before.op == OP_DOT;
        if (found == NULL && t.kind == TOK_IDENT && !behind_dot) {
            found = among(words, sizeof words / sizeof words[0], t.text);
        }
        bool of_account = before.kind == TOK_QUOTED_IDENT; /* DEFINER=`root`@`%` */
        if ((t.kind == TOK_USER_VAR && !of_account) || t.kind == TOK_SYSTEM_VAR) {
            found = "a variable of the session";
        }
        before = t;
    }
    return found;
}

static const char *changing(const struct objects *o, const struct db_object *x) {
    return x->source != NULL ? in_text((struct arena *)&o->run.arena, x->source) : NULL;
}

static const char *open_itself(const struct objects *o, const struct db_object *x) {
    (void)o;
    return x->translation.open;
}

/* depth: programs may call each other in a circle. */
static const char *in_all(const char *(*ask)(const struct objects *, const struct db_object *), const struct objects *o,
                          const struct db_object *x, unsigned depth) {
    const char *found = ask(o, x);
    for (size_t i = 0; found == NULL && depth > 0 && i < x->translation.nuses; i++) {
        const struct db_object *y = objects_used(o, &x->translation.uses[i]);
        found = y != NULL && y != x ? in_all(ask, o, y, depth - 1) : NULL;
    }
    return found;
}

enum { DEPTH = 8 };

const char *object_changing(const struct objects *o, const struct db_object *x) {
    return in_all(changing, o, x, DEPTH);
}

const char *object_open(const struct objects *o, const struct db_object *x) {
    return in_all(open_itself, o, x, DEPTH);
}
