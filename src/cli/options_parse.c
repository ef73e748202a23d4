/* Reads a command's words: options, SOURCE and TARGET; then what only all of them together can tell. See options.h.
 *
 * Two passes, because the task file is applied before the command line, wherever --task stands among the words. */
#include "cli/options.h"

#include <stddef.h>
#include <string.h>

#include "base/str.h"
#include "cli/task_file.h"
#include "cli/url.h"

/* Levenshtein's distance, for "did you mean": names are short, rows on the stack suffice. */
static size_t distance(const char *a, const char *b) {
    enum { MAX = 40 };
    size_t n = strlen(a), m = strlen(b), row[MAX + 1];
    if (n > MAX || m > MAX) {
        return MAX;
    }
    for (size_t j = 0; j <= m; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t above = row[j], change = diagonal + (a[i - 1] != b[j - 1]);
            size_t best = above + 1 < row[j - 1] + 1 ? above + 1 : row[j - 1] + 1;
            row[j] = change < best ? change : best;
            diagonal = above;
        }
    }
    return row[m];
}

static bool unknown_option(const char *name, const char *command, struct err *e) {
    const char *near = NULL;
    size_t least = 4;
    for (size_t i = 0; i < options_count(); i++) {
        size_t d = distance(name, options_spec(i)->name);
        if (d < least) {
            least = d;
            near = options_spec(i)->name;
        }
    }
    err_set(e, ERR_USAGE, "godwit %s has no option --%s", command, name);
    return near != NULL ? err_hint(e, "did you mean --%s? godwit %s --help lists what it takes", near, command)
                        : err_hint(e, "godwit %s --help lists what it takes", command);
}

static bool wrong_command(const struct option_spec *s, const char *command, struct err *e) {
    static const char *const names[] = {"precheck", "plan",    "load",    "migrate", "check",
                                        "follow",   "reverse", "cutover", "objects"};
    char list[96] = "";
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if ((s->commands & 1U << i) != 0) {
            snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", list[0] != '\0' ? ", " : "", names[i]);
        }
    }
    err_set(e, ERR_USAGE, "--%s is no option of godwit %s", s->name, command);
    return err_hint(e, "it is one of: %s", list);
}

/* What a pass does with the words. */
struct reader {
    struct options *o;
    unsigned command;
    const char *name;
    bool look; /* first pass: only --task and --help are taken */
    size_t nurls;
};

static bool take_option(struct reader *r, const struct option_spec *s, const char *value, struct err *e) {
    bool early = str_eq(s->name, "task") || str_eq(s->name, "help") || str_eq(s->name, "lang");
    if (r->look != early) {
        return true;
    }
    bool repeats = s->kind == KIND_LIST || s->kind == KIND_TYPE || s->kind == KIND_LOSS || s->kind == KIND_COLUMNS ||
                   s->kind == KIND_ROWS;
    bool takes_value = s->kind != KIND_FLAG && s->kind != KIND_SET;
    if (!repeats && takes_value && r->o->given[s - options_spec(0)]) {
        return err_set(e, ERR_USAGE, "--%s is given twice", s->name);
    }
    return options_set(r->o, s, value, false, e);
}

/* An option at words[*i]; takes the next word when its value stands there. */
static bool read_option(struct reader *r, int n, char **words, int *i, struct err *e) {
    const char *word = words[*i];
    if (str_eq(word, "-h")) {
        word = "--help";
    }
    const char *eq = strchr(word, '=');
    if (!str_starts(word, "--")) {
        err_set(e, ERR_USAGE, "'%s' is no option: all but -h begin with two dashes", word);
        return false;
    }
    char *name = arena_strndup(r->o->a, word + 2, eq != NULL ? (size_t)(eq - word - 2) : strlen(word + 2));
    const struct option_spec *s = options_find(name);
    if (s == NULL) {
        /* The word is not repeated in full: it may hold a password given in a form this program does not take. */
        return unknown_option(name, r->name, e);
    }
    if ((s->commands & r->command) == 0) {
        return wrong_command(s, r->name, e);
    }
    bool takes_value = s->kind != KIND_FLAG && s->kind != KIND_SET;
    if (!takes_value) {
        return eq == NULL ? take_option(r, s, "", e) : err_set(e, ERR_USAGE, "--%s takes no value", s->name);
    }
    if (eq != NULL) {
        return take_option(r, s, eq + 1, e);
    }
    if (*i + 1 >= n) {
        return err_set(e, ERR_USAGE, "--%s lacks its value: --%s %s", s->name, s->name, s->arg);
    }
    return take_option(r, s, words[++*i], e);
}

static bool read_words(struct reader *r, int n, char **words, struct err *e) {
    bool only_urls = false;
    for (int i = 0; i < n; i++) {
        if (!only_urls && str_eq(words[i], "--")) {
            only_urls = true;
        } else if (!only_urls && words[i][0] == '-' && words[i][1] != '\0') {
            if (!read_option(r, n, words, &i, e)) {
                return false;
            }
        } else if (!r->look) {
            if (r->nurls == 2) {
                err_set(e, ERR_USAGE, "one word too many: '%s'", url_redacted(r->o->a, words[i]));
                return err_hint(e, "godwit %s takes a SOURCE and a TARGET; all else are options", r->name);
            }
            char *url = arena_strdup(r->o->a, words[i]);
            *(r->nurls++ == 0 ? &r->o->source_url : &r->o->target_url) = url;
        }
    }
    return true;
}

bool options_parse(struct options *o, unsigned command, const char *name, int n, char **words, struct err *e) {
    struct reader look = {.o = o, .command = command, .name = name, .look = true};
    if (!read_words(&look, n, words, e)) {
        /* Somebody who asks for help gets it whatever else is wrong. */
        for (int i = 0; i < n; i++) {
            if (str_eq(words[i], "--help") || str_eq(words[i], "-h")) {
                o->help = true;
                err_clear(e);
                return true;
            }
        }
        return false;
    }
    if (o->help) {
        return true;
    }
    if (o->task_file != NULL && !task_file_read(o, o->task_file, e)) {
        return false;
    }
    struct reader all = {.o = o, .command = command, .name = name};
    if (!read_words(&all, n, words, e)) {
        return false;
    }
    if (all.nurls == 1 || o->source_url == NULL || o->target_url == NULL) {
        err_set(e, ERR_USAGE,
                all.nurls == 1 ? "there is a SOURCE but no TARGET" : "there is neither SOURCE nor TARGET");
        return err_hint(e, "godwit %s mysql://user@host/database opengauss://user@host/database, or --task FILE.json",
                        name);
    }
    o->either_way = command == CMD_CHECK;
    return options_finish(o, e);
}

/* ---- all of them together ---- */

static bool conflict(const struct options *o, const char *a, const char *b, struct err *e) {
    return options_given(o, a) && options_given(o, b) &&
           !err_set(e, ERR_USAGE, "--%s and --%s exclude each other", a, b);
}

/* These two set one thing: said on the command line, one replaces the other of the file. */
static bool same_layer(const struct options *o, const char *a, const char *b, struct err *e) {
    ptrdiff_t i = options_find(a) - options_spec(0), j = options_find(b) - options_spec(0);
    bool both = (o->given[i] && o->given[j]) || (o->filed[i] && o->filed[j]);
    return both && !err_set(e, ERR_USAGE, "--%s and --%s exclude each other", a, b);
}

/* A check of the target alone compares whole tables, once, and names no rows. */
static bool quick_alone(const struct options *o, struct err *e) {
    static const char *const others[] = {"repair",          "repair-file", "structure-only", "columns",
                                         "exclude-columns", "rows",        "settle",         "resume"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (conflict(o, "quick", others[i], e)) {
            return false;
        }
    }
    return true;
}

/* A check takes its ends in either order: the first is what the second is compared with. */
static bool read_ends(struct options *o, struct err *e) {
    struct task *t = &o->task;
    enum url_kind first = url_kind_of(o->source_url), second = url_kind_of(o->target_url);
    if (o->either_way && first == second && first != URL_OTHER) {
        err_set(e, ERR_URL, "source and target are both %s", first == URL_MYSQL ? "MySQL" : "openGauss or PostgreSQL");
        return err_hint(e, "a check compares MySQL or MariaDB with openGauss or PostgreSQL, in either order");
    }
    o->check.backward = o->either_way && (first == URL_GAUSS || (first == URL_OTHER && second == URL_MYSQL));
    if (!o->check.backward) {
        return url_source(o->a, o->source_url, t, e) && url_target(o->a, o->target_url, t, e);
    }
    unsigned jobs = o->check.source_jobs;
    o->check.source_jobs = o->check.target_jobs;
    o->check.target_jobs = jobs;
    if (o->check.quick) {
        err_set(e, ERR_USAGE, "--quick compares what a load read from MySQL: the source must be MySQL");
        return err_hint(e, "leave --quick out, or give the ends in the order of the load");
    }
    return url_ends_backward(o->a, o->source_url, o->target_url, t, e);
}

bool options_finish(struct options *o, struct err *e) {
    struct task *t = &o->task;
    /* --schema wins over the URL's schema: take it out of the way while the URL is read. */
    char *schema = options_given(o, "schema") ? t->target_schema : NULL;
    if (!read_ends(o, e)) {
        return false;
    }
    if (schema != NULL) {
        t->target_schema = schema;
    }
    if (same_layer(o, "overwrite", "append", e) || conflict(o, "resume", "restart", e) ||
        conflict(o, "precheck-exact", "precheck-rows", e) || conflict(o, "skip-precheck", "precheck-exact", e) ||
        conflict(o, "skip-precheck", "precheck-rows", e) || conflict(o, "rows-only", "structure-only", e) ||
        conflict(o, "apply", "drop", e)) {
        return false;
    }
    if (!quick_alone(o, e)) {
        return false;
    }
    if (t->accept_moved && !t->resume) {
        return err_set(e, ERR_USAGE, "--accept-moved needs --resume");
    }
    if (!catalog_filter_valid(&t->tables, e) || !catalog_filter_valid(&o->check.selection.tables, e)) {
        return false;
    }
    if (o->timeout_ms >= 0) {
        /* A timeout in a URL is about that end and wins. */
        t->source.io_timeout_ms = t->source.io_timeout_ms != 0 ? t->source.io_timeout_ms : o->timeout_ms;
        t->target.io_timeout_ms = t->target.io_timeout_ms != 0 ? t->target.io_timeout_ms : o->timeout_ms;
    }
    return true;
}
