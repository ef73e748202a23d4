/* See moved_keys.h. */
#include "follow/moved_keys.h"

#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "follow/binlog_feed.h"

enum { WAIT_MS = 200 };

struct finding {
    struct run *r;
    struct moved *out;
    uint64_t changes;
};

static bool take(void *ctx, const struct feed_item *item, struct err *e) {
    struct finding *f = ctx;
    uint32_t table = item->change.table;
    switch (item->kind) {
    case FEED_CHANGE:
        f->changes++;
        return moved_add(f->out, table, item->change.before, item->change.after, e);
    case FEED_EMPTIED:
        moved_whole(f->out, table);
        return true;
    case FEED_STATEMENT:
        if (item->truncates) {
            moved_whole(f->out, table);
            return true;
        }
        err_set(e, ERR_SOURCE_MOVED, "a definition has changed since the load began");
        err_cause(e, "%.400s", item->statement);
        return false;
    case FEED_BEGIN:
    case FEED_COMMIT:
    case FEED_POSITION:
        return true;
    }
    return true;
}

/* Its rows look like those of another definition, or hold values that have no place in the target: reading them again will tell. */
static void unfit(void *arg, uint32_t table) {
    struct finding *f = arg;
    moved_whole(f->out, table);
}

static bool read_until_there(struct finding *f, struct feed *feed, const struct stream_place *from, struct err *e) {
    enum feed_state state = FEED_SOME;
    bool ok = feed->start(feed->arg, from, e);
    while (ok && state != FEED_END) {
        ok = !atomic_load(f->r->stop) || err_set(e, ERR_CANCELLED, "stopped by request");
        ok = ok && feed->step(feed->arg, WAIT_MS, take, f, &state, e);
    }
    return ok;
}

bool moved_keys_find(struct run *r, const struct position *from, const struct position *to, struct moved *out,
                     struct err *e) {
    struct finding f = {.r = r, .out = out};
    struct stream_place place = {.at = *from};
    struct charsets *charsets = NULL;
    struct binlog_feed *feed = NULL;
    bool by_gtid = source_tells_gtids(r->source, &r->arena, r->db.is_mariadb, from);
    if (!by_gtid && (from->file[0] == '\0' || strcmp(from->server, to->server) != 0)) {
        return err_set(e, ERR_SOURCE_BINLOG, "the position that the load began at means nothing at this source");
    }
    struct binlog_feed_options o = {.task = r->task,
                                    .dialect = r->identity.dialect,
                                    .db = &r->db,
                                    .name = r->name,
                                    .by_gtid = by_gtid,
                                    .unfit = unfit,
                                    .arg = &f};
    bool ok = charsets_read(r->source, &charsets, e);
    o.charsets = charsets;
    ok = ok && binlog_feed_new(&feed, &o, e) && binlog_feed_until(feed, to, e);
    if (ok) {
        struct feed reading = binlog_feed_feed(feed);
        ok = read_until_there(&f, &reading, &place, e);
    }
    binlog_feed_free(feed);
    charsets_free(charsets);
    if (ok && !source_tells_cascades(r->source, &r->arena)) {
        moved_unseen(out);
    }
    if (ok) {
        log_info("moved_keys", "%" PRIu64 " changes of %" PRIu64 " keys", f.changes, out->nkeys);
    }
    return ok;
}
