/* Types of columns as the catalog would print them. See draft.h. */
#include <string.h>

#include "base/str.h"
#include "schema/draft.h"

const struct schema_charset *change_find_charset(const struct changer *x, const char *name) {
    if (str_ieq(name, "utf8")) {
        name = "utf8mb3";
    }
    for (size_t i = 0; i < x->charsets->n; i++) {
        const struct schema_charset *c = &x->charsets->items[i];
        if (str_ieq(c->name, name) || (str_ieq(c->name, "utf8") && str_ieq(name, "utf8mb3"))) {
            return c;
        }
    }
    return NULL;
}

static char *lower(struct arena *a, const char *s) {
    char *out = arena_strdup(a, s);
    for (char *p = out; *p != '\0'; p++) {
        *p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
    }
    return out;
}

static const char *default_collation(const struct changer *x, const struct schema_charset *c) {
    bool utf8mb4 = str_eq(c->name, "utf8mb4") && x->session->utf8mb4_collation != NULL;
    return utf8mb4 ? x->session->utf8mb4_collation : c->collation;
}

/* The character set a collation belongs to, by its name; NULL: MariaDB's short names (uca1400_ai_ci) have none. */
static const struct schema_charset *charset_of(const struct changer *x, const char *collation) {
    size_t n = strcspn(collation, "_");
    char *name = arena_strndup(x->a, collation, n);
    return change_find_charset(x, name);
}

bool change_charset(struct changer *x, const char *charset, const char *collation, const char *table_charset,
                    const char *table_collation, const char **out_charset, const char **out_collation) {
    const struct schema_charset *c = NULL;
    if (charset != NULL && str_ieq(charset, "default")) {
        charset = NULL;
    }
    if (charset != NULL) {
        c = change_find_charset(x, charset);
        if (c == NULL) {
            return change_no(x, "the character set %s is not known", charset);
        }
    }
    if (collation != NULL && !str_ieq(collation, "default")) {
        const struct schema_charset *own = charset_of(x, collation);
        char *text = lower(x->a, collation);
        if (own == NULL) { /* a short name: of the character set at hand */
            own = c != NULL ? c : change_find_charset(x, table_charset);
            if (own == NULL) {
                return change_no(x, "the collation %s is not known", collation);
            }
            text = arena_printf(x->a, "%s_%s", own->name, text);
        }
        if (str_starts(text, "utf8_")) {
            text = arena_printf(x->a, "utf8mb3_%s", text + strlen("utf8_"));
        }
        *out_charset = own->name;
        *out_collation = text;
        return true;
    }
    if (c == NULL) {
        *out_charset = table_charset;
        *out_collation = table_collation;
    } else {
        *out_charset = c->name;
        *out_collation = default_collation(x, c);
    }
    return true;
}

bool change_is_text(const struct mytype *t) {
    return (t->kind >= MYT_CHAR && t->kind <= MYT_LONGTEXT) || t->kind == MYT_ENUM || t->kind == MYT_SET;
}

/* ---- the text of a type ---- */

static const struct {
    const char *name;
    unsigned width, unsigned_width;
} integers[] = {
    {"tinyint", 4, 3}, {"smallint", 6, 5}, {"mediumint", 9, 8}, {"int", 11, 10}, {"bigint", 20, 20},
};

static bool shows_widths(const struct changer *x) {
    return x->d->is_mariadb || x->charsets->version < 80019;
}

static char *integer(struct changer *x, const struct sql_type *t, const char *name) {
    unsigned long width = t->numbers > 0 ? t->n[0] : 0;
    for (size_t i = 0; i < sizeof integers / sizeof integers[0] && width == 0; i++) {
        if (str_eq(integers[i].name, name)) {
            width = t->is_unsigned ? integers[i].unsigned_width : integers[i].width;
        }
    }
    bool shown = shows_widths(x) || t->zerofill || (str_eq(name, "tinyint") && width == 1 && !t->is_unsigned);
    return shown ? arena_printf(x->a, "%s(%lu)", name, width) : arena_strdup(x->a, name);
}

static char *fraction(struct changer *x, const struct sql_type *t) {
    const char *name = t->name;
    if (str_eq(name, "decimal")) {
        return arena_printf(x->a, "decimal(%lu,%lu)", t->numbers > 0 && t->n[0] > 0 ? t->n[0] : 10,
                            t->numbers > 1 ? t->n[1] : 0);
    }
    if (t->numbers == 2) {
        return arena_printf(x->a, "%s(%lu,%lu)", name, t->n[0], t->n[1]);
    }
    return arena_strdup(x->a, str_eq(name, "float") && t->numbers == 1 && t->n[0] > 24 ? "double" : name);
}

static char *enumeration(struct changer *x, const struct sql_type *t) {
    char *text = arena_printf(x->a, "%s(", t->name);
    for (size_t i = 0; i < t->nlabels; i++) {
        const char *label = t->labels[i];
        size_t n = strlen(label), w = 0;
        while (n > 0 && label[n - 1] == ' ') { /* blanks at the end do not count */
            n--;
        }
        char *quoted = arena_alloc(x->a, 2 * n + 1);
        for (size_t k = 0; k < n; k++) {
            if (label[k] == '\'' || label[k] == '\\') {
                quoted[w++] = label[k];
            }
            quoted[w++] = label[k];
        }
        quoted[w] = '\0';
        text = arena_printf(x->a, "%s%s'%s'", text, i > 0 ? "," : "", quoted);
    }
    return arena_printf(x->a, "%s)", text);
}

/* TEXT(n) and BLOB(n) are the smallest that hold so many. */
static const char *sized(const struct sql_type *t, unsigned bytes_max, bool binary) {
    static const char *const texts[] = {"tinytext", "text", "mediumtext", "longtext"}, *const blobs[] = {
                                                                                           "tinyblob", "blob",
                                                                                           "mediumblob", "longblob"};
    size_t size = 1;
    if (t->numbers > 0 && t->n[0] > 0) {
        unsigned long long bytes = (unsigned long long)t->n[0] * bytes_max;
        size = bytes < 256 ? 0 : bytes < 65536 ? 1 : bytes < 16777216 ? 2 : 3;
    }
    return binary ? blobs[size] : texts[size];
}

static bool is_text_name(const char *name) {
    static const char *const names[] = {"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_eq(names[i], name)) {
            return true;
        }
    }
    return false;
}

/* With the character set "binary" text types are types of bytes. */
static const char *bytes_name(const char *name) {
    static const char *const names[][2] = {{"char", "binary"}, {"varchar", "varbinary"},     {"tinytext", "tinyblob"},
                                           {"text", "blob"},   {"mediumtext", "mediumblob"}, {"longtext", "longblob"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_eq(names[i][0], name)) {
            return names[i][1];
        }
    }
    return NULL;
}

static char *with_length(struct changer *x, const struct sql_type *t, const char *name) {
    return arena_printf(x->a, "%s(%lu)", name, t->numbers > 0 ? t->n[0] : 1);
}

static char *type_text(struct changer *x, const struct sql_type *t, const char *name, unsigned bytes_max) {
    for (size_t i = 0; i < sizeof integers / sizeof integers[0]; i++) {
        if (str_eq(integers[i].name, name)) {
            return integer(x, t, name);
        }
    }
    if (str_eq(name, "decimal") || str_eq(name, "float") || str_eq(name, "double")) {
        return fraction(x, t);
    }
    if (str_eq(name, "enum") || str_eq(name, "set")) {
        return enumeration(x, t);
    }
    if (str_eq(name, "bit") || str_eq(name, "char") || str_eq(name, "binary") || str_eq(name, "varchar") ||
        str_eq(name, "varbinary")) {
        return with_length(x, t, name);
    }
    if (str_eq(name, "text") || str_eq(name, "blob")) {
        return arena_strdup(x->a, sized(t, bytes_max, str_eq(name, "blob")));
    }
    if (str_eq(name, "time") || str_eq(name, "datetime") || str_eq(name, "timestamp")) {
        return t->numbers > 0 && t->n[0] > 0 ? with_length(x, t, name) : arena_strdup(x->a, name);
    }
    if (str_eq(name, "year")) {
        return arena_strdup(x->a, shows_widths(x) ? "year(4)" : "year");
    }
    if (str_eq(name, "vector")) {
        return arena_printf(x->a, "vector(%lu)", t->numbers > 0 ? t->n[0] : 2048);
    }
    if (str_eq(name, "geometrycollection") || str_eq(name, "geomcollection")) {
        bool is_short = !x->d->is_mariadb && x->charsets->version >= 80011;
        return arena_strdup(x->a, is_short ? "geomcollection" : "geometrycollection");
    }
    return arena_strdup(x->a, name);
}

static bool text_charset(struct changer *x, const struct table *t, const struct sql_type *from, const char **charset,
                         const char **collation) {
    const char *asked = from->national ? "utf8mb3" : from->charset;
    if (!change_charset(x, asked, from->collation, t->charset, t->collation, charset, collation)) {
        return false;
    }
    if (from->binary_collation && from->collation == NULL) {
        *collation = arena_printf(x->a, "%s_bin", *charset);
    }
    return true;
}

bool change_type(struct changer *x, const struct table *t, const struct sql_column_def *def, struct column *c) {
    const struct sql_type *from = &def->type;
    struct sql_type again = *from;
    const char *name = from->name, *charset = NULL, *collation = NULL;
    bool mariadb_json = false;
    if (str_eq(name, "bool")) {
        again = (struct sql_type){.name = "tinyint", .n = {1}, .numbers = 1};
        name = "tinyint";
    } else if (str_eq(name, "serial")) {
        again = (struct sql_type){.name = "bigint", .is_unsigned = true};
        name = "bigint";
    } else if (str_eq(name, "json") && x->d->is_mariadb) {
        name = "longtext";
        mariadb_json = def->nchecks == 0;
        charset = "utf8mb4";
        collation = "utf8mb4_bin";
    } else if (is_text_name(name)) {
        if (!text_charset(x, t, from, &charset, &collation)) {
            return false;
        }
        if (from->bytes || str_eq(charset, "binary")) {
            name = bytes_name(name);
            charset = collation = NULL;
            if (name == NULL) {
                return change_no(x, "column %s is a list of labels of bytes", def->name);
            }
        }
    }
    const struct schema_charset *cs = charset != NULL ? change_find_charset(x, charset) : NULL;
    again.name = name;
    char *text = type_text(x, &again, name, cs != NULL ? cs->bytes_max : 1);
    bool number = !is_text_name(name) && !str_eq(name, "bit") && !str_eq(name, "year");
    if (number && again.is_unsigned) {
        text = arena_printf(x->a, "%s unsigned%s", text, again.zerofill ? " zerofill" : "");
    }
    if (!mytype_parse(x->a, text, &c->type)) {
        return change_no(x, "column %s has the type %s, which is not known", def->name, text);
    }
    c->type.charset = charset;
    c->type.collation = collation;
    c->type.is_mariadb_json = mariadb_json;
    c->type.srid = def->has_srid ? (uint32_t)def->srid : 0;
    return true;
}
