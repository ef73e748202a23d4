/* Both ends opened, everything read and translated. See objects.h. */
#include "objects/objects.h"

#include <string.h>

#include "base/str.h"
#include "objects/internal.h"
#include "schema/names.h"

const char *object_kind_name(enum sql_object_kind kind) {
    static const char *const names[] = {
        [SQL_OBJECT_STATEMENT] = "statement", [SQL_OBJECT_VIEW] = "view",       [SQL_OBJECT_FUNCTION] = "function",
        [SQL_OBJECT_PROCEDURE] = "procedure", [SQL_OBJECT_TRIGGER] = "trigger", [SQL_OBJECT_EVENT] = "event"};
    return names[kind];
}

const char *object_step_name(enum object_step s) {
    static const char *const names[] = {[OBJECT_IS_WAITING] = "waiting",          [OBJECT_IS_MIGRATING] = "migrating",
                                        [OBJECT_IS_MIGRATED] = "migrated",        [OBJECT_IS_CHECKING] = "checking",
                                        [OBJECT_IS_CHECKED] = "checked",          [OBJECT_IS_FAILED] = "failed",
                                        [OBJECT_IS_CHECK_FAILED] = "check failed"};
    return names[s];
}

size_t objects_count(const struct objects *o, enum object_step s) {
    size_t n = 0;
    for (size_t i = 0; i < o->n; i++) {
        n += o->items[i].selected && o->items[i].state == s;
    }
    return n;
}

/* Unlike a load, this has something to do also where no table matches. */
static bool read_tables(struct objects *o, struct err *e) {
    struct run *r = &o->run;
    if (!catalog_read(r->source, &r->arena, r->task->source_database, &r->task->tables, &r->db, e)) {
        return err_where(e, "source catalog");
    }
    if (!run_decide(r, e)) {
        return false;
    }
    const char *schema = r->task->target_schema != NULL ? r->task->target_schema : r->db.name;
    o->target_schema = r->db.ntables > 0 ? r->db.tables[0].target_schema : name_cut(&r->arena, schema);
    return true;
}

bool objects_open(struct objects *o, const struct task *t, const struct objects_options *options, atomic_bool *stop,
                  struct err *e) {
    *o = (struct objects){.run = {.task = t, .stop = stop}};
    if (!catalog_filter_valid(&options->only, e) || !run_open(&o->run, e) || !read_tables(o, e) ||
        !objects_read(o, e) || !objects_rights(o, e)) {
        return false;
    }
    objects_parse(o);
    if (!objects_names(o, e)) {
        return false;
    }
    objects_translate(o);
    objects_order(o);
    for (size_t i = 0; i < o->n; i++) {
        o->items[i].selected = catalog_filter_match(&options->only, o->items[i].name);
    }
    return true;
}

bool objects_edited(struct objects *o, const struct objects_options *options, struct err *e) {
    return record_read(o, e) && objects_present(o, e) &&
           (options->from_dir == NULL || objects_read_files(o, options->from_dir, e));
}

void objects_close(struct objects *o) {
    run_clear(&o->run);
}
