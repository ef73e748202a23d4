/* What the files of this room share. Not for other rooms. */
#ifndef OBJECTS_INTERNAL_H
#define OBJECTS_INTERNAL_H

#include "objects/objects.h"

/* ---- source.c, rights.c ---- */
bool objects_read(struct objects *o, struct err *e) WARN_UNUSED;
bool objects_rights(struct objects *o, struct err *e) WARN_UNUSED; /* fills lacking */
void objects_lacking(struct objects *o, const char *text);

/* What a line of SHOW GRANTS lets an account see of a database, added to what others do. */
struct object_rights {
    bool trigger, event, routine;
};
void rights_take(struct object_rights *r, const char *grant, const char *database);

/* ---- names.c ---- */

/* The catalog of what names mean in the target; parsed objects are needed. result_sets of procedures are filled by carry.c. */
bool objects_names(struct objects *o, struct err *e) WARN_UNUSED;

/* ---- carry.c ---- */
void objects_parse(struct objects *o);
void objects_translate(struct objects *o);
/* What takes an object away for which there is no translation. */
struct object_texts object_default_drops(struct arena *a, const struct objects *o, const struct db_object *x);

/* ---- order.c ---- */

/* Sorts the items. Views that need each other get an error. */
void objects_order(struct objects *o);
/* The object that a use means, or NULL: a table, or something that is not carried. */
struct db_object *objects_used(const struct objects *o, const struct sql_use *use);
bool object_uses(const struct objects *o, const struct db_object *x, const struct db_object *y);
/* Does x need y to be there when it is made? (Programs look for what they name when they run.) */
bool object_needs(const struct objects *o, const struct db_object *x, const struct db_object *y);

/* ---- files.c ---- */
bool objects_read_files(struct objects *o, const char *dir, struct err *e) WARN_UNUSED;

/* ---- record.c: godwit.object ---- */
bool record_read(struct objects *o, struct err *e) WARN_UNUSED; /* changes nothing in the target */
char *record_sql(struct arena *a, const struct objects *o, const struct db_object *x);
/* After a drop: the object is not there any more. */
char *record_gone_sql(struct arena *a, const struct objects *o, const struct db_object *x);

/* ---- check.c ---- */

struct reader;
/* Both sessions are usable, and see rows as they are now; the reader's are they. */
bool objects_sessions(struct objects *o, struct reader *reader, struct err *e) WARN_UNUSED;

/* ---- changing.c ---- */

/* What it uses, itself or through others, that gives another value each time or to each session: a name; NULL: nothing of the kind. */
const char *object_changing(const struct objects *o, const struct db_object *x);
/* What of its results, or of those of what it uses, is each server's choice: an order, a value of several. NULL: nothing. */
const char *object_open(const struct objects *o, const struct db_object *x);

/* ---- present.c ---- */

/* Those recorded as migrated that are not in the target any more wait again. */
bool objects_present(struct objects *o, struct err *e) WARN_UNUSED;

#endif
