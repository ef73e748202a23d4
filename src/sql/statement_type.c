/* Column types as statements write them: synonyms, sizes, character sets. See statement_internal.h. */
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "sql/statement_internal.h"

/* Words that mean another type; NULL: themselves. */
static const struct {
    const char *word, *name;
} words[] = {
    {"tinyint", NULL},
    {"smallint", NULL},
    {"mediumint", NULL},
    {"int", NULL},
    {"bigint", NULL},
    {"integer", "int"},
    {"int1", "tinyint"},
    {"int2", "smallint"},
    {"int3", "mediumint"},
    {"middleint", "mediumint"},
    {"int4", "int"},
    {"int8", "bigint"},
    {"bool", "bool"},
    {"boolean", "bool"},
    {"serial", NULL},
    {"decimal", NULL},
    {"dec", "decimal"},
    {"numeric", "decimal"},
    {"fixed", "decimal"},
    {"float", NULL},
    {"float4", "float"},
    {"float8", "double"},
    {"double", NULL},
    {"real", NULL},
    {"bit", NULL},
    {"char", NULL},
    {"character", "char"},
    {"nchar", NULL},
    {"varchar", NULL},
    {"varcharacter", "varchar"},
    {"nvarchar", NULL},
    {"national", NULL},
    {"long", NULL},
    {"tinytext", NULL},
    {"text", NULL},
    {"mediumtext", NULL},
    {"longtext", NULL},
    {"binary", NULL},
    {"varbinary", NULL},
    {"tinyblob", NULL},
    {"blob", NULL},
    {"mediumblob", NULL},
    {"longblob", NULL},
    {"date", NULL},
    {"time", NULL},
    {"datetime", NULL},
    {"timestamp", NULL},
    {"year", NULL},
    {"enum", NULL},
    {"set", NULL},
    {"json", NULL},
    {"geometry", NULL},
    {"point", NULL},
    {"linestring", NULL},
    {"polygon", NULL},
    {"multipoint", NULL},
    {"multilinestring", NULL},
    {"multipolygon", NULL},
    {"geometrycollection", NULL},
    {"geomcollection", NULL},
    {"vector", NULL},
    {"uuid", NULL},
    {"inet4", NULL},
    {"inet6", NULL},
};

static bool numbers(struct ddl_parser *d, struct sql_type *t) {
    if (!stmt_op(d, OP_LPAREN)) {
        return true;
    }
    do {
        if (t->numbers == 2 || !stmt_number(d, &t->n[t->numbers])) {
            return stmt_unexpected(d, ")");
        }
        t->numbers++;
    } while (stmt_op(d, OP_COMMA));
    return stmt_op(d, OP_RPAREN) || stmt_unexpected(d, ")");
}

static bool labels(struct ddl_parser *d, struct sql_type *t) {
    size_t cap = 0;
    if (!stmt_op(d, OP_LPAREN)) {
        return stmt_unexpected(d, "(");
    }
    do {
        if (d->p.t.kind == TOK_HEX || d->p.t.kind == TOK_BIT || d->p.t.kind == TOK_INTRODUCER) {
            return stmt_unexpected(d, "a plain string");
        }
        t->labels = arena_grow(d->p.arena, t->labels, t->nlabels, &cap, sizeof *t->labels);
        if (d->p.t.kind == TOK_NSTRING) {
            t->labels[t->nlabels++] = d->p.t.text;
            sql_parser_advance(&d->p);
        } else if (!stmt_string(d, &t->labels[t->nlabels++])) {
            return false;
        }
    } while (stmt_op(d, OP_COMMA));
    return stmt_op(d, OP_RPAREN) || stmt_unexpected(d, ")");
}

static bool national(struct ddl_parser *d, struct sql_type *t) {
    t->national = true;
    bool is_char = stmt_word(d, "char") || stmt_word(d, "character");
    t->name = (is_char && !stmt_word(d, "varying")) ? "char" : "varchar";
    if (!is_char && !stmt_word(d, "varchar") && !stmt_word(d, "varcharacter")) {
        return stmt_unexpected(d, "CHAR or VARCHAR");
    }
    return true;
}

/* LONG [VARCHAR], LONG VARBINARY */
static void long_type(struct ddl_parser *d, struct sql_type *t) {
    t->name = stmt_word(d, "varbinary") ? "mediumblob" : "mediumtext";
    if (str_eq(t->name, "mediumtext") && (stmt_word(d, "char") || stmt_word(d, "character"))) {
        stmt_word(d, "varying");
    } else if (str_eq(t->name, "mediumtext") && !stmt_word(d, "varchar")) {
        stmt_word(d, "varcharacter");
    }
}

static bool two_words(struct ddl_parser *d, struct sql_type *t) {
    if (str_eq(t->name, "national")) {
        return national(d, t);
    }
    if (str_eq(t->name, "long")) {
        long_type(d, t);
    } else if (str_eq(t->name, "nchar")) {
        t->national = true;
        bool varying = stmt_word(d, "varying") || stmt_word(d, "varchar") || stmt_word(d, "varcharacter");
        t->name = varying ? "varchar" : "char";
    } else if (str_eq(t->name, "nvarchar")) {
        t->national = true;
        t->name = "varchar";
    } else if (str_eq(t->name, "char") && stmt_word(d, "varying")) {
        t->name = "varchar";
    } else if (str_eq(t->name, "double")) {
        stmt_word(d, "precision");
    } else if (str_eq(t->name, "real")) {
        t->name = d->o->real_as_float ? "float" : "double";
    }
    return true;
}

static bool word(struct ddl_parser *d, struct sql_type *t) {
    if (d->p.t.kind != TOK_IDENT) {
        return stmt_unexpected(d, "a type");
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (stmt_word(d, words[i].word)) {
            t->name = words[i].name != NULL ? words[i].name : words[i].word;
            return two_words(d, t);
        }
    }
    return stmt_unexpected(d, "a type");
}

/* UNSIGNED, CHARACTER SET x, COLLATE x, BINARY, ASCII, .. in any order. COLLATE may stand further back, too. */
static bool attributes(struct ddl_parser *d, struct sql_type *t) {
    for (;;) {
        if (stmt_word(d, "unsigned")) {
            t->is_unsigned = true;
        } else if (stmt_word(d, "zerofill")) {
            t->zerofill = t->is_unsigned = true;
        } else if (stmt_words(d, "character", "set") || stmt_words(d, "char", "set") || stmt_word(d, "charset")) {
            if (!stmt_charset(d, &t->charset)) {
                return false;
            }
        } else if (stmt_word(d, "collate")) {
            if (!stmt_charset(d, &t->collation)) {
                return false;
            }
        } else if (stmt_word(d, "binary")) {
            t->binary_collation = true;
        } else if (stmt_word(d, "ascii")) {
            t->charset = "latin1";
        } else if (stmt_word(d, "unicode")) {
            t->charset = "ucs2";
        } else if (stmt_word(d, "byte")) {
            t->bytes = true;
        } else if (!stmt_word(d, "signed")) {
            return true;
        }
    }
}

bool stmt_type(struct ddl_parser *d, struct sql_type *t) {
    *t = (struct sql_type){0};
    if (!word(d, t)) {
        return false;
    }
    bool is_list = str_eq(t->name, "enum") || str_eq(t->name, "set");
    return (is_list ? labels(d, t) : numbers(d, t)) && attributes(d, t);
}
