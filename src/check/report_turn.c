/* A finished report turned round: what was MySQL, the source, is the target of a check whose reference was openGauss. See report.h.
 * Only words, names and sides change, nothing is compared here. */
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "check/report.h"

/* ---- words ---- */

static bool is_word(unsigned char c) {
    return isalnum(c) || c == '_' || c >= 0x80;
}

static bool follows(const char *text, const char *at, const char *before) {
    size_t n = strlen(before);
    return (size_t)(at - text) >= n && memcmp(at - n, before, n) == 0;
}

/* "the source" <-> "the target", "source table t" <-> "target table t": our own words, which begin the text or a part of it, or stand
 * behind "the"; a name in between is not touched. Both words have six letters. */
static void turn_words(char *text) {
    static const char source[] = "source", target[] = "target";
    enum { LETTERS = sizeof source - 1 };
    for (char *at = text; *at != '\0'; at++) {
        bool is_source = strncmp(at, source, LETTERS) == 0, is_target = strncmp(at, target, LETTERS) == 0;
        if ((!is_source && !is_target) || is_word((unsigned char)at[LETTERS])) {
            continue;
        }
        if (at == text || follows(text, at, "the ") || follows(text, at, ": ")) {
            memcpy(at, is_source ? target : source, LETTERS);
        }
    }
}

void check_error_turn(struct err *e) {
    turn_words(e->message);
    turn_words(e->where);
    turn_words(e->hint);
}

static char *turned(struct arena *a, const char *text) {
    char *own = arena_strdup(a, text);
    if (own != NULL) {
        turn_words(own);
    }
    return own;
}

/* ---- sides ---- */

#define SWAP(type, x, y)                                                                                               \
    do {                                                                                                               \
        type swap_kept = (x);                                                                                          \
        (x) = (y);                                                                                                     \
        (y) = swap_kept;                                                                                               \
    } while (0)

static void turn_listed(struct listed_difference *d) {
    d->kind = d->kind == ROW_MISSING ? ROW_EXTRA : d->kind == ROW_EXTRA ? ROW_MISSING : ROW_CHANGED;
    for (size_t i = 0; i < d->nvalues; i++) {
        SWAP(char *, d->values[i].source, d->values[i].target);
    }
}

static void turn_table(struct check_report *r, struct check_table_report *out) {
    out->not_checkable = turned(&r->arena, out->not_checkable);
    SWAP(uint64_t, out->source_rows, out->target_rows);
    SWAP(uint64_t, out->missing, out->extra);
    uint64_t not_same = out->changed + out->missing;
    out->same = out->source_rows > not_same ? out->source_rows - not_same : 0;
    for (size_t i = 0; i < out->nlisted; i++) {
        turn_listed(&out->listed[i]);
    }
}

static void turn_structure(struct check_report *r) {
    struct structure_result *s = &r->structure;
    s->not_checked = turned(&r->arena, s->not_checked);
    for (size_t i = 0; i < s->n; i++) {
        struct structure_difference *d = &s->items[i];
        d->kind = d->kind == DIFFERENCE_MISSING ? DIFFERENCE_EXTRA
                  : d->kind == DIFFERENCE_EXTRA ? DIFFERENCE_MISSING
                                                : DIFFERENCE_OTHER;
        SWAP(const char *, d->expected, d->found);
    }
    for (size_t i = 0; i < s->nunchecked; i++) {
        s->unchecked[i].object = turned(&r->arena, s->unchecked[i].object);
        s->unchecked[i].reason = turned(&r->arena, s->unchecked[i].reason);
    }
}

void check_report_turn(struct check_report *r, const struct database *db) {
    r->backward = true;
    SWAP(char *, r->source_version, r->target_version);
    r->rows = 0;
    for (size_t i = 0; i < r->ntables; i++) {
        struct check_table_report *out = &r->tables[i];
        if (i < db->ntables) {
            const struct table *t = &db->tables[i];
            out->source = arena_strdup(&r->arena, t->target_name);
            out->target = arena_printf(&r->arena, "%s.%s", t->schema, t->name);
        }
        turn_table(r, out);
        r->rows += out->source_rows;
    }
    turn_structure(r);
}
