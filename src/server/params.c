/* The table. See params.h. */
#include "server/params.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { ENTRIES_MAX = 9, TEXT_BYTES_MAX = 4096 };

#define POOL                                                                                                           \
    .kind = PARAM_NUMBER, .low = 0, .high = 10000, .advanced = true,                                                   \
    .without_meaning = "readers are opened once and kept: their number is query-dop",                                  \
    .without_meaning_zh = "读取连接一次建立并保持，数量由 query-dop 决定"
/* While changes are applied. */
#define FAULT(fault, of, what, what_zh)                                                                                \
    {                                                                                                                  \
        .name = fault, .kind = PARAM_CHOICE, .value = "stop", .choices = "stop|retry|divert", .option = of,            \
        .advanced = true, .en = what, .zh = what_zh                                                                    \
    }
#define INCREMENTAL_CHECK                                                                                              \
    .kind = PARAM_NUMBER, .advanced = true,                                                                            \
    .without_meaning = "changes on their way back are not compared; the values of source. count",                      \
    .without_meaning_zh = "反向迁移的变更不做比较，以 source. 的取值为准"

static const struct param_field table_fields[] = {
    {"rules.table.name", "white|black", "white: only these tables; black: all but these", "白名单或黑名单"},
    {"rules.table.text", NULL, "regular expression of table names", "表名的正则表达式"},
    {0},
};
static const struct param_field row_fields[] = {
    {"rules.row.name", NULL, "regular expression of table names", "表名的正则表达式"},
    {"rules.row.text", NULL, "offset,count in the order of the key", "按主键顺序的偏移量，行数"},
    {0},
};
static const struct param_field column_fields[] = {
    {"rules.column.name", NULL, "table", "表名"},
    {"rules.column.text", NULL, "columns, separated by commas", "列名，以逗号分隔"},
    {"rules.column.attribute", "include|exclude", "only these columns, or all but these", "包含或排除这些列"},
    {0},
};
static const struct param_field type_fields[] = {
    {"override_type", NULL, "MySQL type, such as tinyint(1)", "MySQL 类型，如 tinyint(1)"},
    {"override_to", NULL, "type in the target", "目标端类型"},
    {"override_tables", NULL, "tables it is for, separated by commas; * for all", "适用的表，以逗号分隔；* 为全部"},
    {0},
};

/* How the loss rules of the load are called here: "on-loss." and the rule. Which policies a rule takes is docs/types.md's; a unit test
 * compares. */
#define LOSS(rule, policies, otherwise, what, what_zh)                                                                 \
    {                                                                                                                  \
        .name = "on-loss." rule, .kind = PARAM_CHOICE, .value = otherwise, .choices = policies, .advanced = true,      \
        .en = what ": stop, or change and count them", .zh = what_zh "：停止，或改动并计数"                  \
    }

static const struct param_spec specs[] = {
    {.name = "opengauss.database.schema",
     .kind = PARAM_TEXT,
     .value = "",
     .high = 64,
     .en = "schema in the target, where the subtask names none (default: the source database's name)",
     .zh = "目标端模式（子任务未指定时使用；默认：源库名）"},
    {.name = "is-migration-object",
     .kind = PARAM_BOOL,
     .value = "true",
     .en = "also views, functions, procedures, triggers and events, behind the tables",
     .zh = "在表之后同时迁移视图、函数、存储过程、触发器和事件"},
    {.name = "source.query-dop",
     .kind = PARAM_NUMBER,
     .value = "",
     .low = 1,
     .high = 64,
     .option = "source_jobs",
     .en = "the check reads the source with so many connections (default: as jobs)",
     .zh = "校验时源端并行查询数（默认同 jobs）"},
    {.name = "sink.query-dop",
     .kind = PARAM_NUMBER,
     .value = "",
     .low = 1,
     .high = 64,
     .option = "target_jobs",
     .en = "the check reads the target with so many connections (default: as jobs)",
     .zh = "校验时目标端并行查询数（默认同 jobs）"},
    {.name = "rules.enable",
     .kind = PARAM_BOOL,
     .value = "false",
     .en = "switch on the filters of the check",
     .zh = "启用校验过滤规则"},
    {.name = "rules.table",
     .kind = PARAM_RULES,
     .value = "0",
     .high = ENTRIES_MAX,
     .fields = table_fields,
     .en = "how many rules say which tables to check; with a white one black ones do not count",
     .zh = "表过滤规则数；有白名单时黑名单不起作用"},
    {.name = "rules.row",
     .kind = PARAM_RULES,
     .value = "0",
     .high = ENTRIES_MAX,
     .fields = row_fields,
     .en = "how many rules say which rows to check",
     .zh = "行过滤规则数"},
    {.name = "rules.column",
     .kind = PARAM_RULES,
     .value = "0",
     .high = ENTRIES_MAX,
     .fields = column_fields,
     .en = "how many rules say which columns to check",
     .zh = "列过滤规则数"},
    {.name = "type_override",
     .kind = PARAM_RULES,
     .value = "0",
     .high = ENTRIES_MAX,
     .fields = type_fields,
     .en = "how many types become others than usual",
     .zh = "类型映射规则数"},

    {.name = "on-existing",
     .kind = PARAM_CHOICE,
     .value = "refuse",
     .choices = "refuse|overwrite|append",
     .en = "tables of the same name in the target: refuse to start, drop them, or add to them",
     .zh = "目标端已有同名表时：拒绝启动、删除或追加"},
    {.name = "precheck",
     .kind = PARAM_BOOL,
     .value = "true",
     .en = "look for what would make the migration fail, before it begins",
     .zh = "开始前进行预检查"},
    {.name = "check",
     .kind = PARAM_BOOL,
     .value = "true",
     .en = "compare both sides after the full migration",
     .zh = "全量迁移后校验两端"},
    {.name = "jobs",
     .kind = PARAM_NUMBER,
     .value = "",
     .low = 1,
     .high = 256,
     .option = "jobs",
     .en = "connections to each end (default: from the machine's cores)",
     .zh = "每端连接数（默认按机器核数）"},
    {.name = "rate-limit",
     .kind = PARAM_SIZE,
     .value = "",
     .option = "rate_limit",
     .en = "at most so much a second is read from the source (default: no limit)",
     .zh = "每秒从源端读取的上限（默认不限）"},
    {.name = "on-error",
     .kind = PARAM_CHOICE,
     .value = "stop",
     .choices = "stop|divert",
     .option = "on_error",
     .en = "a row the target refuses ends the subtask, or is put aside and counted",
     .zh = "目标端拒绝某行时停止，或另存并计数"},
    {.name = "follow-mode",
     .kind = PARAM_CHOICE,
     .value = "per-key",
     .choices = "per-key|strict",
     .option = "mode",
     .advanced = true,
     .en = "in which order changes are applied, either way",
     .zh = "增量与反向迁移应用变更的顺序"},
    {.name = "source-triggers",
     .kind = PARAM_CHOICE,
     .value = "take",
     .choices = "take|keep",
     .option = "source_triggers",
     .en = "triggers of the source are taken away while changes are carried back and made again behind that, or they "
           "fire at every row that comes back",
     .zh = "回写期间移除源端触发器、结束后原样重建，或保留（每一行写回时都会触发）"},
    FAULT("on-missing", "on_missing", "a row to change or delete is not there", "要更新或删除的行不存在"),
    FAULT("on-duplicate", "on_duplicate", "a row to insert is there already", "要插入的行已存在"),
    FAULT("on-refused", "on_refused", "a changed row is refused", "变更的行被拒绝"),
    {.name = "chunk-size",
     .kind = PARAM_SIZE,
     .value = "32MiB",
     .option = "chunk_size",
     .advanced = true,
     .en = "tables are moved in pieces of about this size",
     .zh = "表按约此大小分块搬运"},
    {.name = "snapshot",
     .kind = PARAM_CHOICE,
     .value = "auto",
     .choices = "auto|lock|lock-free",
     .option = "snapshot",
     .advanced = true,
     .en = "how all connections come to read one moment of the source",
     .zh = "一致性快照方式"},
    {.name = "lock-timeout",
     .kind = PARAM_DURATION,
     .value = "5s",
     .option = "lock_timeout",
     .advanced = true,
     .en = "the snapshot's lock is waited for so long at most",
     .zh = "等待快照锁的最长时间"},
    {.name = "timeout",
     .kind = PARAM_DURATION,
     .value = "0",
     .option = "timeout",
     .advanced = true,
     .en = "an answer of either end is waited for so long at most; 0: for ever",
     .zh = "等待任一端应答的最长时间；0 表示不限"},
    {.name = "retry",
     .kind = PARAM_DURATION,
     .value = "60s",
     .option = "retry",
     .advanced = true,
     .en = "a lost target is tried again for so long",
     .zh = "目标端断开后重试时长"},
    {.name = "precheck-exact",
     .kind = PARAM_BOOL,
     .value = "false",
     .option = "precheck_exact",
     .advanced = true,
     .en = "the precheck looks at every row",
     .zh = "预检查检查每一行"},
    {.name = "list-rows",
     .kind = PARAM_NUMBER,
     .value = "100",
     .low = 1,
     .high = 1000000,
     .option = "list_rows",
     .advanced = true,
     .en = "differing rows shown of each table; all are counted",
     .zh = "每张表列出的差异行数，计数不受限"},
    {.name = "settle",
     .kind = PARAM_DURATION,
     .value = "",
     .option = "settle",
     .advanced = true,
     .en = "rows that differ are read again, the target so much later",
     .zh = "有差异的行重新读取，目标端晚这么久"},
    {.name = "json-as-json",
     .kind = PARAM_BOOL,
     .value = "false",
     .option = "json_as_json",
     .advanced = true,
     .en = "JSON keeps its text (json instead of jsonb)",
     .zh = "JSON 保留原文（json 而非 jsonb）"},
    {.name = "time-as-interval",
     .kind = PARAM_BOOL,
     .value = "false",
     .option = "time_as_interval",
     .advanced = true,
     .en = "TIME becomes interval",
     .zh = "TIME 映射为 interval"},
    LOSS("zero-date", "fail|null|replace", "fail", "dates such as 0000-00-00", "0000-00-00 等零日期"),
    LOSS("date-range", "fail|null|clamp", "fail", "dates the target cannot hold", "目标端无法容纳的日期"),
    LOSS("time-range", "fail|null|clamp", "fail", "times beyond a day", "超过一天的时间"),
    LOSS("nul-byte", "fail|null|replace", "fail", "NUL bytes in texts", "文本中的 NUL 字节"),
    LOSS("bad-utf8", "fail|null|replace", "fail", "bytes that are no UTF-8", "非 UTF-8 字节"),
    LOSS("number-range", "fail|null|clamp", "fail", "numbers the target cannot hold", "目标端无法容纳的数值"),
    LOSS("enum-empty", "fail|null|replace", "fail", "the empty value of an ENUM", "ENUM 的空值"),
    LOSS("empty-string", "fail|replace", "fail", "empty texts, which the target takes for NULL",
         "目标端视为 NULL 的空字符串"),
    LOSS("negative-zero", "fail|clamp", "clamp", "negative zero", "负零"),
    LOSS("too-long", "fail|null|clamp", "fail", "texts longer than the target's column", "超过目标列长度的文本"),
    LOSS("json-text", "fail|null|replace", "fail", "JSON the target cannot hold", "目标端无法容纳的 JSON"),

    {.name = "source.minIdle", .value = "10", POOL, .en = "connection pool", .zh = "连接池最小空闲数"},
    {.name = "source.maxActive", .value = "20", POOL, .en = "connection pool", .zh = "连接池最大连接数"},
    {.name = "source.initialSize", .value = "5", POOL, .en = "connection pool", .zh = "连接池初始连接数"},
    {.name = "sink.minIdle", .value = "10", POOL, .en = "connection pool", .zh = "连接池最小空闲数"},
    {.name = "sink.maxActive", .value = "20", POOL, .en = "connection pool", .zh = "连接池最大连接数"},
    {.name = "sink.initialSize", .value = "5", POOL, .en = "connection pool", .zh = "连接池初始连接数"},
    {.name = "source.debezium-time-period",
     .kind = PARAM_NUMBER,
     .value = "1",
     .low = 1,
     .high = 99999,
     .en = "minutes between incremental checks: of rows that have changed, while the source is followed",
     .zh = "增量校验时间间隔（分钟）：跟进增量期间校验变更过的行"},
    {.name = "source.debezium-num-period",
     .kind = PARAM_NUMBER,
     .value = "1000",
     .low = 100,
     .high = 10000,
     .option = "compare_rows",
     .en = "or as soon as so many rows have changed; a tenth of the time at most",
     .zh = "增量校验行数阈值：变更达到此行数即校验，至多占十分之一的时间"},
    {.name = "sink.debezium-time-period",
     .value = "1",
     .low = 1,
     .high = 99999,
     INCREMENTAL_CHECK,
     .en = "minutes between incremental checks",
     .zh = "增量校验时间间隔（分钟）"},
    {.name = "sink.debezium-num-period",
     .value = "1000",
     .low = 100,
     .high = 10000,
     INCREMENTAL_CHECK,
     .en = "rows between incremental checks",
     .zh = "增量校验行数阈值"},
};

enum { SPECS = sizeof specs / sizeof specs[0] };

size_t params_count(void) {
    return SPECS;
}

const struct param_spec *params_spec(size_t i) {
    return &specs[i];
}

static const struct param_spec *find(const char *name) {
    for (size_t i = 0; i < SPECS; i++) {
        if (str_eq(specs[i].name, name)) {
            return &specs[i];
        }
    }
    return NULL;
}

/* "rules.table.text3": the field, and its entry's number. */
static const struct param_field *find_field(const char *name, const struct param_spec **owner, unsigned *number) {
    size_t len = strlen(name);
    if (len < 2 || name[len - 1] < '1' || name[len - 1] > '9') {
        return NULL;
    }
    *number = (unsigned)(name[len - 1] - '0');
    for (size_t i = 0; i < SPECS; i++) {
        for (const struct param_field *f = specs[i].fields; f != NULL && f->name != NULL; f++) {
            if (strlen(f->name) == len - 1 && strncmp(f->name, name, len - 1) == 0) {
                *owner = &specs[i];
                return f;
            }
        }
    }
    return NULL;
}

/* ---- checking ---- */

/* A JSON value as text: what people type and what programs send are the same. NULL: neither. */
static char *as_text(struct arena *a, const json_t *v) {
    return json_is_string(v)    ? arena_strdup(a, json_string_value(v))
           : json_is_integer(v) ? arena_printf(a, "%" JSON_INTEGER_FORMAT, json_integer_value(v))
           : json_is_boolean(v) ? arena_strdup(a, json_is_true(v) ? "true" : "false")
                                : NULL;
}

static bool is_one_of(const char *choices, const char *value) {
    size_t len = strlen(value);
    for (const char *p = choices; p != NULL;) {
        size_t one = strcspn(p, "|");
        if (one == len && strncmp(p, value, len) == 0) {
            return true;
        }
        p = p[one] == '\0' ? NULL : p + one + 1;
    }
    return false;
}

static bool is_whole_number(const char *value, int64_t *out) {
    char *end;
    errno = 0;
    *out = strtoll(value, &end, 10);
    return value[0] >= '0' && value[0] <= '9' && *end == '\0' && errno == 0;
}

static bool has_unit(const char *value, const char *const *units) {
    size_t digits = strspn(value, "0123456789");
    if (digits == 0 || digits > 15) {
        return false;
    }
    for (; *units != NULL; units++) {
        if (str_ieq(value + digits, *units)) {
            return true;
        }
    }
    return false;
}

static bool bad(const char *name, const char *value, const char *wanted, struct err *e) {
    err_set(e, ERR_PARAMETER, "parameter %s: '%.100s' is not %s", name, value, wanted);
    return false;
}

static bool check_value(const struct param_spec *s, const char *value, struct err *e) {
    static const char *const sizes[] = {"", "B", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB", NULL};
    static const char *const durations[] = {"", "ms", "s", "m", "h", NULL};
    int64_t n;
    if (value[0] == '\0' && s->value[0] == '\0') {
        return true; /* as if it were not given */
    }
    switch (s->kind) {
    case PARAM_TEXT:
        return strlen(value) <= (size_t)s->high || bad(s->name, value, "short enough", e);
    case PARAM_NUMBER:
    case PARAM_RULES:
        if (!is_whole_number(value, &n) || n < s->low || n > s->high) {
            bad(s->name, value, "a number it takes", e);
            return err_hint(e, "it may be %" PRId64 " to %" PRId64, s->low, s->high);
        }
        return true;
    case PARAM_BOOL:
        return is_one_of("true|false", value) || bad(s->name, value, "true or false", e);
    case PARAM_CHOICE:
        if (!is_one_of(s->choices, value)) {
            bad(s->name, value, "one of its values", e);
            return err_hint(e, "it takes %s", s->choices);
        }
        return true;
    case PARAM_SIZE:
        return has_unit(value, sizes) || bad(s->name, value, "a size such as 32MiB", e);
    case PARAM_DURATION:
        return has_unit(value, durations) || bad(s->name, value, "a duration such as 60s", e);
    }
    return false;
}

static bool check_one(struct arena *a, const json_t *values, const char *name, const json_t *v, struct err *e) {
    const struct param_spec *owner = NULL, *s = find(name);
    unsigned number = 0;
    const struct param_field *f = s == NULL ? find_field(name, &owner, &number) : NULL;
    char *value = as_text(a, v);
    if (s == NULL && f == NULL) {
        err_set(e, ERR_PARAMETER, "there is no parameter %.100s", name);
        return false;
    }
    if (value == NULL || strlen(value) > TEXT_BYTES_MAX) {
        return bad(name, "", "a text, a number, or true or false", e);
    }
    if (s != NULL) {
        return check_value(s, value, e);
    }
    char *count = as_text(a, json_object_get(values, owner->name));
    int64_t n = 0;
    if (count == NULL || !is_whole_number(count, &n) || number > n) {
        err_set(e, ERR_PARAMETER, "parameter %s is there, but %s is %s", name, owner->name,
                count == NULL ? "0" : count);
        return false;
    }
    return f->choices == NULL || is_one_of(f->choices, value) || bad(name, value, "one of its values", e);
}

/* Every field of every entry. */
static bool check_entries(struct arena *a, const json_t *values, const struct param_spec *s, struct err *e) {
    char *count = as_text(a, json_object_get(values, s->name));
    for (long i = 1; count != NULL && i <= strtol(count, NULL, 10); i++) {
        for (const struct param_field *f = s->fields; f->name != NULL; f++) {
            char *name = arena_printf(a, "%s%ld", f->name, i);
            char *value = as_text(a, json_object_get(values, name));
            if (value == NULL || value[0] == '\0') {
                return err_set(e, ERR_PARAMETER, "%s is %s, but %s is missing", s->name, count, name);
            }
        }
    }
    return true;
}

bool params_check(const json_t *values, struct err *e) {
    struct arena a = ARENA_INIT;
    const char *name;
    json_t *v;
    bool ok = json_is_object(values) || err_set(e, ERR_PARAMETER, "parameters are an object of names and values");
    if (ok) {
        json_object_foreach((json_t *)values, name, v) {
            ok = ok && check_one(&a, values, name, v, e);
        }
    }
    for (size_t i = 0; ok && i < SPECS; i++) {
        ok = specs[i].fields == NULL || check_entries(&a, values, &specs[i], e);
    }
    arena_clear(&a);
    return ok;
}

const char *params_value(struct arena *a, const json_t *subtask, const json_t *global, const char *name) {
    const json_t *of[2] = {subtask, global};
    for (size_t i = 0; i < 2; i++) {
        char *value = as_text(a, json_object_get(of[i], name));
        if (value != NULL && value[0] != '\0') {
            return value;
        }
    }
    const struct param_spec *s = find(name);
    return s != NULL ? s->value : "";
}

/* ---- the worker's task file ---- */

struct making {
    struct arena a;
    const json_t *subtask, *global;
    json_t *out;
};

static const char *value_of(struct making *m, const char *name) {
    return params_value(&m->a, m->subtask, m->global, name);
}

/* Rules come from where their count does: entries of a subtask are not mixed with global ones. */
static const json_t *owner_of(const struct making *m, const char *count) {
    return json_object_get(m->subtask, count) != NULL ? m->subtask : m->global;
}

static const char *field_of(struct making *m, const json_t *owner, const char *field, long i) {
    char *value = as_text(&m->a, json_object_get(owner, arena_printf(&m->a, "%s%ld", field, i)));
    return value != NULL ? value : "";
}

static void add_pattern(struct making *m, const char *key, const char *regex) {
    json_t *list = json_object_get(m->out, key);
    if (list == NULL) {
        list = json_array();
        json_object_set_new(m->out, key, list);
    }
    json_array_append_new(list, json_string(arena_printf(&m->a, "/%s/", regex)));
}

static void add_pair(struct making *m, const char *key, const char *name, const char *value) {
    json_t *pairs = json_object_get(m->out, key);
    if (pairs == NULL) {
        pairs = json_object();
        json_object_set_new(m->out, key, pairs);
    }
    json_object_set_new(pairs, name, json_string(value));
}

/* White wins: with a white list black ones are not looked at. These are filters of the check, not of the load. */
static void add_table_rules(struct making *m) {
    const json_t *owner = owner_of(m, "rules.table");
    long n = strtol(value_of(m, "rules.table"), NULL, 10), white = 0;
    for (long i = 1; i <= n; i++) {
        white += str_eq(field_of(m, owner, "rules.table.name", i), "white");
    }
    for (long i = 1; i <= n; i++) {
        bool is_white = str_eq(field_of(m, owner, "rules.table.name", i), "white");
        if (is_white || white == 0) {
            add_pattern(m, is_white ? "check_table" : "check_exclude", field_of(m, owner, "rules.table.text", i));
        }
    }
}

static void add_other_rules(struct making *m) {
    const json_t *owner = owner_of(m, "rules.row");
    for (long i = 1, n = strtol(value_of(m, "rules.row"), NULL, 10); i <= n; i++) {
        add_pair(m, "rows", arena_printf(&m->a, "/%s/", field_of(m, owner, "rules.row.name", i)),
                 field_of(m, owner, "rules.row.text", i));
    }
    owner = owner_of(m, "rules.column");
    for (long i = 1, n = strtol(value_of(m, "rules.column"), NULL, 10); i <= n; i++) {
        bool include = str_eq(field_of(m, owner, "rules.column.attribute", i), "include");
        add_pair(m, include ? "columns" : "exclude_columns", field_of(m, owner, "rules.column.name", i),
                 field_of(m, owner, "rules.column.text", i));
    }
}

/* For some tables: "orders:tinyint(1)", one entry for each. */
static void add_type(struct making *m, const char *type, const char *to, const char *tables) {
    if (tables[0] == '\0' || str_eq(tables, "*")) {
        add_pair(m, "type", type, to);
        return;
    }
    for (const char *p = tables; *p != '\0';) {
        size_t len = strcspn(p, ",");
        const char *begin = p;
        size_t n = len;
        while (n > 0 && *begin == ' ') {
            begin++;
            n--;
        }
        while (n > 0 && begin[n - 1] == ' ') {
            n--;
        }
        if (n > 0) {
            add_pair(m, "type", arena_printf(&m->a, "%.*s:%s", (int)n, begin, type), to);
        }
        p += len + (p[len] == ',');
    }
}

static void add_types(struct making *m) {
    const json_t *owner = owner_of(m, "type_override");
    for (long i = 1, n = strtol(value_of(m, "type_override"), NULL, 10); i <= n; i++) {
        add_type(m, field_of(m, owner, "override_type", i), field_of(m, owner, "override_to", i),
                 field_of(m, owner, "override_tables", i));
    }
}

/* Those that are not simply an option of the same kind. */
static void add_choices(struct making *m) {
    static const char loss[] = "on-loss.";
    const char *existing = value_of(m, "on-existing");
    if (!str_eq(existing, "refuse")) {
        json_object_set_new(m->out, existing, json_true());
    }
    if (str_eq(value_of(m, "precheck"), "false")) {
        json_object_set_new(m->out, "skip_precheck", json_true());
    }
    if (str_eq(value_of(m, "check"), "false")) {
        json_object_set_new(m->out, "skip_check", json_true());
    }
    if (str_eq(value_of(m, "is-migration-object"), "false")) {
        json_object_set_new(m->out, "skip_objects", json_true());
    }
    json_object_set_new(m->out, "compare_every",
                        json_string(arena_printf(&m->a, "%sm", value_of(m, "source.debezium-time-period"))));
    for (size_t i = 0; i < SPECS; i++) {
        const char *policy = str_starts(specs[i].name, loss) ? value_of(m, specs[i].name) : "";
        if (policy[0] != '\0') {
            add_pair(m, "on_loss", specs[i].name + strlen(loss), policy);
        }
    }
}

static json_t *typed(const struct param_spec *s, const char *value) {
    switch (s->kind) {
    case PARAM_NUMBER:
        return json_integer((json_int_t)strtoll(value, NULL, 10));
    case PARAM_BOOL:
        return json_boolean(str_eq(value, "true"));
    default:
        return json_string(value);
    }
}

json_t *params_task_file(const json_t *subtask, const json_t *global) {
    struct making m = {.subtask = subtask, .global = global, .out = json_object()};
    for (size_t i = 0; i < SPECS; i++) {
        const char *value = value_of(&m, specs[i].name);
        if (specs[i].option != NULL && value[0] != '\0') {
            json_object_set_new(m.out, specs[i].option, typed(&specs[i], value));
        }
    }
    if (str_eq(value_of(&m, "rules.enable"), "true")) {
        add_table_rules(&m);
        add_other_rules(&m);
    }
    add_types(&m);
    add_choices(&m);
    arena_clear(&m.a);
    return m.out;
}

/* ---- for people ---- */

static const char *kind_name(enum param_kind k) {
    static const char *const names[] = {"text", "number", "bool", "choice", "size", "duration", "rules"};
    return names[k];
}

static json_t *choices_json(const char *choices) {
    json_t *list = json_array();
    for (const char *p = choices; p != NULL;) {
        size_t one = strcspn(p, "|");
        json_array_append_new(list, json_stringn(p, one));
        p = p[one] == '\0' ? NULL : p + one + 1;
    }
    return list;
}

/* What the values of choices mean. */
static const struct {
    const char *choice, *en, *zh;
} choice_texts[] = {
    {"refuse", "refuse to start", "拒绝启动"},
    {"overwrite", "drop them first", "先删除同名表"},
    {"append", "add rows to them", "追加数据"},
    {"stop", "stop", "停止"},
    {"divert", "put the row aside", "另存该行并继续"},
    {"take", "take them away meanwhile", "回写期间移除"},
    {"keep", "let them fire", "保留并触发"},
    {"retry", "try it again", "重试"},
    {"per-key", "rows of different keys go their own ways", "不同键的行互不等待"},
    {"strict", "in the order they were committed", "按提交顺序"},
    {"auto", "by itself", "自动选择"},
    {"lock", "with a short lock", "短暂加锁"},
    {"lock-free", "without a lock", "不加锁"},
    {"fail", "stop", "停止"},
    {"null", "make it NULL", "置为 NULL"},
    {"replace", "put something else there", "替换"},
    {"clamp", "take the nearest that fits", "取最近的可容纳值"},
    {"white", "only these", "白名单：仅这些表"},
    {"black", "all but these", "黑名单：除这些表外"},
    {"include", "only these", "仅这些列"},
    {"exclude", "all but these", "除这些列外"},
};

static json_t *choice_texts_json(const char *choices) {
    json_t *out = json_object();
    for (size_t i = 0; i < sizeof choice_texts / sizeof choice_texts[0]; i++) {
        if (is_one_of(choices, choice_texts[i].choice)) {
            json_object_set_new(out, choice_texts[i].choice,
                                json_pack("{s:s, s:s}", "en", choice_texts[i].en, "zh", choice_texts[i].zh));
        }
    }
    return out;
}

static json_t *fields_json(const struct param_field *fields) {
    json_t *list = json_array();
    for (const struct param_field *f = fields; f != NULL && f->name != NULL; f++) {
        json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:s, s:s}", "name", f->name, "choices",
                                              choices_json(f->choices), "choice_texts", choice_texts_json(f->choices),
                                              "en", f->en, "zh", f->zh));
    }
    return list;
}

json_t *params_to_json(void) {
    json_t *list = json_array();
    for (size_t i = 0; i < SPECS; i++) {
        const struct param_spec *s = &specs[i];
        json_t *o =
            json_pack("{s:s, s:s, s:s, s:b, s:o, s:o, s:s, s:s, s:b}", "name", s->name, "kind", kind_name(s->kind),
                      "default", s->value, "advanced", s->advanced, "choices", choices_json(s->choices), "fields",
                      fields_json(s->fields), "en", s->en, "zh", s->zh, "has_meaning", s->without_meaning == NULL);
        if (s->kind == PARAM_NUMBER || s->kind == PARAM_RULES) {
            json_object_set_new(o, "low", json_integer(s->low));
            json_object_set_new(o, "high", json_integer(s->high));
        }
        if (s->kind == PARAM_TEXT) {
            json_object_set_new(o, "max_bytes", json_integer(s->high));
        }
        json_object_set_new(o, "choice_texts", choice_texts_json(s->choices));
        if (s->without_meaning != NULL) {
            json_object_set_new(o, "why_en", json_string(s->without_meaning));
            json_object_set_new(o, "why_zh", json_string(s->without_meaning_zh));
        }
        json_array_append_new(list, o);
    }
    return list;
}

static void print_rule(const struct param_spec *s, FILE *out) {
    switch (s->kind) {
    case PARAM_NUMBER:
    case PARAM_RULES:
        fprintf(out, "%" PRId64 " to %" PRId64, s->low, s->high);
        return;
    case PARAM_BOOL:
        fputs("true, false", out);
        return;
    case PARAM_CHOICE:
        for (const char *p = s->choices; *p != '\0'; p++) {
            fputs(*p == '|' ? ", " : (char[]){*p, '\0'}, out);
        }
        return;
    case PARAM_SIZE:
        fputs("bytes, or a size such as 32MiB", out);
        return;
    case PARAM_DURATION:
        fputs("seconds, or a duration such as 60s", out);
        return;
    case PARAM_TEXT:
        fprintf(out, "at most %" PRId64 " bytes", s->high);
    }
}

void params_print(FILE *out) {
    fputs("# Parameters of tasks\n\nMade from the table in src/server/params.c by `godwit parameters`.\n\n"
          "A subtask's own value wins over the task's, that over the default. `GET /api/v1/parameters` has the same "
          "table.\n\n"
          "| name | default | values | what it does | 含义 |\n|---|---|---|---|---|\n",
          out);
    for (size_t i = 0; i < SPECS; i++) {
        const struct param_spec *s = &specs[i];
        fprintf(out, "| `%s` | %s%s%s | ", s->name, s->value[0] != '\0' ? "`" : "", s->value,
                s->value[0] != '\0' ? "`" : "");
        print_rule(s, out);
        fprintf(out, " | %s%s%s | %s%s%s |\n", s->en, s->without_meaning != NULL ? ". Has no meaning here: " : "",
                s->without_meaning != NULL ? s->without_meaning : "", s->zh,
                s->without_meaning != NULL ? "。此处无意义：" : "",
                s->without_meaning != NULL ? s->without_meaning_zh : "");
    }
    fputs(
        "\n## Rules\n\nA parameter that counts rules has these fields for each of them, with the rule's number behind "
        "the name: "
        "`rules.table` = 2 has `rules.table.name1`, `rules.table.text1`, `rules.table.name2`, `rules.table.text2`.\n\n"
        "| field | values | what it is | 含义 |\n|---|---|---|---|\n",
        out);
    for (size_t i = 0; i < SPECS; i++) {
        for (const struct param_field *f = specs[i].fields; f != NULL && f->name != NULL; f++) {
            fprintf(out, "| `%sN` | %s | %s | %s |\n", f->name,
                    f->choices == NULL                  ? "a text"
                    : str_eq(f->choices, "white|black") ? "white, black"
                                                        : "include, exclude",
                    f->en, f->zh);
        }
    }
}
