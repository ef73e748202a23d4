/* Stages and objects of a worker's migration. See worker_watch.h. */
#include "cli/worker_watch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "check/report.h"
#include "cli/progress_bar.h"
#include "cli/progress_lines.h"
#include "cli/worker_objects.h"
#include "server/state.h"

enum {
    OBJECTS_US = 1000 * 1000, /* between two events of objects that have changed */
    ITEMS_MAX = 500,          /* of one event */
    ITEM_BYTES = 1024,        /* about what one takes, without its error */
    EVENT_BYTES = 512 * 1024, /* of one event; messages may have 1 MiB */
    PERMILLE = 1000,
};

/* A table as it was told last, and as it is. */
struct object {
    char *name, *target;
    enum object_status status;
    uint64_t rows, rows_estimate, bytes;
    unsigned permille;
    json_t *error; /* or NULL */
    char *cells;   /* the picture of its chunks (engine/chunk_map.h), or NULL */
    unsigned chunks, chunks_each;
    bool changed, loaded_here;
};

struct worker_watch {
    struct stage_watch stages;
    FILE *out;
    struct arena arena;
    struct object *objects;
    size_t n;
    struct worker_objects others; /* views and programs */
    bool checking, load_told, check_told;
    bool earlier;      /* a run before this one has finished the load */
    char *repair_file; /* where the last check has left statements, or NULL */
    uint64_t repair_lines;
    bool repair_cut;
    int64_t said_us;
    void (*loaded)(void *arg);
    void *loaded_arg;
};

/* ---- events ---- */

void worker_watch_stage_but(struct worker_watch *w, const char *stage, const struct err *but) {
    json_t *event = json_object();
    json_object_set_new(event, "event", json_string("stage"));
    json_object_set_new(event, "stage", json_string(stage));
    if (but != NULL) {
        json_object_set_new(event, "error", err_to_json(but));
    }
    display_event(w->out, event);
}

void worker_watch_stage(struct worker_watch *w, const char *stage) {
    worker_watch_stage_but(w, stage, NULL);
}

static void tell_stage(struct worker_watch *w, enum subtask_event e) {
    worker_watch_stage(w, state_event_name(e));
}

static json_t *text(const char *s) {
    json_t *o = s == NULL ? json_null() : json_string(s);
    return o != NULL ? o : json_string("(not UTF-8)");
}

static json_t *item_of(const struct object *o) {
    json_t *j = json_object();
    json_object_set_new(j, "kind", json_string("table"));
    json_object_set_new(j, "name", text(o->name));
    json_object_set_new(j, "target", text(o->target));
    json_object_set_new(j, "status", json_integer(o->status));
    json_object_set_new(j, "rows", json_integer((json_int_t)o->rows));
    json_object_set_new(j, "rows_estimate", json_integer((json_int_t)o->rows_estimate));
    json_object_set_new(j, "bytes", json_integer((json_int_t)o->bytes));
    json_object_set_new(j, "permille", json_integer(o->permille));
    json_object_set(j, "error", o->error != NULL ? o->error : json_null());
    json_object_set_new(j, "chunks",
                        o->cells == NULL ? json_null()
                                         : json_pack("{s:I, s:I, s:s}", "n", (json_int_t)o->chunks, "each",
                                                     (json_int_t)o->chunks_each, "cells", o->cells));
    return j;
}

static void tell_items(struct worker_watch *w, json_t *items) {
    json_t *event = json_object();
    json_object_set_new(event, "event", json_string("objects"));
    json_object_set_new(event, "items", items);
    display_event(w->out, event);
}

/* Those that have changed, in as many events as it takes. */
static void tell_objects(struct worker_watch *w) {
    json_t *items = NULL;
    size_t bytes = 0;
    for (size_t i = 0; i < w->n; i++) {
        struct object *o = &w->objects[i];
        if (!o->changed) {
            continue;
        }
        o->changed = false;
        items = items != NULL ? items : json_array();
        json_array_append_new(items, item_of(o));
        bytes += ITEM_BYTES + (o->cells != NULL ? CHUNK_CELLS : 0) + (o->error != NULL ? sizeof(struct err) : 0);
        if (json_array_size(items) == ITEMS_MAX || bytes > EVENT_BYTES) {
            tell_items(w, items);
            items = NULL;
            bytes = 0;
        }
    }
    if (items != NULL) {
        tell_items(w, items);
    }
    w->said_us = clock_mono_us();
}

/* ---- objects ---- */

static void set_error(struct object *o, json_t *error) {
    json_decref(o->error);
    o->error = error;
    o->changed = true;
}

static void set_status(struct object *o, enum object_status s) {
    o->changed = o->changed || o->status != s;
    o->status = s;
}

static void set_permille(struct object *o, double fraction) {
    double f = isfinite(fraction) && fraction > 0 ? fraction : 0;
    unsigned permille = (unsigned)(f < 1 ? f * PERMILLE : PERMILLE);
    o->changed = o->changed || o->permille != permille;
    o->permille = permille;
}

static void set_counts(struct object *o, uint64_t rows, uint64_t bytes) {
    o->changed = o->changed || o->rows != rows || o->bytes != bytes;
    o->rows = rows;
    o->bytes = bytes;
}

/* The progress tells it when it has changed. */
static void set_cells(struct object *o, const struct table_progress *t) {
    char *copy = t->cells != NULL ? strdup(t->cells) : NULL;
    if (copy != NULL) {
        free(o->cells);
        o->cells = copy;
        o->chunks = t->cells_chunks;
        o->chunks_each = t->cells_each;
        o->changed = true;
    }
}

/* Its rows are the same after all: some were being written when they were compared first. */
static void clear_differing(struct object *o) {
    for (char *c = o->cells; c != NULL && *c != '\0'; c++) {
        o->changed = o->changed || *c == 'D';
        *c = *c == 'D' ? 'C' : *c;
    }
}

/* The catalog is read anew for the check: a table may be new, or another's place. */
static struct object *object_of(struct worker_watch *w, size_t place, const char *name) {
    if (place < w->n && str_eq(w->objects[place].name, name)) {
        return &w->objects[place];
    }
    for (size_t i = 0; i < w->n; i++) {
        if (str_eq(w->objects[i].name, name)) {
            return &w->objects[i];
        }
    }
    return NULL;
}

static void add_missing(struct worker_watch *w, const struct progress_view *v) {
    size_t added = 0, had = w->n;
    for (size_t i = 0; i < v->ntables; i++) {
        added += object_of(w, i, v->tables[i].name) == NULL;
    }
    struct object *all = added > 0 ? realloc(w->objects, (had + added) * sizeof *all) : NULL;
    if (all == NULL) {
        return;
    }
    w->objects = all;
    for (size_t i = 0; i < v->ntables && w->n < had + added; i++) {
        const struct table_progress *t = &v->tables[i];
        if (had > 0 && object_of(w, i, t->name) != NULL) {
            continue;
        }
        w->objects[w->n++] = (struct object){
            .name = arena_strdup(&w->arena, t->name),
            .target = arena_strdup(&w->arena, t->target),
            .status = w->checking ? OBJECT_MIGRATED : OBJECT_WAITING,
            .rows_estimate = t->rows_estimate,
            .changed = true,
        };
    }
}

static void look_at_load(struct object *o, const struct table_progress *t) {
    static const enum object_status statuses[] = {
        [TABLE_WAITING] = OBJECT_WAITING,    [TABLE_LOADING] = OBJECT_MIGRATING, [TABLE_LOADED] = OBJECT_MIGRATING,
        [TABLE_INDEXING] = OBJECT_MIGRATING, [TABLE_DONE] = OBJECT_MIGRATED,     [TABLE_FAILED] = OBJECT_FAILED,
    };
    set_status(o, statuses[t->state]);
    set_counts(o, t->rows, t->bytes);
    set_permille(o, t->state == TABLE_DONE ? 1 : progress_table_fraction(t));
    set_cells(o, t);
    o->loaded_here = true;
}

/* What the outcome is, the report tells at the end; until then a table that was read is nearly checked. */
static void look_at_check(struct object *o, const struct table_progress *t) {
    set_cells(o, t);
    if (t->state == TABLE_WAITING) {
        return;
    }
    set_status(o, OBJECT_CHECKING);
    set_permille(o, t->state == TABLE_DONE ? 1 : progress_table_fraction(t));
    if (!o->loaded_here) {
        set_counts(o, t->rows, t->bytes);
    }
}

static bool moving(enum progress_phase p) {
    return p == PHASE_SNAPSHOT || p == PHASE_CATCH_UP || p == PHASE_LOAD || p == PHASE_INDEX;
}

static void look(void *arg, const struct progress_view *v, bool last) {
    struct worker_watch *w = arg;
    if (w->checking && !w->check_told && v->phase == PHASE_CHECK) {
        w->check_told = true;
        tell_stage(w, EVENT_CHECK_RUNNING);
    }
    if (!w->checking && !w->load_told && moving(v->phase)) {
        w->load_told = true;
        tell_stage(w, EVENT_FULL_RUNNING);
    }
    size_t had = w->n;
    add_missing(w, v);
    for (size_t i = 0; i < v->ntables; i++) {
        struct object *o = object_of(w, i, v->tables[i].name);
        if (o != NULL && w->checking) {
            look_at_check(o, &v->tables[i]);
        } else if (o != NULL) {
            look_at_load(o, &v->tables[i]);
        }
    }
    if (!last && (w->n > had || clock_mono_us() - w->said_us >= OBJECTS_US)) {
        tell_objects(w); /* the last ones go out with the outcome */
    }
}

/* ---- begins and ends ---- */

static void precheck_failed(void *arg) {
    tell_stage(arg, EVENT_PRECHECK_FAILED);
}

static void load_begins(void *arg) {
    struct worker_watch *w = arg;
    w->checking = false;
}

static void load_ended(void *arg, bool ok, bool earlier, const struct err *e) {
    struct worker_watch *w = arg;
    for (size_t i = 0; i < w->n; i++) {
        struct object *o = &w->objects[i];
        if (ok) {
            set_status(o, OBJECT_MIGRATED);
            set_permille(o, 1);
        } else if (o->status == OBJECT_FAILED && e->code != ERR_CANCELLED) {
            set_error(o, err_to_json(e));
        } else if (o->status == OBJECT_MIGRATING || o->status == OBJECT_FAILED) {
            set_status(o, OBJECT_WAITING); /* for the run that goes on */
        }
        if (earlier) {
            o->loaded_here = false;
        }
    }
    w->earlier = earlier;
    tell_objects(w);
}

static void tell_running(struct worker_watch *w) {
    if (!w->load_told) {
        w->load_told = true;
        tell_stage(w, EVENT_FULL_RUNNING);
    }
}

static void objects_begin(void *arg) {
    tell_running(arg);
}

static void object(void *arg, const struct db_object *x) {
    struct worker_watch *w = arg;
    worker_objects_take(&w->others, x);
}

static void objects_flush(void *arg) {
    struct worker_watch *w = arg;
    worker_objects_tell(&w->others);
}

/* Where nothing was left to do the stage has been told by an earlier worker. */
static void moved(void *arg) {
    struct worker_watch *w = arg;
    if (!w->earlier || w->load_told) {
        tell_running(w);
        tell_stage(w, EVENT_FULL_FINISHED);
    }
    if (w->loaded != NULL) {
        w->loaded(w->loaded_arg);
    }
}

void worker_watch_on_loaded(struct worker_watch *w, void (*loaded)(void *arg), void *arg) {
    w->loaded = loaded;
    w->loaded_arg = arg;
}

static void check_begins(void *arg) {
    struct worker_watch *w = arg;
    w->checking = true;
    tell_stage(w, EVENT_CHECK_START);
}

static json_t *difference(const char *message) {
    struct err e = ERR_INIT;
    err_set(&e, ERR_CHECK_DIFFERENT, "%s", message);
    return err_to_json(&e);
}

static size_t structure_differences(const struct check_report *r, const char *table) {
    size_t n = 0;
    for (size_t i = 0; i < r->structure.n; i++) {
        n += str_eq(r->structure.items[i].table, table);
    }
    return n;
}

/* What is to be said against a table; NULL: nothing. */
static json_t *against(const struct check_report *r, const struct check_table_report *t) {
    char words[256] = "";
    size_t definitions = structure_differences(r, t->source);
    uint64_t rows = t->changed + t->missing + t->extra;
    if (t->not_checkable != NULL) {
        struct err e = ERR_INIT;
        err_set(&e, ERR_CHECK_INCOMPLETE, "the table could not be compared: %s", t->not_checkable);
        return err_to_json(&e);
    }
    if (rows > 0) {
        snprintf(words, sizeof words, "%llu row(s) differ, %llu missing, %llu only in the target%s",
                 (unsigned long long)t->changed, (unsigned long long)t->missing, (unsigned long long)t->extra,
                 definitions > 0 ? "; " : "");
    }
    if (definitions > 0) {
        size_t used = strlen(words);
        snprintf(words + used, sizeof words - used, "%zu difference(s) of the definition", definitions);
    }
    return words[0] != '\0' ? difference(words) : NULL;
}

static void check_ended(void *arg, bool ok, const struct check_report *r, const struct err *e) {
    struct worker_watch *w = arg;
    (void)e; /* it is about the whole check, and told as an event of its own */
    if (r == NULL) {
        tell_stage(w, EVENT_CHECK_START);
    } else if (ok && r->repair_file != NULL) {
        w->repair_file = arena_strdup(&w->arena, r->repair_file);
        w->repair_lines = r->repair_lines;
        w->repair_cut = r->repair_cut;
    }
    for (size_t i = 0; ok && r != NULL && i < r->ntables; i++) {
        struct object *o = object_of(w, i, r->tables[i].source);
        if (o == NULL) {
            continue;
        }
        json_t *error = against(r, &r->tables[i]);
        set_status(o, error == NULL ? OBJECT_CHECKED : OBJECT_CHECK_FAILED);
        set_permille(o, 1);
        set_error(o, error);
        if (r->tables[i].changed + r->tables[i].missing + r->tables[i].extra == 0) {
            clear_differing(o);
        }
        if (!o->loaded_here) {
            set_counts(o, r->tables[i].source_rows, r->tables[i].source_bytes);
        }
    }
    for (size_t i = 0; !ok && i < w->n; i++) {
        if (w->objects[i].status == OBJECT_CHECKING) {
            set_status(&w->objects[i], OBJECT_MIGRATED);
        }
    }
    tell_objects(w);
    if (ok) {
        if (!w->check_told) {
            tell_stage(w, EVENT_CHECK_RUNNING);
        }
        tell_stage(w, EVENT_CHECK_FINISHED);
    }
}

bool worker_watch_repair(struct worker_watch *w) {
    if (w->repair_file == NULL || w->repair_lines == 0) {
        return false;
    }
    json_t *event = json_object();
    json_object_set_new(event, "event", json_string("repair"));
    json_object_set_new(event, "file", text(w->repair_file));
    json_object_set_new(event, "cut", json_boolean(w->repair_cut));
    display_event(w->out, event);
    return true;
}

struct worker_watch *worker_watch_new(FILE *out) {
    struct worker_watch *w = calloc(1, sizeof *w);
    if (w != NULL) {
        w->out = out;
        w->others.out = out;
        w->stages =
            (struct stage_watch){precheck_failed, load_begins,   check_begins, look,        load_ended, objects_begin,
                                 object,          objects_flush, moved,        check_ended, w};
    }
    return w;
}

void worker_watch_free(struct worker_watch *w) {
    if (w == NULL) {
        return;
    }
    for (size_t i = 0; i < w->n; i++) {
        json_decref(w->objects[i].error);
        free(w->objects[i].cells);
    }
    free(w->objects);
    arena_clear(&w->arena);
    free(w);
}

const struct stage_watch *worker_watch_stages(const struct worker_watch *w) {
    return &w->stages;
}
