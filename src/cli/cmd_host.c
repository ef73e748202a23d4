/* godwit host: a server's execution machines. */
#include <string.h>

#include "base/str.h"
#include "cli/host_ssh.h"

static const struct verb_column columns[] = {
    {"ID", "编号", "id", VERB_TEXT},
    {"NAME", "名称", "name", VERB_TEXT},
    {"KIND", "类型", "kind", VERB_TEXT},
    {"HOST", "主机", "host", VERB_TEXT},
    {"STATE", "状态", "state", VERB_TEXT},
    {"SUBTASKS", "子任务", "subtasks", VERB_COUNT},
    {"CAPACITY", "容量", "capacity", VERB_NUMBER},
    {"CORES", "核数", "facts.cores", VERB_NUMBER},
    {"MEMORY", "内存", "facts.memory_bytes", VERB_BYTES},
    {"DISK FREE", "可用磁盘", "facts.disk_free_bytes", VERB_BYTES},
    {"SEEN", "最近心跳", "seen_ms", VERB_TIME},
    {0},
};

static bool list(struct verb_call *v, struct err *e) {
    json_t *answer;
    if (!verb_get(v, &answer, e, "/api/v1/machines%s", verb_query(v))) {
        return false;
    }
    if (!verb_print_json(v, answer)) {
        verb_table(v, json_object_get(answer, "items"), columns);
        verb_more(v, answer);
    }
    json_decref(answer);
    return true;
}

/* For an agent that is started by hand: the token is all that is printed, so that it can go into a file. */
static bool token(struct verb_call *v, struct err *e) {
    json_t *answer, *body = json_pack("{s:s}", "name", v->words[0]);
    bool ok = body != NULL || err_set(e, ERR_USAGE, "the name must be UTF-8");
    ok = ok && verb_post(v, body, &answer, e, "/api/v1/machines/token");
    if (ok) {
        const char *text = json_string_value(json_object_get(answer, "token"));
        if (!verb_print_json(v, answer)) {
            printf("%s\n", text != NULL ? text : "");
            fprintf(
                stderr,
                v->zh
                    ? "在该机器上将令牌存为文件，然后运行 godwit agent --server %s --token-file 文件\n"
                    : "put it into a file on that machine, then run godwit agent --server %s --token-file FILE there\n",
                v->client.server);
        }
        json_decref(answer);
    }
    json_decref(body);
    return ok;
}

static bool drop(struct verb_call *v, struct err *e) {
    int64_t id;
    return verb_id(v, 0, &id, e) &&
           api_client_call(&v->client, "DELETE", arena_printf(v->a, "/api/v1/machines/%lld", (long long)id), NULL, NULL,
                           e);
}

enum { MACHINES_MAX = 100 };

static const struct verb verbs[] = {
    {"list", "", "the execution machines", "列出执行机", VERB_PAGE | VERB_NAME, 0, 0, list},
    {"add", "NAME --ssh USER@HOST", "add a machine that the server reaches over SSH", "添加通过 SSH 管理的执行机",
     VERB_SSH | VERB_HOST_KEY | VERB_KEY_FILE | VERB_PASSWORD_FILE, 1, 1, host_add},
    {"install", "ID ..", "copy the kit there and start its agent", "安装迁移组件并启动 agent", 0, 1, MACHINES_MAX,
     host_install},
    {"reinstall", "ID ..", "the same over what is there", "重新安装", 0, 1, MACHINES_MAX, host_reinstall},
    {"upgrade", "ID ..", "replace the kit by this server's version", "升级到服务器的版本", 0, 1, MACHINES_MAX,
     host_upgrade},
    {"start", "ID ..", "start the agent", "启动 agent", 0, 1, MACHINES_MAX, host_start},
    {"stop", "ID ..", "stop the agent", "停止 agent", 0, 1, MACHINES_MAX, host_stop},
    {"uninstall", "ID ..", "stop the agent and remove the kit", "停止 agent 并删除迁移组件", 0, 1, MACHINES_MAX,
     host_uninstall},
    {"cleanup", "ID ..", "remove what is left there, whatever state it is in", "清理残留（任何状态下）", 0, 1,
     MACHINES_MAX, host_cleanup},
    {"log", "ID", "a machine's log", "查看执行机日志", 0, 1, 1, host_log},
    {"token", "NAME", "a one-time token for a machine whose agent is started by hand",
     "为手工启动 agent 的机器生成一次性令牌", 0, 1, 1, token},
    {"delete", "ID", "forget a machine that nothing runs on", "删除没有任务运行的执行机", 0, 1, 1, drop},
    {0},
};

int cmd_host(const struct command *c, int n, char **words) {
    return verb_main(c, verbs, n, words);
}
