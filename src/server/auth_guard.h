/* How often a password was wrong lately, by address and by name. In memory: a restart forgets, which costs an attacker more than it
 * gives. Bounded: a new entry takes the place of the oldest. Any thread. */
#ifndef SERVER_AUTH_GUARD_H
#define SERVER_AUTH_GUARD_H

#include <stdbool.h>
#include <stdint.h>

struct auth_guard;

/* Milliseconds to wait before this one may try; 0: now. */
int64_t auth_guard_wait(struct auth_guard *g, const char *kind, const char *who, int64_t now_ms);
void auth_guard_wrong(struct auth_guard *g, const char *kind, const char *who, int64_t now_ms);
void auth_guard_right(struct auth_guard *g, const char *kind, const char *who);

#endif
