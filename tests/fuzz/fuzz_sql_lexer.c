/* Tokens of any SQL: each lies inside the text and moves forward; names and literals never touch what is outside. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sql/catalog_text.h"
#include "sql/lexer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) {
        return 0;
    }
    struct arena a = ARENA_INIT;
    size_t len = size - 1, n;
    char *exact = malloc(len == 0 ? 1 : len); /* no byte behind it */
    if (exact == NULL) {
        abort();
    }
    if (len > 0) {
        memcpy(exact, data + 1, len);
    }
    struct sql_lexer l;
    sql_lexer_init(&l, &a, exact, len, data[0] & 3);
    size_t last = 0;
    for (;;) {
        struct sql_token t = sql_lexer_next(&l);
        if (t.kind == TOK_END || t.kind == TOK_ERROR) {
            break;
        }
        if (t.start < last || t.end <= t.start || t.end > len || t.text == NULL || t.text[t.len] != '\0') {
            abort();
        }
        last = t.end;
    }
    (void)sql_catalog_text(&a, exact, len, &n, NULL);
    (void)sql_undo_double_utf8(&a, exact, len, &n);
    free(exact);
    arena_clear(&a);
    return 0;
}
