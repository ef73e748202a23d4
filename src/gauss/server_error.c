/* ErrorResponse and NoticeResponse: their fields, and what a SQLSTATE means to us.
 *
 * PostgreSQL sends S V C M D H P W s t c d n F L R; openGauss sends S c M C d D H W P, where c (internal number)
 * and d (module) are its own and mean something else than PostgreSQL's c (column) and d (type): neither is read. */
#include "base/str.h"
#include "gauss/internal.h"

/* Of detail and context at most so much each, so that both fit into a cause. */
enum { PART_BYTES = 360 };

bool gauss_fields_parse(const uint8_t *body, size_t len, struct gauss_fields *f) {
    *f = (struct gauss_fields){"", "", "", "", "", "", ""};
    bool plain_severity = false; /* 'V', never translated, wins over 'S' */
    size_t i = 0;
    while (i < len && body[i] != '\0') {
        char field = (char)body[i++];
        const char *text = (const char *)body + i;
        size_t n = strnlen(text, len - i);
        if (n == len - i) {
            return false;
        }
        i += n + 1;
        switch (field) {
        case 'V':
            f->severity = text;
            plain_severity = true;
            break;
        case 'S':
            f->severity = plain_severity ? f->severity : text;
            break;
        case 'C':
            f->sqlstate = text;
            break;
        case 'M':
            f->message = text;
            break;
        case 'D':
            f->detail = text;
            break;
        case 'H':
            f->hint = text;
            break;
        case 'W':
            f->context = text;
            break;
        case 'P':
            f->position = text;
            break;
        default:
            break;
        }
    }
    return i + 1 == len;
}

bool gauss_fields_fatal(const struct gauss_fields *f) {
    return str_eq(f->severity, "FATAL") || str_eq(f->severity, "PANIC");
}

enum err_code gauss_error_code(const char *sqlstate, bool fatal, bool *retryable) {
    static const struct {
        const char *prefix; /* the longer one first */
        enum err_code code;
        bool only_fatal;
        bool retryable;
    } table[] = {
        {"28", ERR_TARGET_AUTH, false, false},
        {"3D000", ERR_TARGET_DATABASE, false, false},
        {"42501", ERR_TARGET_PRIVILEGE, false, false},
        {"53100", ERR_TARGET_FULL, false, true},
        {"53300", ERR_TARGET_CONNECT, true, true}, /* too many connections */
        {"53", ERR_TARGET_QUERY, false, true},     /* out of memory, locks, ... */
        {"57014", ERR_TARGET_CANCELLED, false, true},
        {"57P04", ERR_TARGET_DATABASE, false, false}, /* dropped meanwhile */
        {"57P", ERR_TARGET_LOST, true, true},   /* shutdown, crash of another session, starting up, idle session */
        {"25P03", ERR_TARGET_LOST, true, true}, /* idle in transaction */
        {"08", ERR_TARGET_LOST, true, true},    /* an ERROR of this class leaves the session usable */
        {"25006", ERR_TARGET_READ_ONLY, false, true},
        {"40001", ERR_TARGET_QUERY, false, true}, /* serialization */
        {"40P01", ERR_TARGET_QUERY, false, true}, /* deadlock */
        {"55P03", ERR_TARGET_QUERY, false, true}, /* lock not available */
        {"YY003", ERR_TARGET_QUERY, false, true}, /* openGauss: lock wait timeout */
    };
    *retryable = false;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (str_starts(sqlstate, table[i].prefix) && (fatal || !table[i].only_fatal)) {
            *retryable = table[i].retryable;
            return table[i].code;
        }
    }
    return ERR_TARGET_QUERY;
}

static int part(const char *text) {
    return (int)str_utf8_cut(text, strlen(text), PART_BYTES);
}

bool gauss_server_error(struct gauss_client *c, const struct gauss_message *m, struct err *e) {
    struct gauss_fields f;
    if (!gauss_fields_parse(m->body, m->len, &f)) {
        c->broken = true;
        return err_set(e, ERR_TARGET_PROTOCOL, "the target sent a malformed error");
    }
    bool retryable, fatal = gauss_fields_fatal(&f);
    enum err_code code = gauss_error_code(f.sqlstate, fatal, &retryable);
    /* On FATAL the session is over, whatever follows: openGauss sends a ReadyForQuery behind it on replication connections. */
    c->broken = c->broken || fatal;
    err_set(e, code, "%s", f.message);
    if (e == NULL) {
        return false;
    }
    e->retryable = retryable;
    snprintf(e->sqlstate, sizeof e->sqlstate, "%s", f.sqlstate);
    bool detail = f.detail[0] != '\0', context = f.context[0] != '\0';
    err_cause(e, "%.*s%s%s%.*s%s%s", part(f.detail), f.detail, detail && context ? "; " : "",
              context ? "context: " : "", part(f.context), f.context,
              !detail && !context && f.position[0] != '\0' ? "at character " : "",
              !detail && !context ? f.position : "");
    if (f.hint[0] != '\0') {
        return err_hint(e, "%s", f.hint);
    }
    /* The default points at the cause, which here only adds detail. */
    return code == ERR_TARGET_QUERY ? err_hint(e, "%s", "") : false;
}
