/* Changes to JSON documents (binlog_row_value_options=PARTIAL_JSON). See jsonb.h.
 *
 *   change:  operation 1 (0 replace, 1 insert, 2 remove) | path length | $.key."other key"[7] | value length | document
 *
 * Only the containers that paths lead through are taken apart; the rest is printed from the bytes it was read from. */
#include "mysql/jsonb.h"
#include "mysql/jsonb_read.h"
#include "mysql/reader.h"

struct node;

struct member {
    const uint8_t *key; /* NULL in arrays */
    size_t key_len;
    struct node *value;
};

struct node {
    struct jsonb v;
    bool apart; /* its elements are in `members`, and count instead of v */
    struct member *members;
    size_t n, cap;
};

struct patch {
    struct arena *a;
    struct node *root;
};

/* ---- containers taken apart ---- */

static struct node *new_node(struct arena *a, const struct jsonb *v) {
    struct node *node = arena_new(a, struct node);
    node->v = *v;
    return node;
}

static bool take_apart(struct patch *p, struct node *node) {
    if (node->apart) {
        return true;
    }
    if (!jsonb_is_container(&node->v)) {
        return false;
    }
    node->cap = (size_t)node->v.elements + 1;
    node->members = arena_array(p->a, struct member, node->cap);
    for (uint32_t i = 0; i < node->v.elements; i++) {
        struct member *m = &node->members[i];
        struct jsonb element;
        if ((node->v.object && !jsonb_key(&node->v, i, &m->key, &m->key_len)) ||
            !jsonb_element(&node->v, i, &element)) {
            return false;
        }
        m->value = new_node(p->a, &element);
    }
    node->n = node->v.elements;
    node->apart = true;
    return true;
}

/* ---- paths ---- */

struct leg {
    bool member;
    const uint8_t *key;
    size_t key_len;
    uint64_t index;
};

static bool is_end_of_name(uint8_t c) {
    return c == '.' || c == '[';
}

static int hex_of(uint8_t c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* One character behind a backslash; false: no escape the server writes. (\u only for control characters.) */
static bool unescape(struct reader *r, uint8_t *out) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    uint8_t c = read_u8(r);
    const char *at = c != 0 ? strchr(from, c) : NULL;
    if (at != NULL) {
        *out = (uint8_t)to[at - from];
        return true;
    }
    const uint8_t *digits = c == 'u' ? read_bytes(r, 4) : NULL;
    int high = digits != NULL ? hex_of(digits[2]) : -1, low = digits != NULL ? hex_of(digits[3]) : -1;
    if (high < 0 || low < 0 || digits[0] != '0' || digits[1] != '0' || high > 7) {
        return false;
    }
    *out = (uint8_t)(high << 4 | low);
    return true;
}

static bool read_quoted(struct patch *p, struct reader *r, struct leg *leg) {
    uint8_t *key = arena_alloc(p->a, reader_left(r) + 1);
    leg->key = key;
    leg->key_len = 0;
    while (reader_left(r) > 0) {
        uint8_t c = read_u8(r);
        if (c == '"') {
            return true;
        }
        if (c == '\\' && !unescape(r, &c)) {
            return false;
        }
        key[leg->key_len++] = c;
    }
    return false;
}

static bool read_leg(struct patch *p, struct reader *r, struct leg *leg) {
    uint8_t kind = read_u8(r);
    leg->member = kind == '.';
    if (leg->member) {
        if (reader_left(r) > 0 && *r->p == '"') {
            r->p++;
            return read_quoted(p, r, leg);
        }
        leg->key = r->p;
        while (reader_left(r) > 0 && !is_end_of_name(*r->p)) {
            r->p++;
        }
        leg->key_len = (size_t)(r->p - leg->key);
        return leg->key_len > 0;
    }
    leg->index = 0;
    size_t digits = 0;
    while (reader_left(r) > 0 && *r->p >= '0' && *r->p <= '9' && digits < 10) {
        leg->index = leg->index * 10 + (uint64_t)(*r->p++ - '0');
        digits++;
    }
    return kind == '[' && digits > 0 && read_u8(r) == ']';
}

/* The key's place among an object's members, which are sorted by length, then by bytes. */
static size_t find_key(const struct node *object, const struct leg *leg, bool *found) {
    size_t low = 0, high = object->n;
    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct member *m = &object->members[middle];
        int c =
            m->key_len != leg->key_len ? (m->key_len < leg->key_len ? -1 : 1) : memcmp(m->key, leg->key, leg->key_len);
        if (c == 0) {
            *found = true;
            return middle;
        }
        if (c < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Where a leg leads inside a container; *found: there is an element. */
static bool find_leg(struct patch *p, struct node *container, const struct leg *leg, size_t *at, bool *found) {
    if (!take_apart(p, container) || container->v.object != leg->member) {
        return false;
    }
    if (leg->member) {
        *at = find_key(container, leg, found);
    } else {
        *found = leg->index < container->n;
        *at = *found ? (size_t)leg->index : container->n;
    }
    return true;
}

/* ---- changes ---- */

static void insert_member(struct patch *p, struct node *container, size_t at, const struct leg *leg,
                          struct node *value) {
    if (container->n == container->cap) {
        size_t cap = 2 * container->cap;
        struct member *members = arena_array(p->a, struct member, cap);
        memcpy(members, container->members, container->n * sizeof *members);
        container->members = members;
        container->cap = cap;
    }
    memmove(container->members + at + 1, container->members + at, (container->n - at) * sizeof *container->members);
    container->members[at] = (struct member){.value = value};
    if (leg->member) {
        container->members[at].key = leg->key;
        container->members[at].key_len = leg->key_len;
    }
    container->n++;
}

enum operation { REPLACE = 0, INSERT = 1, REMOVE = 2 };

/* value: NULL for REMOVE. */
static bool change(struct patch *p, enum operation op, struct reader path, struct node *value) {
    struct node *parent = NULL, *node = p->root;
    struct leg leg = {0};
    size_t at = 0;
    bool found = true;
    if (read_u8(&path) != '$') {
        return false;
    }
    while (reader_left(&path) > 0) {
        if (!found || !read_leg(p, &path, &leg) || !find_leg(p, node, &leg, &at, &found)) {
            return false;
        }
        parent = node;
        node = found ? parent->members[at].value : NULL;
    }
    if (parent == NULL) {
        p->root = op == REPLACE ? value : p->root;
        return op == REPLACE;
    }
    switch (op) {
    case REPLACE:
        if (found) {
            parent->members[at].value = value;
        }
        return found;
    case INSERT:
        if (leg.member && found) {
            return false;
        }
        insert_member(p, parent, at, &leg, value);
        return true;
    default:
        if (found) {
            parent->n--;
            memmove(parent->members + at, parent->members + at + 1, (parent->n - at) * sizeof *parent->members);
        }
        return found;
    }
}

static bool apply(struct patch *p, struct reader *r) {
    while (reader_left(r) > 0) {
        uint8_t op = read_u8(r);
        size_t path_len, value_len = 0;
        const uint8_t *path = read_lenenc_bytes(r, &path_len), *bytes = NULL;
        struct node *value = NULL;
        struct jsonb v;
        if (op < REMOVE && !r->bad) {
            bytes = read_lenenc_bytes(r, &value_len);
            if (bytes == NULL || !jsonb_open_document(bytes, value_len, &v)) {
                return false;
            }
            value = new_node(p->a, &v);
        }
        if (r->bad || op > REMOVE || !change(p, (enum operation)op, reader_of(path, path_len), value)) {
            return false;
        }
    }
    return true;
}

/* ---- printing ---- */

static bool print_node(const struct node *node, int depth, struct buf *out, struct err *e) {
    if (!node->apart) {
        return jsonb_print_value(&node->v, depth, out, e);
    }
    if (depth >= JSONB_DEPTH_MAX) {
        return jsonb_malformed(e);
    }
    if (!buf_put(out, node->v.object ? "{" : "[", 1, e)) {
        return false;
    }
    for (size_t i = 0; i < node->n; i++) {
        const struct member *m = &node->members[i];
        if ((i > 0 && !buf_put(out, ", ", 2, e)) ||
            (node->v.object && (!jsonb_print_string(m->key, m->key_len, out, e) || !buf_put(out, ": ", 2, e))) ||
            !print_node(m->value, depth + 1, out, e)) {
            return false;
        }
    }
    return buf_put(out, node->v.object ? "}" : "]", 1, e);
}

bool jsonb_patch(const uint8_t *document, size_t len, const uint8_t *changes, size_t changes_len, struct arena *a,
                 struct buf *out, struct err *e) {
    struct jsonb v;
    struct reader r = reader_of(changes, changes_len);
    if (!jsonb_open_document(document, len, &v)) {
        return jsonb_malformed(e);
    }
    struct patch p = {.a = a, .root = new_node(a, &v)};
    if (!apply(&p, &r)) {
        return err_set(e, ERR_SOURCE_BINLOG, "changes to a JSON document do not fit the document they were made to");
    }
    return print_node(p.root, 0, out, e);
}
