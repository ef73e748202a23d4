/* GET /metrics: how the server and its work are, for Prometheus (text format 0.0.4). docs/live.md lists what there is. What the HTTP layer
 * and the feed count all along is read; what the store knows is asked for, in a few statements over indexes. */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "server/api.h"
#include "server/feed.h"
#include "server/state.h"

/* Writes to the answer's body until something fails. */
struct page_of_metrics {
    struct buf *out;
    struct err *e;
    bool ok;
};

static void put(struct page_of_metrics *m, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void put(struct page_of_metrics *m, const char *fmt, ...) {
    char line[512];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    if (n < 0 || n >= (int)sizeof line) {
        BUG("a line of the metrics is too long: %s", fmt);
    }
    m->ok = m->ok && buf_put(m->out, line, (size_t)n, m->e);
}

static void head(struct page_of_metrics *m, const char *name, const char *type, const char *help) {
    put(m, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void one(struct page_of_metrics *m, const char *name, const char *type, const char *help, double value) {
    head(m, name, type, help);
    put(m, "%s %.17g\n", name, value);
}

/* A label's value: states of machines are ours, but a store is shared. */
static const char *label(struct arena *a, const char *text) {
    char *out = arena_strdup(a, text != NULL ? text : "");
    for (char *p = out; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\' || (unsigned char)*p < 0x20) {
            *p = '?';
        }
    }
    return out;
}

/* ---- this process ---- */

/* 0: unknown. */
static double resident_bytes(void) {
    unsigned long long size = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (f == NULL) {
        return 0;
    }
    char line[128];
    if (fgets(line, sizeof line, f) == NULL || sscanf(line, "%llu %llu", &size, &resident) != 2) {
        resident = 0;
    }
    fclose(f);
    return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

static void put_process(struct page_of_metrics *m, struct store *s, const struct http_stats *x) {
    static const char *const kinds[] = {
        [STORE_SQLITE] = "sqlite", [STORE_POSTGRESQL] = "postgresql", [STORE_OPENGAUSS] = "opengauss"};
    head(m, "godwit_build_info", "gauge", "Which server this is, and the kind of its store.");
    put(m, "godwit_build_info{version=\"%s\",store=\"%s\"} 1\n", GODWIT_VERSION, kinds[store_kind(s)]);
    one(m, "godwit_uptime_seconds", "gauge", "Since the server began to listen.",
        (double)(clock_utc_us() - x->begun_us) / 1e6);
    one(m, "godwit_process_resident_memory_bytes", "gauge", "Memory of the server's process that is in RAM.",
        resident_bytes());
}

/* ---- requests and streams ---- */

static void put_requests(struct page_of_metrics *m, struct http_stats *x) {
    unsigned long long sum = 0;
    head(m, "godwit_http_requests_total", "counter",
         "Requests that were answered, by the class of the answer's status.");
    for (int i = 1; i <= 5; i++) {
        put(m, "godwit_http_requests_total{class=\"%dxx\"} %llu\n", i, atomic_load(&x->answers[i]));
    }
    head(m, "godwit_http_request_duration_seconds", "histogram",
         "From the request's last byte until its answer is made; streams do not count.");
    for (int i = 0; i < HTTP_DURATIONS; i++) {
        sum += atomic_load(&x->durations[i]);
        put(m, "godwit_http_request_duration_seconds_bucket{le=\"%g\"} %llu\n", (double)http_durations_us[i] / 1e6,
            sum);
    }
    sum += atomic_load(&x->durations[HTTP_DURATIONS]);
    put(m, "godwit_http_request_duration_seconds_bucket{le=\"+Inf\"} %llu\n", sum);
    put(m, "godwit_http_request_duration_seconds_sum %.6f\n", (double)atomic_load(&x->duration_us) / 1e6);
    put(m, "godwit_http_request_duration_seconds_count %llu\n", sum);
}

static void put_streams(struct page_of_metrics *m, struct http_stats *x, struct feed *f) {
    head(m, "godwit_streams_open", "gauge", "Connections that stay: agents, consoles, shells, listeners to events.");
    put(m, "godwit_streams_open{kind=\"websocket\"} %ld\n", atomic_load(&x->websockets));
    put(m, "godwit_streams_open{kind=\"events\"} %ld\n", atomic_load(&x->event_streams));
    head(m, "godwit_streams_dropped_total", "counter",
         "Streams cut off: too much waited for them, or no sign of life.");
    put(m, "godwit_streams_dropped_total{reason=\"behind\"} %llu\n", atomic_load(&x->streams_killed));
    put(m, "godwit_streams_dropped_total{reason=\"silent\"} %llu\n", atomic_load(&x->streams_silent));
    struct feed_state feed = feed_state(f);
    one(m, "godwit_feed_changes_total", "counter", "Changes told to listeners since the start.", (double)feed.told);
    one(m, "godwit_feed_sequence", "gauge", "The number of the last change.", (double)feed.seq);
    one(m, "godwit_feed_listeners", "gauge", "Who listens: live connections and webhooks.", (double)feed.ears);
    one(m, "godwit_feed_kept_bytes", "gauge", "Memory of the changes kept for clients that come again.",
        (double)feed.kept_bytes);
}

/* ---- the store ---- */

static bool put_subtasks(struct page_of_metrics *m, struct call *c, struct err *e) {
    struct store_rows rows;
    if (!store_rows(c->store, c->a, "SELECT status, COUNT(*) FROM subtask GROUP BY status ORDER BY status", STORE_NONE,
                    &rows, e)) {
        return false;
    }
    head(m, "godwit_subtasks", "gauge", "Subtasks by status.");
    for (size_t i = 0; i < rows.n; i++) {
        int64_t status = store_number(&rows, i, 0);
        bool known = status >= 0 && status <= SUB_PRECHECK_FAILED && state_is_status((int)status);
        put(m, "godwit_subtasks{status=\"%" PRId64 "\",text=\"%s\"} %" PRId64 "\n", status,
            known ? state_text((enum subtask_status)status, false) : "unknown", store_number(&rows, i, 1));
    }
    return true;
}

static bool put_machines(struct page_of_metrics *m, struct call *c, struct err *e) {
    struct store_rows rows;
    if (!store_rows(c->store, c->a, "SELECT state, COUNT(*) FROM machine GROUP BY state ORDER BY state", STORE_NONE,
                    &rows, e)) {
        return false;
    }
    head(m, "godwit_machines", "gauge", "Execution machines by state.");
    for (size_t i = 0; i < rows.n; i++) {
        put(m, "godwit_machines{state=\"%s\"} %" PRId64 "\n", label(c->a, store_cell(&rows, i, 0)),
            store_number(&rows, i, 1));
    }
    return true;
}

/* A subtask runs while it has a lease; its last sample says how far it is. */
static bool put_running(struct page_of_metrics *m, struct call *c, struct err *e) {
    struct store_rows alerts, running, moved;
    if (!store_rows(c->store, c->a, "SELECT COUNT(*) FROM alert WHERE closed_ms IS NULL", STORE_NONE, &alerts, e) ||
        !store_rows(c->store, c->a, "SELECT COUNT(*) FROM subtask WHERE lease_until_ms IS NOT NULL", STORE_NONE,
                    &running, e) ||
        !store_rows(c->store, c->a,
                    "SELECT SUM(x.row_count), SUM(x.byte_count), SUM(x.rows_per_s), SUM(x.bytes_per_s), MAX(x.lag_ms)"
                    " FROM subtask s JOIN sample x ON x.subtask_id = s.id"
                    " WHERE s.lease_until_ms IS NOT NULL"
                    " AND x.at_ms = (SELECT MAX(y.at_ms) FROM sample y WHERE y.subtask_id = s.id)",
                    STORE_NONE, &moved, e)) {
        return false;
    }
    one(m, "godwit_alerts_open", "gauge", "Alerts that nobody has closed.", (double)store_number(&alerts, 0, 0));
    one(m, "godwit_running_subtasks", "gauge", "Subtasks that have a worker.", (double)store_number(&running, 0, 0));
    one(m, "godwit_running_rows", "gauge", "Rows that the running subtasks have moved.",
        (double)store_number(&moved, 0, 0));
    one(m, "godwit_running_bytes", "gauge", "Bytes that the running subtasks have moved.",
        (double)store_number(&moved, 0, 1));
    one(m, "godwit_running_rows_per_second", "gauge", "Rows that the running subtasks move in a second.",
        (double)store_number(&moved, 0, 2));
    one(m, "godwit_running_bytes_per_second", "gauge", "Bytes that the running subtasks move in a second.",
        (double)store_number(&moved, 0, 3));
    one(m, "godwit_running_lag_seconds", "gauge",
        "How far the subtask that follows its source least closely is behind.",
        (double)store_number(&moved, 0, 4) / 1000);
    return true;
}

static bool metrics(struct call *c, struct err *e) {
    struct page_of_metrics m = {.out = &c->response->body, .e = e, .ok = true};
    c->response->content_type = "text/plain; version=0.0.4; charset=utf-8";
    put_process(&m, c->store, c->api->stats);
    put_requests(&m, c->api->stats);
    put_streams(&m, c->api->stats, c->api->feed);
    bool ok = put_subtasks(&m, c, e) && put_machines(&m, c, e) && put_running(&m, c, e) && m.ok;
    if (!ok) { /* the error is JSON, and nothing is before it */
        buf_reset(m.out);
        c->response->content_type = "application/json";
    }
    return ok;
}

const struct route api_metrics_routes[] = {
    {HTTP_GET, "/metrics", ROLE_VIEWER, 0, metrics},
    {0},
};
