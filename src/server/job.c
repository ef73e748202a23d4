/* See job.h. */
#include "server/job.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "server/params.h"
#include "server/vault.h"

#define STORE_ID "store.id"

static bool find_id(struct store *s, struct arena *a, char **id, struct err *e) {
    struct store_rows rows;
    *id = NULL;
    if (!store_rows(s, a, "SELECT value FROM setting WHERE name = '" STORE_ID "'", STORE_NONE, &rows, e)) {
        return false;
    }
    *id = rows.n > 0 ? arena_strdup(a, store_cell(&rows, 0, 0)) : NULL;
    return true;
}

bool job_store_id(struct store *s, struct arena *a, char **id, struct err *e) {
    char random[SECRETS_TOKEN_TEXT];
    if (!find_id(s, a, id, e) || *id != NULL) {
        return *id != NULL;
    }
    secrets_token(random);
    random[8] = '\0';
    if (!store_run(s, "INSERT INTO setting (name, value) VALUES ('" STORE_ID "', ?)", STORE_VALUES(STORE_T(random)),
                   NULL, e) &&
        e->code != ERR_STORE_TAKEN) { /* another server was faster */
        return false;
    }
    err_clear(e);
    return find_id(s, a, id, e) && (*id != NULL || err_set(e, ERR_STORE_QUERY, "the store keeps no settings"));
}

/* ---- URLs ---- */

static char *encoded(struct arena *a, const char *text) {
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    char *out = arena_alloc(a, strlen(text) * 3 + 1), *w = out;
    for (const char *p = text; *p != '\0'; p++) {
        if (strchr(plain, *p) != NULL) {
            *w++ = *p;
        } else {
            w += sprintf(w, "%%%02X", (unsigned)(unsigned char)*p);
        }
    }
    *w = '\0';
    return out;
}

char *job_url(struct arena *a, const char *kind, const char *user, const char *host, int64_t port, const char *database,
              const char *properties) {
    bool v6 = strchr(host, ':') != NULL;
    char *url = arena_printf(a, "%s://%s@%s%s%s:%lld/%s", kind, encoded(a, user), v6 ? "[" : "",
                             v6 ? host : encoded(a, host), v6 ? "]" : "", (long long)port, encoded(a, database));
    json_t *all = json_loads(properties, 0, NULL);
    const char *name, *sep = "?";
    json_t *value;
    json_object_foreach(all, name, value) {
        url = arena_printf(a, "%s%s%s=%s", url, sep, encoded(a, name), encoded(a, json_string_value(value)));
        sep = "&";
    }
    json_decref(all);
    return url;
}

/* ---- ends ---- */

static bool open_password(struct store *s, struct arena *a, const struct secrets_key *key, const char *secret_id,
                          const char *name, char **out, struct err *e) {
    *out = NULL;
    return secret_id == NULL || vault_open(s, a, key, strtoll(secret_id, NULL, 10), out, e) ||
           err_where(e, "password of data source %s", name);
}

bool job_end_of(struct store *s, struct arena *a, const struct secrets_key *key, int64_t data_source,
                const char *database, struct job_end *out, struct err *e) {
    struct store_rows r;
    if (!store_rows(s, a,
                    "SELECT kind, username, host, port, properties, secret_id, name FROM data_source WHERE id = ?",
                    STORE_VALUES(STORE_I(data_source)), &r, e)) {
        return false;
    }
    if (r.n == 0) {
        return err_set(e, ERR_NOT_FOUND, "there is no data source %lld", (long long)data_source);
    }
    out->url = job_url(a, store_cell(&r, 0, 0), store_cell(&r, 0, 1), store_cell(&r, 0, 2), store_number(&r, 0, 3),
                       database, store_cell(&r, 0, 4));
    return open_password(s, a, key, store_cell(&r, 0, 5), store_cell(&r, 0, 6), &out->password, e);
}

static void put_password(json_t *job, const char *name, struct job_end *end) {
    if (end->password != NULL) {
        json_object_set_new(job, name, json_string(end->password));
        secrets_wipe(end->password, strlen(end->password));
        end->password = NULL;
    }
}

json_t *job_question(const char *verb, struct job_end *end) {
    json_t *job = json_pack("{s:s, s:s}", "verb", verb, "end", end->url);
    put_password(job, "password", end);
    return job;
}

/* ---- a subtask ---- */

/* include: ["orders", ..], exclude: as of --table and --exclude. */
static void add_tables(json_t *task, const json_t *tables) {
    json_t *include = json_object_get(tables, "include"), *exclude = json_object_get(tables, "exclude");
    if (json_array_size(include) > 0) {
        json_object_set(task, "table", include);
    }
    if (json_array_size(exclude) > 0) {
        json_object_set(task, "exclude", exclude);
    }
}

bool job_make(struct store *s, struct arena *a, const struct secrets_key *key, const char *verb,
              const struct job_subtask *x, json_t **job, struct err *e) {
    struct job_end source = {0}, target = {0};
    if (!job_end_of(s, a, key, x->source, x->source_database, &source, e) ||
        !job_end_of(s, a, key, x->target, x->target_database, &target, e)) {
        return false;
    }
    json_t *task = params_task_file(x->params, x->task_params);
    json_object_set_new(task, "source", json_string(source.url));
    json_object_set_new(task, "target", json_string(target.url));
    json_object_set_new(task, "schema", json_string(x->target_schema));
    if (x->name != NULL) {
        json_object_set_new(task, "name", json_string(x->name));
    }
    add_tables(task, x->tables);
    *job = json_pack("{s:s, s:I, s:o}", "verb", verb, "mode", (json_int_t)x->mode, "task", task);
    put_password(*job, "source_password", &source);
    put_password(*job, "target_password", &target);
    return true;
}

bool job_of_subtask(struct store *s, struct arena *a, const struct secrets_key *key, const char *verb, int64_t subtask,
                    json_t **job, struct err *e) {
    struct store_rows r;
    char *id;
    if (!job_store_id(s, a, &id, e) ||
        !store_rows(
            s, a,
            "SELECT s.source_id, s.target_id, s.source_database, s.target_database, s.target_schema, s.mode, s.tables,"
            " s.params, t.params, t.name FROM subtask s JOIN task t ON t.id = s.task_id WHERE s.id = ?",
            STORE_VALUES(STORE_I(subtask)), &r, e)) {
        return false;
    }
    if (r.n == 0) {
        return err_set(e, ERR_NOT_FOUND, "there is no subtask %lld", (long long)subtask);
    }
    json_t *tables = json_loads(store_cell(&r, 0, 6), 0, NULL), *own = json_loads(store_cell(&r, 0, 7), 0, NULL),
           *global = json_loads(store_cell(&r, 0, 8), 0, NULL);
    struct job_subtask x = {
        .source = store_number(&r, 0, 0),
        .target = store_number(&r, 0, 1),
        .source_database = store_cell(&r, 0, 2),
        .target_database = store_cell(&r, 0, 3),
        .target_schema = store_cell(&r, 0, 4),
        .mode = store_number(&r, 0, 5),
        .tables = tables,
        .params = own,
        .task_params = global,
        .name = arena_printf(a, "%s, subtask %lld (%s)", store_cell(&r, 0, 9), (long long)subtask, id),
    };
    bool ok = job_make(s, a, key, verb, &x, job, e);
    json_decref(tables);
    json_decref(own);
    json_decref(global);
    return ok;
}
