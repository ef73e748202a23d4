/* Asking a server what its character sets mean. See charset.h.
 *
 * CHAR(0x81, 0x40) is two bytes; CONVERT(.. USING gbk) calls them gbk, and shortens or replaces them where they are no character;
 * CONVERT(.. USING utf32) tells the code point. A pair of bytes is one character when both length and number of characters say so. */
#include <stdlib.h>

#include "base/str.h"
#include "mysql/charset_internal.h"
#include "mysql/reader.h"

enum { SQL_MAX_BYTES = 4 << 20, HEX_OF_CODE = 8 };

/* ---- which there are ---- */

static bool read_names(struct mysql_client *c, struct charsets *s, struct err *e) {
    struct arena a = ARENA_INIT;
    struct mysql_rows rows;
    bool ok = mysql_rows(c, &a, "SELECT CHARACTER_SET_NAME, MAXLEN FROM information_schema.CHARACTER_SETS", &rows, e);
    for (size_t i = 0; ok && i < rows.n; i++) {
        const char *name = mysql_cell(&rows, i, 0), *bytes_max = mysql_cell(&rows, i, 1);
        ok = name == NULL || bytes_max == NULL ||
             charsets_add(s, name, (unsigned)strtoul(bytes_max, NULL, 10), e) != NULL;
    }
    arena_clear(&a);
    return ok;
}

static void take_collations(struct charsets *s, const struct mysql_rows *rows) {
    for (size_t i = 0; i < rows->n; i++) {
        const char *id = mysql_cell(rows, i, 0), *name = mysql_cell(rows, i, 1);
        unsigned long number = id != NULL ? strtoul(id, NULL, 10) : 0;
        const struct charset *cs = name != NULL ? charset_named(s, name) : NULL;
        if (cs != NULL && number > 0 && number <= COLLATION_ID_MAX) {
            s->of_collation[number] = (uint8_t)(1 + (cs - s->items));
        }
    }
}

static bool read_collations(struct mysql_client *c, struct charsets *s, struct err *e) {
    struct arena a = ARENA_INIT;
    struct mysql_rows rows;
    struct err ignored = ERR_INIT;
    bool ok = mysql_rows(c, &a, "SELECT ID, CHARACTER_SET_NAME FROM information_schema.COLLATIONS", &rows, e);
    if (ok) {
        take_collations(s, &rows);
    }
    /* MariaDB since 10.10: a collation for several character sets has an id with each. */
    if (ok && mysql_server(c)->is_mariadb &&
        mysql_rows(c, &a, "SELECT ID, CHARACTER_SET_NAME FROM information_schema.COLLATION_CHARACTER_SET_APPLICABILITY",
                   &rows, &ignored)) {
        take_collations(s, &rows);
    }
    arena_clear(&a);
    return ok && (mysql_usable(c) || err_set(e, ERR_SOURCE_LOST, "the connection broke while reading character sets"));
}

/* ---- what they mean ---- */

static bool parse_hex(const char *text, size_t n, uint32_t *out) {
    *out = 0;
    for (size_t i = 0; i < n; i++) {
        char ch = text[i];
        uint32_t digit = ch >= '0' && ch <= '9'   ? (uint32_t)(ch - '0')
                         : ch >= 'A' && ch <= 'F' ? (uint32_t)(ch - 'A' + 10)
                                                  : 16;
        if (digit > 15) {
            return false;
        }
        *out = *out << 4 | digit;
    }
    return true;
}

static bool nonsense(const char *name, struct err *e) {
    return err_set(e, ERR_SOURCE_PROTOCOL, "the source's answer about character set %s cannot be read", name);
}

/* The code points of all bytes, one after the other. */
static bool take_single(struct charset *cs, const char *hex, size_t len) {
    if (hex == NULL || len != CHARSET_ONE * HEX_OF_CODE) {
        return false;
    }
    for (size_t b = 0; b < CHARSET_ONE; b++) {
        if (!parse_hex(hex + b * HEX_OF_CODE, HEX_OF_CODE, &cs->one[b])) {
            return false;
        }
    }
    return true;
}

/* All 256 bytes of all single-byte sets in one row. */
static bool read_singles(struct mysql_client *c, struct charsets *s, struct err *e) {
    struct arena a = ARENA_INIT;
    struct mysql_rows rows;
    struct buf sql;
    buf_init(&sql, SQL_MAX_BYTES);
    bool ok = buf_puts(&sql, "SELECT NULL", e);
    for (size_t i = 0; ok && i < s->n; i++) {
        if (s->items[i].form != CHARSET_SINGLE) {
            continue;
        }
        ok = buf_puts(&sql, ", HEX(CONVERT(CONVERT(x'", e);
        for (unsigned b = 0; ok && b < CHARSET_ONE; b++) {
            ok = buf_printf(&sql, e, "%02X", b);
        }
        ok = ok && buf_printf(&sql, e, "' USING %s) USING utf32))", s->items[i].name);
    }
    ok = ok && buf_terminate(&sql, e) && mysql_rows(c, &a, (char *)sql.data, &rows, e);
    for (size_t i = 0, column = 1; ok && i < s->n; i++) {
        struct charset *cs = &s->items[i];
        if (cs->form != CHARSET_SINGLE) {
            continue;
        }
        ok = rows.n == 1 && column < rows.columns.n && take_single(cs, mysql_cell(&rows, 0, column), rows.lens[column]);
        if (!ok) {
            nonsense(cs->name, e);
        }
        column++;
    }
    buf_clear(&sql);
    arena_clear(&a);
    return ok;
}

/* A row of index and code point in hex, into a table. */
static bool take_code(const uint8_t *row, size_t len, uint32_t *table, size_t n) {
    struct reader r = reader_of(row, len);
    char index[16] = "";
    size_t cell_len;
    bool present;
    const uint8_t *cell = read_text_cell(&r, &cell_len, &present);
    if (cell == NULL || cell_len >= sizeof index) {
        return false;
    }
    memcpy(index, cell, cell_len);
    unsigned long at = strtoul(index, NULL, 10);
    cell = read_text_cell(&r, &cell_len, &present);
    if (cell == NULL || at >= n) {
        return false;
    }
    if (cell_len == 0) {
        table[at] = CHARSET_NONE; /* the beginning of a character: at the end of a text it becomes nothing */
        return true;
    }
    return cell_len == HEX_OF_CODE && parse_hex((const char *)cell, HEX_OF_CODE, &table[at]);
}

static bool read_codes(struct mysql_client *c, const struct charset *cs, const char *sql, uint32_t *table, size_t n,
                       struct err *e) {
    struct arena a = ARENA_INIT;
    struct mysql_columns columns;
    bool ok = mysql_query(c, &a, sql, &columns, e);
    while (ok) {
        const uint8_t *row;
        size_t len;
        ok = mysql_next(c, &row, &len, e);
        if (!ok || row == NULL) {
            break;
        }
        ok = take_code(row, len, table, n) || nonsense(cs->name, e);
    }
    if (!ok && mysql_usable(c)) {
        struct err ignored = ERR_INIT;
        if (!mysql_drain(c, &ignored)) {
            err_clear(&ignored); /* the first error counts */
        }
    }
    arena_clear(&a);
    return ok;
}

/* "(SELECT 48 AS n UNION ALL SELECT 49 ..) h": a table of numbers. */
static bool put_numbers(struct buf *b, unsigned from, unsigned to, const char *alias, struct err *e) {
    bool ok = buf_printf(b, e, "(SELECT %u AS n", from);
    for (unsigned i = from + 1; ok && i <= to; i++) {
        ok = buf_printf(b, e, " UNION ALL SELECT %u", i);
    }
    return ok && buf_printf(b, e, ") %s", alias);
}

struct axis {
    const char *alias;
    unsigned from, to;
};

/* Every combination of bytes that is one character of all of them. */
static bool read_combinations(struct mysql_client *c, const struct charset *cs, const char *index, const char *bytes,
                              const struct axis *axes, size_t naxes, size_t length, uint32_t *table, size_t n,
                              struct err *e) {
    struct buf sql;
    buf_init(&sql, SQL_MAX_BYTES);
    bool ok = buf_printf(&sql, e, "SELECT %s, HEX(CONVERT(CONVERT(CHAR(%s) USING %s) USING utf32)) FROM ", index, bytes,
                         cs->name);
    for (size_t i = 0; ok && i < naxes; i++) {
        ok = (i == 0 || buf_puts(&sql, ", ", e)) && put_numbers(&sql, axes[i].from, axes[i].to, axes[i].alias, e);
    }
    ok = ok &&
         buf_printf(&sql, e,
                    " WHERE LENGTH(CONVERT(CHAR(%s) USING %s)) = %zu AND CHAR_LENGTH(CONVERT(CHAR(%s) USING %s)) = 1",
                    bytes, cs->name, length, bytes, cs->name) &&
         buf_terminate(&sql, e) && read_codes(c, cs, (char *)sql.data, table, n, e);
    buf_clear(&sql);
    return ok;
}

static bool read_multi(struct mysql_client *c, struct charset *cs, struct err *e) {
    static const struct axis one[] = {{"a", 0, 255}};
    static const struct axis two[] = {{"a", 128, 255}, {"b", 0, 255}};
    static const struct axis euc[] = {{"a", 128, 255}, {"b", 128, 255}};
    static const struct axis gb[] = {
        {"a", 0x81, 0x80 + GB18030_FIRST}, {"b", 0x30, 0x39}, {"c", 0x81, 0xfe}, {"d", 0x30, 0x39}};
    if (!read_combinations(c, cs, "a.n", "a.n", one, 1, 1, cs->one, CHARSET_ONE, e) ||
        !read_combinations(c, cs, "(a.n - 128) * 256 + b.n", "a.n, b.n", two, 2, 2, cs->two, CHARSET_TWO, e)) {
        return false;
    }
    if (cs->form == CHARSET_EUC3) {
        return read_combinations(c, cs, "(a.n - 128) * 128 + b.n - 128", "0x8f, a.n, b.n", euc, 2, 3, cs->more,
                                 CHARSET_EUC_MORE, e);
    }
    return cs->form != CHARSET_GB18030 ||
           read_combinations(c, cs, "(((a.n - 129) * 10 + b.n - 48) * 126 + c.n - 129) * 10 + d.n - 48",
                             "a.n, b.n, c.n, d.n", gb, 4, 4, cs->more, CHARSET_GB_MORE, e);
}

bool charsets_read(struct mysql_client *c, struct charsets **out, struct err *e) {
    struct charsets *s = charsets_new();
    *out = NULL;
    if (s == NULL) {
        return err_set(e, ERR_MEMORY, "no memory for character sets");
    }
    /* Without a strict mode, ill-formed bytes are no error. */
    bool ok = mysql_exec(c, "SET SESSION sql_mode=''", e) && read_names(c, s, e) && read_collations(c, s, e) &&
              read_singles(c, s, e);
    for (size_t i = 0; ok && i < s->n; i++) {
        bool multi = s->items[i].form >= CHARSET_DOUBLE && s->items[i].form <= CHARSET_GB18030;
        ok = (!multi || read_multi(c, &s->items[i], e)) && charset_finish(&s->items[i], e);
    }
    if (!ok) {
        charsets_free(s);
        return err_where(e, "character sets of the source");
    }
    *out = s;
    return true;
}
