/* MariaDB's GTIDs and positions. See gtid_mariadb.h. */
#include "mysql/gtid_mariadb.h"

#include <inttypes.h>
#include <stdlib.h>

enum { TEXT_SHOWN_BYTES = 80 };

void mariadb_position_clear(struct mariadb_position *p) {
    free(p->items);
    *p = (struct mariadb_position)MARIADB_POSITION_INIT;
}

static bool refuse(struct err *e, const char *text) {
    return err_set(e, ERR_POSITION, "\"%.*s\" is no GTID of MariaDB (domain-server-sequence)", TEXT_SHOWN_BYTES, text);
}

static const char *skip_blanks(const char *p) {
    while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r') {
        p++;
    }
    return p;
}

/* Decimal digits up to `most`; NULL when there are none, or it is more. */
static const char *read_number(const char *p, uint64_t most, uint64_t *out) {
    if (*p < '0' || *p > '9') {
        return NULL;
    }
    *out = 0;
    for (; *p >= '0' && *p <= '9'; p++) {
        uint64_t digit = (uint64_t)(*p - '0');
        if (*out > (most - digit) / 10) {
            return NULL;
        }
        *out = *out * 10 + digit;
    }
    return p;
}

/* Behind it, or NULL. */
static const char *read_gtid(const char *p, struct mariadb_gtid *g) {
    uint64_t part[3];
    static const uint64_t most[3] = {UINT32_MAX, UINT32_MAX, UINT64_MAX};
    for (int i = 0; i < 3; i++) {
        if (i > 0 && *p++ != '-') {
            return NULL;
        }
        p = read_number(p, most[i], &part[i]);
        if (p == NULL) {
            return NULL;
        }
    }
    *g = (struct mariadb_gtid){(uint32_t)part[0], (uint32_t)part[1], part[2]};
    return p;
}

bool mariadb_gtid_parse(struct mariadb_gtid *g, const char *text, struct err *e) {
    const char *end = read_gtid(skip_blanks(text), g);
    return (end != NULL && *skip_blanks(end) == '\0') || refuse(e, text);
}

const char *mariadb_gtid_print(const struct mariadb_gtid *g, char text[MARIADB_GTID_TEXT_MAX]) {
    snprintf(text, MARIADB_GTID_TEXT_MAX, "%" PRIu32 "-%" PRIu32 "-%" PRIu64, g->domain, g->server, g->sequence);
    return text;
}

/* Where the domain is, or would be. */
static size_t find(const struct mariadb_position *p, uint32_t domain) {
    size_t low = 0, high = p->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (p->items[middle].domain < domain) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool at_domain(const struct mariadb_position *p, size_t at, uint32_t domain) {
    return at < p->n && p->items[at].domain == domain;
}

bool mariadb_position_set(struct mariadb_position *p, const struct mariadb_gtid *g, struct err *e) {
    size_t at = find(p, g->domain);
    if (at_domain(p, at, g->domain)) {
        p->items[at] = *g;
        return true;
    }
    if (p->n == p->cap) {
        size_t cap = p->cap == 0 ? 4 : 2 * p->cap;
        struct mariadb_gtid *items = realloc(p->items, cap * sizeof *items);
        if (items == NULL) {
            return err_set(e, ERR_MEMORY, "no memory for a GTID position");
        }
        p->items = items;
        p->cap = cap;
    }
    memmove(p->items + at + 1, p->items + at, (p->n - at) * sizeof *p->items);
    p->items[at] = *g;
    p->n++;
    return true;
}

bool mariadb_position_copy(struct mariadb_position *to, const struct mariadb_position *from, struct err *e) {
    struct mariadb_position copy = MARIADB_POSITION_INIT;
    for (size_t i = 0; i < from->n; i++) {
        if (!mariadb_position_set(&copy, &from->items[i], e)) {
            mariadb_position_clear(&copy);
            return false;
        }
    }
    mariadb_position_clear(to);
    *to = copy;
    return true;
}

static bool parse_into(struct mariadb_position *p, const char *text, struct err *e) {
    const char *at = skip_blanks(text);
    while (*at != '\0') {
        struct mariadb_gtid g;
        const char *end = read_gtid(at, &g);
        if (end == NULL) {
            return refuse(e, at);
        }
        if (at_domain(p, find(p, g.domain), g.domain)) {
            return err_set(e, ERR_POSITION, "domain %" PRIu32 " is named twice in a position", g.domain);
        }
        if (!mariadb_position_set(p, &g, e)) {
            return false;
        }
        at = skip_blanks(end);
        if (*at == ',') {
            at = skip_blanks(at + 1);
            if (*at == '\0') {
                return refuse(e, at);
            }
        } else if (*at != '\0') {
            return refuse(e, at);
        }
    }
    return true;
}

bool mariadb_position_parse(struct mariadb_position *p, const char *text, struct err *e) {
    struct mariadb_position parsed = MARIADB_POSITION_INIT;
    if (!parse_into(&parsed, text != NULL ? text : "", e)) {
        mariadb_position_clear(&parsed);
        return false;
    }
    mariadb_position_clear(p);
    *p = parsed;
    return true;
}

bool mariadb_position_print(const struct mariadb_position *p, struct buf *out, struct err *e) {
    for (size_t i = 0; i < p->n; i++) {
        char text[MARIADB_GTID_TEXT_MAX];
        if (!buf_printf(out, e, "%s%s", i > 0 ? "," : "", mariadb_gtid_print(&p->items[i], text))) {
            return false;
        }
    }
    return true;
}

bool mariadb_position_has(const struct mariadb_position *p, const struct mariadb_gtid *g) {
    size_t at = find(p, g->domain);
    return at_domain(p, at, g->domain) && p->items[at].sequence >= g->sequence;
}

bool mariadb_position_reaches(const struct mariadb_position *p, const struct mariadb_position *other) {
    for (size_t i = 0; i < other->n; i++) {
        if (!mariadb_position_has(p, &other->items[i])) {
            return false;
        }
    }
    return true;
}

bool mariadb_position_equal(const struct mariadb_position *a, const struct mariadb_position *b) {
    if (a->n != b->n) {
        return false;
    }
    for (size_t i = 0; i < a->n; i++) {
        const struct mariadb_gtid *x = &a->items[i], *y = &b->items[i];
        if (x->domain != y->domain || x->server != y->server || x->sequence != y->sequence) {
            return false;
        }
    }
    return true;
}
