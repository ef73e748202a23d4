/* The loss ledger: values that cannot be carried exactly, counted per column under a named rule with a policy.
 * Nothing is ever changed silently: policy `fail` (default) stops, every other one counts. */
#ifndef VALUE_LOSS_H
#define VALUE_LOSS_H

#include <stdbool.h>
#include <stdint.h>

/* X(name, text, which policies make sense: F fail N null R replace C clamp) */
#define LOSS_RULES(X)                                                                                                  \
    X(LOSS_ZERO_DATE, "zero-date", "0000-00-00, or a date with a zero month or day", "FNR")                            \
    X(LOSS_DATE_RANGE, "date-range", "a date the target's type cannot hold", "FNC")                                    \
    X(LOSS_TIME_RANGE, "time-range", "a TIME below 00:00:00 or above 24:00:00 for a target of type time", "FNC")       \
    X(LOSS_NUL_BYTE, "nul-byte", "a NUL byte inside text", "FNR")                                                      \
    X(LOSS_BAD_UTF8, "bad-utf8", "bytes that are not the column's character set", "FNR")                               \
    X(LOSS_RANGE, "number-range", "a number the target's type cannot hold", "FNC")                                     \
    X(LOSS_ENUM_EMPTY, "enum-empty", "an ENUM's error value '' (index 0)", "FNR")                                      \
    X(LOSS_EMPTY_STRING, "empty-string", "'' in a NOT NULL column of an openGauss A database, where it is NULL", "FR") \
    X(LOSS_NEGATIVE_ZERO, "negative-zero", "-0.0, stored as 0 by openGauss", "FC")                                     \
    X(LOSS_TOO_LONG, "too-long", "text longer than the target's column (A databases count bytes)", "FNC")              \
    X(LOSS_JSON, "json-text", "JSON that the target's parser refuses (\\u0000, numbers out of range)", "FNR")

enum loss_rule {
#define X(name, id, text, policies) name,
    LOSS_RULES(X)
#undef X
        LOSS_COUNT
};

enum loss_policy { LOSS_FAIL, LOSS_NULL, LOSS_REPLACE, LOSS_CLAMP };

/* Defaults: everything fails but negative-zero, which is clamped (and counted). */
struct loss_policies {
    enum loss_policy of[LOSS_COUNT];
};
void loss_policies_default(struct loss_policies *p);

/* "zero-date=null" -> policy set. false when rule or policy is unknown or does not make sense together. */
bool loss_policies_set(struct loss_policies *p, const char *text);

/* Does the policy make sense for the rule? */
bool loss_policy_fits(enum loss_rule r, enum loss_policy p);

const char *loss_rule_name(enum loss_rule r);
const char *loss_rule_text(enum loss_rule r);
const char *loss_policy_name(enum loss_policy p);

#endif
