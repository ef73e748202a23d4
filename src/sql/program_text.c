/* Words, types and comments of programs; places in a text. */
#include <string.h>

#include "base/str.h"
#include "sql/program_internal.h"
#include "sql/statement_internal.h"

struct sql_place sql_place_of(const char *text, size_t len, size_t at) {
    struct sql_place place = {1, 1};
    for (size_t i = 0; i < at && i < len; i++) {
        if (text[i] == '\n') {
            place.line++;
            place.column = 1;
        } else if (((unsigned char)text[i] & 0xC0) != 0x80) {
            place.column++;
        }
    }
    return place;
}

bool prog_is(const struct sql_parser *p, const char *word) {
    return sql_token_is(&p->t, word);
}

bool prog_next_is(struct sql_parser *p, const char *word) {
    return sql_token_is(sql_parser_peek(p), word);
}

bool prog_words(struct sql_parser *p, const char *one, const char *two) {
    if (!prog_is(p, one) || !prog_next_is(p, two)) {
        return false;
    }
    sql_parser_advance(p);
    sql_parser_advance(p);
    return true;
}

bool prog_unexpected(struct sql_parser *p, const char *wanted) {
    sql_parser_fail(p, "%s expected, found %.60s", wanted, p->t.kind == TOK_END ? "the end" : p->t.text);
    return false;
}

bool prog_string(struct sql_parser *p, const char **out) {
    if (p->t.kind != TOK_STRING) {
        return prog_unexpected(p, "a string");
    }
    *out = p->t.text;
    sql_parser_advance(p);
    return true;
}

static const char *labels_text(struct arena *a, const struct sql_type *t) {
    const char *out = t->name;
    for (size_t i = 0; i < t->nlabels; i++) {
        const char *quoted = "";
        for (const char *s = t->labels[i]; *s != '\0'; s++) {
            quoted = arena_printf(a, *s == '\'' ? "%s''" : "%s%c", quoted, *s);
        }
        out = arena_printf(a, "%s%s'%s'", out, i == 0 ? "(" : ",", quoted);
    }
    return arena_printf(a, "%s)", out);
}

/* The type as information_schema.columns writes COLUMN_TYPE. */
const char *prog_type_text(struct arena *a, const struct sql_type *t) {
    const char *name = t->name, *text;
    if (str_eq(name, "bool") || str_eq(name, "boolean")) {
        return "tinyint(1)";
    }
    if (t->nlabels > 0) {
        return labels_text(a, t);
    }
    bool charless = str_eq(name, "text") || str_eq(name, "blob");
    if (t->bytes && (str_eq(name, "char") || str_eq(name, "varchar"))) {
        name = str_eq(name, "char") ? "binary" : "varbinary";
    }
    if (str_eq(name, "decimal")) {
        text = arena_printf(a, "decimal(%lu,%lu)", t->numbers > 0 ? t->n[0] : 10UL, t->numbers > 1 ? t->n[1] : 0UL);
    } else if (t->numbers == 2) {
        text = arena_printf(a, "%s(%lu,%lu)", name, t->n[0], t->n[1]);
    } else if (t->numbers == 1 && !charless) {
        text = arena_printf(a, "%s(%lu)", name, t->n[0]);
    } else if (str_eq(name, "char") || str_eq(name, "binary") || str_eq(name, "bit")) {
        text = arena_printf(a, "%s(1)", name);
    } else {
        text = name;
    }
    return arena_printf(a, "%s%s%s", text, t->is_unsigned ? " unsigned" : "", t->zerofill ? " zerofill" : "");
}

bool prog_type(struct sql_parser *p, struct sql_program_type *out) {
    static const struct sql_statement_options o = {0};
    struct sql_statement s = {0};
    struct sql_type t = {0};
    struct ddl_parser d = {.p = *p, .o = &o, .text = p->lexer.text, .len = p->lexer.len, .s = &s};
    bool ok = stmt_type(&d, &t);
    *p = d.p;
    if (!ok) {
        return false;
    }
    *out =
        (struct sql_program_type){.text = prog_type_text(p->arena, &t), .charset = t.charset, .collation = t.collation};
    return true;
}

const char *prog_comments(struct arena *a, const char *text, size_t from, size_t to) {
    const char *out = NULL;
    for (size_t i = from; i < to;) {
        size_t start = 0, end = 0, next = i + 1;
        if (text[i] == '#' || (text[i] == '-' && i + 1 < to && text[i + 1] == '-')) {
            start = i + (text[i] == '#' ? 1 : 2);
            const char *nl = memchr(text + start, '\n', to - start);
            end = nl == NULL ? to : (size_t)(nl - text);
            next = end;
        } else if (text[i] == '/' && i + 1 < to && text[i + 1] == '*') {
            if (i + 2 < to && (text[i + 2] == '!' || text[i + 2] == 'M')) {
                i += 2;
                continue;
            }
            start = i + 2;
            const char *close = memmem(text + start, to - start, "*/", 2);
            end = close == NULL ? to : (size_t)(close - text);
            next = close == NULL ? to : end + 2;
        }
        while (start < end && (text[start] == ' ' || text[start] == '\t')) {
            start++;
        }
        while (end > start && (unsigned char)text[end - 1] <= ' ') {
            end--;
        }
        if (end > start) {
            char *piece = arena_strndup(a, text + start, end - start), *w = piece;
            for (char *r = piece; *r != '\0'; r++) { /* lines begin at their first word */
                if (*r != '\r' && !((*r == ' ' || *r == '\t') && w > piece && w[-1] == '\n')) {
                    *w++ = *r;
                }
            }
            *w = '\0';
            out = out == NULL ? piece : arena_printf(a, "%s\n%s", out, piece);
        }
        i = next;
    }
    return out;
}

bool prog_args(struct sql_parser *p, struct sql_node ***args, size_t *n, size_t *cap) {
    if (!sql_parser_accept_op(p, OP_LPAREN)) {
        return true;
    }
    if (sql_parser_accept_op(p, OP_RPAREN)) {
        return true;
    }
    do {
        struct sql_node *v = sql_parse_expr(p);
        if (v == NULL) {
            return false;
        }
        *args = arena_grow(p->arena, *args, *n, cap, sizeof(struct sql_node *));
        (*args)[(*n)++] = v;
    } while (sql_parser_accept_op(p, OP_COMMA));
    return sql_parser_expect_op(p, OP_RPAREN, ")");
}
