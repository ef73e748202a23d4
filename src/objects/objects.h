/* Views, functions, procedures, triggers and events: read from the source, translated for the target, and made there in an order in
 * which each finds what it needs.
 *
 *   objects_read       source.c, rights.c: SHOW CREATE of each, and what the account may not see
 *   objects_carry      names.c: what names mean; carry.c: each is parsed and translated; order.c: by what they use
 *   objects_from       files.c: translations that somebody has edited are taken instead
 *   objects_apply      apply.c: each in a transaction of its own, with its row in godwit.object (record.c)
 *
 * One thread; everything lives in the arena of `run`. */
#ifndef OBJECTS_OBJECTS_H
#define OBJECTS_OBJECTS_H

#include "engine/precheck.h"
#include "engine/run.h"
#include "sql/translate.h"

/* The states of docs/objects.md. 4, 5 and 7 are the check's. */
enum object_step {
    OBJECT_IS_WAITING = 1,
    OBJECT_IS_MIGRATING,
    OBJECT_IS_MIGRATED,
    OBJECT_IS_CHECKING,
    OBJECT_IS_CHECKED,
    OBJECT_IS_FAILED,
    OBJECT_IS_CHECK_FAILED,
};

struct object_texts {
    const char **items;
    size_t n;
};

/* What is done: the statements that make an object, and those that take it away again. */
struct object_form {
    struct object_texts statements, drops;
};

struct db_object {
    enum sql_object_kind kind;
    const char *name;   /* at the source */
    const char *source; /* what SHOW CREATE tells; NULL: it could not be read, `error` says why */
    const char *sql_mode, *charset, *collation;
    const char *table; /* a trigger's; NULL for others */
    unsigned place;    /* of a trigger among those of the same table, event and time; 0: the only one */
    bool selected;     /* --only */
    bool stays;        /* it is there already, and only what is left is made */
    const char *target_name;
    bool parsed;
    struct sql_object tree;
    struct sql_translation translation; /* uses and notes; its statements are in `carried` */
    bool translated;                    /* without an error */
    struct object_form carried;         /* what godwit makes of it */
    struct object_form form;            /* what is applied: carried, or edited by hand; no statements: nothing can be */
    bool edited;
    const char *edited_in; /* the file, or NULL: an earlier run's */
    bool source_moved;     /* it was changed at the source since it was edited */
    bool recorded;         /* an earlier run has made it, and `earlier` takes it away */
    bool present;          /* it is in the target, as far as the target's catalog tells */
    const char *compared; /* check.h: what of its results could not be compared, and why; NULL: nothing is to be said */
    uint64_t compared_rows;
    size_t calls; /* of a function that was verified */
    struct object_texts earlier;
    enum object_step state;
    bool trigger_off;          /* made, and disabled */
    const char *trigger_wrong; /* an earlier run's: it is not as the task has left it; or NULL */
    struct err error;          /* of state 6 */
    struct err no_translation; /* why godwit has none of its own */
    unsigned mark;             /* order.c */
    bool calls_later;          /* a procedure that is made behind it: they call each other */
};

struct objects {
    struct run run; /* both ends, the model of the tables */
    const char *target_schema;
    struct db_object *items; /* in the order in which they are made */
    size_t n;
    const char **lacking; /* what is not among them, and why: rights that are missing, kinds that are not carried */
    size_t nlacking, lacking_cap;
    struct sql_catalog catalog;
};

enum object_triggers { OBJECT_TRIGGERS_AUTO, OBJECT_TRIGGERS_ENABLED, OBJECT_TRIGGERS_DISABLED };

struct objects_options {
    bool list, apply, drop, verify;
    char *translate_dir, *from_dir; /* NULL: none */
    struct catalog_filter only;     /* patterns over names of objects */
    enum object_triggers triggers;
    bool left; /* make what is not in the target yet, and what waits for that; else all is made anew */
    /* One has another state, or is told for the first time; on the thread of objects_apply. NULL: nobody listens. */
    void (*told)(void *arg, const struct objects *o, const struct db_object *x);
    void *arg;
};

/* Connect both ends and read everything. A set `stop` (NULL: none) ends objects_apply with ERR_CANCELLED. False: nothing can be said at all. An object that cannot be read has its error. */
bool objects_open(struct objects *o, const struct task *t, const struct objects_options *options, atomic_bool *stop,
                  struct err *e) WARN_UNUSED;
void objects_close(struct objects *o);

/* Has an earlier run of this task made any that are in the target? Looks at the target alone. */
bool objects_made(const struct task *t, bool *any, struct err *e) WARN_UNUSED;

/* One more item of a precheck: how many can be carried, and which cannot. Both ends are connected to anew. */
void objects_precheck(const struct task *t, struct precheck *p);

/* Translations that are to be kept: those of an earlier run, and of the files in from_dir. ERR_TRANSLATION, ERR_FILE */
bool objects_edited(struct objects *o, const struct objects_options *options, struct err *e) WARN_UNUSED;

/* NULL: there is none. kind: as object_kind_name tells it. */
struct db_object *objects_find(const struct objects *o, const char *kind, const char *name);

/* An edited translation of one, as the files have it; text NULL: godwit's own is taken again. ERR_TRANSLATION */
bool objects_supply(struct objects *o, struct db_object *x, const char *text, struct err *e) WARN_UNUSED;
/* Statements and drops as such text. */
const char *objects_form_text(struct arena *a, const struct object_form *form);

/* A file for each selected object into a directory, which is made. Files that were edited stay: *kept is their number. ERR_FILE */
bool objects_write(struct objects *o, const char *dir, size_t *written, size_t *kept, struct err *e) WARN_UNUSED;

/* Make the selected ones in the target. An object that fails has its error, and the others go on; false: it could not go on. */
bool objects_apply(struct objects *o, const struct objects_options *options, struct err *e) WARN_UNUSED;

/* Take away what earlier runs have made of the selected ones. One that cannot go has its error. */
bool objects_drop(struct objects *o, struct err *e) WARN_UNUSED;

/* ---- for reports ---- */

const char *object_kind_name(enum sql_object_kind kind);           /* "view", .. */
const char *object_step_name(enum object_step s);                  /* "waiting", .. */
size_t objects_count(const struct objects *o, enum object_step s); /* selected ones in that state */

/* few: those that are in the target are only counted. */
void objects_print(const struct objects *o, bool applied, bool few, bool zh, FILE *out);
/* The caller owns the references. */
json_t *objects_to_json(const struct objects *o);
json_t *objects_summary(const struct objects *o); /* that without the list */
json_t *object_to_json(const struct db_object *x);

#endif
