/* godwit host install, upgrade, ..: what goes on on the machines, line by line. See host_ssh.h. */
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "cli/host_ssh.h"

enum { LOOK_EVERY_MS = 300, MACHINES_MAX = 100, LINES = 200 };

struct watched {
    int64_t id;
    char step[32];
    bool over, failed;
};

static const char *text_of(const json_t *o, const char *key) {
    const char *text = json_string_value(json_object_get(o, key));
    return text != NULL ? text : "";
}

static void print_error(const char *name, const json_t *error) {
    struct err why = ERR_INIT;
    err_from_json(&why, error);
    fprintf(stderr, "%s: ", name);
    err_print(&why, stderr);
}

/* A line for each step that has begun. */
static void show(struct verb_call *v, struct watched *w, const json_t *machine) {
    const json_t *kit = json_object_get(machine, "kit");
    const char *state = text_of(kit, "state"), *step = text_of(kit, "step"), *name = text_of(machine, "name");
    w->over = str_eq(state, "done") || str_eq(state, "failed");
    w->failed = str_eq(state, "failed");
    if (!v->json && !str_eq(step, w->step) && !w->failed) {
        printf("%s  %3lld%%  %s\n", name, (long long)json_integer_value(json_object_get(kit, "percent")),
               text_of(json_object_get(kit, "text"), v->zh ? "zh" : "en"));
        fflush(stdout);
    }
    snprintf(w->step, sizeof w->step, "%s", step);
    if (w->over) {
        (void)verb_print_json(v, machine);
        if (w->failed) {
            print_error(name, json_object_get(kit, "error"));
        }
    }
}

static bool look(struct verb_call *v, struct watched *w, struct err *e) {
    json_t *machine;
    if (w->over) {
        return true;
    }
    if (!verb_get(v, &machine, e, "/api/v1/machines/%lld", (long long)w->id)) {
        return false;
    }
    show(v, w, machine);
    json_decref(machine);
    return true;
}

static bool watch(struct verb_call *v, struct watched *all, size_t n, struct err *e) {
    for (bool over = false; !over; clock_sleep_ms(over ? 0 : LOOK_EVERY_MS)) {
        over = true;
        for (size_t i = 0; i < n; i++) {
            if (!look(v, &all[i], e)) {
                return false;
            }
            over = over && all[i].over;
        }
        if (atomic_load(v->stop)) {
            return err_set(e, ERR_CANCELLED, "no longer watched; it goes on");
        }
    }
    for (size_t i = 0; i < n; i++) {
        v->code = all[i].failed ? EXIT_FAILED : v->code;
    }
    return true;
}

/* What is refused at once is told at once; the others go on. */
static void note_refused(struct watched *all, size_t n, const json_t *answer) {
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(answer, "items"), i, item) {
        const json_t *error = json_object_get(item, "error");
        char name[32];
        snprintf(name, sizeof name, "%lld", (long long)json_integer_value(json_object_get(item, "machine")));
        if (i < n && json_is_object(error)) {
            print_error(name, error);
            all[i].over = all[i].failed = true;
        }
    }
}

static bool act(struct verb_call *v, const char *action, struct err *e) {
    struct watched all[MACHINES_MAX] = {0};
    json_t *answer, *machines = json_array();
    bool ok = true;
    for (size_t i = 0; ok && i < v->nwords; i++) {
        ok = verb_id(v, i, &all[i].id, e);
        json_array_append_new(machines, json_integer((json_int_t)all[i].id));
    }
    json_t *body = json_pack("{s:s, s:o}", "action", action, "machines", machines);
    ok = ok && verb_post(v, body, &answer, e, "/api/v1/machines/kit");
    json_decref(body);
    if (!ok) {
        return false;
    }
    note_refused(all, v->nwords, answer);
    json_decref(answer);
    return watch(v, all, v->nwords, e);
}

bool host_install(struct verb_call *v, struct err *e) {
    return act(v, "install", e);
}

bool host_reinstall(struct verb_call *v, struct err *e) {
    return act(v, "reinstall", e);
}

bool host_upgrade(struct verb_call *v, struct err *e) {
    return act(v, "upgrade", e);
}

bool host_start(struct verb_call *v, struct err *e) {
    return act(v, "start", e);
}

bool host_stop(struct verb_call *v, struct err *e) {
    return act(v, "stop", e);
}

bool host_uninstall(struct verb_call *v, struct err *e) {
    return act(v, "uninstall", e);
}

bool host_cleanup(struct verb_call *v, struct err *e) {
    return act(v, "cleanup", e);
}

static const struct verb_column lines[] = {
    {"TIME", "时间", "time_ms", VERB_TIME},
    {"LEVEL", "级别", "level", VERB_TEXT},
    {"TEXT", "内容", "text", VERB_LINE},
    {0},
};

bool host_log(struct verb_call *v, struct err *e) {
    int64_t id;
    json_t *answer;
    if (!verb_id(v, 0, &id, e) ||
        !verb_get(v, &answer, e, "/api/v1/machines/%lld/log?limit=%d", (long long)id, (int)LINES)) {
        return false;
    }
    if (!verb_print_json(v, answer)) {
        json_t *items = json_object_get(answer, "items"), *turned = json_array();
        for (size_t i = json_array_size(items); i > 0; i--) {
            json_array_append(turned, json_array_get(items, i - 1));
        }
        verb_table(v, turned, lines);
        json_decref(turned);
    }
    json_decref(answer);
    return true;
}
