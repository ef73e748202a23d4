/* See job.h. */
#include "server/job.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "server/params.h"

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

#define END_COLUMNS(x) x ".kind, " x ".username, " x ".host, " x ".port, " x ".properties, " x ".secret_id, " x ".name"
enum { END_WIDTH = 7 };

struct end {
    char *url, *password; /* password NULL: none */
};

static bool open_password(struct store *s, struct arena *a, const struct secrets_key *key, const char *secret_id,
                          const char *name, char **out, struct err *e) {
    struct store_rows rows;
    *out = NULL;
    if (secret_id == NULL) {
        return true;
    }
    if (!store_rows(s, a, "SELECT box FROM secret WHERE id = ?", STORE_VALUES(STORE_I(strtoll(secret_id, NULL, 10))),
                    &rows, e)) {
        return false;
    }
    return (rows.n > 0 &&
            secrets_open(a, key, arena_printf(a, "secret %s", secret_id), store_cell(&rows, 0, 0), out, e)) ||
           err_where(e, "password of data source %s", name);
}

static bool make_end(struct store *s, struct arena *a, const struct secrets_key *key, const struct store_rows *r,
                     size_t at, const char *database, struct end *out, struct err *e) {
    out->url = job_url(a, store_cell(r, 0, at), store_cell(r, 0, at + 1), store_cell(r, 0, at + 2),
                       store_number(r, 0, at + 3), database, store_cell(r, 0, at + 4));
    return open_password(s, a, key, store_cell(r, 0, at + 5), store_cell(r, 0, at + 6), &out->password, e);
}

static void put_password(json_t *job, const char *name, char *password) {
    if (password != NULL) {
        json_object_set_new(job, name, json_string(password));
        secrets_wipe(password, strlen(password));
    }
}

bool job_end(struct store *s, struct arena *a, const struct secrets_key *key, int64_t data_source, const char *verb,
             const char *database, json_t **job, struct err *e) {
    struct store_rows rows;
    struct end end;
    if (!store_rows(s, a, "SELECT " END_COLUMNS("d") " FROM data_source d WHERE d.id = ?",
                    STORE_VALUES(STORE_I(data_source)), &rows, e)) {
        return false;
    }
    if (rows.n == 0) {
        return err_set(e, ERR_NOT_FOUND, "there is no data source %lld", (long long)data_source);
    }
    if (!make_end(s, a, key, &rows, 0, database, &end, e)) {
        return false;
    }
    *job = json_pack("{s:s, s:s}", "verb", verb, "end", end.url);
    put_password(*job, "password", end.password);
    return true;
}

/* ---- a subtask ---- */

/* include: ["orders", ..], exclude: as of --table and --exclude. */
static void add_tables(json_t *task, const char *text) {
    json_t *tables = json_loads(text, 0, NULL);
    json_t *include = json_object_get(tables, "include"), *exclude = json_object_get(tables, "exclude");
    if (json_array_size(include) > 0) {
        json_object_set(task, "table", include);
    }
    if (json_array_size(exclude) > 0) {
        json_object_set(task, "exclude", exclude);
    }
    json_decref(tables);
}

bool job_make(struct store *s, struct arena *a, const struct secrets_key *key, int64_t subtask, json_t **job,
              struct err *e) {
    struct store_rows r;
    struct end source, target;
    char *id;
    if (!job_store_id(s, a, &id, e) ||
        !store_rows(
            s, a,
            "SELECT " END_COLUMNS("src") ", " END_COLUMNS(
                "tgt") ", s.source_database, s.target_database, s.target_schema, s.mode, s.tables, s.params, t.params,"
                       " t.name FROM subtask s JOIN task t ON t.id = s.task_id JOIN data_source src ON src.id ="
                       " s.source_id JOIN data_source tgt ON tgt.id = s.target_id WHERE s.id = ?",
            STORE_VALUES(STORE_I(subtask)), &r, e)) {
        return false;
    }
    if (r.n == 0) {
        return err_set(e, ERR_NOT_FOUND, "there is no subtask %lld", (long long)subtask);
    }
    size_t at = (size_t)END_WIDTH * 2;
    if (!make_end(s, a, key, &r, 0, store_cell(&r, 0, at), &source, e) ||
        !make_end(s, a, key, &r, END_WIDTH, store_cell(&r, 0, at + 1), &target, e)) {
        return false;
    }
    json_t *own = json_loads(store_cell(&r, 0, at + 5), 0, NULL),
           *global = json_loads(store_cell(&r, 0, at + 6), 0, NULL);
    json_t *task = params_task_file(own, global);
    json_decref(own);
    json_decref(global);
    json_object_set_new(task, "source", json_string(source.url));
    json_object_set_new(task, "target", json_string(target.url));
    json_object_set_new(task, "schema", json_string(store_cell(&r, 0, at + 2)));
    json_object_set_new(
        task, "name",
        json_string(arena_printf(a, "%s, subtask %lld (%s)", store_cell(&r, 0, at + 7), (long long)subtask, id)));
    add_tables(task, store_cell(&r, 0, at + 4));
    *job =
        json_pack("{s:s, s:I, s:o}", "verb", "migrate", "mode", (json_int_t)store_number(&r, 0, at + 3), "task", task);
    put_password(*job, "source_password", source.password);
    put_password(*job, "target_password", target.password);
    return true;
}
