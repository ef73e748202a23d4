/* See digest.h. */
#include "value/digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <xxhash.h>

struct digest digest_row(const void *row, size_t len) {
    XXH128_hash_t h = XXH3_128bits(row, len);
    return (struct digest){.lo = h.low64, .hi = h.high64};
}

void digest_text(struct digest d, char text[DIGEST_TEXT]) {
    snprintf(text, DIGEST_TEXT, "%016" PRIx64 "%016" PRIx64, d.hi, d.lo);
}

bool digest_parse(const char *text, struct digest *out) {
    uint64_t half[2] = {0};
    if (strlen(text) != DIGEST_TEXT - 1) {
        return false;
    }
    for (size_t i = 0; i < DIGEST_TEXT - 1; i++) {
        static const char digits[] = "0123456789abcdef";
        const char *d = strchr(digits, text[i]);
        if (d == NULL || text[i] == '\0') {
            return false;
        }
        half[i / 16] = half[i / 16] << 4 | (uint64_t)(d - digits);
    }
    *out = (struct digest){.lo = half[1], .hi = half[0]};
    return true;
}
