/* The names of loss rules and policies. See loss.h. */
#include "value/loss.h"

#include <string.h>

#include "base/str.h"

static const struct {
    const char *name, *text, *policies;
} rules[LOSS_COUNT] = {
#define X(rule, name, text, policies) [rule] = {name, text, policies},
    LOSS_RULES(X)
#undef X
};

static const struct {
    const char *name;
    char letter;
} policy_names[] = {
    [LOSS_FAIL] = {"fail", 'F'},
    [LOSS_NULL] = {"null", 'N'},
    [LOSS_REPLACE] = {"replace", 'R'},
    [LOSS_CLAMP] = {"clamp", 'C'},
};

void loss_policies_default(struct loss_policies *p) {
    for (int i = 0; i < LOSS_COUNT; i++) {
        p->of[i] = LOSS_FAIL;
    }
    /* openGauss compares -0 and 0 as equal and stores 0 itself: nothing a user could choose would keep the sign */
    p->of[LOSS_NEGATIVE_ZERO] = LOSS_CLAMP;
}

bool loss_policy_fits(enum loss_rule r, enum loss_policy p) {
    return strchr(rules[r].policies, policy_names[p].letter) != NULL;
}

bool loss_policies_set(struct loss_policies *p, const char *text) {
    const char *eq = strchr(text, '=');
    if (eq == NULL) {
        return false;
    }
    size_t n = (size_t)(eq - text);
    for (int r = 0; r < LOSS_COUNT; r++) {
        if (strlen(rules[r].name) != n || strncmp(rules[r].name, text, n) != 0) {
            continue;
        }
        for (int k = LOSS_FAIL; k <= LOSS_CLAMP; k++) {
            if (str_eq(policy_names[k].name, eq + 1) && loss_policy_fits((enum loss_rule)r, (enum loss_policy)k)) {
                p->of[r] = (enum loss_policy)k;
                return true;
            }
        }
    }
    return false;
}

const char *loss_rule_name(enum loss_rule r) {
    return rules[r].name;
}

const char *loss_rule_text(enum loss_rule r) {
    return rules[r].text;
}

const char *loss_policy_name(enum loss_policy p) {
    return policy_names[p].name;
}
