/* See audit.h. */
#include "server/audit.h"

#include "base/log.h"

void audit_keep(struct store *s, const struct audit *what, const struct err *why) {
    int64_t now;
    char code[8];
    struct err failed = ERR_INIT;
    bool kept =
        store_now(s, &now, &failed) &&
        store_run(s,
                  "INSERT INTO audit (at_ms, who, address, operation, object, outcome, detail)"
                  " VALUES (?, ?, ?, ?, ?, ?, ?)",
                  STORE_VALUES(STORE_I(now), STORE_T(what->who[0] != '\0' ? what->who : "?"), STORE_T(what->address),
                               STORE_T(what->operation), STORE_T(what->object),
                               STORE_T(why == NULL ? "ok" : err_code_text(why->code, code)), STORE_T(what->detail)),
                  NULL, &failed);
    if (!kept) {
        log_err("audit", &failed);
    }
}
