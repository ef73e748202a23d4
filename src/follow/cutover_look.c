/* What would stop the cut-over. */
#include <string.h>

#include "base/str.h"
#include "engine/claim.h"
#include "engine/precheck.h"
#include "follow/cutover_internal.h"

struct look_words {
    const char *name, *title, *title_zh, *mend, *mend_zh;
};

/* As those of the precheck. */
static void add_item(json_t *items, const struct look_words *w, bool ok, const char *found) {
    json_array_append_new(items,
                          json_pack("{s:s, s:s, s:s, s:s, s:s, s:n, s:s?, s:s?}", "name", w->name, "title", w->title,
                                    "title_zh", w->title_zh, "status", ok ? "ok" : "failed", "message", found,
                                    "statement", "hint", ok ? NULL : w->mend, "hint_zh", ok ? NULL : w->mend_zh));
}

static void look_at_fence(struct cutover *c, json_t *items) {
    struct err refused = ERR_INIT;
    struct mysql_rows rows;
    const char *now = "0";
    bool may = cutover_variable(c, "read_only", &now, &refused) && cutover_set_read_only(c, now, &refused);
    static const struct look_words fence = {
        "source.fence", "the source can be fenced", "源端可以停止写入",
        "grant SYSTEM_VARIABLES_ADMIN (MariaDB: READ_ONLY ADMIN), or confirm that writes have stopped (confirmed)",
        "授予 SYSTEM_VARIABLES_ADMIN（MariaDB：READ_ONLY ADMIN），或选择 confirmed，由您确认已停止写入"};
    static const struct look_words behind = {
        "source.writes_behind_fence", "changes can be carried back while the fence is on", "源端只读期间仍可回写",
        "grant CONNECTION_ADMIN (MariaDB: READ_ONLY ADMIN), or nothing can be carried back while the fence is on",
        "授予 CONNECTION_ADMIN（MariaDB：READ_ONLY ADMIN），否则源端只读期间无法回写"};
    add_item(items, &fence, may, may ? "the account may set read_only" : refused.message);
    bool writes = false;
    if (mysql_rows(c->run.source, &c->run.arena, "SHOW GRANTS", &rows, &refused)) {
        static const char *const enough[] = {"SUPER", "CONNECTION_ADMIN", "READ_ONLY ADMIN", "READ ONLY ADMIN",
                                             "ALL PRIVILEGES ON *.*"};
        for (size_t i = 0; i < rows.n; i++) {
            for (size_t k = 0; k < sizeof enough / sizeof enough[0]; k++) {
                writes = writes || strstr(mysql_cell(&rows, i, 0), enough[k]) != NULL;
            }
        }
    }
    add_item(items, &behind, writes,
             writes ? "the account writes in spite of read_only" : "the account cannot write while read_only is on");
}

static void look_at_claim(struct cutover *c, json_t *items) {
    struct err refused = ERR_INIT;
    struct arena a = ARENA_INIT;
    struct gauss_client *session = NULL;
    struct gauss_identity id;
    bool ok = target_open(c->task, &a, &session, &id, &refused) && claim_lock(session, c->run.name, &refused);
    static const struct look_words words = {"task.free", "nobody else works at the task", "没有其他进程占用该任务",
                                            "end godwit follow first: the cut-over follows by itself",
                                            "请先结束 godwit follow：割接会自行跟进增量"};
    add_item(items, &words, ok, ok ? "nobody works at the task" : refused.message);
    gauss_close(session);
    arena_clear(&a);
}

bool cutover_look(struct cutover *c, struct err *e) {
    struct precheck p;
    json_t *items = json_array(), *one;
    const char *first = NULL;
    size_t i;
    json_object_set_new(c->report, "items", items);
    if (!c->o->ours) {
        look_at_claim(c, items);
    }
    if (c->o->fence == FENCE_READ_ONLY) {
        look_at_fence(c, items);
    }
    if (!precheck_way_back(c->task, &p, e)) {
        precheck_clear(&p);
        return false;
    }
    json_t *more = precheck_items_json(&p);
    json_array_extend(items, more);
    json_decref(more);
    precheck_clear(&p);
    json_array_foreach(items, i, one) {
        bool failed = str_eq(json_string_value(json_object_get(one, "status")), "failed");
        first = failed && first == NULL ? json_string_value(json_object_get(one, "name")) : first;
    }
    if (first != NULL) {
        err_set(e, ERR_CUTOVER, "something stands in the way of the cut-over");
        err_cause(e, "first: %s", first);
        return err_hint(e, "godwit cutover --dry-run lists everything, and how to mend it");
    }
    return true;
}
