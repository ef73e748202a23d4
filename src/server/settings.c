/* See settings.h. */
#include "server/settings.h"

#include <stdlib.h>

#include "base/str.h"

enum { DAY_MS = 86400000 };

const struct setting settings[] = {
    {"log_lines", 100, 1000000, 20000, "lines", "lines of the log kept for each subtask and machine",
     "每个子任务和执行机保留的日志行数"},
    {"alert_days", 1, 3650, 90, "days", "how long closed alerts are kept", "已关闭告警的保留天数"},
    {"audit_days", 0, 36500, 0, "days", "how long the audit log is kept; 0: for ever",
     "审计日志的保留天数；0 表示永久保留"},
    {"shells", 0, 64, 8, "shells", "web shells that a server has open at a time; 0: none at all",
     "每台服务器同时打开的网页终端数量；0 表示不允许"},
    {"shell_idle_s", 5, 86400, 1800, "seconds", "a web shell in which nothing is typed is closed after this",
     "网页终端无输入超过此时间后关闭"},
    {"agent_wait_s", 2, 600, 30, "seconds",
     "how long a freshly started agent of an execution machine may take to connect",
     "新启动的执行机 agent 连接服务器的最长等待时间"},
    {0},
};

const struct setting *settings_find(const char *name) {
    for (const struct setting *x = settings; x->name != NULL; x++) {
        if (str_eq(x->name, name)) {
            return x;
        }
    }
    return NULL;
}

int64_t settings_value(const struct setting *x, const char *text) {
    char *end;
    if (text == NULL) {
        return x->otherwise;
    }
    long long n = strtoll(text, &end, 10);
    return *end == '\0' && end != text && n >= x->low && n <= x->high ? n : x->otherwise;
}

bool settings_get(struct store *s, const char *name, int64_t *out, struct err *e) {
    const struct setting *x = settings_find(name);
    struct arena a = ARENA_INIT;
    struct store_rows rows;
    if (x == NULL) {
        BUG("there is no setting %s", name);
    }
    bool ok = store_rows(s, &a, "SELECT value FROM setting WHERE name = ?", STORE_VALUES(STORE_T(name)), &rows, e);
    *out = ok && rows.n > 0 ? settings_value(x, store_cell(&rows, 0, 0)) : x->otherwise;
    arena_clear(&a);
    return ok;
}

bool settings_put(struct store *s, const struct setting *x, int64_t value, struct err *e) {
    char text[24];
    uint64_t changed;
    if (value < x->low || value > x->high) {
        return err_set(e, ERR_PARAMETER, "%s is a number from %lld to %lld", x->name, (long long)x->low,
                       (long long)x->high);
    }
    snprintf(text, sizeof text, "%lld", (long long)value);
    return store_run(s, "UPDATE setting SET value = ? WHERE name = ?", STORE_VALUES(STORE_T(text), STORE_T(x->name)),
                     &changed, e) &&
           (changed > 0 || store_run(s, "INSERT INTO setting (name, value) VALUES (?, ?)",
                                     STORE_VALUES(STORE_T(x->name), STORE_T(text)), NULL, e));
}

bool settings_sweep(struct store *s, struct err *e) {
    int64_t now, alert_days, audit_days;
    return store_now(s, &now, e) && settings_get(s, "alert_days", &alert_days, e) &&
           settings_get(s, "audit_days", &audit_days, e) &&
           store_run(s, "DELETE FROM alert WHERE closed_ms < ?", STORE_VALUES(STORE_I(now - alert_days * DAY_MS)), NULL,
                     e) &&
           (audit_days == 0 || store_run(s, "DELETE FROM audit WHERE at_ms < ?",
                                         STORE_VALUES(STORE_I(now - audit_days * DAY_MS)), NULL, e)) &&
           store_run(s,
                     "DELETE FROM alert WHERE subtask_id IS NULL AND machine_id IS NOT NULL"
                     " AND NOT EXISTS (SELECT 1 FROM machine m WHERE m.id = alert.machine_id)",
                     STORE_NONE, NULL, e);
}
