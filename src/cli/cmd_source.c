/* godwit source: the data sources of a server. */
#include <string.h>

#include "base/str.h"
#include "cli/verb.h"

static const struct verb_column columns[] = {
    {"ID", "编号", "id", VERB_TEXT},
    {"NAME", "名称", "name", VERB_TEXT},
    {"KIND", "类型", "kind", VERB_TEXT},
    {"HOST", "主机", "host", VERB_TEXT},
    {"PORT", "端口", "port", VERB_TEXT},
    {"USER", "用户", "username", VERB_TEXT},
    {"MADE BY", "创建者", "created_by", VERB_TEXT},
    {"MADE", "创建时间", "created_ms", VERB_TIME},
    {0},
};

static bool list(struct verb_call *v, struct err *e) {
    json_t *answer;
    if (!verb_get(v, &answer, e, "/api/v1/data-sources%s", verb_query(v))) {
        return false;
    }
    if (!verb_print_json(v, answer)) {
        verb_table(v, json_object_get(answer, "items"), columns);
        verb_more(v, answer);
    }
    json_decref(answer);
    return true;
}

/* The password: in the file of the source, or in one of its own, or typed. */
static bool add_password(struct verb_call *v, json_t *source, struct err *e) {
    const char *password = NULL;
    if (v->password_file == NULL && json_object_get(source, "password") != NULL) {
        return true;
    }
    if (!verb_password(v, v->password_file,
                       v->zh ? "数据源口令（可为空）： " : "Password of the data source (may be empty): ", &password,
                       e)) {
        return false;
    }
    return password == NULL || json_object_set_new(source, "password", json_string(password)) == 0 ||
           err_set(e, ERR_USAGE, "the password must be UTF-8");
}

static bool add(struct verb_call *v, struct err *e) {
    json_t *source, *answer = NULL;
    if (!verb_read_file(v, &source, e)) {
        return false;
    }
    bool ok = add_password(v, source, e) && verb_post(v, source, &answer, e, "/api/v1/data-sources");
    if (ok && !verb_print_json(v, answer)) {
        printf(v->zh ? "数据源 %lld 已创建\n" : "data source %lld is made\n",
               (long long)json_integer_value(json_object_get(answer, "id")));
    }
    json_decref(source);
    json_decref(answer);
    return ok;
}

static bool drop(struct verb_call *v, struct err *e) {
    int64_t id;
    return verb_id(v, 0, &id, e) &&
           api_client_call(&v->client, "DELETE", arena_printf(v->a, "/api/v1/data-sources/%lld", (long long)id), NULL,
                           NULL, e);
}

/* ---- questions that an execution machine answers ---- */

static const struct verb_column item_columns[] = {
    {"STATUS", "结果", "status", VERB_TEXT},
    {"ITEM", "检查项", "title", VERB_TEXT},
    {"FOUND", "发现", "message", VERB_LINE},
    {"TO DO", "处理", "hint", VERB_LINE},
    {0},
};

static const struct verb_column item_columns_zh[] = {
    {"STATUS", "结果", "status", VERB_TEXT},
    {"ITEM", "检查项", "title_zh", VERB_TEXT},
    {"FOUND", "发现", "message", VERB_LINE},
    {"TO DO", "处理", "hint", VERB_LINE},
    {0},
};

/* Ends with 3, as a precheck, when something failed. */
static bool test(struct verb_call *v, struct err *e) {
    json_t *answer;
    int64_t id;
    if (!verb_id(v, 0, &id, e) || !verb_post(v, NULL, &answer, e, "/api/v1/data-sources/%lld/test", (long long)id)) {
        return false;
    }
    v->code = json_is_true(json_object_get(answer, "ok")) ? EXIT_OK : EXIT_PRECHECK;
    if (!verb_print_json(v, answer)) {
        const char *server = json_string_value(json_object_get(answer, "server"));
        if (server != NULL) {
            printf("%s\n\n", server);
        }
        verb_table(v, json_object_get(answer, "items"), v->zh ? item_columns_zh : item_columns);
    }
    json_decref(answer);
    return true;
}

static const struct verb_column database_columns[] = {
    {"NAME", "名称", "name", VERB_TEXT},
    {"SIZE", "大小", "bytes", VERB_BYTES},
    {"TABLES", "表数", "tables", VERB_NUMBER},
    {"CHARSET", "字符集", "charset", VERB_TEXT},
    {"MODE", "兼容模式", "compatibility", VERB_TEXT},
    {0},
};

static const struct verb_column schema_columns[] = {
    {"NAME", "名称", "name", VERB_TEXT},
    {"SIZE", "大小", "bytes", VERB_BYTES},
    {"TABLES", "表数", "tables", VERB_NUMBER},
    {"HELD BY TASK", "占用的任务", "held_by.task_name", VERB_TEXT},
    {0},
};

static const struct verb_column table_columns[] = {
    {"NAME", "名称", "name", VERB_TEXT},
    {"KIND", "类型", "kind", VERB_TEXT},
    {"ROWS", "行数", "rows_estimate", VERB_NUMBER},
    {"SIZE", "大小", "bytes", VERB_BYTES},
    {0},
};

static bool tree(struct verb_call *v, struct err *e) {
    json_t *answer;
    int64_t id;
    char *query = arena_printf(v->a, "?page=%llu", v->page > 0 ? (unsigned long long)v->page : 1);
    if (v->size > 0) {
        query = arena_printf(v->a, "%s&size=%llu", query, (unsigned long long)v->size);
    }
    if (v->nwords > 1) {
        query = arena_printf(v->a, "%s&database=%s", query, api_escape(v->a, v->words[1]));
    }
    if (v->schema != NULL) {
        query = arena_printf(v->a, "%s&schema=%s", query, api_escape(v->a, v->schema));
    }
    if (v->name != NULL) {
        query = arena_printf(v->a, "%s&search=%s", query, api_escape(v->a, v->name));
    }
    if (!verb_id(v, 0, &id, e) || !verb_get(v, &answer, e, "/api/v1/data-sources/%lld/tree%s", (long long)id, query)) {
        return false;
    }
    if (!verb_print_json(v, answer)) {
        const char *level = json_string_value(json_object_get(answer, "level"));
        verb_table(v, json_object_get(answer, "items"),
                   str_eq(level, "databases") ? database_columns
                   : str_eq(level, "schemas") ? schema_columns
                                              : table_columns);
        verb_more(v, answer);
    }
    json_decref(answer);
    return true;
}

static const struct verb verbs[] = {
    {"list", "", "the data sources", "列出数据源", VERB_PAGE, 0, 0, list},
    {"add", "-f FILE.json", "make one", "创建数据源", VERB_FILE | VERB_PASSWORD_FILE, 0, 0, add},
    {"test", "ID", "connect to it from an execution machine, and tell what is wrong", "从执行机连接并检查", 0, 1, 1,
     test},
    {"tree", "ID [DATABASE]", "its databases; what is in one: schemas or tables", "列出数据库、模式或表",
     VERB_PAGE | VERB_NAME | VERB_SCHEMA, 1, 2, tree},
    {"delete", "ID", "delete one that no task uses", "删除未被任务使用的数据源", 0, 1, 1, drop},
    {0},
};

int cmd_source(const struct command *c, int n, char **words) {
    return verb_main(c, verbs, n, words);
}
