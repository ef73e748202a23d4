/* The verb tree: what is on a server of databases. See worker.h. */
#include "cli/worker.h"
#include "engine/tree.h"

static bool number(const json_t *job, const char *key, uint64_t low, uint64_t high, uint64_t *out, struct err *e) {
    const json_t *v = json_object_get(job, key);
    if (v == NULL || json_is_null(v)) {
        return true;
    }
    json_int_t n = json_integer_value(v);
    if (!json_is_integer(v) || n < 0 || (uint64_t)n < low || (uint64_t)n > high) {
        return err_set(e, ERR_JOB, "%s of the job must be a whole number from %llu to %llu", key,
                       (unsigned long long)low, (unsigned long long)high);
    }
    *out = (uint64_t)n;
    return true;
}

bool worker_tree(const json_t *job, struct arena *a, atomic_bool *stop, json_t **result, struct err *e) {
    struct task t;
    struct tree_page p = {.limit = TREE_ITEMS_DEFAULT};
    const char *database, *schema;
    bool source;
    (void)stop; /* it changes nothing: the process just ends */
    if (!worker_end(job, a, &t, &source, e) || !worker_text(job, "database", &database, e) ||
        !worker_text(job, "schema", &schema, e) || !worker_text(job, "search", &p.search, e) ||
        !number(job, "offset", 0, INT32_MAX, &p.offset, e) || !number(job, "limit", 1, TREE_ITEMS_MAX, &p.limit, e)) {
        return false;
    }
    if (schema != NULL && (source || database == NULL)) {
        return err_set(e, ERR_JOB, source ? "MySQL has no schemas in its databases" : "a schema is in a database");
    }
    if (source) {
        return database == NULL ? tree_source_databases(&t, &p, result, e)
                                : tree_source_tables(&t, database, &p, result, e);
    }
    return database == NULL ? tree_target_databases(&t, &p, result, e)
           : schema == NULL ? tree_target_schemas(&t, &p, result, e)
                            : tree_target_tables(&t, schema, &p, result, e);
}
