/* Sessions on the target. See target.h. */
#include "engine/target.h"

#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "value/probe.h"

enum { INDEX_MEMORY_MIB = 256 };

static void note(void *arg, const char *severity, const char *sqlstate, const char *message) {
    (void)arg;
    log_info("target_notice", "%s %s: %s", severity, sqlstate, message);
}

static bool open_session(const struct task *t, struct gauss_client **out, struct err *e) {
    if (!gauss_connect(out, &t->target, e)) {
        return err_where(e, "target %s:%u", t->target.host, (unsigned)t->target.port);
    }
    gauss_on_notice(*out, note, NULL);
    return true;
}

bool target_open(const struct task *t, struct arena *a, struct gauss_client **out, struct gauss_identity *id,
                 struct err *e) {
    if (!open_session(t, out, e)) {
        return false;
    }
    if (!gauss_identify(*out, a, id, e) || !gauss_session_setup(*out, id->dialect, GAUSS_ROLE_DDL, e)) {
        gauss_close(*out);
        *out = NULL;
        return err_where(e, "target session");
    }
    return true;
}

bool target_open_loader(const struct task *t, enum dialect d, struct gauss_client **out, struct err *e) {
    if (!open_session(t, out, e)) {
        return false;
    }
    /* The same session loads and then builds keys, which want memory to sort in. */
    if (!gauss_session_setup(*out, d, GAUSS_ROLE_LOAD, e) || !gauss_set_maintenance_memory(*out, INDEX_MEMORY_MIB, e)) {
        gauss_close(*out);
        *out = NULL;
        return err_where(e, "target session");
    }
    return true;
}

char *target_table(struct arena *a, const struct table *t) {
    return arena_printf(a, "%s.%s", str_quote_pg(a, t->target_schema), str_quote_pg(a, t->target_name));
}

/* The single field of the single tuple of a COPY binary stream; false when it has another form. */
static bool one_field(const uint8_t *p, size_t n, const uint8_t **field, size_t *len) {
    static const uint8_t signature[11] = "PGCOPY\n\xff\r\n";
    if (n < 19 + 6 || memcmp(p, signature, 11) != 0) {
        return false;
    }
    size_t at = 19 + get_be32(p + 15);
    if (at > n - 6 || get_be16(p + at) != 1) {
        return false;
    }
    *len = get_be32(p + at + 2);
    *field = p + at + 6;
    return *len <= n - at - 6;
}

static bool probe_one(struct gauss_client *c, const char *type, const struct encode_probe *probe, bool *same,
                      struct err *e) {
    struct arena a = ARENA_INIT;
    struct buf got;
    buf_init(&got, 1 << 20);
    *same = false;
    char *sql = arena_printf(&a, "COPY (SELECT CAST(%s AS %s)) TO STDOUT (FORMAT binary)", probe->literal, type);
    struct err refused = ERR_INIT;
    bool ok = gauss_copy_out_begin(c, sql, &refused);
    while (ok) {
        const uint8_t *data;
        size_t len;
        ok = gauss_copy_out_next(c, &data, &len, &refused) && (data == NULL || buf_put(&got, data, len, &refused));
        if (!ok || data == NULL) {
            break;
        }
    }
    const uint8_t *field;
    size_t len;
    if (ok) {
        *same = got.data != NULL && one_field(got.data, got.len, &field, &len) && len == probe->len &&
                memcmp(field, probe->bytes, len) == 0;
    } else if (!gauss_usable(c)) {
        err_copy(e, &refused);
    }
    log_debug("binary_probe", "%s as %s: %s", probe->literal, type,
              *same ? "as expected"
              : ok  ? "another form"
                    : refused.message);
    buf_clear(&got);
    arena_clear(&a);
    return ok || gauss_usable(c);
}

/* A type that exists only with its column (openGauss B's enum and set) cannot be asked about before the table is there. */
static bool has_own_type(const struct target_type *t) {
    return str_istarts(t->ddl, "enum(") || str_istarts(t->ddl, "set(");
}

/* Every sample of a type must come back as our encoder writes it. */
static bool probe_type(struct gauss_client *c, enum dialect d, const struct target_type *t, bool *same, struct err *e) {
    size_t n = 0;
    const struct encode_probe *probes = encode_probes_for(t->kind, d, &n);
    *same = n > 0;
    for (size_t i = 0; i < n && *same; i++) {
        if (!probe_one(c, t->cast_name, &probes[i], same, e)) {
            return false;
        }
    }
    return true;
}

bool target_probe_binary(struct gauss_client *c, enum dialect d, const struct database *db, bool *ok, struct err *e) {
    enum { UNKNOWN, SAME, OTHER } known[TK_COUNT] = {UNKNOWN};
    for (size_t i = 0; i < db->ntables; i++) {
        const struct table *t = &db->tables[i];
        ok[i] = true;
        for (size_t k = 0; dialect_is_opengauss(d) && k < t->ncolumns; k++) {
            const struct target_type *type = &t->columns[k].target;
            if (!t->columns[k].loaded) {
                continue;
            }
            if (has_own_type(type)) {
                ok[i] = false;
                continue;
            }
            if (known[type->kind] == UNKNOWN) {
                bool same;
                if (!probe_type(c, d, type, &same, e)) {
                    return err_where(e, "binary form of %s", type->cast_name);
                }
                known[type->kind] = same ? SAME : OTHER;
                if (!same) {
                    log_warn("copy_text", "%s is loaded as text: its binary form is not the known one",
                             type->cast_name);
                }
            }
            ok[i] = ok[i] && known[type->kind] == SAME;
        }
    }
    return true;
}
