/* See touch.h. */
#include "follow/touch.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

/* ---- text ---- */

static size_t without_blanks(const uint8_t *s, size_t n) {
    while (n > 0 && s[n - 1] == ' ') {
        n--;
    }
    return n;
}

/* The first `chars` characters of UTF-8. */
static size_t prefix_of(const uint8_t *s, size_t n, uint32_t chars) {
    size_t at = 0;
    for (; at < n; at++) {
        if ((s[at] & 0xc0) != 0x80 && chars-- == 0) {
            break;
        }
    }
    return at;
}

/* Characters that no collation takes for others: CJK ideographs, U+3400 to U+9FFF, three bytes each. */
static bool is_ideograph(const uint8_t *s, size_t n) {
    return n >= 3 && s[0] >= 0xe3 && s[0] <= 0xe9 && (s[0] > 0xe3 || s[1] >= 0x90);
}

/* Printable ASCII in lower case, and ideographs, go through; false: there is something else. */
static bool fold(XXH64_state_t *h, const uint8_t *s, size_t n) {
    uint8_t folded[256];
    size_t k = 0;
    for (size_t i = 0; i < n;) {
        if (k + 3 > sizeof folded) {
            XXH64_update(h, folded, k);
            k = 0;
        }
        if (s[i] >= 0x20 && s[i] < 0x7f) {
            folded[k++] = s[i] >= 'A' && s[i] <= 'Z' ? (uint8_t)(s[i] + 32) : s[i];
            i++;
        } else if (is_ideograph(s + i, n - i)) {
            for (int b = 0; b < 3; b++) {
                folded[k++] = s[i++];
            }
        } else {
            return false;
        }
    }
    XXH64_update(h, folded, k);
    return true;
}

/* ---- one value ---- */

static uint64_t integer_of(const struct field *f) {
    uint64_t u = f->len > 0 && (f->bytes[0] & 0x80) != 0 ? UINT64_MAX : 0;
    for (uint32_t i = 0; i < f->len; i++) {
        u = u << 8 | f->bytes[i];
    }
    return u;
}

static bool is_zero_float(const struct field *f) {
    uint8_t any = f->len > 0 ? (uint8_t)(f->bytes[0] & 0x7f) : 0;
    for (uint32_t i = 1; i < f->len; i++) {
        any |= f->bytes[i];
    }
    return any == 0;
}

/* False: text that might equal other text in ways not worked out. */
static bool add_value(XXH64_state_t *h, const struct rule_part *p, const struct field *f) {
    size_t n = f->len;
    uint64_t value;
    switch ((enum hash_form)p->form) {
    case HASH_INT:
        value = integer_of(f);
        XXH64_update(h, &value, sizeof value);
        return true;
    case HASH_FLOAT:
        XXH64_update(h, is_zero_float(f) ? (const uint8_t *)"\0\0\0\0\0\0\0" : f->bytes, n);
        return true;
    case HASH_TEXT:
    case HASH_FOLDED:
        n = p->prefix_chars > 0 ? prefix_of(f->bytes, n, p->prefix_chars) : n;
        n = without_blanks(f->bytes, n);
        if (p->form == HASH_FOLDED) {
            return fold(h, f->bytes, n);
        }
        break;
    case HASH_BYTES:
        n = p->prefix_chars > 0 && p->prefix_chars < n ? p->prefix_chars : n;
        break;
    }
    XXH64_update(h, f->bytes, n);
    value = n; /* ("ab", "c") is not ("a", "bc") */
    XXH64_update(h, &value, sizeof value);
    return true;
}

static uint64_t not_zero(uint64_t h) {
    return h != 0 ? h : 1;
}

struct touch touch_of(const struct rule *r, const struct field *fields) {
    XXH64_state_t h;
    bool plain = true, folded = false;
    if (r->n == 0) {
        return (struct touch){.hash = r->seed};
    }
    XXH64_reset(&h, r->seed);
    for (size_t i = 0; i < r->n; i++) {
        const struct field *f = &fields[r->parts[i].column];
        if (!field_has_bytes(f)) {
            return (struct touch){0};
        }
        folded = folded || r->parts[i].form == HASH_FOLDED;
        plain = add_value(&h, &r->parts[i], f) && plain;
    }
    if (!plain) {
        return (struct touch){.hash = r->seed};
    }
    return (struct touch){.hash = not_zero(XXH64_digest(&h)), .relies = folded ? r->seed : 0};
}

struct touch touch_of_row(const struct rule *r, struct tuple row) {
    if (row.bytes == NULL) {
        return (struct touch){0};
    }
    return (struct touch){.hash = not_zero(XXH64(row.bytes, row.len, r->seed))};
}
