/* See source_triggers.h. */
#include "follow/source_triggers.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "engine/source.h"
#include "value/text_scan.h"

enum {
    LOCK_WAIT_S = 30,
    NO_SUCH_DATABASE = 1049,
    DENIED_TABLE = 1142,
    NO_SUCH_TABLE = 1146,
};

static const char create_sql[] =
    "CREATE TABLE IF NOT EXISTS `godwit`.`trigger` ("
    "`schema_name` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,"
    " `trigger_name` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,"
    " `task` VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, `place` INT UNSIGNED NOT NULL,"
    " `sql_mode` TEXT CHARACTER SET ascii NOT NULL, `client_charset` VARCHAR(64) CHARACTER SET ascii NOT NULL,"
    " `collation` VARCHAR(64) CHARACTER SET ascii NOT NULL, `statement` LONGBLOB NOT NULL,"
    " PRIMARY KEY (`schema_name`, `trigger_name`)) ENGINE=InnoDB";

/* One that is there. */
struct source_trigger {
    const char *name, *table, *definer, *timing, *event;
};

struct holding {
    struct arena a;
    struct mysql_client *c;
    const char *database, *schema, *task; /* the source's database; as a literal; the task's name as one */
    struct source_trigger *there;
    size_t nthere;
};

/* ---- a session ---- */

/* Definitions are read in the bytes in which they were written, whatever their character set; names of the catalog are UTF-8 anyway. */
static bool begin(struct holding *h, const struct task *t, const char *name, struct err *e) {
    struct mysql_rows rows;
    *h = (struct holding){.a = ARENA_INIT, .database = t->source_database};
    h->schema = str_literal_mysql(&h->a, h->database);
    h->task = str_literal_mysql(&h->a, name);
    if (!source_open(t, &h->c, e) ||
        !mysql_execf(h->c, e, "SET SESSION lock_wait_timeout = %d, character_set_results = NULL", LOCK_WAIT_S) ||
        !mysql_rows(
            h->c, &h->a,
            arena_printf(&h->a, "SELECT GET_LOCK('godwit_triggers_%08x', %d)", str_hash(h->database), LOCK_WAIT_S),
            &rows, e)) {
        return false;
    }
    return str_eq(mysql_cell(&rows, 0, 0), "1") ||
           err_set(e, ERR_SOURCE_TRIGGERS, "another run is about the triggers of this database");
}

static void end(struct holding *h) {
    mysql_close(h->c);
    arena_clear(&h->a);
}

/* ---- what is there ---- */

static bool list(struct holding *h, const struct run *r, struct err *e) {
    struct mysql_rows rows;
    char *sql = arena_printf(&h->a,
                             "SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, DEFINER, ACTION_TIMING, EVENT_MANIPULATION FROM"
                             " information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = %s ORDER BY EVENT_OBJECT_TABLE, "
                             "EVENT_MANIPULATION, ACTION_TIMING,"
                             " ACTION_ORDER",
                             h->schema);
    if (!mysql_rows(h->c, &h->a, sql, &rows, e)) {
        return err_where(e, "the source's triggers");
    }
    h->there = arena_array(&h->a, struct source_trigger, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        if (schema_find_table(&r->db, mysql_cell(&rows, i, 1)) != NULL) {
            h->there[h->nthere++] =
                (struct source_trigger){mysql_cell(&rows, i, 0), mysql_cell(&rows, i, 1), mysql_cell(&rows, i, 2),
                                        mysql_cell(&rows, i, 3), mysql_cell(&rows, i, 4)};
        }
    }
    return true;
}

static bool is_missing(const struct err *e) {
    return e->server_code == NO_SUCH_DATABASE || e->server_code == NO_SUCH_TABLE || e->server_code == DENIED_TABLE;
}

/* What the task has taken: name, sql_mode, character set, collation, statement. */
static bool taken(struct holding *h, struct mysql_rows *rows, struct err *e) {
    struct err refused = ERR_INIT;
    char *sql = arena_printf(&h->a,
                             "SELECT `trigger_name`, `sql_mode`, `client_charset`, `collation`, `statement` FROM"
                             " `godwit`.`trigger` WHERE `schema_name` = %s AND `task` = %s ORDER BY `place`",
                             h->schema, h->task);
    *rows = (struct mysql_rows){.n = 0};
    if (mysql_rows(h->c, &h->a, sql, rows, &refused)) {
        return true;
    }
    *rows = (struct mysql_rows){.n = 0};
    if (is_missing(&refused)) {
        return true;
    }
    err_copy(e, &refused);
    return err_where(e, "`godwit`.`trigger` of the source");
}

/* ---- may they be made again? ---- */

static bool cannot(struct err *e, const char *doing) {
    struct err said = *e;
    if (said.retryable) {
        return false;
    }
    err_set(e, ERR_SOURCE_TRIGGERS, "triggers of the source cannot be taken away and made again");
    err_cause(e, "%s: %s", doing, said.cause[0] != '\0' ? said.cause : said.message);
    return false;
}

/* Servers that know one trigger of a kind only are not tried: their catalog has no place for another. */
static bool has_room(const struct mysql_server *s) {
    return s->version >= (s->is_mariadb ? 100203u : 50702u);
}

static char *definer_of(struct arena *a, const struct source_trigger *t) {
    const char *at = strrchr(t->definer, '@');
    char *user = arena_strndup(a, t->definer, at == NULL ? strlen(t->definer) : (size_t)(at - t->definer));
    return at == NULL ? str_quote_mysql(a, user) /* a role of MariaDB */
                      : arena_printf(a, "%s@%s", str_quote_mysql(a, user), str_quote_mysql(a, at + 1));
}

static bool try_definer(struct holding *h, const struct source_trigger *t, struct err *e) {
    char *name = arena_printf(&h->a, "`godwit_try_%08x`", str_hash(t->definer));
    bool ok = mysql_execf(h->c, e, "DROP TRIGGER IF EXISTS %s", name) &&
              mysql_execf(h->c, e, "CREATE DEFINER=%s TRIGGER %s BEFORE DELETE ON %s FOR EACH ROW SET @godwit_try = 1",
                          definer_of(&h->a, t), name, str_quote_mysql(&h->a, t->table)) &&
              mysql_execf(h->c, e, "DROP TRIGGER %s", name);
    return ok || cannot(e, arena_printf(&h->a, "one of %s", t->definer));
}

static bool try_definers(struct holding *h, struct err *e) {
    for (size_t i = 0; has_room(mysql_server(h->c)) && i < h->nthere; i++) {
        bool tried = false;
        for (size_t k = 0; k < i && !tried; k++) {
            tried = str_eq(h->there[i].definer, h->there[k].definer);
        }
        if (!tried && !try_definer(h, &h->there[i], e)) {
            return false;
        }
    }
    return true;
}

/* *gone: how many are taken away already. */
static bool look(struct holding *h, struct run *r, size_t *gone, struct err *e) {
    struct mysql_rows rows;
    *gone = 0;
    if (!begin(h, r->task, r->name, e) || !list(h, r, e) || !taken(h, &rows, e)) {
        return false;
    }
    *gone = rows.n;
    for (size_t i = 0; i < rows.n; i++) {
        for (size_t k = 0; k < h->nthere; k++) {
            *gone -= str_eq(mysql_cell(&rows, i, 0), h->there[k].name);
        }
    }
    return try_definers(h, e);
}

bool source_triggers_try(struct run *r, size_t *n, struct err *e) {
    struct holding h;
    bool ok = look(&h, r, n, e);
    *n += h.nthere;
    end(&h);
    return ok;
}

/* ---- taking them away ---- */

static char *as_hex(struct arena *a, const char *bytes, size_t n) {
    char *text = arena_alloc(a, n * 2 + 4);
    memcpy(text, "x'", 2);
    uint8_t *end = text_hex((uint8_t *)text + 2, (const uint8_t *)bytes, n);
    memcpy(end, "'", 2);
    return text;
}

/* Its statement, in the trigger's own character set. MySQL 8 and later put a head in UTF-8 in front of a body that is in that. */
static bool statement_of(struct holding *h, struct arena *a, const struct source_trigger *t, const char *charset,
                         const char *text, size_t len, char **out, struct err *e) {
    struct mysql_rows rows;
    char *head = arena_printf(a, "CREATE DEFINER=%s TRIGGER %s %s %s ON %s FOR EACH ROW ", definer_of(a, t),
                              str_quote_mysql(a, t->name), t->timing, t->event, str_quote_mysql(a, t->table));
    size_t n = strlen(head);
    *out = as_hex(a, text, len);
    if (mysql_server(h->c)->is_mariadb || len < n || memcmp(text, head, n) != 0) {
        return true;
    }
    char *sql = arena_printf(a, "SELECT CONVERT(_utf8mb4 %s USING %s)", as_hex(a, head, n), charset);
    if (!mysql_rows(h->c, a, sql, &rows, e)) {
        return false;
    }
    size_t head_len = rows.lens[0];
    char *whole = arena_alloc(a, head_len + len - n + 1);
    memcpy(whole, mysql_cell(&rows, 0, 0), head_len);
    memcpy(whole + head_len, text + n, len - n);
    *out = as_hex(a, whole, head_len + len - n);
    return true;
}

/* A place that was given before stays: what was there then came before what is left now. */
static bool write_down(struct holding *h, const struct source_trigger *t, size_t place, struct err *e) {
    enum { MODE = 1, STATEMENT = 2, CHARSET = 3, COLLATION = 4 };
    struct mysql_rows rows;
    struct arena a = ARENA_INIT;
    char *show = arena_printf(&a, "SHOW CREATE TRIGGER %s", str_quote_mysql(&a, t->name)), *statement;
    bool ok = mysql_rows(h->c, &a, show, &rows, e);
    if (ok && (rows.n != 1 || rows.columns.n <= COLLATION || mysql_cell(&rows, 0, STATEMENT) == NULL)) {
        ok = err_set(e, ERR_OBJECT_UNREADABLE, "the source does not show trigger %s", t->name);
    }
    ok = ok && statement_of(h, &a, t, mysql_cell(&rows, 0, CHARSET), mysql_cell(&rows, 0, STATEMENT),
                            rows.lens[STATEMENT], &statement, e);
    if (ok) {
        char *sql = arena_printf(
            &a,
            "INSERT INTO `godwit`.`trigger` (`schema_name`, `trigger_name`, `task`, `place`, `sql_mode`,"
            " `client_charset`, `collation`, `statement`) VALUES (%s, %s, %s, %zu, %s, %s, %s, %s) ON DUPLICATE KEY"
            " UPDATE `task` = VALUES(`task`), `sql_mode` = VALUES(`sql_mode`), `client_charset` ="
            " VALUES(`client_charset`), `collation` = VALUES(`collation`), `statement` = VALUES(`statement`)",
            h->schema, str_literal_mysql(&a, t->name), h->task, place,
            str_literal_mysql(&a, mysql_cell(&rows, 0, MODE)), str_literal_mysql(&a, mysql_cell(&rows, 0, CHARSET)),
            str_literal_mysql(&a, mysql_cell(&rows, 0, COLLATION)), statement);
        ok = mysql_exec(h->c, sql, e);
    }
    arena_clear(&a);
    return ok || cannot(e, t->name);
}

static bool make_table(struct holding *h, struct err *e) {
    bool ok = mysql_exec(h->c, create_sql, e);
    if (!ok && e->server_code == NO_SUCH_DATABASE) {
        err_clear(e);
        ok = mysql_exec(h->c, "CREATE DATABASE IF NOT EXISTS `godwit`", e) && mysql_exec(h->c, create_sql, e);
    }
    return ok || cannot(e, "`godwit`.`trigger`");
}

static bool take_away(struct holding *h, struct err *e) {
    if (h->nthere > 0 && !make_table(h, e)) {
        return false;
    }
    for (size_t i = 0; i < h->nthere; i++) {
        if (!write_down(h, &h->there[i], i, e)) {
            return false;
        }
    }
    for (size_t i = 0; i < h->nthere; i++) {
        if (!mysql_execf(h->c, e, "DROP TRIGGER %s", str_quote_mysql(&h->a, h->there[i].name))) {
            return cannot(e, h->there[i].name);
        }
        log_debug("trigger", "%s of table %s is taken away from the source", h->there[i].name, h->there[i].table);
    }
    return true;
}

bool source_triggers_take(struct run *r, size_t *n, struct err *e) {
    struct holding h;
    bool ok = look(&h, r, n, e) && take_away(&h, e);
    *n += h.nthere;
    if (ok && h.nthere > 0) {
        log_info("triggers",
                 "%zu triggers of the source are taken away until the way back ends; `godwit`.`trigger` keeps them",
                 h.nthere);
    }
    end(&h);
    return ok;
}

/* ---- and back ---- */

static bool is_there(struct holding *h, const char *name, bool *there, struct err *e) {
    struct mysql_rows rows;
    char *sql =
        arena_printf(&h->a, "SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = %s AND TRIGGER_NAME = %s",
                     h->schema, str_literal_mysql(&h->a, name));
    bool ok = mysql_rows(h->c, &h->a, sql, &rows, e);
    *there = ok && rows.n > 0;
    return ok;
}

static bool run_as_written(struct holding *h, const struct mysql_rows *rows, size_t i, struct err *e) {
    enum { MODE = 1, CHARSET, COLLATION, STATEMENT };
    struct err behind = ERR_INIT;
    uint64_t affected;
    size_t n;
    bool ok = mysql_execf(h->c, e, "SET SESSION sql_mode = %s, character_set_client = %s, collation_connection = %s",
                          str_literal_mysql(&h->a, mysql_cell(rows, i, MODE)),
                          str_literal_mysql(&h->a, mysql_cell(rows, i, CHARSET)),
                          str_literal_mysql(&h->a, mysql_cell(rows, i, COLLATION))) &&
              mysql_send(h->c, mysql_cell(rows, i, STATEMENT), rows->lens[i * rows->columns.n + STATEMENT], e) &&
              mysql_answers(h->c, &affected, 1, &n, e);
    if (mysql_usable(h->c) &&
        !mysql_exec(h->c,
                    "SET SESSION sql_mode = '', character_set_client = utf8mb4, collation_connection = utf8mb4_bin",
                    &behind) &&
        ok) {
        err_copy(e, &behind);
        ok = false;
    }
    return ok;
}

/* One that is there already was made again before the run was killed, or by hand. Those of a table that is gone went with it. */
static bool put_back(struct holding *h, const struct mysql_rows *rows, size_t i, size_t *n, struct err *e) {
    const char *name = mysql_cell(rows, i, 0);
    bool there;
    if (!is_there(h, name, &there, e)) {
        return false;
    }
    if (!there && !run_as_written(h, rows, i, e)) {
        if (e->server_code != NO_SUCH_TABLE) {
            return cannot(e, name);
        }
        log_warn("trigger", "%s was not made again: its table is gone", name);
        err_clear(e);
        there = true;
    }
    *n += !there;
    return mysql_execf(h->c, e, "DELETE FROM `godwit`.`trigger` WHERE `schema_name` = %s AND `trigger_name` = %s",
                       h->schema, str_literal_mysql(&h->a, name));
}

bool source_triggers_put_back(const struct task *t, const char *name, size_t *n, struct err *e) {
    struct holding h;
    struct mysql_rows rows;
    *n = 0;
    bool ok = begin(&h, t, name, e) && taken(&h, &rows, e);
    for (size_t i = 0; ok && i < rows.n; i++) {
        ok = put_back(&h, &rows, i, n, e);
    }
    if (ok && *n > 0) {
        log_info("triggers", "%zu triggers of the source are there again", *n);
    }
    end(&h);
    return ok || err_where(e, "triggers of the source");
}
