/* objects/rights: what lines of SHOW GRANTS let an account see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "objects/internal.h"

enum { TRIGGER = 1, EVENT = 2, ROUTINE = 4 };

static void grants_are_read(void **state) {
    (void)state;
    static const struct {
        const char *grant;
        int rights;
    } cases[] = {
        {"GRANT USAGE ON *.* TO `a`@`%`", 0},
        {"GRANT SELECT ON *.* TO `a`@`%`", ROUTINE},
        {"GRANT SELECT ON `shop_1`.* TO `a`@`%`", 0},
        {"GRANT ALL PRIVILEGES ON *.* TO `a`@`%` WITH GRANT OPTION", TRIGGER | EVENT | ROUTINE},
        {"GRANT ALL PRIVILEGES ON `shop\\_1`.* TO `a`@`%`", TRIGGER | EVENT | ROUTINE},
        {"GRANT ALL PRIVILEGES ON `shop\\_2`.* TO `a`@`%`", 0},
        {"GRANT ALL PRIVILEGES ON `sh%`.* TO `a`@`%`", TRIGGER | EVENT | ROUTINE},
        {"GRANT ALL PRIVILEGES ON `%shop`.* TO `a`@`%`", 0},
        {"GRANT SELECT, SHOW VIEW, EVENT, TRIGGER ON `shop_1`.* TO `a`@`%`", TRIGGER | EVENT},
        {"GRANT TRIGGER ON `shop_1`.`t` TO `a`@`%`", 0},
        {"GRANT BACKUP_ADMIN,SHOW_ROUTINE,XA_RECOVER_ADMIN ON *.* TO `a`@`%`", ROUTINE},
        {"GRANT SHOW_ROUTINE ON *.* TO `a`@`%`", ROUTINE},
        {"GRANT SHOW CREATE ROUTINE ON `shop_1`.* TO `a`@`%`", ROUTINE},
        {"GRANT SELECT ON `mysql`.`proc` TO `a`@`%`", ROUTINE},
        {"REVOKE TRIGGER ON `shop_1`.* FROM `a`@`%`", 0},
        {"GRANT `EVENT`@`%` TO `a`@`%`", 0},
        {"GRANT SELECT ON `shop_1", 0},
        {"", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct object_rights r = {0};
        rights_take(&r, cases[i].grant, "shop_1");
        int got = (r.trigger ? TRIGGER : 0) | (r.event ? EVENT : 0) | (r.routine ? ROUTINE : 0);
        if (got != cases[i].rights) {
            fail_msg("%s: %d instead of %d", cases[i].grant, got, cases[i].rights);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(grants_are_read)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
