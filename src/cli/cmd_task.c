/* godwit task: a server's tasks. */
#include <string.h>

#include "base/str.h"
#include "cli/task_objects.h"
#include "cli/task_watch.h"
#include "cli/verb.h"
#include "server/state.h"

static const struct verb_column task_columns[] = {
    {"ID", "编号", "id", VERB_TEXT},
    {"NAME", "名称", "name", VERB_TEXT},
    {"STATUS", "状态", "status_text", VERB_BOTH},
    {"DONE", "进度", "progress", VERB_PART},
    {"SUBTASKS", "子任务", "subtasks", VERB_NUMBER},
    {"MADE BY", "创建者", "created_by", VERB_TEXT},
    {"STARTED", "开始时间", "started_ms", VERB_TIME},
    {"FINISHED", "结束时间", "finished_ms", VERB_TIME},
    {0},
};

static const struct verb_column subtask_columns[] = {
    {"SUBTASK", "子任务", "id", VERB_TEXT},
    {"SOURCE", "源端", "source.name", VERB_TEXT},
    {"DATABASE", "源库", "source.database", VERB_TEXT},
    {"TARGET", "目标端", "target.name", VERB_TEXT},
    {"DATABASE", "目标库", "target.database", VERB_TEXT},
    {"SCHEMA", "schema", "target.schema", VERB_TEXT},
    {"STATUS", "状态", "status_text", VERB_BOTH},
    {"DONE", "进度", "progress", VERB_PART},
    {"MACHINE", "执行机", "machine.name", VERB_TEXT},
    {"ERROR", "错误", "reason.message", VERB_TEXT},
    {0},
};

/* ---- looking ---- */

static bool list(struct verb_call *v, struct err *e) {
    json_t *answer;
    if (!verb_get(v, &answer, e, "/api/v1/tasks%s", verb_query(v))) {
        return false;
    }
    if (!verb_print_json(v, answer)) {
        verb_table(v, json_object_get(answer, "items"), task_columns);
        verb_more(v, answer);
    }
    json_decref(answer);
    return true;
}

static bool show(struct verb_call *v, struct err *e) {
    json_t *task, *subtasks = NULL;
    int64_t id;
    if (!verb_id(v, 0, &id, e) || !verb_get(v, &task, e, "/api/v1/tasks/%lld", (long long)id)) {
        return false;
    }
    bool ok = verb_get(v, &subtasks, e, "/api/v1/tasks/%lld/subtasks?size=200", (long long)id);
    if (ok && v->json) {
        json_object_set(task, "subtask_list", json_object_get(subtasks, "items"));
        ok = verb_print_json(v, task);
    } else if (ok) {
        verb_one(v, task, task_columns);
        fputc('\n', stdout);
        verb_table(v, json_object_get(subtasks, "items"), subtask_columns);
        verb_more(v, subtasks);
    }
    json_decref(task);
    json_decref(subtasks);
    return ok;
}

/* ---- making: names stand for numbers ---- */

/* The only one of that name; ERR_NOT_FOUND. */
static bool by_name(struct verb_call *v, const char *what, const char *place, const char *name, int64_t *id,
                    struct err *e) {
    for (int page = 1;; page++) {
        json_t *answer;
        size_t i;
        const json_t *item;
        *id = 0;
        if (!verb_get(v, &answer, e, "/api/v1/%s?size=200&page=%d", place, page)) {
            return false;
        }
        const json_t *items = json_object_get(answer, "items");
        json_array_foreach(items, i, item) {
            if (str_eq(json_string_value(json_object_get(item, "name")), name)) {
                *id = json_integer_value(json_object_get(item, "id"));
            }
        }
        bool last = json_array_size(items) < 200;
        json_decref(answer);
        if (*id > 0) {
            return true;
        }
        if (last) {
            return err_set(e, ERR_NOT_FOUND, "there is no %s called '%s'", what, name);
        }
    }
}

/* "source": "shop" becomes "source_id": 3. */
static bool resolve_end(struct verb_call *v, json_t *subtask, const char *name, const char *key, struct err *e) {
    const char *called = json_string_value(json_object_get(subtask, name));
    int64_t id;
    if (called == NULL) {
        return true;
    }
    if (!by_name(v, "data source", "data-sources", called, &id, e)) {
        return false;
    }
    json_object_del(subtask, name);
    return json_object_set_new(subtask, key, json_integer(id)) == 0;
}

static bool resolve(struct verb_call *v, json_t *task, struct err *e) {
    json_t *item, *machines = json_object_get(task, "machines");
    size_t i;
    json_array_foreach(json_object_get(task, "subtasks"), i, item) {
        if (!resolve_end(v, item, "source", "source_id", e) || !resolve_end(v, item, "target", "target_id", e)) {
            return err_where(e, "subtask %zu", i + 1);
        }
    }
    json_array_foreach(machines, i, item) {
        int64_t id;
        if (json_is_string(item)) {
            if (!by_name(v, "execution machine", "machines", json_string_value(item), &id, e)) {
                return false;
            }
            json_array_set_new(machines, i, json_integer(id));
        }
    }
    return true;
}

static bool create(struct verb_call *v, struct err *e) {
    json_t *task, *answer = NULL;
    if (!verb_read_file(v, &task, e)) {
        return false;
    }
    if (v->start) {
        json_object_set_new(task, "start", json_true());
    }
    bool ok = resolve(v, task, e) && verb_post(v, task, &answer, e, "/api/v1/tasks");
    if (ok && !verb_print_json(v, answer)) {
        printf(v->zh ? "任务 %lld 已创建\n" : "task %lld is made\n",
               (long long)json_integer_value(json_object_get(answer, "id")));
    }
    json_decref(task);
    json_decref(answer);
    return ok;
}

/* ---- doing ---- */

/* Where the API has it: its places are named after the events of a subtask, but for this one. */
static const char *place_of(const char *what) {
    return str_eq(what, "check-again") ? "check/again" : what;
}

/* What the verb's options add to a request; NULL: nothing. The caller's. */
static json_t *body_of(const struct verb_call *v) {
    json_t *body = json_object();
    const struct {
        const char *key, *text;
        uint64_t number;
    } all[] = {{"definition", v->definition, 0},
               {"fence", v->fence, 0},
               {"check", v->final_check, 0},
               {"max_lag_s", NULL, v->max_lag_s},
               {"budget_s", NULL, v->downtime_s}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i].text != NULL || all[i].number > 0) {
            json_object_set_new(body, all[i].key,
                                all[i].text != NULL ? json_string(all[i].text)
                                                    : json_integer((json_int_t)all[i].number));
        }
    }
    if (v->accept_moved) {
        json_object_set_new(body, "accept_moved", json_true());
    }
    if (json_object_size(body) == 0) {
        json_decref(body);
        return NULL;
    }
    return body;
}

/* What the API has for subtasks only: of all subtasks of the task that are in a state for it. */
static bool operate_each(struct verb_call *v, const char *what, struct err *e) {
    enum subtask_event event = EVENT_RETRY;
    json_t *list, *item;
    size_t i, done = 0;
    int64_t task;
    if (!state_event_parse(what, &event)) {
        BUG("%s is no event", what);
    }
    if (!verb_id(v, 0, &task, e) || !task_subtasks(v, task, &list, e)) {
        return false;
    }
    bool ok = true;
    json_array_foreach(list, i, item) {
        enum subtask_status status = (enum subtask_status)json_integer_value(json_object_get(item, "status"));
        enum task_mode mode = (enum task_mode)json_integer_value(json_object_get(item, "mode"));
        if (ok && state_next(status, event, mode) != NULL) {
            json_t *body = body_of(v);
            ok = verb_post(v, body, NULL, e, "/api/v1/subtasks/%lld/%s",
                           (long long)json_integer_value(json_object_get(item, "id")), place_of(what));
            json_decref(body);
            done += ok;
        }
    }
    json_decref(list);
    if (ok && done == 0) {
        return err_set(e, ERR_NOT_NOW, "no subtask of task %lld is in a state for that", (long long)task);
    }
    if (ok && !v->json) {
        printf(v->zh ? "%zu 个子任务\n" : "%zu subtasks\n", done);
    }
    return ok;
}

/* "7", or "subtask 12": of the task or of one of its parts. */
static bool operate(struct verb_call *v, const char *what, bool of_tasks, bool of_subtasks, struct err *e) {
    json_t *answer;
    int64_t id;
    bool subtask = v->nwords == 2 && str_eq(v->words[0], "subtask");
    if (v->nwords == 2 && !subtask) {
        return err_set(e, ERR_USAGE, "'%.60s' is neither the number of a task nor the word subtask", v->words[0]);
    }
    if (subtask && !of_subtasks) {
        return err_set(e, ERR_USAGE, "%s is for a task as a whole: godwit task %s ID", what, what);
    }
    if (!subtask && !of_tasks) {
        return operate_each(v, what, e);
    }
    json_t *body = body_of(v);
    bool ok =
        verb_id(v, v->nwords - 1, &id, e) && verb_post(v, body, &answer, e, "/api/v1/%s/%lld/%s",
                                                       subtask ? "subtasks" : "tasks", (long long)id, place_of(what));
    json_decref(body);
    if (!ok) {
        return false;
    }
    if (!verb_print_json(v, answer)) {
        const json_t *words = json_object_get(answer, "status_text");
        const char *status = json_string_value(json_object_get(words, v->zh ? "zh" : "en"));
        printf("%s %lld: %s\n",
               subtask ? v->zh ? "子任务" : "subtask"
               : v->zh ? "任务"
                       : "task",
               (long long)json_integer_value(json_object_get(answer, "id")), status != NULL ? status : "");
    }
    json_decref(answer);
    return true;
}

static bool start(struct verb_call *v, struct err *e) {
    return operate(v, "start", true, true, e);
}

static bool finish(struct verb_call *v, struct err *e) {
    return operate(v, "finish", true, true, e);
}

static bool stop_incremental(struct verb_call *v, struct err *e) {
    return operate(v, "stop-incremental", false, true, e);
}

static bool start_reverse(struct verb_call *v, struct err *e) {
    return operate(v, "start-reverse", false, true, e);
}

static bool cutover(struct verb_call *v, struct err *e) {
    return operate(v, "cutover", false, true, e);
}

static bool undo_cutover(struct verb_call *v, struct err *e) {
    return operate(v, "undo-cutover", false, true, e);
}

static bool retry(struct verb_call *v, struct err *e) {
    if (v->object != NULL) {
        return task_retry_object(v, e);
    }
    if (v->from != NULL) {
        return err_set(e, ERR_USAGE, "--from is the translation of an --object");
    }
    return operate(v, "retry", false, true, e);
}

static bool check_again(struct verb_call *v, struct err *e) {
    return operate(v, "check-again", false, true, e);
}

static bool reset(struct verb_call *v, struct err *e) {
    return operate(v, "reset", true, true, e);
}

static bool copy(struct verb_call *v, struct err *e) {
    return operate(v, "copy", true, false, e);
}

/* All or none. */
static bool drop(struct verb_call *v, struct err *e) {
    json_t *ids = json_array();
    bool ok = true;
    for (size_t i = 0; ok && i < v->nwords; i++) {
        int64_t id = 0;
        ok = verb_id(v, i, &id, e);
        json_array_append_new(ids, json_integer(id));
    }
    json_t *body = json_pack("{s:o}", "ids", ids);
    ok = ok && verb_post(v, body, NULL, e, "/api/v1/tasks/delete");
    json_decref(body);
    return ok;
}

static bool watch(struct verb_call *v, struct err *e) {
    int64_t id;
    return verb_id(v, 0, &id, e) && task_watch(v, id, e);
}

static const struct verb verbs[] = {
    {"create", "-f FILE.json", "make a task; data sources and machines by name or number",
     "创建任务；数据源和执行机可用名称或编号", VERB_FILE | VERB_START, 0, 0, create},
    {"list", "", "tasks, the newest first", "列出任务，最新的在前", VERB_PAGE | VERB_STATUS | VERB_NAME, 0, 0, list},
    {"show", "ID", "one task with its subtasks", "显示任务及其子任务", 0, 1, 1, show},
    {"objects", "ID | subtask ID", "its tables, views and programs; with --object one, with its texts",
     "列出表、视图与程序对象；--object 显示其中一个及其定义",
     VERB_PAGE | VERB_STATUS | VERB_NAME | VERB_KIND | VERB_OBJECT, 1, 2, task_objects},
    {"start", "ID | subtask ID", "start it", "启动", 0, 1, 2, start},
    {"watch", "ID", "follow it until it is over", "跟踪任务直到结束", 0, 1, 1, watch},
    {"finish", "ID | subtask ID", "end what goes on", "结束迁移", 0, 1, 2, finish},
    {"stop-incremental", "ID | subtask ID", "stop the incremental migration", "停止增量迁移", 0, 1, 2,
     stop_incremental},
    {"start-reverse", "ID | subtask ID", "start the reverse migration", "启动反向迁移", 0, 1, 2, start_reverse},
    {"cutover", "ID | subtask ID", "cut over to the target; docs/cutover.md", "割接到目标端", VERB_CUTOVER, 1, 2,
     cutover},
    {"undo-cutover", "ID | subtask ID", "take the cut-over back", "撤销割接", 0, 1, 2, undo_cutover},
    {"retry", "ID | subtask ID", "try what failed again", "重试失败的子任务",
     VERB_ACCEPT_MOVED | VERB_DEFINITION | VERB_OBJECT | VERB_FROM, 1, 2, retry},
    {"check-again", "ID | subtask ID", "compare both ends once more", "重新校验", 0, 1, 2, check_again},
    {"reset", "ID | subtask ID", "back to the begin", "重置", 0, 1, 2, reset},
    {"copy", "ID", "make one like it", "复制任务", 0, 1, 1, copy},
    {"delete", "ID ..", "delete tasks that do not run", "删除未运行的任务", 0, 1, 1000, drop},
    {0},
};

int cmd_task(const struct command *c, int n, char **words) {
    return verb_main(c, verbs, n, words);
}
