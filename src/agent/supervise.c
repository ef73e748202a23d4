/* Workers and what is known of them. See supervise.h. */
#include "agent/supervise.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/loglines.h"
#include "agent/process.h"
#include "agent/record.h"
#include "agent/repair.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"

enum {
    SUBTASKS_MAX = 256,
    QUESTIONS_MAX = 32,
    ANSWER_S = 60,       /* when an ask does not say */
    LOG_US = 150 * 1000, /* lines are gathered for so long */
    LOG_BYTES = 2 << 20, /* kept of each worker while the server is away */
    WORDS_BYTES = 4096,  /* of what was no log */
    PARTS_AT_ONCE = 8,   /* of a file of statements */
};

/* A worker, from when the server asks for it until the server forgets it. */
struct charge {
    struct charge *next;
    struct supervisor *s;
    bool question; /* ask: `id`; otherwise run: subtask and fence */
    int64_t subtask, fence;
    json_t *id;
    char *job; /* until it is started */
    struct process *process;
    struct record *record;
    struct loglines *log;
    int64_t log_since_us;  /* 0: nothing waits */
    int64_t until_us;      /* of a question */
    struct repair *repair; /* statements that its check has left, or NULL */
    bool answered, ended;
    bool end_waits;          /* to be said when the statements are */
    int status;              /* as of waitpid */
    json_t *error;           /* why it was ended, or could not begin; NULL: its own */
    char words[WORDS_BYTES]; /* what was no log */
};

struct supervisor {
    char *program, *directory;
    supervisor_say *say;
    void *arg;
    struct charge *first;
    bool connected, stopping;
};

/* ---- charges ---- */

static void wipe_job(struct charge *c) {
    if (c->job != NULL) {
        explicit_bzero(c->job, strlen(c->job));
        free(c->job);
        c->job = NULL;
    }
}

static void charge_free(struct charge *c) {
    wipe_job(c);
    process_free(c->process);
    record_free(c->record);
    repair_free(c->repair);
    loglines_free(c->log);
    json_decref(c->id);
    json_decref(c->error);
    free(c);
}

static struct charge *charge_new(struct supervisor *s) {
    struct charge *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return NULL;
    }
    c->s = s;
    c->record = record_new();
    c->log = loglines_new(LOG_BYTES);
    if (c->record == NULL || c->log == NULL) {
        charge_free(c);
        return NULL;
    }
    struct charge **at = &s->first; /* behind the others: the first come are the first told */
    while (*at != NULL) {
        at = &(*at)->next;
    }
    *at = c;
    return c;
}

static void drop(struct supervisor *s, struct charge *c) {
    for (struct charge **at = &s->first; *at != NULL; at = &(*at)->next) {
        if (*at == c) {
            *at = c->next;
            charge_free(c);
            return;
        }
    }
}

static struct charge *find(const struct supervisor *s, int64_t subtask, int64_t fence) {
    for (struct charge *c = s->first; c != NULL; c = c->next) {
        if (!c->question && c->subtask == subtask && c->fence == fence) {
            return c;
        }
    }
    return NULL;
}

static size_t count(const struct supervisor *s, bool questions) {
    size_t n = 0;
    for (const struct charge *c = s->first; c != NULL; c = c->next) {
        n += c->question == questions && !c->ended;
    }
    return n;
}

static int64_t integer(const json_t *message, const char *key) {
    return json_integer_value(json_object_get(message, key));
}

static char *directory_of(const struct supervisor *s, struct arena *a, int64_t subtask) {
    return arena_printf(a, "%s/subtask-%lld", s->directory, (long long)subtask);
}

/* ---- saying ---- */

static void say(struct supervisor *s, json_t *message) {
    if (s->connected) {
        s->say(s->arg, message);
    } else {
        json_decref(message);
    }
}

static json_t *about(const struct charge *c, const char *type) {
    return json_pack("{s:s, s:I, s:I}", "type", type, "subtask", (json_int_t)c->subtask, "fence", (json_int_t)c->fence);
}

static void say_event(struct charge *c, json_t *event) {
    json_t *message = about(c, "event");
    json_object_set(message, "event", event);
    say(c->s, message);
}

static void say_log(struct charge *c) {
    for (json_t *lines; (lines = loglines_next(c->log)) != NULL;) {
        json_t *message = about(c, "log");
        json_object_set_new(message, "lines", lines);
        say(c->s, message);
    }
    c->log_since_us = 0;
}

static bool is_all_said(const struct charge *c) {
    return c->repair == NULL || repair_is_told(c->repair);
}

static void say_ended(struct charge *c) {
    c->end_waits = !is_all_said(c); /* the server forgets it then */
    if (c->end_waits) {
        return;
    }
    json_t *message = about(c, "ended"), *own = record_error(c->record);
    json_t *words = c->words[0] != '\0' ? json_string(c->words) : NULL;
    if (c->process == NULL) { /* it never began */
        json_object_set_new(message, "code", json_integer(1));
    } else if (WIFSIGNALED(c->status)) {
        json_object_set_new(message, "signal", json_integer(WTERMSIG(c->status)));
    } else {
        json_object_set_new(message, "code", json_integer(WEXITSTATUS(c->status)));
    }
    json_object_set(message, "error", c->error != NULL ? c->error : own != NULL ? own : json_null());
    json_object_set_new(message, "stderr", words != NULL ? words : json_null());
    say(c->s, message);
}

static void answer(struct charge *c, const char *key, json_t *value) {
    json_t *message = json_pack("{s:s, s:O}", "type", "answer", "id", c->id);
    c->answered = true;
    json_object_set(message, key, value);
    say(c->s, message);
}

static void answer_error(struct charge *c, enum err_code code, const char *text) {
    struct err e = ERR_INIT;
    err_set(&e, code, "%s", text);
    json_t *json = err_to_json(&e);
    answer(c, "error", json);
    json_decref(json);
}

/* ---- what a worker says ---- */

/* Text of the system's or a sanitizer's, with whatever bytes. The last ones count. */
static void keep_words(struct charge *c, const char *line, size_t len) {
    size_t have = strlen(c->words);
    if (len > WORDS_BYTES / 2) {
        len = WORDS_BYTES / 2;
    }
    if (have + len + 2 > WORDS_BYTES) {
        size_t cut = have + len + 2 - WORDS_BYTES;
        memmove(c->words, c->words + cut, have - cut + 1);
        have -= cut;
    }
    for (size_t i = 0; i < len; i++) {
        unsigned char x = (unsigned char)line[i];
        c->words[have++] = (x >= ' ' && x < 127) || x == '\t' ? (char)x : '?';
    }
    c->words[have++] = '\n';
    c->words[have] = '\0';
}

static void take_event(struct charge *c, const char *line, size_t len) {
    json_error_t error;
    json_t *event = json_loadb(line, len, 0, &error);
    const char *kind = json_string_value(json_object_get(event, "event"));
    if (kind == NULL) {
        log_warn("event", "a worker said something that is no event");
    } else if (c->question) {
        if (str_eq(kind, "result") || str_eq(kind, "error")) {
            answer(c, kind, json_object_get(event, kind));
        }
    } else if (str_eq(kind, "repair")) {
        repair_free(c->repair);
        c->repair = repair_new(event);
    } else {
        record_event(c->record, event);
        say_event(c, event);
    }
    json_decref(event);
}

static void on_line(void *arg, bool is_error, char *line, size_t len) {
    struct charge *c = arg;
    if (line == NULL) {
        log_warn("line", "a worker said a line of more than 1 MiB");
    } else if (!is_error) {
        take_event(c, line, len);
    } else if (c->question || !loglines_take(c->log, line, len)) {
        keep_words(c, line, len);
    } else if (c->log_since_us == 0) {
        c->log_since_us = clock_mono_us();
    }
}

/* ---- beginning ---- */

static void failed_to_begin(struct charge *c, const struct err *e) {
    log_err("worker", e);
    c->error = err_to_json(e);
    c->ended = true;
    if (c->question) {
        answer(c, "error", c->error);
    } else {
        say_ended(c);
    }
}

static void begin(struct charge *c) {
    struct err e = ERR_INIT;
    if (!process_start(&c->process, c->s->program, "worker", c->job, strlen(c->job), &e)) {
        failed_to_begin(c, &e);
    } else if (c->question) {
        log_info("worker", "for a question");
    } else {
        log_info("worker", "subtask %lld, fence %lld", (long long)c->subtask, (long long)c->fence);
    }
    wipe_job(c);
}

/* Is an earlier worker of the subtask still there? */
static bool must_wait(const struct charge *c) {
    for (const struct charge *x = c->s->first; x != NULL; x = x->next) {
        if (x != c && !x->question && x->subtask == c->subtask && !x->ended && x->process != NULL) {
            return true;
        }
    }
    return false;
}

/* Where a worker keeps what helps the next one. */
static void add_directory(struct supervisor *s, json_t *job, int64_t subtask) {
    struct arena a = ARENA_INIT;
    if (json_object_get(job, "directory") == NULL) {
        json_object_set_new(job, "directory", json_string(directory_of(s, &a, subtask)));
    }
    arena_clear(&a);
}

static struct charge *charge_with(struct supervisor *s, json_t *message, struct err *e) {
    json_t *job = json_object_get(message, "job");
    char *text = json_is_object(job) ? json_dumps(job, JSON_COMPACT) : NULL;
    struct charge *c = charge_new(s);
    if (c == NULL) {
        if (text != NULL) {
            explicit_bzero(text, strlen(text));
        }
        free(text);
        return NULL;
    }
    c->job = text;
    if (text == NULL) {
        err_set(e, ERR_JOB, "the message has no job");
    }
    return c;
}

void supervisor_run(struct supervisor *s, json_t *message) {
    struct err e = ERR_INIT;
    int64_t subtask = integer(message, "subtask"), fence = integer(message, "fence");
    struct charge *known = find(s, subtask, fence);
    if (known != NULL) {
        if (known->ended) {
            say_ended(known);
        }
        return;
    }
    for (struct charge *c = s->first; c != NULL; c = c->next) {
        if (c->question || c->subtask != subtask || c->ended) {
            continue;
        }
        if (c->fence > fence) {
            log_warn("run", "subtask %lld runs with a higher fence than %lld", (long long)subtask, (long long)fence);
            return;
        }
        if (c->process != NULL) {
            process_kill(c->process);
        }
    }
    size_t running = count(s, false);
    add_directory(s, json_object_get(message, "job"), subtask);
    struct charge *c = charge_with(s, message, &e);
    if (c == NULL) {
        return; /* no memory: the server will find that nothing runs */
    }
    c->subtask = subtask;
    c->fence = fence;
    if (e.code == ERR_NONE && (running >= SUBTASKS_MAX || s->stopping)) {
        err_set(&e, ERR_LIMIT, s->stopping ? "the agent is being stopped" : "%d subtasks run on this machine",
                SUBTASKS_MAX);
    }
    if (e.code != ERR_NONE) {
        failed_to_begin(c, &e);
    } else if (!must_wait(c)) {
        begin(c);
    }
}

void supervisor_ask(struct supervisor *s, json_t *message) {
    struct err e = ERR_INIT;
    size_t running = count(s, true);
    struct charge *c = charge_with(s, message, &e);
    int64_t timeout_s = integer(message, "timeout_s");
    if (c == NULL) {
        return;
    }
    json_t *id = json_object_get(message, "id");
    c->question = true;
    c->id = id != NULL ? json_incref(id) : json_null();
    c->until_us = clock_mono_us() + (timeout_s > 0 && timeout_s < 3600 ? timeout_s : ANSWER_S) * 1000000;
    if (e.code == ERR_NONE && running >= QUESTIONS_MAX) {
        err_set(&e, ERR_LIMIT, "%d questions are being answered on this machine", QUESTIONS_MAX);
    }
    if (e.code != ERR_NONE) {
        failed_to_begin(c, &e);
    } else {
        begin(c);
    }
}

void supervisor_cancel(struct supervisor *s, const json_t *message) {
    const json_t *id = json_object_get(message, "id");
    for (struct charge *c = s->first; c != NULL; c = c->next) {
        if (c->question && !c->ended && json_equal(c->id, id)) {
            c->answered = true; /* nobody wants to hear of it */
            if (c->process != NULL) {
                process_kill(c->process);
            }
        }
    }
}

/* ---- other messages ---- */

static struct charge *meant(const struct supervisor *s, const json_t *message) {
    return find(s, integer(message, "subtask"), integer(message, "fence"));
}

void supervisor_order(struct supervisor *s, const json_t *message) {
    struct charge *c = meant(s, message);
    const char *order = json_string_value(json_object_get(message, "order"));
    if (c == NULL || c->ended || c->process == NULL || order == NULL) {
        return;
    }
    json_t *line = json_pack("{s:s}", "order", order), *options = json_object_get(message, "cutover");
    if (json_is_object(options)) {
        json_object_set(line, "cutover", options);
    }
    char *text = json_dumps(line, JSON_COMPACT);
    if (text == NULL || !process_write(c->process, text, strlen(text))) {
        log_warn("order", "the worker of subtask %lld does not read", (long long)c->subtask);
    }
    free(text);
    json_decref(line);
}

static void kill_charge(struct charge *c) {
    struct err e = ERR_INIT;
    if (c->ended) {
        return;
    }
    if (c->process != NULL) {
        process_kill(c->process);
        return;
    }
    err_set(&e, ERR_CANCELLED, "stopped before it began");
    wipe_job(c);
    failed_to_begin(c, &e);
}

void supervisor_kill(struct supervisor *s, const json_t *message) {
    struct charge *c = meant(s, message);
    if (c != NULL) {
        kill_charge(c);
    }
}

void supervisor_forget(struct supervisor *s, const json_t *message) {
    struct charge *c = meant(s, message);
    struct arena a = ARENA_INIT;
    if (c == NULL || !c->ended) {
        return;
    }
    if (c->repair != NULL) {
        repair_remove(c->repair);
    }
    if (rmdir(directory_of(s, &a, c->subtask)) != 0 && errno != ENOENT && errno != ENOTEMPTY && errno != EEXIST) {
        log_warn("forget", "the directory of subtask %lld stays", (long long)c->subtask);
    }
    arena_clear(&a);
    drop(s, c);
}

json_t *supervisor_subtasks(const struct supervisor *s) {
    json_t *list = json_array();
    for (const struct charge *c = s->first; c != NULL; c = c->next) {
        if (!c->question) {
            json_array_append_new(
                list, json_pack("{s:I, s:I}", "subtask", (json_int_t)c->subtask, "fence", (json_int_t)c->fence));
        }
    }
    return list;
}

void supervisor_replay(struct supervisor *s) {
    for (struct charge *c = s->first; c != NULL; c = c->next) {
        if (c->question) {
            continue;
        }
        json_t *events = record_replay(c->record), *event;
        size_t i;
        json_array_foreach(events, i, event) {
            say_event(c, event);
        }
        json_decref(events);
        if (c->repair != NULL) {
            repair_again(c->repair);
        }
        if (c->ended) {
            say_log(c);
            say_ended(c);
        }
    }
}

void supervisor_connected(struct supervisor *s, bool connected) {
    s->connected = connected;
    for (struct charge *c = s->first, *next; !connected && c != NULL; c = next) {
        next = c->next;
        if (c->question) {
            drop(s, c); /* who asked is gone */
        }
    }
}

/* ---- the loop ---- */

size_t supervisor_fds(const struct supervisor *s, struct pollfd **fds, size_t n, size_t *cap) {
    size_t want = n;
    for (const struct charge *c = s->first; c != NULL; c = c->next) {
        want += PROCESS_FDS;
    }
    if (want > *cap) {
        struct pollfd *more = realloc(*fds, want * 2 * sizeof *more);
        if (more == NULL) {
            BUG("no memory to poll %zu descriptors", want);
        }
        *fds = more;
        *cap = want * 2;
    }
    for (const struct charge *c = s->first; c != NULL; c = c->next, n += PROCESS_FDS) {
        if (c->process != NULL && !c->ended) {
            process_fds(c->process, *fds + n);
        } else {
            for (int i = 0; i < PROCESS_FDS; i++) {
                (*fds)[n + (size_t)i] = (struct pollfd){.fd = -1};
            }
        }
    }
    return n;
}

static void look_at_end(struct charge *c) {
    if (!process_is_over(c->process, &c->status, on_line, c)) {
        return;
    }
    c->ended = true;
    if (WIFSIGNALED(c->status)) {
        log_warn("worker", "the worker of subtask %lld ended by signal %d", (long long)c->subtask, WTERMSIG(c->status));
    } else {
        log_info("worker", "the worker of subtask %lld ended with %d", (long long)c->subtask, WEXITSTATUS(c->status));
    }
    if (!c->question) {
        if (c->s->connected) {
            say_log(c);
        }
        say_ended(c);
    } else if (!c->answered) {
        answer_error(c, ERR_SYSTEM, "the worker ended without an answer");
    }
}

static void look_at_time(struct charge *c, int64_t now_us, bool room) {
    if (c->question && now_us > c->until_us) {
        if (!c->answered) {
            answer_error(c, ERR_MACHINE_SLOW, "there was no answer in time");
        }
        process_kill(c->process);
    }
    if (c->s->connected && room && c->log_since_us != 0 && now_us - c->log_since_us >= LOG_US) {
        say_log(c);
    }
}

static void say_repair(struct charge *c, bool room) {
    for (int i = 0; i < PARTS_AT_ONCE && room && c->s->connected && !is_all_said(c); i++) {
        json_t *part = repair_next(c->repair);
        say_event(c, part);
        json_decref(part);
    }
    if (c->end_waits && is_all_said(c)) {
        say_ended(c);
    }
}

void supervisor_look(struct supervisor *s, const struct pollfd *fds, bool room) {
    int64_t now_us = clock_mono_us();
    /* Only those that were there when the descriptors were listed: nothing is added or dropped in between. */
    for (struct charge *c = s->first; c != NULL; c = c->next, fds += PROCESS_FDS) {
        if (c->process != NULL && !c->ended) {
            process_look(c->process, fds, on_line, c);
            look_at_end(c);
        }
        if (!c->ended) {
            look_at_time(c, now_us, room);
        }
        say_repair(c, room);
    }
    for (struct charge *c = s->first, *next; c != NULL; c = next) {
        next = c->next;
        if (c->question && c->ended) {
            drop(s, c);
        } else if (!c->ended && c->process == NULL && !must_wait(c)) {
            begin(c);
        }
    }
}

/* ---- ends ---- */

bool supervisor_is_idle(const struct supervisor *s) {
    for (const struct charge *c = s->first; c != NULL; c = c->next) {
        if (!c->ended) {
            return false;
        }
    }
    return true;
}

bool supervisor_is_settled(const struct supervisor *s) {
    return s->first == NULL;
}

void supervisor_stop_all(struct supervisor *s) {
    s->stopping = true;
    for (struct charge *c = s->first; c != NULL; c = c->next) {
        if (!c->ended && c->process == NULL) {
            kill_charge(c);
        } else if (!c->ended) {
            process_hang_up(c->process);
        }
    }
}

void supervisor_kill_all(struct supervisor *s, const struct err *why) {
    for (struct charge *c = s->first; c != NULL; c = c->next) {
        if (c->ended) {
            continue;
        }
        if (c->error == NULL && c->process != NULL) {
            c->error = err_to_json(why);
        }
        kill_charge(c);
    }
}

struct supervisor *supervisor_new(const char *program, const char *directory, supervisor_say *say_to, void *arg) {
    struct supervisor *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return NULL;
    }
    *s = (struct supervisor){.program = strdup(program), .directory = strdup(directory), .say = say_to, .arg = arg};
    if (s->program == NULL || s->directory == NULL) {
        supervisor_free(s);
        return NULL;
    }
    return s;
}

void supervisor_free(struct supervisor *s) {
    if (s == NULL) {
        return;
    }
    while (s->first != NULL) {
        drop(s, s->first);
    }
    free(s->program);
    free(s->directory);
    free(s);
}
