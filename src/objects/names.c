/* The catalog of what names mean in the target: tables from the model, views with the columns that the source's catalog tells, routines as
 * they were parsed. */
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "objects/internal.h"
#include "schema/names.h"

static bool is_text(const struct mytype *t) {
    return (t->kind >= MYT_CHAR && t->kind <= MYT_LONGTEXT) || t->kind == MYT_ENUM || t->kind == MYT_SET;
}

static struct sql_table table_of(struct arena *a, const struct table *t) {
    struct sql_column *columns = arena_array(a, struct sql_column, t->ncolumns + 1);
    struct sql_table_key *keys = arena_array(a, struct sql_table_key, t->nindexes + 1);
    size_t nkeys = 0;
    for (size_t i = 0; i < t->ncolumns; i++) {
        const struct column *c = &t->columns[i];
        columns[i] = (struct sql_column){.name = c->name,
                                         .target_name = c->target_name,
                                         .from = &c->type,
                                         .to = &c->target,
                                         .not_null = !c->nullable,
                                         .auto_increment = c->auto_increment};
    }
    for (size_t i = 0; i < t->nindexes; i++) {
        const struct index *x = &t->indexes[i];
        if (x->kind == INDEX_PRIMARY || x->kind == INDEX_UNIQUE) {
            struct sql_table_key *k = &keys[nkeys++];
            *k = (struct sql_table_key){.primary = x->kind == INDEX_PRIMARY, .n = x->nparts};
            k->columns = arena_array(a, const char *, x->nparts + 1);
            for (size_t j = 0; j < x->nparts; j++) {
                const struct index_part *p = &x->parts[j];
                k->columns[j] = p->column == NULL || p->prefix_chars > 0 ? NULL : p->column->name;
            }
        }
    }
    return (struct sql_table){.schema = t->schema,
                              .name = t->name,
                              .target_schema = t->target_schema,
                              .target_name = t->target_name,
                              .columns = columns,
                              .ncolumns = t->ncolumns,
                              .keys = keys,
                              .nkeys = nkeys};
}

/* A view has the enum type of the column that it shows: one of that name with the same labels. */
static const struct target_type *enum_of(const struct database *d, const char *name, const struct mytype *from) {
    for (size_t i = 0; i < d->ntables; i++) {
        const struct column *c = schema_find_column(&d->tables[i], name);
        bool same = c != NULL && c->target.enum_type && c->type.nlabels == from->nlabels;
        for (size_t j = 0; same && j < from->nlabels; j++) {
            same = str_eq(c->type.labels[j], from->labels[j]);
        }
        if (same) {
            return &c->target;
        }
    }
    return NULL;
}

/* The type that values have in the target. */
static bool resolve(struct objects *o, const char *view, const char *name, const char *type, const char *charset,
                    const char *collation, struct sql_column *out, struct err *e) {
    struct arena *a = &o->run.arena;
    struct mytype *from = arena_new(a, struct mytype);
    struct target_type *to = arena_new(a, struct target_type);
    if (!mytype_parse(a, type, from)) {
        return err_set(e, ERR_SOURCE_SCHEMA, "%s: the type %.100s is not understood", name, type);
    }
    if (is_text(from)) {
        from->charset = charset != NULL ? charset : o->run.db.charset;
        from->collation = collation != NULL ? collation : o->run.db.collation;
    }
    if (!typemap_resolve(a, &o->run.ddl_options.types, view != NULL ? view : "", name, from, to, e)) {
        return false;
    }
    if (view == NULL && (from->kind == MYT_ENUM || from->kind == MYT_SET)) { /* as the translator takes variables */
        from->kind = MYT_VARCHAR;
        from->nlabels = 0;
    }
    const struct target_type *enumeration = to->enum_type && view != NULL ? enum_of(&o->run.db, name, from) : NULL;
    if (enumeration == NULL && to->enum_type) {
        to->enum_type = false;
        to->ddl = to->cast_name = arena_strdup(a, "text");
    }
    /* Columns of views are cut as the translator cuts names. */
    *out = (struct sql_column){.name = name,
                               .target_name = arena_strndup(a, name, str_utf8_cut(name, strlen(name), NAME_MAX_BYTES)),
                               .from = from,
                               .to = enumeration != NULL ? enumeration : to};
    return true;
}

static struct db_object *view_named(const struct objects *o, const char *name) {
    for (size_t i = 0; i < o->n; i++) {
        if (o->items[i].kind == SQL_OBJECT_VIEW && str_eq(o->items[i].name, name)) {
            return &o->items[i];
        }
    }
    return NULL;
}

static bool add_views(struct objects *o, struct sql_table *tables, size_t *n, struct err *e) {
    struct arena *a = &o->run.arena;
    struct mysql_rows rows;
    char *sql = arena_printf(a,
                             "SELECT c.TABLE_NAME, c.COLUMN_NAME, c.COLUMN_TYPE, c.CHARACTER_SET_NAME, "
                             "c.COLLATION_NAME, c.IS_NULLABLE FROM information_schema.COLUMNS c JOIN "
                             "information_schema.VIEWS v ON v.TABLE_SCHEMA = c.TABLE_SCHEMA AND v.TABLE_NAME = "
                             "c.TABLE_NAME WHERE c.TABLE_SCHEMA = %s ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION",
                             str_literal_mysql(a, o->run.db.name));
    if (!mysql_rows(o->run.source, a, sql, &rows, e)) {
        return err_where(e, "columns of views");
    }
    for (size_t i = 0; i < rows.n;) {
        const char *name = mysql_cell(&rows, i, 0);
        size_t end = i;
        while (end < rows.n && str_eq(mysql_cell(&rows, end, 0), name)) {
            end++;
        }
        struct db_object *x = view_named(o, name);
        struct sql_column *columns = arena_array(a, struct sql_column, end - i);
        bool ok = x != NULL;
        for (size_t j = i; ok && j < end; j++) {
            struct err why = ERR_INIT; /* who uses the view is told that it is not carried */
            ok = resolve(o, name, mysql_cell(&rows, j, 1), mysql_cell(&rows, j, 2), mysql_cell(&rows, j, 3),
                         mysql_cell(&rows, j, 4), &columns[j - i], &why);
            columns[j - i].not_null = str_ieq(mysql_cell(&rows, j, 5), "NO");
        }
        if (ok) {
            tables[(*n)++] = (struct sql_table){.schema = o->run.db.name,
                                                .name = x->name,
                                                .target_schema = o->target_schema,
                                                .target_name = x->target_name,
                                                .columns = columns,
                                                .ncolumns = end - i};
        }
        i = end;
    }
    return true;
}

static bool routine_of(struct objects *o, const struct db_object *x, struct sql_routine *out) {
    struct arena *a = &o->run.arena;
    const struct sql_object *t = &x->tree;
    struct sql_column *params = arena_array(a, struct sql_column, t->nparams + 1),
                      *returns = arena_new(a, struct sql_column);
    enum sql_param_mode *modes = arena_array(a, enum sql_param_mode, t->nparams + 1);
    struct err why = ERR_INIT; /* the translation of the routine itself tells */
    for (size_t i = 0; i < t->nparams; i++) {
        const struct sql_param *p = &t->params[i];
        modes[i] = p->mode;
        if (!resolve(o, NULL, p->name, p->type.text, p->type.charset, p->type.collation, &params[i], &why)) {
            return false;
        }
    }
    if (x->kind == SQL_OBJECT_FUNCTION &&
        !resolve(o, NULL, "", t->returns.text, t->returns.charset, t->returns.collation, returns, &why)) {
        return false;
    }
    *out = (struct sql_routine){.schema = o->run.db.name,
                                .name = x->name,
                                .target_schema = o->target_schema,
                                .target_name = x->target_name,
                                .function = x->kind == SQL_OBJECT_FUNCTION,
                                .returns = returns,
                                .modes = modes,
                                .params = params,
                                .nparams = t->nparams};
    return true;
}

static const char *target_name(struct objects *o, const struct db_object *x) {
    char *name = name_cut(&o->run.arena, x->name);
    /* A view is looked for as tables are. */
    bool lower = x->kind == SQL_OBJECT_VIEW && o->run.db.lower_case_table_names != 0;
    for (char *p = name; lower && *p != '\0'; p++) {
        *p = (char)tolower((unsigned char)*p);
    }
    return name;
}

/* openGauss B knows triggers by their name alone, in all schemas of a database: one whose name is taken has its schema's before it. */
static bool name_triggers(struct objects *o, struct err *e) {
    struct arena *a = &o->run.arena;
    struct gauss_rows rows;
    char *sql = arena_printf(a,
                             "SELECT DISTINCT CAST(t.tgname AS text) FROM pg_trigger t JOIN pg_class c ON c.oid = "
                             "t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND "
                             "n.nspname <> %s",
                             str_literal_pg(a, o->target_schema));
    if (o->run.identity.dialect != DIALECT_OG_B) {
        return true;
    }
    if (!gauss_rows(o->run.target, a, sql, &rows, e)) {
        return err_where(e, "triggers in the target");
    }
    for (size_t i = 0; i < o->n; i++) {
        struct db_object *x = &o->items[i];
        for (size_t k = 0; x->kind == SQL_OBJECT_TRIGGER && k < rows.n; k++) {
            if (str_eq(gauss_cell(&rows, k, 0), x->target_name)) {
                x->target_name = name_cut(a, arena_printf(a, "%s_%s", o->target_schema, x->name));
                break;
            }
        }
    }
    return true;
}

/* Is an object of one of the kinds called the same in the target? */
static bool has_namesake(const struct objects *o, const struct db_object *x, unsigned kinds) {
    for (size_t i = 0; i < o->n; i++) {
        const struct db_object *y = &o->items[i];
        if (y != x && (kinds & 1u << y->kind) != 0 && str_eq(y->target_name, x->target_name)) {
            return true;
        }
    }
    return false;
}

/* In MySQL routines, triggers and events have names of their own. Where triggers are functions and events procedures they share them: an
 * event is often called like the procedure that it calls. */
static void keep_names_apart(struct objects *o) {
    unsigned routines = 1u << SQL_OBJECT_FUNCTION | 1u << SQL_OBJECT_PROCEDURE;
    for (size_t i = 0; i < o->n && o->run.identity.dialect != DIALECT_OG_B; i++) {
        struct db_object *x = &o->items[i];
        bool event = x->kind == SQL_OBJECT_EVENT, trigger = x->kind == SQL_OBJECT_TRIGGER;
        if ((event && has_namesake(o, x, routines | 1u << SQL_OBJECT_TRIGGER)) ||
            (trigger && has_namesake(o, x, routines))) {
            x->target_name = name_cut(
                &o->run.arena, arena_printf(&o->run.arena, "%s_%s", x->target_name, event ? "event" : "trigger"));
        }
    }
}

bool objects_names(struct objects *o, struct err *e) {
    struct arena *a = &o->run.arena;
    const struct database *d = &o->run.db;
    struct sql_table *tables = arena_array(a, struct sql_table, d->ntables + o->n + 1);
    struct sql_routine *routines = arena_array(a, struct sql_routine, o->n + 1);
    size_t ntables = 0, nroutines = 0;
    for (size_t i = 0; i < o->n; i++) {
        o->items[i].target_name = target_name(o, &o->items[i]);
    }
    if (!name_triggers(o, e)) {
        return false;
    }
    keep_names_apart(o);
    for (size_t i = 0; i < d->ntables; i++) {
        tables[ntables++] = table_of(a, &d->tables[i]);
    }
    if (!add_views(o, tables, &ntables, e)) {
        return false;
    }
    for (size_t i = 0; i < o->n; i++) {
        const struct db_object *x = &o->items[i];
        bool routine = x->kind == SQL_OBJECT_FUNCTION || x->kind == SQL_OBJECT_PROCEDURE;
        if (routine && x->parsed && routine_of(o, x, &routines[nroutines])) {
            nroutines++;
        }
    }
    o->catalog = (struct sql_catalog){
        .schema = d->name, .tables = tables, .ntables = ntables, .routines = routines, .nroutines = nroutines};
    return true;
}
