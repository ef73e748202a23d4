/* Terminal columns of UTF-8 text. See text_width.h. */
#include "engine/text_width.h"

#include <string.h>

struct range {
    uint32_t first, last;
};

/* East Asian Width W and F, as blocks (Unicode's EastAsianWidth.txt), and emoji. */
static const struct range wide[] = {
    {0x1100, 0x115f},   {0x2329, 0x232a},   {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xa960, 0xa97c},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
    {0xfe10, 0xfe19},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
    {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x2fffd}, {0x30000, 0x3fffd},
};

/* Combining marks and invisible characters that names do hold. */
static const struct range zero[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x064b, 0x065f}, {0x0e31, 0x0e31}, {0x0e34, 0x0e3a},
    {0x0e47, 0x0e4e}, {0x200b, 0x200d}, {0x2060, 0x2064}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff},
};

static bool in(const struct range *r, size_t n, uint32_t c) {
    for (size_t i = 0; i < n; i++) {
        if (c >= r[i].first && c <= r[i].last) {
            return true;
        }
    }
    return false;
}

/* One character; *len bytes. False for bytes that cannot be shown: control characters, direction overrides (they would
 * turn a line round), what is not UTF-8. */
static bool decode(const unsigned char *s, uint32_t *c, size_t *len) {
    size_t more = s[0] < 0x80                    ? 0
                  : s[0] >= 0xc2 && s[0] <= 0xdf ? 1
                  : (s[0] & 0xf0) == 0xe0        ? 2
                  : s[0] >= 0xf0 && s[0] <= 0xf4 ? 3
                                                 : 4;
    *len = 1;
    if (more == 4) {
        return false;
    }
    uint32_t v = more == 0 ? s[0] : s[0] & (0x3fU >> more);
    for (size_t i = 1; i <= more; i++) {
        if ((s[i] & 0xc0) != 0x80) { /* also the NUL at the end */
            return false;
        }
        v = v << 6 | (s[i] & 0x3fU);
    }
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    if (v < least[more] || (v >= 0xd800 && v <= 0xdfff) || v > 0x10ffff) {
        return false;
    }
    *len = more + 1;
    *c = v;
    return v >= 0x20 && !(v >= 0x7f && v < 0xa0) && !(v >= 0x202a && v <= 0x202e) && !(v >= 0x2066 && v <= 0x2069) &&
           v != 0x200e && v != 0x200f && v != 0x2028 && v != 0x2029;
}

static size_t columns_of(uint32_t c) {
    return in(zero, sizeof zero / sizeof zero[0], c) ? 0 : in(wide, sizeof wide / sizeof wide[0], c) ? 2 : 1;
}

size_t text_width(const char *s) {
    size_t columns = 0, len;
    for (const unsigned char *p = (const unsigned char *)s; *p != '\0'; p += len) {
        uint32_t c;
        columns += decode(p, &c, &len) ? columns_of(c) : 1;
    }
    return columns;
}

static char *shaped(struct arena *a, const char *s, size_t columns, bool pad) {
    size_t whole = text_width(s);
    bool cut = whole > columns;
    size_t room = cut && columns > 0 ? columns - 1 : columns;
    char *out = arena_alloc(a, strlen(s) + columns + 2), *w = out;
    size_t used = 0, len;
    for (const unsigned char *p = (const unsigned char *)s; *p != '\0'; p += len) {
        uint32_t c = '?';
        bool fine = decode(p, &c, &len);
        size_t n = fine ? columns_of(c) : 1;
        if (used + n > room) {
            break;
        }
        if (fine) {
            memcpy(w, p, len);
            w += len;
        } else {
            *w++ = '?';
        }
        used += n;
    }
    if (cut && columns > 0) {
        *w++ = '~';
        used++;
    }
    for (; pad && used < columns; used++) {
        *w++ = ' ';
    }
    *w = '\0';
    return out;
}

char *text_fit(struct arena *a, const char *s, size_t columns) {
    return shaped(a, s, columns, false);
}

char *text_pad(struct arena *a, const char *s, size_t columns) {
    return shaped(a, s, columns, true);
}
