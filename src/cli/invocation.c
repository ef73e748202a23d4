/* Begin and end of a command. See invocation.h. */
#include "cli/invocation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "cli/event_cut.h"
#include "cli/help.h"
#include "cli/password.h"
#include "cli/progress_bar.h"
#include "cli/texts.h"
#include "cli/url.h"

void invocation_tell(struct invocation *v, const char *kind, json_t *what) {
    json_t *event = json_object();
    json_object_set_new(event, "event", json_string(kind));
    json_object_set_new(event, kind, v->watch != NULL ? event_cut(what) : json_incref(what));
    display_event(stdout, event);
}

int invocation_fail(struct invocation *v, const struct err *e) {
    if (v->json_events) {
        json_t *event = json_object();
        json_object_set_new(event, "event", json_string("error"));
        json_object_set_new(event, "error", err_to_json(e));
        display_event(stdout, event);
    }
    fflush(stdout);
    if (v->watch != NULL) {
        log_err("failed", e);
    } else {
        err_print(e, stderr);
    }
    return (int)exit_code_of(e);
}

/* "source" and "target" are what the user calls so: of a check in the other direction the source is openGauss. */
static bool passwords(struct invocation *v, struct err *e) {
    struct options *o = &v->o;
    struct task *t = &o->task;
    bool turned = o->check.backward;
    const char *mysql = turned ? "target" : "source", *gauss = turned ? "source" : "target";
    const struct password_source *of_mysql = turned ? &o->target_password : &o->source_password;
    const struct password_source *of_gauss = turned ? &o->source_password : &o->target_password;
    for (int i = 0; i < 2; i++) { /* the source's is asked for first */
        bool ok = (i == 0) != turned ? password_find(&v->arena, of_mysql, mysql, t->source.user, t->source.host, stderr,
                                                     &v->stop, &t->source.password, e)
                                     : password_find(&v->arena, of_gauss, gauss, t->target.user, t->target.host, stderr,
                                                     &v->stop, &t->target.password, e);
        if (!ok) {
            return false;
        }
    }
    return true;
}

/* The report is written beside its final name and renamed: it is there complete or not at all. */
static FILE *create_beside(struct invocation *v, char **name) {
    *name = arena_printf(&v->arena, "%s.%ld.part", v->o.report_file, (long)getpid());
    int fd = open(*name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (f == NULL && fd >= 0) {
        close(fd);
    }
    return f;
}

/* Before anything is done: a report that cannot be written is known at the begin, not after hours. */
static bool report_possible(struct invocation *v, struct err *e) {
    if (v->o.report_file == NULL) {
        return true;
    }
    char *name;
    FILE *f = create_beside(v, &name);
    if (f == NULL) {
        return err_errno(e, ERR_FILE, "cannot write the report %s", v->o.report_file);
    }
    fclose(f);
    unlink(name);
    return true;
}

/* A program that asked for events gets one even about words that cannot be understood. */
static bool wants_events(int n, char **words) {
    for (int i = 0; i < n; i++) {
        if (str_eq(words[i], "--progress=json") ||
            (str_eq(words[i], "--progress") && i + 1 < n && str_eq(words[i + 1], "json"))) {
            return true;
        }
    }
    return false;
}

bool invocation_begin(struct invocation *v, const struct command *c, int n, char **words, int *code) {
    struct err e = ERR_INIT;
    *v = (struct invocation){
        .command = c, .json_events = (c->bit & (CMD_RUN | CMD_CHECK | CMD_APPLY)) != 0 && wants_events(n, words)};
    options_init(&v->o, &v->arena);
    if (!options_parse(&v->o, c->bit, c->name, n, words, &e)) {
        *code = invocation_fail(v, &e);
        return false;
    }
    if (v->o.help) {
        help_command(stdout, c, lang_is_zh(v->o.lang));
        *code = EXIT_OK;
        return false;
    }
    bool ok = stopper_start(&v->stopper, &v->stop, &e) &&
              (v->o.log_file == NULL || log_open(v->o.log_file, LOG_INFO, &e)) && report_possible(v, &e) &&
              passwords(v, &e);
    if (!ok) {
        *code = invocation_fail(v, &e);
        return false;
    }
    /* Until load takes over, nothing changes anything, and nothing looks at the flag. */
    stopper_at_once(v->stopper, true);
    log_info("begin", "godwit " GODWIT_VERSION " %s: %s to %s", c->name, url_redacted(&v->arena, v->o.source_url),
             url_redacted(&v->arena, v->o.target_url));
    return true;
}

bool invocation_report(struct invocation *v, json_t *report, struct err *e) {
    if (v->o.report_file == NULL) {
        json_decref(report);
        return true;
    }
    char *name;
    FILE *f = create_beside(v, &name);
    bool ok = f != NULL && json_dumpf(report, f, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) == 0 &&
              fputc('\n', f) != EOF && fflush(f) == 0 && fsync(fileno(f)) == 0;
    if (f != NULL) {
        ok = fclose(f) == 0 && ok;
    }
    json_decref(report);
    if (!ok || rename(name, v->o.report_file) != 0) {
        err_errno(e, ERR_FILE, "cannot write the report %s", v->o.report_file);
        unlink(name);
        return false;
    }
    return true;
}

void invocation_end(struct invocation *v) {
    log_close();
    stopper_end(v->stopper);
    arena_clear(&v->arena);
}
