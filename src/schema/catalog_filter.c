/* Which tables a run takes: shell globs, or POSIX extended regular expressions between slashes. */
#include <fnmatch.h>
#include <regex.h>
#include <string.h>

#include "schema/catalog.h"

enum { PATTERN_MAX_BYTES = 1024 };

static bool is_regex(const char *pattern) {
    size_t n = strlen(pattern);
    return n >= 2 && pattern[0] == '/' && pattern[n - 1] == '/';
}

/* The expression between the slashes, compiled. 0, or regcomp's code. */
static int compile(const char *pattern, regex_t *re) {
    char text[PATTERN_MAX_BYTES];
    size_t n = strlen(pattern) - 2;
    if (n >= sizeof text) {
        return REG_ESPACE;
    }
    memcpy(text, pattern + 1, n);
    text[n] = '\0';
    return regcomp(re, text, REG_EXTENDED | REG_NOSUB);
}

static bool valid(const char *pattern, struct err *e) {
    if (pattern[0] == '\0') {
        return err_set(e, ERR_PATTERN, "a table pattern is empty");
    }
    if (pattern[0] == '/' && !is_regex(pattern)) {
        return err_set(e, ERR_PATTERN, "pattern '%s' begins with a slash and does not end with one", pattern);
    }
    if (!is_regex(pattern)) {
        return true;
    }
    regex_t re;
    int rc = compile(pattern, &re);
    if (rc != 0) {
        char why[256];
        regerror(rc, NULL, why, sizeof why);
        err_set(e, ERR_PATTERN, "pattern '%s' is not a regular expression", pattern);
        return err_cause(e, "%s", why);
    }
    regfree(&re);
    return true;
}

bool catalog_filter_valid(const struct catalog_filter *f, struct err *e) {
    for (size_t i = 0; i < f->ninclude; i++) {
        if (!valid(f->include[i], e)) {
            return false;
        }
    }
    for (size_t i = 0; i < f->nexclude; i++) {
        if (!valid(f->exclude[i], e)) {
            return false;
        }
    }
    return f->also == NULL || catalog_filter_valid(f->also, e);
}

static bool matches(const char *pattern, const char *name) {
    if (!is_regex(pattern)) {
        return fnmatch(pattern, name, 0) == 0;
    }
    regex_t re;
    if (compile(pattern, &re) != 0) {
        return false; /* catalog_filter_valid has told the user */
    }
    bool hit = regexec(&re, name, 0, NULL, 0) == 0;
    regfree(&re);
    return hit;
}

bool catalog_filter_match(const struct catalog_filter *f, const char *table) {
    if (f == NULL) {
        return true;
    }
    bool in = f->ninclude == 0;
    for (size_t i = 0; !in && i < f->ninclude; i++) {
        in = matches(f->include[i], table);
    }
    for (size_t i = 0; in && i < f->nexclude; i++) {
        in = !matches(f->exclude[i], table);
    }
    return in && catalog_filter_match(f->also, table);
}
