/* COLUMN_TYPE from a catalog, and target types from a user: whatever is understood must map, and map to something that is
 * understood again.
 *
 * Input: dialect, column type, NUL, target type (may be empty). */
#include <stdlib.h>

#include "value/encode.h"
#include "value/target_spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1 || size > 4096) {
        return 0;
    }
    struct arena a = ARENA_INIT;
    char *type = arena_strndup(&a, (const char *)data + 1, size - 1);
    size_t n = strlen(type);
    const char *target = n + 1 < size - 1 ? type + n + 1 : "";
    enum dialect d = (enum dialect)(data[0] & 3);
    struct mytype t;
    struct target_type to;
    struct err e = ERR_INIT;
    struct type_override w = {.target = target};
    struct typemap_options o = {.dialect = d, .overrides = &w, .noverrides = target[0] != '\0'};
    if (mytype_parse(&a, type, &t)) {
        t.collation = t.kind == MYT_CHAR || t.kind == MYT_VARCHAR ? "utf8mb4_0900_ai_ci" : NULL;
        bool ok = typemap_resolve(&a, &o, "t", "c", &t, &to, &e);
        struct target_spec spec;
        bool own = d == DIALECT_OG_B && (t.kind == MYT_ENUM || t.kind == MYT_SET);
        /* varchar lengths and decimals beyond what a server has are refused by the target's own reader */
        if (ok && target[0] != '\0' && !own && !target_spec_parse(to.ddl, d, &spec)) {
            abort();
        }
        if (!ok && (target[0] == '\0' || e.code != ERR_TYPE_OVERRIDE)) {
            abort();
        }
    }
    arena_clear(&a);
    return 0;
}
