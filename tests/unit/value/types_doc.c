/* The generated parts of docs/types.md, printed from the type map, the conversion table and the loss rules, so that the page
 * cannot say anything else than the code does.
 *
 *   types_doc check docs/types.md    exit 1 when the page differs (run as a test)
 *   types_doc write docs/types.md    bring it up to date */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value/convert.h"
#include "value/loss.h"
#include "value/typemap.h"

#include "base/buf.h"

static const enum dialect dialects[] = {DIALECT_PG, DIALECT_OG_B, DIALECT_OG_PG, DIALECT_OG_A};
enum { NDIALECTS = 4, MAX_NOTES = 200 };

static const struct {
    const char *type, *charset, *collation;
    bool mariadb_json;
    bool time_as_interval, json_as_json;
} types[] = {
    {"tinyint"},
    {"tinyint unsigned"},
    {"smallint"},
    {"smallint unsigned"},
    {"mediumint"},
    {"mediumint unsigned"},
    {"int"},
    {"int unsigned"},
    {"int(10) unsigned zerofill"},
    {"bigint"},
    {"bigint unsigned"},
    {"decimal(10,2)"},
    {"decimal(65,30) unsigned"},
    {"float"},
    {"float unsigned"},
    {"float(7,3)"},
    {"double"},
    {"double(10,2)"},
    {"bit(1)"},
    {"bit(64)"},
    {"char(10)", "utf8mb4", "utf8mb4_bin"},
    {"varchar(40)", "utf8mb4", "utf8mb4_0900_ai_ci"},
    {"varchar(40)", "utf8mb4", "utf8mb4_general_ci"},
    {"varchar(40)", "latin1", "latin1_swedish_ci"},
    {"varchar(40)", "gbk", "gbk_chinese_ci"},
    {"varchar(40)", "ascii", "ascii_bin"},
    {"char(0)", "utf8mb4", "utf8mb4_bin"},
    {"tinytext", "utf8mb4", "utf8mb4_bin"},
    {"text", "utf8mb4", "utf8mb4_bin"},
    {"mediumtext", "utf8mb4", "utf8mb4_bin"},
    {"longtext", "utf8mb4", "utf8mb4_bin"},
    {"binary(16)"},
    {"varbinary(200)"},
    {"varbinary(0)"},
    {"tinyblob"},
    {"blob"},
    {"mediumblob"},
    {"longblob"},
    {"date"},
    {"time(3)"},
    {.type = "time(3)", .time_as_interval = true},
    {"datetime"},
    {"datetime(6)"},
    {"timestamp"},
    {"timestamp(6)"},
    {"year"},
    {"enum('a','b')"},
    {"enum('a','')"},
    {"set('x','y')"},
    {"json"},
    {.type = "json", .json_as_json = true},
    {.type = "longtext", .mariadb_json = true},
    {"geometry"},
    {"point"},
    {"vector(3)"},
    {"uuid"},
    {"inet4"},
    {"inet6"},
};

struct page {
    struct arena a;
    struct buf text;
    char *notes[MAX_NOTES];
    size_t nnotes;
};

static void say(struct page *p, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void say(struct page *p, const char *fmt, ...) {
    char text[8192];
    struct err e = ERR_INIT;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (!buf_puts(&p->text, text, &e)) {
        abort();
    }
}

static size_t note_number(struct page *p, const char *note) {
    for (size_t i = 0; i < p->nnotes; i++) {
        if (strcmp(p->notes[i], note) == 0) {
            return i + 1;
        }
    }
    if (p->nnotes == MAX_NOTES) {
        abort();
    }
    p->notes[p->nnotes++] = arena_strdup(&p->a, note);
    return p->nnotes;
}

/* "varchar(40) [1] [2]"; a bar would end the cell. */
static void say_target(struct page *p, const struct target_type *t) {
    say(p, " `%s`", t->ddl);
    if (t->collation != NULL) {
        say(p, " COLLATE `%s`", t->collation);
    }
    if (t->check != NULL) {
        char *c = arena_strdup(&p->a, t->check);
        for (char *s = strstr(c, "%s"); s != NULL; s = strstr(s, "%s")) {
            s[0] = 'c';
            memmove(s + 1, s + 2, strlen(s + 2) + 1);
        }
        say(p, " CHECK (`%s`)", c);
    }
    for (char *note = t->note == NULL ? NULL : arena_strdup(&p->a, t->note); note != NULL;) {
        char *next = strstr(note, "; ");
        if (next != NULL) {
            *next = '\0';
            next += 2;
        }
        say(p, " [%zu]", note_number(p, note));
        note = next;
    }
}

static void type_table(struct page *p) {
    say(p, "| MySQL, MariaDB | PostgreSQL | openGauss B | openGauss PG | openGauss A |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct mytype t;
        if (!mytype_parse(&p->a, types[i].type, &t)) {
            abort();
        }
        t.charset = types[i].charset;
        t.collation = types[i].collation;
        t.is_mariadb_json = types[i].mariadb_json;
        say(p, "| `%s`%s%s%s%s |", types[i].type, t.collation == NULL ? "" : " ",
            t.collation == NULL ? "" : t.collation, t.is_mariadb_json ? ", MariaDB's json" : "",
            types[i].time_as_interval ? ", `--time-as-interval`"
            : types[i].json_as_json   ? ", `--json-as-json`"
                                      : "");
        for (size_t d = 0; d < NDIALECTS; d++) {
            struct typemap_options o = {.dialect = dialects[d],
                                        .time_as_interval = types[i].time_as_interval,
                                        .json_as_json = types[i].json_as_json};
            struct target_type to;
            struct err e = ERR_INIT;
            if (!typemap_resolve(&p->a, &o, "t", "c", &t, &to, &e)) {
                abort();
            }
            say_target(p, &to);
            say(p, " |");
        }
        say(p, "\n");
    }
    say(p, "\n");
    for (size_t i = 0; i < p->nnotes; i++) {
        say(p, "%s[%zu] %s", i == 0 ? "" : "  \n", i + 1, p->notes[i]);
    }
    say(p, "\n");
}

static void override_table(struct page *p) {
    static const struct {
        const char *title, *type;
    } from[] = {
        {"integers, year", "int"},
        {"decimal(p,0)", "decimal(10,0)"},
        {"decimal(p,s)", "decimal(10,2)"},
        {"float, double", "double"},
        {"bit(n)", "bit(8)"},
        {"char, varchar, text family, enum, set, json", "varchar(40)"},
        {"binary(16), varbinary(16)", "binary(16)"},
        {"other binary, blob family", "blob"},
        {"date", "date"},
        {"datetime, timestamp", "datetime"},
        {"time", "time"},
        {"spatial types, vector", "geometry"},
        {"uuid", "uuid"},
        {"inet4, inet6", "inet6"},
    };
    static const struct {
        enum target_kind kind;
        const char *name;
    } to[] = {
        {TK_BOOL, "boolean"},
        {TK_INT2, "smallint"},
        {TK_INT4, "integer"},
        {TK_INT8, "bigint"},
        {TK_INT1, "tinyint (B)"},
        {TK_UINT1, "uint1, uint2, uint4, uint8 (B)"},
        {TK_NUMERIC, "numeric(p,s)"},
        {TK_FLOAT4, "real"},
        {TK_FLOAT8, "double precision"},
        {TK_BIT, "bit(n)"},
        {TK_TEXT, "char(n), varchar(n), text"},
        {TK_JSONB, "json, jsonb"},
        {TK_BYTEA, "bytea, binary(n) and varbinary(n) (B)"},
        {TK_BLOB, "blob (openGauss)"},
        {TK_DATE, "date"},
        {TK_TIMESTAMP, "timestamp(p)"},
        {TK_TIMESTAMPTZ, "timestamptz(p)"},
        {TK_TIME, "time(p)"},
        {TK_INTERVAL, "interval"},
        {TK_UUID, "uuid"},
        {TK_INET, "inet"},
    };
    say(p, "| MySQL | can become |\n|---|---|\n");
    for (size_t i = 0; i < sizeof from / sizeof from[0]; i++) {
        struct mytype t;
        if (!mytype_parse(&p->a, from[i].type, &t)) {
            abort();
        }
        say(p, "| %s |", from[i].title);
        bool first = true;
        for (size_t k = 0; k < sizeof to / sizeof to[0]; k++) {
            if (convert_op(&t, to[k].kind) != OP_NONE) {
                say(p, "%s %s", first ? "" : ",", to[k].name);
                first = false;
            }
        }
        say(p, " |\n");
    }
}

static void loss_table(struct page *p) {
    struct loss_policies defaults;
    loss_policies_default(&defaults);
    say(p, "| rule | what it is | policies |\n|---|---|---|\n");
    for (int r = 0; r < LOSS_COUNT; r++) {
        say(p, "| `%s` | %s |", loss_rule_name((enum loss_rule)r), loss_rule_text((enum loss_rule)r));
        bool first = true;
        for (int k = LOSS_FAIL; k <= LOSS_CLAMP; k++) {
            if (loss_policy_fits((enum loss_rule)r, (enum loss_policy)k)) {
                say(p, "%s %s%s", first ? "" : ",", loss_policy_name((enum loss_policy)k),
                    (int)defaults.of[r] == k ? " (default)" : "");
                first = false;
            }
        }
        say(p, " |\n");
    }
}

static char *read_file(const char *path) {
    FILE *f = fopen(path, "r");
    char *text = calloc(1, 1 << 20);
    if (f == NULL || text == NULL) {
        perror(path);
        exit(1);
    }
    size_t n = fread(text, 1, (1 << 20) - 1, f);
    text[n] = '\0';
    fclose(f);
    return text;
}

/* The page with what stands between the marks of each part replaced. */
static void rebuild(struct page *p, const char *old) {
    static const struct {
        const char *name;
        void (*print)(struct page *);
    } parts[] = {{"types", type_table}, {"overrides", override_table}, {"losses", loss_table}};
    const char *at = old;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char *begin_mark =
            arena_printf(&p->a, "<!-- %s: generated by tests/unit/value/types_doc.c -->\n", parts[i].name);
        char *end_mark = arena_printf(&p->a, "<!-- end of %s -->", parts[i].name);
        const char *begin = strstr(at, begin_mark), *end = begin == NULL ? NULL : strstr(begin, end_mark);
        if (end == NULL) {
            fprintf(stderr, "the page has no part '%s'\n", parts[i].name);
            exit(1);
        }
        char *before = arena_strndup(&p->a, at, (size_t)(begin - at) + strlen(begin_mark));
        struct err e = ERR_INIT;
        if (!buf_puts(&p->text, before, &e)) {
            abort();
        }
        parts[i].print(p);
        at = end;
    }
    struct err e = ERR_INIT;
    if (!buf_puts(&p->text, at, &e) || !buf_terminate(&p->text, &e)) {
        abort();
    }
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: types_doc check|write docs/types.md\n");
        return 2;
    }
    struct page p = {.a = ARENA_INIT};
    buf_init(&p.text, 1 << 20);
    char *old = read_file(argv[2]);
    rebuild(&p, old);
    int status = 0;
    if (strcmp(argv[1], "write") == 0) {
        FILE *f = fopen(argv[2], "w");
        status = f == NULL || fputs((char *)p.text.data, f) < 0 || fclose(f) != 0;
    } else if (strcmp(old, (char *)p.text.data) != 0) {
        fprintf(stderr, "%s differs from the code; bring it up to date with: types_doc write %s\n", argv[2], argv[2]);
        status = 1;
    }
    free(old);
    buf_clear(&p.text);
    arena_clear(&p.a);
    return status;
}
