/* JSON-line log. See log.h. */
#include "base/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

/* The one piece of process-wide state of this room: where the log goes. */
static struct {
    pthread_mutex_t lock;
    int fd;
    enum log_level least;
} sink = {PTHREAD_MUTEX_INITIALIZER, -1, LOG_INFO};

bool log_open(const char *path, enum log_level least, struct err *e) {
    int fd = strcmp(path, "-") == 0 ? dup(STDERR_FILENO) : open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        return err_errno(e, ERR_FILE, "cannot write the log %s", path);
    }
    pthread_mutex_lock(&sink.lock);
    if (sink.fd >= 0) {
        close(sink.fd);
    }
    sink.fd = fd;
    sink.least = least;
    pthread_mutex_unlock(&sink.lock);
    return true;
}

void log_close(void) {
    pthread_mutex_lock(&sink.lock);
    if (sink.fd >= 0) {
        close(sink.fd);
    }
    sink.fd = -1;
    pthread_mutex_unlock(&sink.lock);
}

static void write_line(enum log_level level, const char *event, json_t *fields, const char *message) {
    static const char *const names[] = {"debug", "info", "warn", "error"};
    char time[32];
    json_t *o = json_object();
    json_object_set_new(o, "time", json_string(clock_iso(clock_utc_us(), time)));
    json_object_set_new(o, "level", json_string(names[level]));
    json_object_set_new(o, "event", json_string(event));
    json_t *text = json_string(message);
    json_object_set_new(o, "message", text != NULL ? text : json_string("(not UTF-8)"));
    if (fields != NULL) {
        json_object_update_missing(o, fields);
    }
    char *line = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    if (line == NULL) {
        return;
    }
    size_t n = strlen(line);
    line[n] = '\n'; /* in the place of the NUL: one write, so lines of several processes do not mix */
    if (write(sink.fd, line, n + 1) < 0) {
        /* a full disk must not stop a migration */
    }
    free(line);
}

static bool wanted(enum log_level level) {
    return sink.fd >= 0 && level >= sink.least;
}

void log_event(enum log_level level, const char *event, json_t *fields, const char *fmt, ...) {
    char message[2048];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    pthread_mutex_lock(&sink.lock);
    if (wanted(level)) {
        write_line(level, event, fields, message);
    }
    pthread_mutex_unlock(&sink.lock);
}

void log_err(const char *event, const struct err *e) {
    json_t *fields = json_object();
    json_object_set_new(fields, "error", err_to_json(e));
    log_event(LOG_ERROR, event, fields, "%s", e->message);
    json_decref(fields);
}
