/* See way_back.h. */
#include "follow/way_back.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "engine/claim.h"
#include "gauss/lsn.h"
#include "gauss/origin.h"
#include "gauss/publication.h"
#include "gauss/slot.h"
#include "value/digest.h"

enum { BUSY_MS = 30000, BUSY_PAUSE_MS = 100 };

char *way_back_name(struct arena *a, const char *task, const char *database) {
    return arena_printf(a, "godwit_back_%08x", str_hash(arena_printf(a, "%s%s", task, database)));
}

char *way_forward_name(struct arena *a, const char *task) {
    return arena_printf(a, "godwit_%08x", str_hash(task));
}

/* An origin is in use until the server has noticed that its session has gone. */
static bool drop_origin(struct gauss_client *c, const char *name, struct err *e) {
    enum { TRIES = 20 };
    for (int i = 0; !origin_drop(c, name, e); i++) {
        if (!str_eq(e->sqlstate, "55006") || i == TRIES) { /* object_in_use */
            return false;
        }
        err_clear(e);
        clock_sleep_ms(BUSY_PAUSE_MS);
    }
    return true;
}

void way_forward_end(struct run *r, struct gauss_client *c) {
    struct arena a = ARENA_INIT;
    struct err e = ERR_INIT;
    const char *const *names;
    size_t n = 0;
    bool ok = origin_list(c, &a, arena_printf(&a, "%s_", way_forward_name(&a, r->name)), &names, &n, &e);
    for (size_t i = 0; ok && i < n; i++) {
        ok = drop_origin(c, names[i], &e);
    }
    if (!ok) {
        log_err("origins", &e); /* the next task of this name uses them again */
    }
    arena_clear(&a);
}

static bool has_bool(const struct database *db) {
    for (size_t i = 0; i < db->ntables; i++) {
        for (size_t k = 0; k < db->tables[i].ncolumns; k++) {
            if (db->tables[i].columns[k].target.kind == TK_BOOL) {
                return true;
            }
        }
    }
    return false;
}

bool way_back_decoder(struct run *r, struct decoder_choice *out, struct err *e) {
    struct decoder_facts f = {.dialect = r->identity.dialect, .has_bool = has_bool(&r->db)};
    return decoder_facts_read(r->target, &f, e) && decoder_choose(&f, out, e);
}

/* ---- the row of godwit.reverse ---- */

bool way_back_read(struct run *r, struct arena *a, struct way_back *out, struct err *e) {
    struct gauss_rows rows;
    *out = (struct way_back){.state = WAY_BACK_NONE, .identities = "{}"};
    char *sql = arena_printf(
        a,
        "SELECT \"state\", \"slot\", \"plugin\", \"publication\", \"position\", \"identities\", "
        "to_char(\"prepared_at\" AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS') FROM godwit.reverse WHERE \"task\" = %s",
        str_literal_pg(a, r->name));
    if (!gauss_rows(r->target, a, sql, &rows, e)) {
        return err_where(e, "what the way back was given");
    }
    if (rows.n == 0) {
        return true;
    }
    const char *position = gauss_cell(&rows, 0, 4), *identities = gauss_cell(&rows, 0, 5);
    *out = (struct way_back){.state = (enum way_back_state)strtoul(gauss_cell(&rows, 0, 0), NULL, 10),
                             .slot = gauss_cell(&rows, 0, 1),
                             .plugin = gauss_cell(&rows, 0, 2),
                             .publication = gauss_cell(&rows, 0, 3),
                             .identities = identities != NULL ? identities : "{}"};
    if (position != NULL && !lsn_parse(position, strlen(position), &out->position)) {
        return err_set(e, ERR_INTERNAL, "godwit.reverse holds a position that cannot be read");
    }
    out->generation = arena_printf(a, "%s@%s/%s", out->slot, position != NULL ? position : "", gauss_cell(&rows, 0, 6));
    struct digest d = digest_row(out->generation, strlen(out->generation));
    out->key = arena_printf(a, "%s #%08x", r->name, (unsigned)d.lo);
    return true;
}

static bool owned(struct gauss_client *c, const struct checkpoint *cp, const char *sql, struct err *e) {
    bool ok = gauss_exec(c, "BEGIN", e) && gauss_exec(c, sql, e) && claim_hold(c, cp, e) && gauss_exec(c, "COMMIT", e);
    struct err ignored = ERR_INIT;
    if (!ok && gauss_usable(c) && gauss_tx_status(c) != 'I' && !gauss_exec(c, "ROLLBACK", &ignored)) {
        log_err("rollback", &ignored);
    }
    return ok;
}

static bool write_row(struct run *r, struct arena *a, const struct way_back *w, struct err *e) {
    char lsn[LSN_TEXT_MAX], *task = str_literal_pg(a, r->name);
    char *sql = arena_printf(
        a,
        "DELETE FROM godwit.reverse WHERE \"task\" = %s; INSERT INTO godwit.reverse (\"task\", \"state\", \"slot\", "
        "\"plugin\", \"publication\", \"position\", \"identities\") VALUES (%s, %d, %s, %s, %s, %s, %s)",
        task, task, (int)w->state, str_literal_pg(a, w->slot), str_literal_pg(a, w->plugin),
        str_literal_pg(a, w->publication), w->position > 0 ? str_literal_pg(a, lsn_text(w->position, lsn)) : "NULL",
        str_literal_pg(a, w->identities));
    return owned(r->target, &r->load.checkpoint, sql, e) || err_where(e, "godwit.reverse");
}

/* ---- replica identities ---- */

/* The table, and in PostgreSQL its partitions, each of which has an identity of its own. */
static bool members(struct run *r, struct arena *a, const struct table *t, struct gauss_table **out, size_t *n,
                    struct err *e) {
    struct gauss_rows rows = {.n = 0};
    if (r->identity.dialect == DIALECT_PG && t->part.method != PART_NONE) {
        char *sql =
            arena_printf(a,
                         "SELECT n.nspname, c.relname FROM pg_partition_tree(to_regclass(%s)) p JOIN pg_class c "
                         "ON c.oid = p.relid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE p.level > 0 "
                         "ORDER BY 1, 2",
                         str_literal_pg(a, target_table(a, t)));
        if (!gauss_rows(r->target, a, sql, &rows, e)) {
            return false;
        }
    }
    *out = arena_array(a, struct gauss_table, rows.n + 1);
    *n = 0;
    (*out)[(*n)++] = (struct gauss_table){t->target_schema, t->target_name};
    for (size_t i = 0; i < rows.n; i++) {
        (*out)[(*n)++] = (struct gauss_table){gauss_cell(&rows, i, 0), gauss_cell(&rows, i, 1)};
    }
    return true;
}

/* Does its identity tell the row key, or all? */
static bool tells_enough(const struct back_table *b, const struct replica_identity *i) {
    const struct index *key = schema_row_key(b->t);
    bool primary = key != NULL && key->kind == INDEX_PRIMARY;
    return i->kind == 'f' || (i->kind == 'd' && i->has_key && primary && !b->whole);
}

/* What has to be changed goes into `was`, as it is now, unless it is there from an earlier try. */
static bool look_at_identities(struct run *r, struct arena *a, const struct back_tables *tables, json_t *was,
                               struct err *e) {
    for (size_t i = 0; i < tables->n; i++) {
        struct gauss_table *all;
        size_t n;
        if (!members(r, a, tables->tables[i].t, &all, &n, e)) {
            return false;
        }
        for (size_t k = 0; k < n; k++) {
            struct replica_identity now;
            char *name = arena_printf(a, "%s.%s", str_quote_pg(a, all[k].schema), str_quote_pg(a, all[k].name));
            if (!replica_identity_read(r->target, a, &all[k], &now, e)) {
                return false;
            }
            if (!tells_enough(&tables->tables[i], &now) && json_object_get(was, name) == NULL) {
                char kind[2] = {now.kind, '\0'};
                json_object_set_new(was, name,
                                    json_pack("{s:s, s:s, s:s, s:s}", "schema", all[k].schema, "table", all[k].name,
                                              "kind", kind, "index", now.index != NULL ? now.index : ""));
            }
        }
    }
    return true;
}

static bool set_identities(struct gauss_client *c, json_t *was, bool back, struct err *e) {
    const char *name;
    json_t *one;
    json_object_foreach(was, name, one) {
        const char *index = json_string_value(json_object_get(one, "index"));
        struct gauss_table t = {json_string_value(json_object_get(one, "schema")),
                                json_string_value(json_object_get(one, "table"))};
        struct replica_identity to = {.kind = 'f'};
        if (back) {
            struct arena a = ARENA_INIT;
            struct replica_identity now;
            struct err gone = ERR_INIT;
            bool there = replica_identity_read(c, &a, &t, &now, &gone);
            arena_clear(&a);
            if (!there && gauss_usable(c)) {
                continue; /* the table was dropped */
            }
            to = (struct replica_identity){.kind = json_string_value(json_object_get(one, "kind"))[0],
                                           .index = index[0] != '\0' ? index : NULL};
        }
        if (!replica_identity_set(c, &t, &to, e)) {
            return false;
        }
        log_info("replica_identity", "%s: %s", name, back ? "as before" : "FULL");
    }
    return true;
}

/* ---- making ---- */

static bool publish(struct run *r, struct arena *a, const struct way_back *w, struct err *e) {
    struct gauss_table *tables = arena_array(a, struct gauss_table, r->db.ntables + 1);
    for (size_t i = 0; i < r->db.ntables; i++) {
        tables[i] = (struct gauss_table){r->db.tables[i].target_schema, r->db.tables[i].target_name};
    }
    if (!str_eq(w->plugin, "pgoutput")) {
        return true;
    }
    return publication_drop(r->target, w->publication, e) &&
           publication_create(r->target, r->identity.dialect, w->publication, tables, r->db.ntables, e);
}

/* A slot that was there and is not any more cannot be gone on with. */
static bool still_there(struct run *r, struct arena *a, const struct way_back *w, struct err *e) {
    struct slot s;
    if (!slot_read(r->target, a, r->identity.dialect, w->slot, &s, e)) {
        return false;
    }
    return !s.lost || err_set(e, ERR_SLOT_LOST, "the log that slot %s needs is gone", w->slot);
}

bool way_back_make(struct run *r, struct arena *a, const struct back_tables *tables, struct way_back *out,
                   struct err *e) {
    struct decoder_choice decoder;
    char lsn[LSN_TEXT_MAX];
    if (!way_back_read(r, a, out, e) || !way_back_decoder(r, &decoder, e)) {
        return false;
    }
    if (out->state == WAY_BACK_READY && still_there(r, a, out, e)) {
        return true;
    }
    if (out->state == WAY_BACK_READY) { /* nothing of it can be saved */
        if (e->code != ERR_SLOT_MISSING && e->code != ERR_SLOT_LOST) {
            return false;
        }
        log_warn("slot", "%s is made anew: %s", out->slot, e->message);
        err_clear(e);
    }
    json_t *was = json_loads(out->identities, 0, NULL);
    was = was != NULL ? was : json_object();
    bool ok = look_at_identities(r, a, tables, was, e);
    char *identities = json_dumps(was, JSON_COMPACT | JSON_SORT_KEYS);
    char *name = way_back_name(a, r->name, r->identity.database);
    *out = (struct way_back){.state = WAY_BACK_MAKING,
                             .slot = name,
                             .publication = name,
                             .plugin = arena_strdup(a, decoder.plugin),
                             .identities = arena_strdup(a, identities)};
    free(identities);
    ok = ok && write_row(r, a, out, e) && set_identities(r->target, was, false, e) && publish(r, a, out, e) &&
         slot_drop_waiting(r->target, out->slot, BUSY_MS, e) &&
         slot_create(r->target, out->slot, out->plugin, &out->position, e);
    json_decref(was);
    if (!ok) {
        return false;
    }
    out->state = WAY_BACK_READY;
    log_info("slot", "%s begins at %s; %s", out->slot, lsn_text(out->position, lsn), decoder.reason);
    return write_row(r, a, out, e) && way_back_read(r, a, out, e);
}

/* ---- ending ---- */

bool way_back_end(struct run *r, struct gauss_client *c, const struct checkpoint *cp, const struct way_back *w,
                  struct err *e) {
    struct arena a = ARENA_INIT;
    char *task = str_literal_pg(&a, r->name);
    json_t *was = json_loads(w->identities, 0, NULL);
    bool ok =
        owned(c, cp,
              arena_printf(&a, "UPDATE godwit.reverse SET \"state\" = %d WHERE \"task\" = %s", WAY_BACK_ENDING, task),
              e) &&
        slot_drop_waiting(c, w->slot, BUSY_MS, e) && publication_drop(c, w->publication, e) &&
        set_identities(c, was, true, e) &&
        owned(c, cp, arena_printf(&a, "DELETE FROM godwit.reverse WHERE \"task\" = %s", task), e);
    json_decref(was);
    arena_clear(&a);
    return ok || err_where(e, "ending the way back");
}
