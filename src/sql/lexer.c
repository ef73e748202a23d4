/* The lexer: see lexer.h. One function per family of tokens; sql_lexer_next chooses by the first byte. */
#include "sql/lexer.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

/* Names that may follow an underscore as a character set introducer; any other _word is an identifier. */
static const char *const charsets[] = {
    "armscii8", "ascii", "big5",    "binary", "cp1250",  "cp1251", "cp1256", "cp1257",  "cp850",    "cp852",  "cp866",
    "cp932",    "dec8",  "eucjpms", "euckr",  "gb18030", "gb2312", "gbk",    "geostd8", "greek",    "hebrew", "hp8",
    "keybcs2",  "koi8r", "koi8u",   "latin1", "latin2",  "latin5", "latin7", "macce",   "macroman", "sjis",   "swe7",
    "tis620",   "ucs2",  "ujis",    "utf16",  "utf16le", "utf32",  "utf8",   "utf8mb3", "utf8mb4",
};

static bool is_charset(const char *name) {
    for (size_t i = 0; i < sizeof charsets / sizeof charsets[0]; i++) {
        if (strcasecmp(charsets[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_space(unsigned char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}
static bool is_digit(unsigned char c) {
    return c >= '0' && c <= '9';
}
static bool is_hex(unsigned char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
/* Bytes of an unquoted identifier; everything above ASCII belongs to names. */
static bool is_ident(unsigned char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c >= 0x80;
}

/* The byte `ahead` of the position, 0 at the end (a NUL byte in the text is no token's start either). */
static unsigned char peek(const struct sql_lexer *l, size_t ahead) {
    return l->len - l->pos > ahead ? (unsigned char)l->text[l->pos + ahead] : 0;
}

void sql_lexer_init(struct sql_lexer *l, struct arena *a, const char *text, size_t len, unsigned flags) {
    *l = (struct sql_lexer){.arena = a, .text = text, .len = len, .flags = flags};
}

static struct sql_token fail(struct sql_lexer *l, struct sql_token t, const char *what) {
    t.kind = TOK_ERROR;
    t.text = what;
    t.len = strlen(what);
    t.end = l->len;
    l->pos = t.start; /* the same error again, should the caller go on */
    return t;
}

/* Skip white space and comments; false at an unfinished comment. An executable comment's contents are read. */
static bool skip_blank(struct sql_lexer *l) {
    for (;;) {
        unsigned char c = peek(l, 0);
        if (l->pos >= l->len) {
            return l->open_version_comments == 0;
        }
        if (is_space(c)) {
            l->pos++;
        } else if (c == '#' || (c == '-' && peek(l, 1) == '-' && (l->len - l->pos == 2 || peek(l, 2) <= ' '))) {
            const char *nl = memchr(l->text + l->pos, '\n', l->len - l->pos);
            l->pos = nl == NULL ? l->len : (size_t)(nl - l->text) + 1;
        } else if (c == '/' && peek(l, 1) == '*') {
            bool mariadb = peek(l, 2) == 'M' && peek(l, 3) == '!';
            if (peek(l, 2) == '!' || mariadb) {
                l->pos += mariadb ? 4 : 3;
                for (int i = 0; i < 6 && is_digit(peek(l, 0)); i++) { /* version number, 5 or 6 digits */
                    l->pos++;
                }
                l->open_version_comments++;
                continue;
            }
            const char *end = memmem(l->text + l->pos + 2, l->len - l->pos - 2, "*/", 2);
            if (end == NULL) {
                return false;
            }
            l->pos = (size_t)(end - l->text) + 2;
        } else if (c == '*' && peek(l, 1) == '/' && l->open_version_comments > 0) {
            l->open_version_comments--;
            l->pos += 2;
        } else {
            return true;
        }
    }
}

static struct sql_token text_token(struct sql_lexer *l, struct sql_token t, enum sql_token_kind kind, size_t from,
                                   size_t to) {
    t.kind = kind;
    t.text = arena_strndup(l->arena, l->text + from, to - from);
    t.len = to - from;
    t.end = l->pos;
    return t;
}

/* What a backslash and `c` mean in a string. \% and \_ keep the backslash: they are for LIKE. */
static char unescape(unsigned char c, bool *keep_backslash) {
    *keep_backslash = c == '%' || c == '_';
    switch (c) {
    case '0':
        return '\0';
    case 'b':
        return '\b';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'Z':
        return 26;
    default:
        return (char)c;
    }
}

/* A quoted string or identifier; the position is at the opening quote. */
static struct sql_token quoted(struct sql_lexer *l, struct sql_token t, enum sql_token_kind kind) {
    char quote = l->text[l->pos];
    bool escapes = kind != TOK_QUOTED_IDENT && (l->flags & SQL_LEX_NO_BACKSLASH_ESCAPES) == 0;
    size_t i = l->pos + 1;
    size_t n = 0;
    /* The first pass finds the end, so that the copy is allocated once. */
    size_t end = i;
    while (end < l->len && (l->text[end] != quote || (end + 1 < l->len && l->text[end + 1] == quote))) {
        end += l->text[end] == quote || (escapes && l->text[end] == '\\') ? 2 : 1;
    }
    if (end >= l->len) {
        return fail(l, t, kind == TOK_QUOTED_IDENT ? "a quoted name without its end" : "a string without its end");
    }
    char *out = arena_alloc(l->arena, end - i + 1);
    while (i < end) {
        char c = l->text[i++];
        if (c == quote) {
            i++; /* doubled */
        } else if (c == '\\' && escapes) {
            bool keep;
            c = unescape((unsigned char)l->text[i++], &keep);
            if (keep) {
                out[n++] = '\\';
            }
        }
        out[n++] = c;
    }
    out[n] = '\0';
    l->pos = end + 1;
    t.kind = kind;
    t.text = out;
    t.len = n;
    t.end = l->pos;
    return t;
}

/* x'41', b'101' (position at the letter). */
static struct sql_token quoted_digits(struct sql_lexer *l, struct sql_token t, enum sql_token_kind kind) {
    size_t from = l->pos + 2, i = from;
    while (i < l->len &&
           (kind == TOK_HEX ? is_hex((unsigned char)l->text[i]) : l->text[i] == '0' || l->text[i] == '1')) {
        i++;
    }
    if (i >= l->len || l->text[i] != '\'' || (kind == TOK_HEX && (i - from) % 2 != 0)) {
        return fail(l, t, kind == TOK_HEX ? "a malformed hexadecimal literal" : "a malformed bit literal");
    }
    l->pos = i + 1;
    return text_token(l, t, kind, from, i);
}

/* A word: identifier, keyword, introducer, or 0x / 0b literal. */
static struct sql_token word(struct sql_lexer *l, struct sql_token t) {
    size_t from = l->pos, i = from;
    while (i < l->len && is_ident((unsigned char)l->text[i])) {
        i++;
    }
    l->pos = i;
    size_t n = i - from;
    if (n > 2 && l->text[from] == '0' && !l->after_dot) {
        bool hex = l->text[from + 1] == 'x', bit = l->text[from + 1] == 'b';
        for (size_t k = from + 2; k < i; k++) {
            hex = hex && is_hex((unsigned char)l->text[k]);
            bit = bit && (l->text[k] == '0' || l->text[k] == '1');
        }
        if (hex || bit) {
            return text_token(l, t, hex ? TOK_HEX : TOK_BIT, from + 2, i);
        }
    }
    t = text_token(l, t, TOK_IDENT, from, i);
    if (t.text[0] == '_' && is_charset(t.text + 1)) {
        t.kind = TOK_INTRODUCER;
        t.text++;
        t.len--;
    }
    return t;
}

/* Digits first: 12, 1.5, 1e3, or a name such as 2nd. */
static struct sql_token number(struct sql_lexer *l, struct sql_token t) {
    size_t from = l->pos, i = from;
    enum sql_token_kind kind = TOK_INT;
    while (i < l->len && is_digit((unsigned char)l->text[i])) {
        i++;
    }
    bool point = i < l->len && l->text[i] == '.';
    if (point) {
        kind = TOK_DECIMAL;
        i++;
        while (i < l->len && is_digit((unsigned char)l->text[i])) {
            i++;
        }
    }
    if (i < l->len && (l->text[i] == 'e' || l->text[i] == 'E')) {
        size_t k = i + 1;
        if (k < l->len && (l->text[k] == '+' || l->text[k] == '-')) {
            k++;
        }
        if (k < l->len && is_digit((unsigned char)l->text[k])) {
            while (k < l->len && is_digit((unsigned char)l->text[k])) {
                k++;
            }
            kind = TOK_FLOAT;
            i = k;
        }
    }
    if (!point && i < l->len && is_ident((unsigned char)l->text[i])) {
        return word(l, t); /* a name that begins with digits, 0x.. or 0b.. */
    }
    l->pos = i;
    return text_token(l, t, kind, from, i);
}

/* @name, @'name', @@scope.name */
static struct sql_token variable(struct sql_lexer *l, struct sql_token t) {
    l->pos++;
    bool system = peek(l, 0) == '@';
    if (system) {
        l->pos++;
    }
    unsigned char c = peek(l, 0);
    if (!system && (c == '\'' || c == '"' || c == '`')) {
        t = quoted(l, t, c == '`' ? TOK_QUOTED_IDENT : TOK_STRING);
        t.kind = t.kind == TOK_ERROR ? TOK_ERROR : TOK_USER_VAR;
        return t;
    }
    size_t from = l->pos;
    while (is_ident(peek(l, 0)) || peek(l, 0) == '.') {
        l->pos++;
    }
    return text_token(l, t, system ? TOK_SYSTEM_VAR : TOK_USER_VAR, from, l->pos);
}

static const struct {
    char text[4];
    enum sql_op op;
} operators[] = {
    /* longest first */
    {"<=>", OP_NULL_SAFE_EQ},
    {"->>", OP_ARROW_TEXT},
    {"<<", OP_SHL},
    {">>", OP_SHR},
    {"<=", OP_LE},
    {">=", OP_GE},
    {"<>", OP_NE},
    {"!=", OP_NE},
    {":=", OP_ASSIGN},
    {"&&", OP_AND_AND},
    {"||", OP_OR_OR},
    {"->", OP_ARROW},
    {"(", OP_LPAREN},
    {")", OP_RPAREN},
    {"{", OP_LBRACE},
    {"}", OP_RBRACE},
    {",", OP_COMMA},
    {".", OP_DOT},
    {";", OP_SEMICOLON},
    {":", OP_COLON},
    {"=", OP_EQ},
    {"<", OP_LT},
    {">", OP_GT},
    {"+", OP_PLUS},
    {"-", OP_MINUS},
    {"*", OP_MUL},
    {"/", OP_DIV},
    {"%", OP_MOD},
    {"|", OP_BIT_OR},
    {"&", OP_BIT_AND},
    {"^", OP_BIT_XOR},
    {"~", OP_BIT_NOT},
    {"!", OP_NOT},
};

static struct sql_token operator(struct sql_lexer *l, struct sql_token t) {
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        size_t n = strlen(operators[i].text);
        if (l->len - l->pos >= n && memcmp(l->text + l->pos, operators[i].text, n) == 0) {
            l->pos += n;
            t.kind = TOK_OP;
            t.op = operators[i].op;
            t.text = operators[i].text;
            t.len = n;
            t.end = l->pos;
            return t;
        }
    }
    return fail(l, t, "an unexpected character");
}

static struct sql_token next(struct sql_lexer *l, struct sql_token t) {
    unsigned char c = peek(l, 0), d = peek(l, 1);
    if (c == '\'' || c == '"') {
        return quoted(l, t, c == '"' && (l->flags & SQL_LEX_ANSI_QUOTES) != 0 ? TOK_QUOTED_IDENT : TOK_STRING);
    }
    if (c == '`') {
        return quoted(l, t, TOK_QUOTED_IDENT);
    }
    if (l->after_dot && is_ident(c)) {
        return word(l, t);
    }
    if (d == '\'' && (c == 'x' || c == 'X')) {
        return quoted_digits(l, t, TOK_HEX);
    }
    if (d == '\'' && (c == 'b' || c == 'B')) {
        return quoted_digits(l, t, TOK_BIT);
    }
    if (d == '\'' && (c == 'n' || c == 'N')) {
        l->pos++;
        return quoted(l, t, TOK_NSTRING);
    }
    if (is_digit(c) || (c == '.' && is_digit(d) && !(l->after_name && !t.after_space))) {
        return number(l, t);
    }
    if (is_ident(c)) {
        return word(l, t);
    }
    if (c == '@') {
        return variable(l, t);
    }
    if (c == '?') {
        l->pos++;
        t.kind = TOK_PARAM;
        t.text = "?";
        t.len = 1;
        t.end = l->pos;
        return t;
    }
    return operator(l, t);
}

struct sql_token sql_lexer_next(struct sql_lexer *l) {
    struct sql_token t = {.kind = TOK_END, .text = ""};
    size_t before = l->pos;
    if (!skip_blank(l)) {
        t.start = before;
        return fail(l, t, "a comment without its end");
    }
    t.start = t.end = l->pos;
    t.after_space = l->pos > before;
    if (l->pos < l->len) {
        t = next(l, t);
    }
    l->after_dot = t.kind == TOK_OP && t.op == OP_DOT && l->after_name;
    l->after_name = t.kind == TOK_IDENT || t.kind == TOK_QUOTED_IDENT;
    return t;
}

bool sql_token_is(const struct sql_token *t, const char *word_text) {
    return t->kind == TOK_IDENT && strcasecmp(t->text, word_text) == 0;
}
