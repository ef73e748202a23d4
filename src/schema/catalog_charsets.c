/* The server's character sets and what stands for each where no collation is said. See change.h. */
#include <string.h>

#include "base/str.h"
#include "schema/catalog_internal.h"
#include "schema/change.h"

/* MariaDB: 'utf8mb4=utf8mb4_uca1400_ai_ci,..' */
static const char *chosen(struct arena *a, const char *list, const char *charset) {
    for (const char *p = list; p != NULL && *p != '\0';) {
        size_t n = strcspn(p, ","), name = strlen(charset);
        if (n > name && strncmp(p, charset, name) == 0 && p[name] == '=') {
            return arena_strndup(a, p + name + 1, n - name - 1);
        }
        p += n + (p[n] == ',');
    }
    return NULL;
}

bool catalog_read_charsets(struct mysql_client *c, struct arena *a, struct schema_charsets *out, struct err *e) {
    struct mysql_rows rows, choice;
    struct err unknown = ERR_INIT;
    const struct mysql_server *server = mysql_server(c);
    if (!mysql_rows(c, a,
                    "SELECT CHARACTER_SET_NAME, DEFAULT_COLLATE_NAME, MAXLEN FROM information_schema.CHARACTER_SETS",
                    &rows, e)) {
        return false;
    }
    bool has = server->is_mariadb && mysql_rows(c, a, "SELECT @@character_set_collations", &choice, &unknown);
    const char *list = has && choice.n > 0 ? mysql_cell(&choice, 0, 0) : NULL;
    *out = (struct schema_charsets){
        .items = arena_array(a, struct schema_charset, rows.n + 1), .n = rows.n, .version = server->version};
    for (size_t i = 0; i < rows.n; i++) {
        struct schema_charset *cs = &out->items[i];
        cs->name = arena_strdup(a, mysql_cell(&rows, i, 0));
        const char *collation = chosen(a, list, cs->name);
        cs->collation = collation != NULL ? collation : arena_strdup(a, mysql_cell(&rows, i, 1));
        cs->bytes_max = (unsigned)catalog_u64(mysql_cell(&rows, i, 2));
    }
    return true;
}
