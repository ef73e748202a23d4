/* See journal.h. */
#include "check/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

struct journal {
    pthread_mutex_t lock;
    FILE *file;
    char *path;
    bool failed;
};

static void make_directories(const char *path) {
    char *copy = strdup(path);
    for (char *p = copy == NULL ? NULL : strchr(copy + 1, '/'); p != NULL; p = strchr(p + 1, '/')) {
        *p = '\0';
        (void)mkdir(copy, 0700); /* opening the file tells what is wrong */
        *p = '/';
    }
    free(copy);
}

/* How far the file is whole. */
static off_t read_lines(FILE *f, journal_reader *read, void *arg, bool *ours) {
    char *text = NULL;
    size_t cap = 0;
    ssize_t len;
    off_t at = 0, whole = 0;
    while ((len = getline(&text, &cap, f)) > 0 && text[len - 1] == '\n') {
        json_t *line = json_loadb(text, (size_t)len, JSON_ALLOW_NUL, NULL);
        if (line == NULL) {
            break;
        }
        enum journal_line kind = read(arg, line);
        json_decref(line);
        at += len;
        if (kind == JOURNAL_NOT_OURS) {
            *ours = false;
            whole = 0;
            break;
        }
        whole = kind == JOURNAL_ENDS_GROUP ? at : whole;
    }
    free(text);
    return whole;
}

static bool open_file(struct journal *j, struct err *e) {
    int fd = open(j->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        return err_errno(e, ERR_FILE, "the journal %s cannot be opened", j->path);
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        err_set(e, ERR_TASK_RUNNING, "another check writes the journal %s", j->path);
        return false;
    }
    j->file = fdopen(fd, "r+");
    if (j->file == NULL) {
        close(fd);
        return err_errno(e, ERR_FILE, "the journal %s cannot be opened", j->path);
    }
    return true;
}

bool journal_open(struct journal **out, const char *path, bool keep, journal_reader *read, void *arg, bool *ours,
                  struct err *e) {
    struct journal *j = calloc(1, sizeof *j);
    off_t whole = 0;
    *out = NULL;
    *ours = true;
    if (j == NULL || (j->path = strdup(path)) == NULL) {
        free(j);
        return err_set(e, ERR_MEMORY, "no memory for the journal");
    }
    pthread_mutex_init(&j->lock, NULL);
    make_directories(path);
    bool ok = open_file(j, e);
    if (ok && keep) {
        whole = read_lines(j->file, read, arg, ours);
    }
    if (ok && (fseeko(j->file, whole, SEEK_SET) != 0 || ftruncate(fileno(j->file), whole) != 0)) {
        ok = err_errno(e, ERR_FILE, "the journal %s cannot be written", path);
    }
    if (!ok) {
        journal_close(j, false);
        return false;
    }
    *out = j;
    return true;
}

void journal_lock(struct journal *j) {
    pthread_mutex_lock(&j->lock);
}

void journal_unlock(struct journal *j) {
    pthread_mutex_unlock(&j->lock);
}

static void failed(struct journal *j) {
    if (!j->failed) {
        j->failed = true;
        log_warn("journal", "%s cannot be written (%s): this run cannot be resumed", j->path, strerror(errno));
    }
}

void journal_write(struct journal *j, json_t *line) {
    if (!j->failed && (json_dumpf(line, j->file, JSON_COMPACT) != 0 || fputc('\n', j->file) == EOF)) {
        failed(j);
    }
    json_decref(line);
}

void journal_flush(struct journal *j) {
    if (!j->failed && fflush(j->file) != 0) {
        failed(j);
    }
}

char *journal_beside(const struct journal *j, const char *suffix) {
    size_t size = strlen(j->path) + strlen(suffix) + 2;
    char *path = malloc(size);
    if (path != NULL) {
        snprintf(path, size, "%s.%s", j->path, suffix);
    }
    return path;
}

void journal_close(struct journal *j, bool remove_it) {
    if (j == NULL) {
        return;
    }
    if (remove_it) { /* while it is still locked */
        unlink(j->path);
    }
    if (j->file != NULL) {
        fclose(j->file);
    }
    pthread_mutex_destroy(&j->lock);
    free(j->path);
    free(j);
}
