/* Time. Monotonic for durations and deadlines, UTC for what people read. Any thread. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

int64_t clock_mono_us(void);
int64_t clock_utc_us(void); /* since 1970-01-01 */
void clock_sleep_ms(int64_t ms);
const char *clock_iso(int64_t utc_us, char text[32]); /* 2026-01-31T23:59:59.123Z */

#endif
