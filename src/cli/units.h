/* Sizes, durations and counts as people write them: "32MB", "1.5GiB", "90s", "2h", "8". Any thread. */
#ifndef CLI_UNITS_H
#define CLI_UNITS_H

#include <stdbool.h>
#include <stdint.h>

/* B, kB, MB, GB, TB are decimal, KiB, MiB, GiB, TiB binary; the B may be left out, case does not matter, no unit is bytes. */
bool units_size(const char *text, uint64_t *bytes);
/* ms, s, m (or min), h, d; no unit is seconds. */
bool units_duration(const char *text, int64_t *ms);
/* Decimal digits only. */
bool units_count(const char *text, uint64_t *n);

#endif
