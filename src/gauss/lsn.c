/* See lsn.h. */
#include "gauss/lsn.h"

#include <stdio.h>

const char *lsn_text(uint64_t lsn, char text[LSN_TEXT_MAX]) {
    snprintf(text, LSN_TEXT_MAX, "%X/%X", (unsigned)(lsn >> 32), (unsigned)lsn);
    return text;
}

static bool half(const char **at, const char *end, uint64_t *v) {
    const char *from = *at;
    *v = 0;
    for (; *at < end && *at - from < 8; (*at)++) {
        char c = **at, low = (char)(c | 0x20);
        if (c >= '0' && c <= '9') {
            *v = *v << 4 | (uint64_t)(c - '0');
        } else if (low >= 'a' && low <= 'f') {
            *v = *v << 4 | (uint64_t)(low - 'a' + 10);
        } else {
            break;
        }
    }
    return *at > from;
}

bool lsn_parse(const char *text, size_t len, uint64_t *lsn) {
    const char *at = text, *end = text + len;
    uint64_t high, low;
    if (!half(&at, end, &high) || at == end || *at++ != '/' || !half(&at, end, &low) || at != end) {
        return false;
    }
    *lsn = high << 32 | low;
    return true;
}
