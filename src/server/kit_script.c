/* See kit_script.h. What comes back is foreign: bounded, and taken only where it has the form of an answer, so that a login shell that
 * greets its user does no harm. */
#include "server/kit_script.h"

#include <string.h>

#include "base/str.h"

extern const char kit_sh[]; /* kit.sh */

enum { OUTPUT_MAX = 65536, LINES_MAX = 200, VALUE_MAX = 1000, CAUSE_MAX = 600 };

/* For /bin/sh: everything within single quotes is itself. */
static char *quoted(struct arena *a, const char *text) {
    char *out = arena_strdup(a, "'");
    for (const char *quote; (quote = strchr(text, '\'')) != NULL; text = quote + 1) {
        out = arena_printf(a, "%s%.*s'\\''", out, (int)(quote - text), text);
    }
    return arena_printf(a, "%s%s'", out, text);
}

static const char *or_empty(const char *text) {
    return text != NULL ? text : "";
}

static char *script(struct arena *a, const struct kit_variables *v, const char *function) {
    return arena_printf(a, "DIR=%s\nMARK=%s\nNEW=%s\nDIGEST=%s\nURL=%s\nCA=%s\nANY_NAME=%s\n%s\n%s\nexit\n",
                        quoted(a, or_empty(v->directory)), quoted(a, or_empty(v->mark)), quoted(a, or_empty(v->copy)),
                        quoted(a, or_empty(v->digest)), quoted(a, or_empty(v->url)), v->ca ? "yes" : "",
                        v->any_name ? "yes" : "", kit_sh, function);
}

static bool refuse(const char *text, struct err *e) {
    enum err_code code = str_starts(text, "directory ") ? ERR_KIT_DIRECTORY
                         : str_starts(text, "broken ")  ? ERR_KIT_BROKEN
                                                        : ERR_KIT_COMMAND;
    const char *why = strchr(text, ' ');
    return err_set(e, code, "%s", why != NULL && why[1] != '\0' ? why + 1 : "the machine does not say why");
}

/* Bytes that are no UTF-8 or steer a terminal become '?'. */
static json_t *clean(const char *text, size_t len) {
    char value[VALUE_MAX + 1];
    len = str_utf8_cut(text, len, VALUE_MAX);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        value[i] = c < ' ' || c == 0x7f ? '?' : text[i];
    }
    while (len > 0 && value[len - 1] == ' ') {
        len--;
    }
    value[len] = '\0';
    if (!str_utf8_valid(value, len)) {
        for (size_t i = 0; i < len; i++) {
            value[i] = (unsigned char)value[i] >= 0x80 ? '?' : value[i];
        }
    }
    return json_string(value);
}

/* "KEY VALUE" of len bytes. false: it refused. What has no key of ours is no answer. */
static bool take_answer(const char *line, size_t len, json_t *answers, json_t *lines, struct err *e) {
    char key[32];
    size_t key_len = strspn(line, "abcdefghijklmnopqrstuvwxyz0123456789_");
    if (key_len == 0 || key_len >= sizeof key || (key_len < len && line[key_len] != ' ')) {
        return true;
    }
    memcpy(key, line, key_len);
    key[key_len] = '\0';
    const char *value = line + (key_len < len ? key_len + 1 : key_len);
    json_t *text = clean(value, len - (size_t)(value - line));
    if (str_eq(key, "refused")) {
        refuse(json_string_value(text), e);
        json_decref(text);
        return false;
    }
    if (str_eq(key, "line")) {
        json_array_append_new(lines, text);
    } else {
        json_object_set_new(answers, key, text);
    }
    return true;
}

bool kit_script_parse(const char *out, json_t *answers, struct err *e) {
    static const char prefix[] = "godwit ";
    enum { PREFIX = sizeof prefix - 1 };
    json_t *lines = json_array();
    bool ok = true;
    json_object_set_new(answers, "line", lines);
    for (size_t n = 0; *out != '\0' && n < LINES_MAX; n++) {
        size_t len = strcspn(out, "\n");
        if (len > PREFIX && memcmp(out, prefix, PREFIX) == 0) {
            ok = take_answer(out + PREFIX, len - PREFIX, answers, lines, e) && ok;
        }
        out += len + (out[len] == '\n');
    }
    return ok;
}

/* What a failed script said, in a line. */
static const char *last_words(struct arena *a, const struct net_ssh_result *r) {
    const char *text = r->err.len > 0 ? (const char *)r->err.data : r->out.len > 0 ? (const char *)r->out.data : "";
    size_t len = strlen(text);
    const char *from = len > CAUSE_MAX ? text + len - CAUSE_MAX : text;
    json_t *line = clean(from, strlen(from));
    char *out = arena_strdup(a, json_string_value(line));
    json_decref(line);
    return out;
}

bool kit_script(struct net_ssh *ssh, struct arena *a, const struct kit_variables *v, const char *function,
                int64_t timeout_ms, json_t **answers, struct err *e) {
    struct net_ssh_result r;
    *answers = json_object();
    bool ok = net_ssh_run(ssh, "exec /bin/sh -s", script(a, v, function), timeout_ms, OUTPUT_MAX, &r, e);
    if (ok) {
        ok = kit_script_parse((const char *)r.out.data, *answers, e);
        if (ok && r.status != 0) {
            const char *words = last_words(a, &r);
            err_set(e, ERR_KIT_COMMAND, "'%s' of the kit's script ended with %d", function, r.status);
            ok = err_cause(e, "%s", words);
        }
    }
    buf_clear(&r.out);
    buf_clear(&r.err);
    return ok;
}

bool kit_script_run(struct net_ssh *ssh, struct arena *a, const struct kit_variables *v, const char *function,
                    int64_t timeout_ms, struct err *e) {
    json_t *answers;
    bool ok = kit_script(ssh, a, v, function, timeout_ms, &answers, e);
    json_decref(answers);
    return ok;
}
