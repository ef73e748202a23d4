/* Objects for tests, without a source: parsed and translated for PostgreSQL as those that are read. */
#ifndef TEST_OBJECTS_BUILD_H
#define TEST_OBJECTS_BUILD_H

#include <string.h>

#include "objects/internal.h"

struct text_object {
    enum sql_object_kind kind;
    const char *name, *source;
};

static inline void objects_build(struct objects *o, const struct text_object *texts, size_t n) {
    static const struct task task = {0};
    static char schema[] = "shop";
    *o = (struct objects){.run = {.task = &task}, .target_schema = schema, .n = n};
    struct arena *a = &o->run.arena;
    o->run.db = (struct database){.name = schema, .charset = "utf8mb4", .collation = "utf8mb4_bin"};
    o->run.identity.dialect = DIALECT_PG;
    o->items = arena_array(a, struct db_object, n + 1);
    struct sql_table *tables = arena_array(a, struct sql_table, n + 1);
    struct sql_routine *routines = arena_array(a, struct sql_routine, n + 1);
    for (size_t i = 0; i < n; i++) {
        o->items[i] = (struct db_object){.kind = texts[i].kind,
                                         .name = texts[i].name,
                                         .target_name = texts[i].name,
                                         .source = texts[i].source,
                                         .sql_mode = "",
                                         .selected = true,
                                         .state = OBJECT_IS_WAITING};
        if (texts[i].kind == SQL_OBJECT_VIEW) {
            tables[o->catalog.ntables++] = (struct sql_table){
                .schema = schema, .name = texts[i].name, .target_schema = schema, .target_name = texts[i].name};
        } else if (texts[i].kind == SQL_OBJECT_PROCEDURE) {
            routines[o->catalog.nroutines++] = (struct sql_routine){
                .schema = schema, .name = texts[i].name, .target_schema = schema, .target_name = texts[i].name};
        }
    }
    o->catalog.schema = schema;
    o->catalog.tables = tables;
    o->catalog.routines = routines;
    objects_parse(o);
    objects_translate(o);
    objects_order(o);
}

static inline struct db_object *object_named(struct objects *o, const char *name) {
    for (size_t i = 0; i < o->n; i++) {
        if (strcmp(o->items[i].name, name) == 0) {
            return &o->items[i];
        }
    }
    return NULL;
}

static inline size_t place_of(struct objects *o, const char *name) {
    return (size_t)(object_named(o, name) - o->items);
}

#endif
