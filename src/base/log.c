/* JSON-line log. See log.h. */
#include "base/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

enum { LOOK_EVERY_US = 1000000 };

/* The one piece of process-wide state of this room: where the log goes. */
static struct {
    pthread_mutex_t lock;
    int fd;
    enum log_level least;
    char *path; /* absolute; NULL: standard error */
    int64_t looked_us;
} sink = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1, .least = LOG_INFO};

static int open_file(const char *path) {
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static void go_to(int fd, char *path) {
    if (sink.fd >= 0) {
        close(sink.fd);
    }
    free(sink.path);
    sink.fd = fd;
    sink.path = path;
}

bool log_open(const char *path, enum log_level least, struct err *e) {
    bool is_file = strcmp(path, "-") != 0;
    int fd = is_file ? open_file(path) : dup(STDERR_FILENO);
    if (fd < 0) {
        return err_errno(e, ERR_FILE, "cannot write the log %s", path);
    }
    pthread_mutex_lock(&sink.lock);
    go_to(fd, is_file ? realpath(path, NULL) : NULL);
    sink.least = least;
    sink.looked_us = clock_mono_us();
    pthread_mutex_unlock(&sink.lock);
    return true;
}

void log_close(void) {
    pthread_mutex_lock(&sink.lock);
    go_to(-1, NULL);
    pthread_mutex_unlock(&sink.lock);
}

/* Is the file still the one of that name? Who keeps logs short moves them away. */
static void look_at_file(void) {
    struct stat here, there;
    int64_t us = clock_mono_us();
    if (sink.path == NULL || us - sink.looked_us < LOOK_EVERY_US) {
        return;
    }
    sink.looked_us = us;
    bool known = fstat(sink.fd, &here) == 0 && stat(sink.path, &there) == 0;
    if (known && here.st_ino == there.st_ino && here.st_dev == there.st_dev) {
        return;
    }
    int fd = open_file(sink.path);
    if (fd >= 0) { /* else the old one is better than none */
        close(sink.fd);
        sink.fd = fd;
    }
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
        look_at_file();
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
