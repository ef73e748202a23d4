/* Statements of a foreign binlog. The first byte chooses what the session was set to. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sql/statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1 || size > 8192) {
        return 0;
    }
    struct arena a = ARENA_INIT;
    struct sql_statement s;
    struct sql_statement_options o = {.lex_flags = data[0] & 3,
                                      .pipes_as_concat = (data[0] & 4) != 0,
                                      .real_as_float = (data[0] & 8) != 0,
                                      .mariadb = (data[0] & 16) != 0};
    char *why;
    /* Of its own, so that a read past the end is seen. */
    char *text = malloc(size);
    if (text == NULL) {
        abort();
    }
    memcpy(text, data + 1, size - 1);
    if (!sql_statement_parse(&a, &o, text, size - 1, &s, &why)) {
        if (why == NULL || strlen(why) == 0) {
            abort();
        }
    } else {
        for (size_t i = 0; i < s.nclauses; i++) {
            if (s.clauses[i].start > size ||
                (s.clauses[i].kind == SQL_ADD_COLUMN && s.clauses[i].column->name == NULL)) {
                abort();
            }
        }
    }
    free(text);
    arena_clear(&a);
    return 0;
}
