/* The display thread. See progress_bar.h; what the lines look like is in progress_lines.c.
 *
 * A frame is composed in memory and written with one call: no flicker, no torn lines. The cursor stays below the frame
 * and is never hidden, so that a kill leaves the terminal usable. */
#include "cli/progress_bar.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "cli/progress_lines.h"
#include "cli/texts.h"

enum {
    FRAME_MS = 200,
    EVENT_US = 1000 * 1000,    /* between two progress events */
    LINE_US = 5 * 1000 * 1000, /* between two lines of a log */
};

struct display {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool ending;
    struct progress *progress;
    struct display_options o;
    struct arena arena;   /* of one frame */
    size_t drawn;         /* lines of the frame on the screen */
    size_t drawn_columns; /* how wide the terminal was then */
    int64_t said_us;      /* when the last line or event was written */
    enum progress_phase said_phase;
    bool said;
    enum table_state *states; /* as last told to the program */
    size_t nstates;
};

void display_event(FILE *out, json_t *event) {
    char time[32];
    json_object_set_new(event, "time", json_string(clock_iso(clock_utc_us(), time)));
    char *line = json_dumps(event, JSON_COMPACT | JSON_REAL_PRECISION(9));
    json_decref(event);
    if (line != NULL) {
        fprintf(out, "%s\n", line);
        fflush(out);
        free(line);
    }
}

static struct winsize terminal_size(FILE *f) {
    struct winsize w = {0};
    if (ioctl(fileno(f), TIOCGWINSZ, &w) != 0 || w.ws_col == 0) {
        w.ws_col = 80;
        w.ws_row = 24;
    }
    return w;
}

static bool can_move_cursor(FILE *f) {
    const char *term = getenv("TERM");
    return isatty(fileno(f)) && term != NULL && term[0] != '\0' && !str_eq(term, "dumb");
}

static void draw_bars(struct display *d, const struct progress_view *v) {
    struct winsize size = terminal_size(d->o.people);
    const char *no_colour = getenv("NO_COLOR");
    struct bar_look look = {
        /* The last column is left free: terminals differ in whether writing it moves to the next line. */
        .columns = size.ws_col > 1 ? size.ws_col - 1u : 1u,
        .lines = size.ws_row,
        .utf8 = lang_utf8(),
        .colour = no_colour == NULL || no_colour[0] == '\0',
        .zh = d->o.zh,
        .stopping = d->o.stop != NULL && atomic_load(d->o.stop),
    };
    char *text = NULL;
    size_t len = 0;
    FILE *frame = open_memstream(&text, &len);
    if (frame == NULL) {
        return;
    }
    size_t lines = progress_bars(frame, v, &look);
    fclose(frame);
    FILE *out = d->o.people;
    /* A narrower terminal has wrapped the old lines: how many there are now is a guess, so leave them and begin anew. */
    if (d->drawn > 0 && look.columns >= d->drawn_columns) {
        fprintf(out, "\r\033[%zuA", d->drawn);
    }
    for (char *p = text; *p != '\0';) {
        size_t n = strcspn(p, "\n");
        fprintf(out, "%.*s\033[K\n", (int)n, p);
        p += n + 1;
    }
    fputs("\033[J", out); /* what a longer frame left below */
    fflush(out);
    free(text);
    d->drawn = lines;
    d->drawn_columns = look.columns;
}

static void write_line(struct display *d, const struct progress_view *v) {
    char time[32];
    clock_iso(clock_utc_us(), time);
    memcpy(time + 19, "Z", 2); /* seconds are enough */
    fprintf(d->o.people, "%s  ", time);
    progress_line(d->o.people, v);
    fputc('\n', d->o.people);
    fflush(d->o.people);
}

static void write_table_events(struct display *d, const struct progress_view *v) {
    if (d->nstates != v->ntables) {
        free(d->states);
        d->states = calloc(v->ntables > 0 ? v->ntables : 1, sizeof *d->states); /* 0 = waiting */
        d->nstates = d->states != NULL ? v->ntables : 0;
    }
    for (size_t i = 0; i < d->nstates; i++) {
        if (d->states[i] != v->tables[i].state) {
            d->states[i] = v->tables[i].state;
            display_event(d->o.programs, table_event(&v->tables[i]));
        }
    }
}

static void show(struct display *d, bool last) {
    struct progress_view v;
    progress_read(d->progress, &d->arena, &v);
    int64_t now = clock_mono_us();
    if (d->o.style == STYLE_BAR) {
        draw_bars(d, &v);
    } else {
        bool json = d->o.style == STYLE_JSON;
        if (json && d->o.look != NULL) {
            d->o.look(d->o.arg, &v, last);
        } else if (json) {
            write_table_events(d, &v);
        }
        bool due = !d->said || last || v.phase != d->said_phase || now - d->said_us >= (json ? EVENT_US : LINE_US);
        if (due && json) {
            display_event(d->o.programs, progress_event(&v));
        } else if (due) {
            write_line(d, &v);
        }
        if (due) {
            d->said = true;
            d->said_us = now;
            d->said_phase = v.phase;
        }
    }
    arena_reset(&d->arena);
}

static void *run(void *arg) {
    struct display *d = arg;
    pthread_mutex_lock(&d->lock);
    while (!d->ending) {
        pthread_mutex_unlock(&d->lock);
        show(d, false);
        pthread_mutex_lock(&d->lock);
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += (long)FRAME_MS * 1000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        while (!d->ending && pthread_cond_timedwait(&d->wake, &d->lock, &until) == 0) {
        }
    }
    pthread_mutex_unlock(&d->lock);
    show(d, true);
    return NULL;
}

static void display_free(struct display *d) {
    pthread_mutex_destroy(&d->lock);
    pthread_cond_destroy(&d->wake);
    arena_clear(&d->arena);
    free(d->states);
    free(d);
}

bool display_start(struct display **out, struct progress *p, const struct display_options *o, struct err *e) {
    *out = NULL;
    if (o->style == STYLE_NONE) {
        return true;
    }
    struct display *d = calloc(1, sizeof *d);
    if (d == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for the display");
    }
    d->progress = p;
    d->o = *o;
    if (d->o.style == STYLE_AUTO) {
        d->o.style = can_move_cursor(o->people) ? STYLE_BAR : STYLE_LOG;
    }
    pthread_mutex_init(&d->lock, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&d->wake, &attr);
    pthread_condattr_destroy(&attr);
    errno = pthread_create(&d->thread, NULL, run, d);
    if (errno != 0) {
        err_errno(e, ERR_SYSTEM, "cannot start a thread");
        display_free(d);
        return false;
    }
    *out = d;
    return true;
}

bool display_is_bar(const struct display *d) {
    return d != NULL && d->o.style == STYLE_BAR;
}

void display_end(struct display *d) {
    if (d == NULL) {
        return;
    }
    pthread_mutex_lock(&d->lock);
    d->ending = true;
    pthread_cond_signal(&d->wake);
    pthread_mutex_unlock(&d->lock);
    pthread_join(d->thread, NULL);
    display_free(d);
}
