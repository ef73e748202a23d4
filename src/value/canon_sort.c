/* Members of a JSON object into canonical order: by the length of their keys, then by the keys' bytes. See canon_internal.h.
 *
 * A stable merge sort over places of members, so that of equal keys the last is known; all memory is the caller's. */
#include "value/canon_internal.h"

/* Runs of this many are sorted by insertion: most objects are one. */
enum { RUN = 12 };

struct member {
    uint32_t start; /* of its opening quote */
    uint32_t key_len;
    uint32_t len; /* of all of it, without a comma */
};

/* Behind the closing quote of the string that opens at `at`. */
static size_t skip_string(const uint8_t *text, size_t at) {
    for (at++; text[at] != '"'; at++) {
        at += text[at] == '\\';
    }
    return at + 1;
}

/* Behind the member that begins at `at`. The text is our own: it is known to be well-formed. */
static size_t skip_member(const uint8_t *text, size_t len, size_t at) {
    size_t depth = 0;
    while (at < len && (depth > 0 || text[at] != ',')) {
        uint8_t c = text[at];
        if (c == '"') {
            at = skip_string(text, at);
            continue;
        }
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        at++;
    }
    return at;
}

size_t canon_sort_room(size_t members, size_t len) {
    return 2 * members * sizeof(struct member) + len + sizeof(struct member);
}

static int compare(const uint8_t *text, const struct member *a, const struct member *b) {
    if (a->key_len != b->key_len) {
        return a->key_len < b->key_len ? -1 : 1;
    }
    return memcmp(text + a->start + 1, text + b->start + 1, a->key_len);
}

static void insertion_sort(const uint8_t *text, struct member *m, size_t n) {
    for (size_t i = 1; i < n; i++) {
        struct member one = m[i];
        size_t k = i;
        for (; k > 0 && compare(text, &m[k - 1], &one) > 0; k--) {
            m[k] = m[k - 1];
        }
        m[k] = one;
    }
}

static void merge(const uint8_t *text, const struct member *a, size_t na, const struct member *b, size_t nb,
                  struct member *to) {
    while (na > 0 && nb > 0) {
        if (compare(text, a, b) <= 0) {
            *to++ = *a++;
            na--;
        } else {
            *to++ = *b++;
            nb--;
        }
    }
    memcpy(to, na > 0 ? a : b, (na + nb) * sizeof *to);
}

/* Sorted members: m or other. */
static struct member *merge_sort(const uint8_t *text, struct member *m, struct member *other, size_t n) {
    for (size_t i = 0; i < n; i += RUN) {
        insertion_sort(text, m + i, n - i < RUN ? n - i : RUN);
    }
    for (size_t width = RUN; width < n; width *= 2) {
        for (size_t i = 0; i < n; i += 2 * width) {
            size_t na = n - i < width ? n - i : width;
            size_t nb = n - i - na < width ? n - i - na : width;
            merge(text, m + i, na, m + i + na, nb, other + i);
        }
        struct member *sorted = other;
        other = m;
        m = sorted;
    }
    return m;
}

size_t canon_sort_members(uint8_t *text, size_t len, size_t members, uint8_t *scratch) {
    uint8_t *aligned = scratch + (-(uintptr_t)scratch & (_Alignof(struct member) - 1));
    struct member *m = (struct member *)(void *)aligned;
    uint8_t *copy = (uint8_t *)(m + 2 * members), *w = copy;
    size_t at = 0;
    for (size_t i = 0; i < members; i++) {
        size_t next = skip_member(text, len, at);
        m[i] = (struct member){
            .start = (uint32_t)at, .key_len = (uint32_t)(skip_string(text, at) - at - 2), .len = (uint32_t)(next - at)};
        at = next + 1;
    }
    m = merge_sort(text, m, m + members, members);
    for (size_t i = 0; i < members; i++) {
        if (i + 1 < members && compare(text, &m[i], &m[i + 1]) == 0) {
            continue;
        }
        memcpy(w, text + m[i].start, m[i].len);
        w += m[i].len;
        *w++ = ',';
    }
    size_t left = members > 0 ? (size_t)(w - copy) - 1 : 0; /* without the last comma */
    memcpy(text, copy, left);
    return left;
}
