/* What became of the objects, for people and for programs. */
#include <string.h>

#include "base/str.h"
#include "engine/text_width.h"
#include "objects/objects.h"

enum { NAME_COLUMNS_MAX = 40 };

struct words {
    const char *kinds[6], *states[8];
    const char *edited, *disabled, *moved, *notes, *lacking, *none, *line, *hint;
    const char *objects, *in_the_way; /* what a number counts */
};

static const struct words words_en = {
    .kinds = {[SQL_OBJECT_VIEW] = "view",
              [SQL_OBJECT_FUNCTION] = "function",
              [SQL_OBJECT_PROCEDURE] = "procedure",
              [SQL_OBJECT_TRIGGER] = "trigger",
              [SQL_OBJECT_EVENT] = "event"},
    .states = {[OBJECT_IS_WAITING] = "waiting",
               [OBJECT_IS_MIGRATING] = "migrating",
               [OBJECT_IS_MIGRATED] = "migrated",
               [OBJECT_IS_CHECKING] = "checking",
               [OBJECT_IS_CHECKED] = "checked",
               [OBJECT_IS_FAILED] = "failed",
               [OBJECT_IS_CHECK_FAILED] = "check failed"},
    .edited = "translated by hand",
    .disabled = "disabled",
    .moved = "changed at the source since it was translated by hand",
    .notes = "A little different in the target",
    .lacking = "Not in the list",
    .none = "There are no views, functions, procedures, triggers or events.",
    .line = "line",
    .hint = "hint",
    .objects = "objects",
    .in_the_way = "with something in the way",
};

static const struct words words_zh = {
    .kinds = {[SQL_OBJECT_VIEW] = "视图",
              [SQL_OBJECT_FUNCTION] = "函数",
              [SQL_OBJECT_PROCEDURE] = "存储过程",
              [SQL_OBJECT_TRIGGER] = "触发器",
              [SQL_OBJECT_EVENT] = "事件"},
    .states = {[OBJECT_IS_WAITING] = "待迁移",
               [OBJECT_IS_MIGRATING] = "迁移中",
               [OBJECT_IS_MIGRATED] = "迁移完成",
               [OBJECT_IS_CHECKING] = "校验中",
               [OBJECT_IS_CHECKED] = "校验完成",
               [OBJECT_IS_FAILED] = "失败",
               [OBJECT_IS_CHECK_FAILED] = "校验失败"},
    .edited = "人工翻译",
    .disabled = "已禁用",
    .moved = "人工翻译之后源端定义已改变",
    .notes = "在目标端略有不同",
    .lacking = "未列入的对象",
    .none = "没有视图、函数、存储过程、触发器或事件。",
    .line = "行",
    .hint = "提示",
    .objects = "个对象",
    .in_the_way = "个存在障碍",
};

static void print_error(const struct err *e, const struct words *w, bool zh, struct arena *a, FILE *out) {
    char code[8];
    err_code_text(e->code, code);
    fprintf(out, "      %s%s%s: %s\n", zh ? err_title_zh(e->code) : "", zh ? " " : "", code,
            text_fit(a, e->message, sizeof e->message));
    if (e->cause[0] != '\0') {
        fprintf(out, "      %s\n", text_fit(a, e->cause, sizeof e->cause));
    }
    if (e->hint[0] != '\0') {
        fprintf(out, "      %s: %s\n", w->hint, text_fit(a, e->hint, sizeof e->hint));
    }
}

static void print_object(const struct db_object *x, const struct words *w, bool zh, size_t width, struct arena *a,
                         FILE *out) {
    fprintf(out, "  %s  %s  %s", text_pad(a, w->kinds[x->kind], zh ? 8 : 9), text_pad(a, x->name, width),
            w->states[x->state]);
    fprintf(out, "%s%s", x->edited ? ", " : "", x->edited ? w->edited : "");
    fprintf(out, "%s%s\n", x->trigger_off ? ", " : "", x->trigger_off ? w->disabled : "");
    if (x->compared != NULL) {
        fprintf(out, "      %s\n", text_fit(a, x->compared, 1000));
    }
    if (x->source_moved) {
        fprintf(out, "      %s\n", w->moved);
    }
    if (x->error.code != ERR_NONE) {
        print_error(&x->error, w, zh, a, out);
    }
}

static void print_notes(const struct objects *o, const struct words *w, struct arena *a, FILE *out) {
    bool first = true;
    for (size_t i = 0; i < o->n; i++) {
        const struct db_object *x = &o->items[i];
        for (size_t k = 0; x->selected && x->translated && !x->edited && k < x->translation.nnotes; k++) {
            const struct sql_note *n = &x->translation.notes[k];
            if (first) {
                fprintf(out, "\n%s:\n", w->notes);
                first = false;
            }
            fprintf(out, "  %s %s, %s %zu: %s\n", w->kinds[x->kind], text_fit(a, x->name, NAME_COLUMNS_MAX), w->line,
                    n->place.line, text_fit(a, n->text, 4096));
        }
    }
}

void objects_print(const struct objects *o, bool applied, bool few, bool zh, FILE *out) {
    const struct words *w = zh ? &words_zh : &words_en;
    struct arena a = ARENA_INIT;
    size_t width = 0, n = 0;
    for (size_t i = 0; i < o->n; i++) {
        size_t one = o->items[i].selected ? text_width(o->items[i].name) : 0;
        width = one > width ? one : width;
        n += o->items[i].selected;
    }
    width = width > NAME_COLUMNS_MAX ? NAME_COLUMNS_MAX : width;
    if (n == 0) {
        fprintf(out, "%s\n", w->none);
    } else {
        fprintf(out, "%s -> %s (%s)\n", text_fit(&a, o->run.db.name, 200), text_fit(&a, o->target_schema, 200),
                dialect_name(o->run.identity.dialect));
    }
    for (size_t i = 0; i < o->n; i++) {
        if (o->items[i].selected && !(few && o->items[i].state == OBJECT_IS_MIGRATED)) {
            print_object(&o->items[i], w, zh, width, &a, out);
        }
    }
    print_notes(o, w, &a, out);
    if (o->nlacking > 0) {
        fprintf(out, "\n%s:\n", w->lacking);
    }
    for (size_t i = 0; i < o->nlacking; i++) {
        fprintf(out, "  %s\n", text_fit(&a, o->lacking[i], 4096));
    }
    if (n > 0) {
        size_t checked = objects_count(o, OBJECT_IS_CHECKED), wrong = objects_count(o, OBJECT_IS_CHECK_FAILED);
        fprintf(out, "\n%zu %s: %zu %s, %zu %s, %zu %s", n, w->objects, objects_count(o, OBJECT_IS_MIGRATED),
                w->states[OBJECT_IS_MIGRATED], objects_count(o, OBJECT_IS_WAITING), w->states[OBJECT_IS_WAITING],
                objects_count(o, OBJECT_IS_FAILED), applied ? w->states[OBJECT_IS_FAILED] : w->in_the_way);
        if (checked + wrong > 0) {
            fprintf(out, ", %zu %s, %zu %s", checked, w->states[OBJECT_IS_CHECKED], wrong,
                    w->states[OBJECT_IS_CHECK_FAILED]);
        }
        fputc('\n', out);
    }
    arena_clear(&a);
}

/* ---- JSON ---- */

static json_t *texts(const struct object_texts *t) {
    json_t *list = json_array();
    for (size_t i = 0; i < t->n; i++) {
        json_array_append_new(list, json_string(t->items[i]));
    }
    return list;
}

/* Where in the source the error is: parser and translator say it in their messages. */
static json_t *place_of(const struct err *e) {
    size_t line, column;
    const char *at = strstr(e->message, "line ");
    bool source = e->code == ERR_SQL_PARSE || e->code == ERR_SQL_CARRY;
    if (!source || at == NULL || sscanf(at, "line %zu, column %zu", &line, &column) != 2) {
        return json_null();
    }
    return json_pack("{s:I, s:I}", "line", (json_int_t)line, "column", (json_int_t)column);
}

json_t *object_to_json(const struct db_object *x) {
    static const char *const use_kinds[] = {
        [SQL_USE_TABLE] = "table", [SQL_USE_FUNCTION] = "function", [SQL_USE_PROCEDURE] = "procedure"};
    json_t *j = json_object(), *notes = json_array(), *uses = json_array();
    json_object_set_new(j, "kind", json_string(object_kind_name(x->kind)));
    json_object_set_new(j, "name", json_string(x->name));
    json_object_set_new(j, "target", json_string(x->target_name));
    json_object_set_new(j, "state", json_integer(x->state));
    json_object_set_new(j, "state_name", json_string(object_step_name(x->state)));
    json_object_set_new(j, "source", x->source == NULL ? json_null() : json_string(x->source));
    json_object_set_new(j, "sql_mode", x->sql_mode == NULL ? json_null() : json_string(x->sql_mode));
    json_object_set_new(j, "statements", texts(&x->form.statements));
    json_object_set_new(j, "drops", texts(&x->form.drops));
    json_object_set_new(j, "edited", json_boolean(x->edited));
    json_object_set_new(j, "source_moved", json_boolean(x->source_moved));
    json_object_set_new(j, "trigger_disabled", json_boolean(x->trigger_off));
    json_object_set_new(j, "compared", x->compared == NULL ? json_null() : json_string(x->compared));
    json_object_set_new(j, "calls", json_integer((json_int_t)x->calls));
    json_object_set_new(j, "result_sets", json_integer((json_int_t)x->translation.result_sets));
    for (size_t i = 0; i < x->translation.nnotes; i++) {
        const struct sql_note *n = &x->translation.notes[i];
        json_array_append_new(notes, json_pack("{s:I, s:I, s:s}", "line", (json_int_t)n->place.line, "column",
                                               (json_int_t)n->place.column, "text", n->text));
    }
    for (size_t i = 0; i < x->translation.nuses; i++) {
        const struct sql_use *u = &x->translation.uses[i];
        json_array_append_new(uses, json_pack("{s:s, s:s}", "kind", use_kinds[u->kind], "name", u->name));
    }
    json_object_set_new(j, "notes", notes);
    json_object_set_new(j, "uses", uses);
    json_object_set_new(j, "error", x->error.code == ERR_NONE ? json_null() : err_to_json(&x->error));
    json_object_set_new(j, "place", place_of(&x->error));
    return j;
}

json_t *objects_summary(const struct objects *o) {
    json_t *j = json_object(), *lacking = json_array();
    for (size_t i = 0; i < o->nlacking; i++) {
        json_array_append_new(lacking, json_string(o->lacking[i]));
    }
    json_object_set_new(j, "task", json_string(o->run.name));
    json_object_set_new(j, "source", json_string(o->run.db.name));
    json_object_set_new(j, "target_schema", json_string(o->target_schema));
    json_object_set_new(j, "dialect", json_string(dialect_name(o->run.identity.dialect)));
    json_object_set_new(j, "migrated", json_integer((json_int_t)objects_count(o, OBJECT_IS_MIGRATED)));
    json_object_set_new(j, "waiting", json_integer((json_int_t)objects_count(o, OBJECT_IS_WAITING)));
    json_object_set_new(j, "failed", json_integer((json_int_t)objects_count(o, OBJECT_IS_FAILED)));
    if (objects_count(o, OBJECT_IS_CHECKED) + objects_count(o, OBJECT_IS_CHECK_FAILED) > 0) {
        json_object_set_new(j, "checked", json_integer((json_int_t)objects_count(o, OBJECT_IS_CHECKED)));
        json_object_set_new(j, "check_failed", json_integer((json_int_t)objects_count(o, OBJECT_IS_CHECK_FAILED)));
    }
    json_object_set_new(j, "lacking", lacking);
    return j;
}

json_t *objects_to_json(const struct objects *o) {
    json_t *j = objects_summary(o), *list = json_array();
    for (size_t i = 0; i < o->n; i++) {
        if (o->items[i].selected) {
            json_array_append_new(list, object_to_json(&o->items[i]));
        }
    }
    json_object_set_new(j, "objects", list);
    return j;
}
