/* Errors: one struct filled by whoever detects a fault, enriched on the way up, reported once at the top.
 *
 * A function that can fail returns bool (or a pointer) and takes a `struct err *` as its last argument.
 * The detector calls err_set(); middle layers call err_where() to say where it happened; the top prints
 * it (err_print) or sends it as JSON (err_to_json). Code, class and default hint come from err_codes.def,
 * so terminal, API, log and console show the same.
 *
 * Thread: a struct err belongs to one thread at a time; nothing here has global state. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#define WARN_UNUSED __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt_index, args_index) __attribute__((format(printf, fmt_index, args_index)))

enum err_class {
    ERR_CLASS_NONE,
    ERR_CLASS_USER,     /* the request itself: flags, URLs, task files, policies */
    ERR_CLASS_SOURCE,   /* the source server or its data */
    ERR_CLASS_TARGET,   /* the target server or what it refused */
    ERR_CLASS_NETWORK,  /* neither end, the way between */
    ERR_CLASS_STORE,    /* the server's own store */
    ERR_CLASS_INTERNAL, /* a fault of this program or this machine */
};

enum err_code {
    ERR_NONE = 0,
#define X(name, number, class, retryable, title, hint) name = number,
#include "base/err_codes.def"
#undef X
};

/* Sizes are chosen so that a struct err fits a stack frame; longer text is cut, never overrun. */
struct err {
    enum err_code code;
    char message[768];    /* what happened, one sentence, no trailing full stop needed */
    char cause[768];      /* the server's or the system's own words, empty if there are none */
    char where[512];      /* "table shop.orders: column total: ...", outermost first */
    char hint[512];       /* how to mend it */
    char sqlstate[6];     /* the server's SQLSTATE, empty if none */
    unsigned server_code; /* MySQL's error number, 0 if none */
    bool retryable;       /* trying again later may work */
};

#define ERR_INIT                                                                                                       \
    { 0 }

/* Fill e with code and a message; hint and retryable come from the table. Replaces what e held.
 * Returns false always, so that a caller can `return err_set(...)`. e may be NULL. */
bool err_set(struct err *e, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Record the underlying cause (server text, strerror). Returns false always. */
bool err_cause(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Replace the default hint. Returns false always. */
bool err_hint(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Put a place before the places already there ("table a.b", "chunk 7"). Returns false always. */
bool err_where(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* err_set plus strerror(errno) as cause. Returns false always. */
bool err_errno(struct err *e, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);

void err_clear(struct err *e);
void err_copy(struct err *to, const struct err *from);

/* "GW2001": what users quote and the catalogue lists. Static storage. */
const char *err_code_text(enum err_code code, char text[8]);
enum err_class err_class_of(enum err_code code);
const char *err_class_name(enum err_class c);
const char *err_title(enum err_code code);
/* The same in Chinese, of err_zh.def: what it is in general, and the hint; "" for a code that is not in the table (a number of another
 * version, say). */
const char *err_title_zh(enum err_code code);
const char *err_hint_zh(enum err_code code);

/* Print over several lines: code and message, then where, cause and hint where present. */
void err_print(const struct err *e, FILE *out);

/* {"code":"GW2001","class":"source","message":..,"where":..,"cause":..,"hint":..,"sqlstate":..,"retryable":..,
 * "message_zh":..,"hint_zh":..}: the last two in general, from the table; the caller owns the reference. */
json_t *err_to_json(const struct err *e);

/* Back from err_to_json's form: what another process reported. An unknown code becomes ERR_INTERNAL; the message stays. */
void err_from_json(struct err *e, const json_t *json);

/* The whole table as Markdown: docs/errors.md is made from it (`godwit errors`). */
void err_print_catalogue(FILE *out);

/* A broken invariant of our own: print place and text, abort. Never for foreign input. */
#define BUG(...) err_bug(__FILE__, __LINE__, __VA_ARGS__)
__attribute__((noreturn)) void err_bug(const char *file, int line, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
