/* See task_objects.h. */
#include "cli/task_objects.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "cli/task_watch.h"

enum { TRANSLATION_BYTES_MAX = 512 * 1024, STATUS_FAILED = 6, STATUS_DIFFERS = 7 };

static const struct verb_column columns[] = {
    {"KIND", "类型", "kind", VERB_TEXT},
    {"NAME", "名称", "name", VERB_TEXT},
    {"TARGET", "目标端", "target", VERB_TEXT},
    {"STATUS", "状态", "status", VERB_NUMBER},
    {"ROWS", "行数", "rows", VERB_NUMBER},
    {"ERROR", "错误", "error.message", VERB_LINE},
    {0},
};

/* The subtask that is meant. */
static bool find_subtask(struct verb_call *v, int64_t *id, struct err *e) {
    json_t *list;
    int64_t task;
    *id = 0;
    bool named = v->nwords == 2 && str_eq(v->words[0], "subtask");
    if (named || v->nwords == 2) {
        return named
                   ? verb_id(v, 1, id, e)
                   : err_set(e, ERR_USAGE, "'%.60s' is neither the number of a task nor the word subtask", v->words[0]);
    }
    if (!verb_id(v, 0, &task, e) || !task_subtasks(v, task, &list, e)) {
        return false;
    }
    size_t n = json_array_size(list);
    *id = json_integer_value(json_object_get(json_array_get(list, 0), "id"));
    json_decref(list);
    if (n == 1) {
        return true;
    }
    err_set(e, ERR_USAGE, "task %lld has %zu subtasks", (long long)task, n);
    return err_hint(e, "say which: subtask ID; godwit task show %lld lists them", (long long)task);
}

/* "view.shipped": a name may have dots. */
static bool object_of(struct verb_call *v, const char **kind, const char **name, struct err *e) {
    const char *dot = strchr(v->object, '.');
    if (dot == NULL || dot == v->object || dot[1] == '\0') {
        return err_set(e, ERR_USAGE, "--object is KIND.NAME, such as view.orders_open");
    }
    *kind = arena_strndup(v->a, v->object, (size_t)(dot - v->object));
    *name = dot + 1;
    return true;
}

/* ---- one ---- */

static bool get_one(struct verb_call *v, int64_t id, const char *kind, const char *name, json_t **out, struct err *e) {
    return verb_get(v, out, e, "/api/v1/subtasks/%lld/objects/one?kind=%s&name=%s", (long long)id,
                    api_escape(v->a, kind), api_escape(v->a, name));
}

static void print_text(const char *head, const json_t *text) {
    if (json_is_string(text)) {
        printf("\n%s\n%s\n", head, json_string_value(text));
    }
}

static void print_one(const struct verb_call *v, const json_t *one) {
    const json_t *detail = json_object_get(one, "detail"), *place = json_object_get(detail, "place");
    const json_t *error = json_object_get(one, "error");
    verb_one(v, one, columns);
    if (json_is_object(place)) {
        printf(v->zh ? "源端定义第 %lld 行，第 %lld 列\n" : "at the source: line %lld, column %lld\n",
               (long long)json_integer_value(json_object_get(place, "line")),
               (long long)json_integer_value(json_object_get(place, "column")));
    }
    const char *cause = json_string_value(json_object_get(error, "cause"));
    if (cause != NULL && cause[0] != '\0') {
        printf("%s\n", cause);
    }
    print_text(v->zh ? "-- 源端" : "-- at the source", json_object_get(detail, "source"));
    print_text(v->zh ? "-- 翻译" : "-- translation", json_object_get(detail, "translation"));
}

/* ---- the list ---- */

static bool list(struct verb_call *v, int64_t id, struct err *e) {
    json_t *answer, *one;
    size_t i;
    char *query = verb_query(v);
    if (v->kind != NULL) {
        query = arena_printf(v->a, "%s%skind=%s", query, query[0] == '\0' ? "?" : "&", api_escape(v->a, v->kind));
    }
    if (!verb_get(v, &answer, e, "/api/v1/subtasks/%lld/objects%s", (long long)id, query)) {
        return false;
    }
    if (!verb_print_json(v, answer)) {
        verb_table(v, json_object_get(answer, "items"), columns);
        verb_more(v, answer);
        json_array_foreach(json_object_get(answer, "lacking"), i, one) {
            printf("%s: %s\n", v->zh ? "未列入" : "not in the list", json_string_value(one));
        }
    }
    json_decref(answer);
    return true;
}

bool task_objects(struct verb_call *v, struct err *e) {
    const char *kind = NULL, *name = NULL;
    json_t *one;
    int64_t id;
    if (!find_subtask(v, &id, e)) {
        return false;
    }
    if (v->object == NULL) {
        return list(v, id, e);
    }
    if (!object_of(v, &kind, &name, e) || !get_one(v, id, kind, name, &one, e)) {
        return false;
    }
    if (!verb_print_json(v, one)) {
        print_one(v, one);
    }
    json_decref(one);
    return true;
}

/* ---- again ---- */

static bool read_translation(const struct verb_call *v, json_t *body, struct err *e) {
    struct buf text;
    FILE *f = fopen(v->from, "re");
    if (f == NULL) {
        return err_errno(e, ERR_FILE, "cannot read %s", v->from);
    }
    buf_init(&text, TRANSLATION_BYTES_MAX);
    bool ok = buf_reserve(&text, TRANSLATION_BYTES_MAX, e);
    if (ok) {
        text.len = fread(text.data, 1, TRANSLATION_BYTES_MAX, f);
        bool whole = feof(f) != 0 || fgetc(f) == EOF;
        ok = ferror(f) ? err_errno(e, ERR_FILE, "cannot read %s", v->from)
             : !whole  ? err_set(e, ERR_FILE, "%s has more than %d bytes", v->from, (int)TRANSLATION_BYTES_MAX)
                       : true;
    }
    json_t *value = ok ? json_stringn((char *)text.data, text.len) : NULL;
    ok = ok && (value != NULL || err_set(e, ERR_TRANSLATION, "%s is no text in UTF-8", v->from));
    if (ok) {
        json_object_set_new(body, "translation", value);
    }
    buf_clear(&text);
    fclose(f);
    return ok;
}

bool task_retry_object(struct verb_call *v, struct err *e) {
    const char *kind = NULL, *name = NULL;
    json_t *one = NULL;
    int64_t id;
    if (!find_subtask(v, &id, e) || !object_of(v, &kind, &name, e)) {
        return false;
    }
    json_t *body = json_pack("{s:s, s:s}", "kind", kind, "name", name);
    if (v->accept_moved) {
        json_object_set_new(body, "accept_moved", json_true());
    }
    bool ok = (v->from == NULL || read_translation(v, body, e)) &&
              verb_post(v, body, NULL, e, "/api/v1/subtasks/%lld/objects/retry", (long long)id) &&
              get_one(v, id, kind, name, &one, e);
    json_decref(body);
    if (!ok) {
        return false;
    }
    int64_t status = json_integer_value(json_object_get(one, "status"));
    v->code = status == STATUS_FAILED || status == STATUS_DIFFERS ? EXIT_FAILED : EXIT_OK;
    if (!verb_print_json(v, one)) {
        verb_one(v, one, columns);
    }
    json_decref(one);
    return true;
}
