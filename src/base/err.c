/* Errors. See err.h. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct err_entry {
    enum err_code code;
    enum err_class class;
    bool retryable;
    const char *name;
    const char *title;
    const char *hint;
};

static const struct err_entry entries[] = {
#define X(name, number, class, retryable, title, hint) {name, ERR_CLASS_##class, retryable, #name, title, hint},
#include "base/err_codes.def"
#undef X
};

struct err_zh {
    enum err_code code;
    const char *title;
    const char *hint;
};

static const struct err_zh entries_zh[] = {
#define X(name, title, hint) {name, title, hint},
#include "base/err_zh.def"
#undef X
};

static const struct err_entry *err_entry(enum err_code code) {
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        if (entries[i].code == code) {
            return &entries[i];
        }
    }
    return NULL;
}

__attribute__((format(printf, 3, 0))) static void set_text(char *to, size_t size, const char *fmt, va_list ap) {
    vsnprintf(to, size, fmt, ap);
    /* A cut in the middle of a UTF-8 character would make the JSON form invalid. */
    size_t n = strlen(to);
    if (n == size - 1) {
        while (n > 0 && ((unsigned char)to[n - 1] & 0xc0) == 0x80) {
            n--;
        }
        if (n > 0 && (unsigned char)to[n - 1] >= 0xc0) {
            n--;
        }
        to[n] = '\0';
    }
}

static void err_begin(struct err *e, enum err_code code) {
    const struct err_entry *entry = err_entry(code);
    if (entry == NULL) {
        BUG("error code %d is not in the table", (int)code);
    }
    err_clear(e);
    e->code = code;
    e->retryable = entry->retryable;
    snprintf(e->hint, sizeof e->hint, "%s", entry->hint);
}

bool err_set(struct err *e, enum err_code code, const char *fmt, ...) {
    if (e == NULL) {
        return false;
    }
    va_list ap;
    char message[sizeof e->message];
    va_start(ap, fmt); /* arguments may point into e itself */
    set_text(message, sizeof message, fmt, ap);
    va_end(ap);
    err_begin(e, code);
    memcpy(e->message, message, sizeof message);
    return false;
}

bool err_errno(struct err *e, enum err_code code, const char *fmt, ...) {
    int saved = errno;
    if (e == NULL) {
        return false;
    }
    va_list ap;
    err_begin(e, code);
    va_start(ap, fmt);
    set_text(e->message, sizeof e->message, fmt, ap);
    va_end(ap);
    char text[128];
    return err_cause(e, "%s", strerror_r(saved, text, sizeof text));
}

bool err_cause(struct err *e, const char *fmt, ...) {
    if (e != NULL) {
        va_list ap;
        va_start(ap, fmt);
        set_text(e->cause, sizeof e->cause, fmt, ap);
        va_end(ap);
    }
    return false;
}

bool err_hint(struct err *e, const char *fmt, ...) {
    if (e != NULL) {
        va_list ap;
        va_start(ap, fmt);
        set_text(e->hint, sizeof e->hint, fmt, ap);
        va_end(ap);
    }
    return false;
}

bool err_where(struct err *e, const char *fmt, ...) {
    if (e != NULL) {
        char inner[sizeof e->where];
        memcpy(inner, e->where, sizeof inner);
        va_list ap;
        va_start(ap, fmt);
        set_text(e->where, sizeof e->where, fmt, ap);
        va_end(ap);
        size_t n = strlen(e->where);
        if (inner[0] != '\0' && n + 3 < sizeof e->where) {
            snprintf(e->where + n, sizeof e->where - n, ": %s", inner);
        }
    }
    return false;
}

void err_clear(struct err *e) {
    memset(e, 0, sizeof *e);
}

void err_copy(struct err *to, const struct err *from) {
    *to = *from;
}

const char *err_code_text(enum err_code code, char text[8]) {
    snprintf(text, 8, "GW%04u", (unsigned)code % 10000u);
    return text;
}

enum err_class err_class_of(enum err_code code) {
    const struct err_entry *entry = err_entry(code);
    return entry != NULL ? entry->class : ERR_CLASS_NONE;
}

const char *err_class_name(enum err_class c) {
    switch (c) {
    case ERR_CLASS_USER:
        return "user";
    case ERR_CLASS_SOURCE:
        return "source";
    case ERR_CLASS_TARGET:
        return "target";
    case ERR_CLASS_NETWORK:
        return "network";
    case ERR_CLASS_STORE:
        return "store";
    case ERR_CLASS_INTERNAL:
        return "internal";
    case ERR_CLASS_NONE:
        break;
    }
    return "none";
}

const char *err_title(enum err_code code) {
    const struct err_entry *entry = err_entry(code);
    return entry != NULL ? entry->title : "no error";
}

static const struct err_zh *err_zh(enum err_code code) {
    static const struct err_zh none = {ERR_NONE, "", ""};
    for (size_t i = 0; i < sizeof entries_zh / sizeof entries_zh[0]; i++) {
        if (entries_zh[i].code == code) {
            return &entries_zh[i];
        }
    }
    return &none;
}

const char *err_title_zh(enum err_code code) {
    return err_zh(code)->title;
}

const char *err_hint_zh(enum err_code code) {
    return err_zh(code)->hint;
}

void err_print(const struct err *e, FILE *out) {
    char code[8];
    fprintf(out, "error %s: %s\n", err_code_text(e->code, code), e->message);
    if (e->where[0] != '\0') {
        fprintf(out, "  where: %s\n", e->where);
    }
    if (e->cause[0] != '\0') {
        fprintf(out, "  cause: %s", e->cause);
        if (e->sqlstate[0] != '\0') {
            fprintf(out, " (SQLSTATE %s", e->sqlstate);
            if (e->server_code != 0) {
                fprintf(out, ", error %u", e->server_code);
            }
            fputc(')', out);
        }
        fputc('\n', out);
    }
    if (e->hint[0] != '\0') {
        fprintf(out, "  hint:  %s\n", e->hint);
    }
}

static void put_text(json_t *o, const char *key, const char *text) {
    if (text[0] != '\0') {
        json_t *s = json_string(text);
        /* Server text need not be UTF-8; show what can be shown rather than nothing. */
        if (s == NULL) {
            char ascii[768];
            size_t n = 0;
            for (; n < sizeof ascii - 1 && text[n] != '\0'; n++) {
                ascii[n] = (unsigned char)text[n] < 0x80 ? text[n] : '?';
            }
            ascii[n] = '\0';
            s = json_string(ascii);
        }
        json_object_set_new(o, key, s);
    }
}

json_t *err_to_json(const struct err *e) {
    char code[8];
    json_t *o = json_object();
    json_object_set_new(o, "code", json_string(err_code_text(e->code, code)));
    json_object_set_new(o, "class", json_string(err_class_name(err_class_of(e->code))));
    put_text(o, "message", e->message);
    put_text(o, "where", e->where);
    put_text(o, "cause", e->cause);
    put_text(o, "hint", e->hint);
    put_text(o, "sqlstate", e->sqlstate);
    if (e->server_code != 0) {
        json_object_set_new(o, "server_code", json_integer(e->server_code));
    }
    json_object_set_new(o, "retryable", json_boolean(e->retryable));
    put_text(o, "message_zh", err_title_zh(e->code));
    put_text(o, "hint_zh", e->hint[0] != '\0' ? err_hint_zh(e->code) : "");
    return o;
}

static void take_text(char *to, size_t size, const json_t *json, const char *name) {
    const char *text = json_string_value(json_object_get(json, name));
    size_t len = text == NULL ? 0 : strlen(text);
    len = len < size ? len : size - 1;
    memcpy(to, text == NULL ? "" : text, len);
    to[len] = '\0';
}

void err_from_json(struct err *e, const json_t *json) {
    const char *code = json_string_value(json_object_get(json, "code"));
    long number = code != NULL && strncmp(code, "GW", 2) == 0 ? strtol(code + 2, NULL, 10) : 0;
    err_clear(e);
    e->code = ERR_INTERNAL;
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        e->code = (long)entries[i].code == number ? entries[i].code : e->code;
    }
    take_text(e->message, sizeof e->message, json, "message");
    take_text(e->where, sizeof e->where, json, "where");
    take_text(e->cause, sizeof e->cause, json, "cause");
    take_text(e->hint, sizeof e->hint, json, "hint");
    take_text(e->sqlstate, sizeof e->sqlstate, json, "sqlstate");
    e->server_code = (unsigned)json_integer_value(json_object_get(json, "server_code"));
    e->retryable = json_is_true(json_object_get(json, "retryable"));
}

void err_print_catalogue(FILE *out) {
    fprintf(out, "# Error catalogue\n\nMade from src/base/err_codes.def by `godwit errors`.\n\n"
                 "| code | class | try again | what | hint |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        char code[8];
        fprintf(out, "| %s | %s | %s | %s | %s |\n", err_code_text(entries[i].code, code),
                err_class_name(entries[i].class), entries[i].retryable ? "yes" : "no", entries[i].title,
                entries[i].hint);
    }
}

void err_bug(const char *file, int line, const char *fmt, ...) {
    va_list ap;
    fprintf(stderr, "BUG at %s:%d: ", file, line);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    abort();
}
