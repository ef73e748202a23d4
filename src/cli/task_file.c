/* Reads a task file. See task_file.h. Every value goes through options_set, so that file and command line cannot differ
 * in what they accept. */
#include "cli/task_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "cli/url.h"

enum { TASK_FILE_BYTES_MAX = 4 * 1024 * 1024, TEXT_MAX = 64 };

static bool slurp(const char *path, struct buf *to, struct err *e) {
    FILE *f = fopen(path, "re");
    if (f == NULL) {
        return err_errno(e, ERR_FILE, "cannot read the task file %s", path);
    }
    bool ok = true;
    size_t got;
    do {
        ok = buf_reserve(to, 4096, e);
        got = ok ? fread(to->data + to->len, 1, 4096, f) : 0;
        to->len += got;
    } while (ok && got > 0);
    if (ok && ferror(f)) {
        ok = err_errno(e, ERR_FILE, "cannot read the task file %s", path);
    }
    fclose(f);
    return ok;
}

/* Where a key stands, for messages: jansson keeps no positions of values, so the text is searched for it. */
static size_t line_of_key(const struct buf *text, const char *key) {
    size_t len = strlen(key), line = 1;
    for (size_t i = 0; i + len + 2 <= text->len; i++) {
        if (text->data[i] == '\n') {
            line++;
        }
        if (text->data[i] == '"' && memcmp(text->data + i + 1, key, len) == 0 && text->data[i + 1 + len] == '"') {
            return line;
        }
    }
    return 0;
}

struct file {
    struct options *o;
    const char *path;
    bool no_passwords; /* whoever sends it sends the passwords too, apart from it */
    struct buf text;
    struct err *e;
};

/* Add "FILE, line 7, key jobs" to an error. */
static bool at_key(struct file *f, const char *place, const char *key) {
    size_t line = line_of_key(&f->text, key);
    const char *sep = place[0] != '\0' ? "." : "";
    return line > 0 ? err_where(f->e, "%s, line %zu, key %s%s%s", f->path, line, place, sep, key)
                    : err_where(f->e, "%s, key %s%s%s", f->path, place, sep, key);
}

static const char *type_name(const json_t *v) {
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "true or false";
    case JSON_NULL:
        break;
    }
    return "null";
}

static bool wrong_type(struct file *f, const char *place, const char *key, const json_t *v, const char *wanted) {
    err_set(f->e, ERR_TASK_FILE, "the value of %s is %s; it must be %s", key, type_name(v), wanted);
    return at_key(f, place, key);
}

/* Errors of the value itself keep their code and text; they speak of --option, which is the key's name. */
static bool set(struct file *f, const struct option_spec *s, const char *key, const char *value) {
    return options_set(f->o, s, value, true, f->e) || at_key(f, "", key);
}

static bool set_scalar(struct file *f, const struct option_spec *s, const char *key, const json_t *v) {
    bool numeric = s->kind == KIND_COUNT32 || s->kind == KIND_COUNT64 || s->kind == KIND_SIZE || s->kind == KIND_RATE ||
                   s->kind == KIND_DURATION;
    if (json_is_string(v) && s->kind != KIND_COUNT32 && s->kind != KIND_COUNT64) {
        return set(f, s, key, json_string_value(v));
    }
    if (numeric && json_is_integer(v)) {
        char text[TEXT_MAX];
        snprintf(text, sizeof text, "%lld", (long long)json_integer_value(v));
        return set(f, s, key, text);
    }
    const char *wanted = s->kind == KIND_COUNT32 || s->kind == KIND_COUNT64 ? "a whole number"
                         : s->kind == KIND_DURATION ? "a string such as \"30s\", or a whole number of seconds"
                         : numeric                  ? "a string such as \"32MB\", or a whole number of bytes"
                                                    : "a string";
    return wrong_type(f, "", key, v, wanted);
}

static bool set_list(struct file *f, const struct option_spec *s, const char *key, const json_t *v) {
    if (!json_is_array(v)) {
        return wrong_type(f, "", key, v, "an array of strings");
    }
    size_t i;
    json_t *item;
    json_array_foreach(v, i, item) {
        if (!json_is_string(item)) {
            return wrong_type(f, "", key, item, "an array of strings");
        }
        if (!set(f, s, key, json_string_value(item))) {
            return false;
        }
    }
    return true;
}

static bool set_pairs(struct file *f, const struct option_spec *s, const char *key, json_t *v) {
    if (!json_is_object(v)) {
        return wrong_type(f, "", key, v, "an object of strings");
    }
    const char *left;
    json_t *right;
    json_object_foreach(v, left, right) {
        if (!json_is_string(right)) {
            return wrong_type(f, key, left, right, "a string");
        }
        if (!options_set(f->o, s, arena_printf(f->o->a, "%s=%s", left, json_string_value(right)), true, f->e)) {
            return at_key(f, key, left);
        }
    }
    return true;
}

static bool set_option(struct file *f, const struct option_spec *s, const char *key, json_t *v) {
    switch (s->kind) {
    case KIND_FLAG:
    case KIND_SET:
        if (!json_is_boolean(v)) {
            return wrong_type(f, "", key, v, "true or false");
        }
        return json_is_false(v) || set(f, s, key, "");
    case KIND_LIST:
        return set_list(f, s, key, v);
    case KIND_TYPE:
    case KIND_LOSS:
    case KIND_COLUMNS:
    case KIND_ROWS:
        return set_pairs(f, s, key, v);
    default:
        return set_scalar(f, s, key, v);
    }
}

/* "source": a URL, or {"url": .., "password_file": .., "password_env": ..}. */
static bool set_end(struct file *f, const char *key, json_t *v, char **url, struct password_source *password) {
    if (json_is_string(v)) {
        *url = arena_strdup(f->o->a, json_string_value(v));
        return true;
    }
    if (!json_is_object(v)) {
        return wrong_type(f, "", key, v, "a URL, or an object with url, password_file and password_env");
    }
    const char *name;
    json_t *value;
    json_object_foreach(v, name, value) {
        char **to = str_eq(name, "url")             ? url
                    : str_eq(name, "password_file") ? &password->file
                    : str_eq(name, "password_env")  ? &password->env
                                                    : NULL;
        if (str_eq(name, "password")) {
            err_set(f->e, ERR_TASK_FILE,
                    "a password is not taken from a task file: such files are copied, mailed and kept in repositories");
            err_hint(f->e, "name a file (password_file) or an environment variable (password_env) that holds it");
            return at_key(f, key, name);
        }
        if (to != NULL && to != url && f->no_passwords) {
            err_set(f->e, ERR_TASK_FILE, "%s has no meaning here: the password comes with the job", name);
            return at_key(f, key, name);
        }
        if (to == NULL) {
            err_set(f->e, ERR_TASK_FILE, "unknown key '%s' in %s", name, key);
            err_hint(f->e, "there are url, password_file and password_env");
            return at_key(f, key, name);
        }
        if (!json_is_string(value) || json_string_length(value) == 0) {
            return wrong_type(f, key, name, value, "a string that is not empty");
        }
        *to = arena_strdup(f->o->a, json_string_value(value));
    }
    if (*url == NULL) {
        err_set(f->e, ERR_TASK_FILE, "%s has no url", key);
        return at_key(f, "", key);
    }
    if (password->file != NULL && password->env != NULL) {
        err_set(f->e, ERR_TASK_FILE, "%s has both password_file and password_env", key);
        return at_key(f, "", key);
    }
    return true;
}

/* The option of a key: its name with '_' for '-'. */
static const struct option_spec *option_of_key(struct file *f, const char *key) {
    if (strchr(key, '-') != NULL) {
        return NULL;
    }
    char *name = arena_strdup(f->o->a, key);
    for (char *p = name; (p = strchr(p, '_')) != NULL;) {
        *p = '-';
    }
    return options_find(name);
}

static bool set_key(struct file *f, const char *key, json_t *v) {
    if (str_eq(key, "$schema") || str_eq(key, "comment")) {
        return json_is_string(v) || wrong_type(f, "", key, v, "a string");
    }
    if (str_eq(key, "source")) {
        return set_end(f, key, v, &f->o->source_url, &f->o->source_password);
    }
    if (str_eq(key, "target")) {
        return set_end(f, key, v, &f->o->target_url, &f->o->target_password);
    }
    const struct option_spec *s = option_of_key(f, key);
    if (s != NULL && s->in_file) {
        return set_option(f, s, key, v);
    }
    err_set(f->e, ERR_TASK_FILE, "unknown key '%s'", key);
    if (s != NULL) {
        err_hint(f->e, "--%s belongs to a run, not to a task: give it on the command line", s->name);
    } else {
        err_hint(f->e, "docs/task-file.md lists the keys; they are the options' names with underscores");
    }
    return at_key(f, "", key);
}

static bool take(struct file *f, json_t *root) {
    if (!json_is_object(root)) {
        err_set(f->e, ERR_TASK_FILE, "the task file holds %s, not an object",
                root != NULL ? type_name(root) : "nothing");
        return err_where(f->e, "%s", f->path);
    }
    const char *key;
    json_t *value;
    json_object_foreach(root, key, value) {
        if (!set_key(f, key, value)) {
            return false;
        }
    }
    return true;
}

bool task_file_take(struct options *o, json_t *root, const char *name, struct err *e) {
    struct file f = {.o = o, .path = name, .no_passwords = true, .e = e};
    return take(&f, root);
}

bool task_file_read(struct options *o, const char *path, struct err *e) {
    struct file f = {.o = o, .path = path, .e = e};
    buf_init(&f.text, TASK_FILE_BYTES_MAX);
    json_t *root = NULL;
    json_error_t error;
    bool ok = slurp(path, &f.text, e);
    if (ok) {
        root = json_loadb((const char *)f.text.data, f.text.len, JSON_REJECT_DUPLICATES, &error);
        if (root == NULL) {
            err_set(e, ERR_TASK_FILE, "the task file is not JSON: %s", error.text);
            ok = err_where(e, "%s, line %d, column %d", path, error.line, error.column);
        }
    }
    ok = ok && take(&f, root);
    json_decref(root);
    buf_clear(&f.text);
    return ok;
}
