/* Accounts, sessions and tokens, on a store in a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "server/auth.h"
#include "server/auth_guard.h"

struct scene {
    char directory[32], path[64];
    struct store *s;
    struct auth_guard *g;
    struct arena a;
};

static int set_up(void **state) {
    struct scene *x = calloc(1, sizeof *x);
    struct err e = ERR_INIT;
    snprintf(x->directory, sizeof x->directory, "/tmp/auth-XXXXXX");
    assert_non_null(mkdtemp(x->directory));
    snprintf(x->path, sizeof x->path, "%s/godwit.db", x->directory);
    struct store_where where = {.file = x->path};
    assert_true(secrets_init(&e) && store_open(&x->s, &where, &e));
    x->g = auth_guard_new();
    *state = x;
    return 0;
}

static int tear_down(void **state) {
    static const char *const ends[] = {"", "-wal", "-shm"};
    struct scene *x = *state;
    store_close(x->s);
    auth_guard_free(x->g);
    arena_clear(&x->a);
    for (size_t i = 0; i < 3; i++) {
        char path[80];
        snprintf(path, sizeof path, "%s%s", x->path, ends[i]);
        unlink(path);
    }
    rmdir(x->directory);
    free(x);
    return 0;
}

static int64_t account(struct scene *x, const char *name, enum role role) {
    int64_t id;
    struct err e = ERR_INIT;
    if (!auth_add_account(x->s, name, "passw0rd", role, false, &id, &e)) {
        fail_msg("%s", e.message);
    }
    return id;
}

static struct identity login(struct scene *x, const char *name, char token[SECRETS_TOKEN_TEXT]) {
    struct identity who;
    struct err e = ERR_INIT;
    if (!auth_login(x->s, x->g, name, "passw0rd", "10.0.0.1", token, &who, &e)) {
        fail_msg("%s", e.message);
    }
    return who;
}

static enum err_code try_login(struct scene *x, const char *name, const char *password, const char *address) {
    struct identity who;
    struct err e = ERR_INIT;
    char token[SECRETS_TOKEN_TEXT];
    return auth_login(x->s, x->g, name, password, address, token, &who, &e) ? ERR_NONE : e.code;
}

static bool session_works(struct scene *x, const char *token) {
    struct identity who;
    struct err e = ERR_INIT;
    bool ok = auth_session(x->s, token, &who, &e);
    assert_true(ok || e.code == ERR_LOGIN_NEEDED);
    return ok;
}

static void the_first_admin_is_made_once(void **state) {
    struct scene *x = *state;
    struct err e = ERR_INIT;
    struct identity who;
    char first[AUTH_FIRST_PASSWORD], second[AUTH_FIRST_PASSWORD], token[SECRETS_TOKEN_TEXT];
    assert_true(auth_first_account(x->s, first, &e));
    assert_int_equal(strlen(first), AUTH_FIRST_PASSWORD - 1);
    assert_true(auth_first_account(x->s, second, &e));
    assert_string_equal(second, "");
    assert_true(auth_login(x->s, x->g, "admin", first, "::1", token, &who, &e));
    assert_true(who.must_change && who.role == ROLE_ADMIN);
    assert_true(auth_change_password(x->s, &who, first, "something else", &e));
    assert_true(auth_session(x->s, token, &who, &e)); /* one's own session stays */
    assert_false(who.must_change);
    assert_int_equal(try_login(x, "admin", first, "::2"), ERR_LOGIN);
    assert_int_equal(try_login(x, "admin", "something else", "::2"), ERR_NONE);
}

static void names_and_passwords_have_rules(void **state) {
    struct scene *x = *state;
    static const char *const names[] = {"", "a b", "a'b", "<x>", "a\n", "\xe6\x95\xb0"};
    int64_t id;
    struct err e = ERR_INIT;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        err_clear(&e);
        assert_false(auth_add_account(x->s, names[i], "passw0rd", ROLE_VIEWER, false, &id, &e));
        assert_int_equal(e.code, ERR_ACCOUNT);
    }
    err_clear(&e);
    assert_false(auth_add_account(x->s, "a", "short", ROLE_VIEWER, false, &id, &e));
    assert_int_equal(e.code, ERR_ACCOUNT);
    account(x, "a", ROLE_VIEWER);
    err_clear(&e);
    assert_false(auth_add_account(x->s, "a", "passw0rd", ROLE_VIEWER, false, &id, &e));
    assert_int_equal(e.code, ERR_STORE_TAKEN);
}

static void a_session_is_only_as_long_as_it_may(void **state) {
    struct scene *x = *state;
    struct err e = ERR_INIT;
    struct identity who;
    char token[SECRETS_TOKEN_TEXT], other[SECRETS_TOKEN_TEXT];
    account(x, "ann", ROLE_OPERATOR);
    struct identity in = login(x, "ann", token);
    assert_true(auth_session(x->s, token, &who, &e));
    assert_string_equal(who.name, "ann");
    assert_string_equal(who.csrf, in.csrf);
    assert_int_equal(who.role, ROLE_OPERATOR);
    assert_false(who.by_token);
    assert_false(session_works(x, "no token") || session_works(x, "") || session_works(x, in.digest));
    login(x, "ann", other);
    assert_true(auth_logout(x->s, &who, &e));
    assert_false(session_works(x, token));
    assert_true(session_works(x, other));
    assert_true(store_run(x->s, "UPDATE session SET seen_ms = seen_ms - 3600001", STORE_NONE, NULL, &e));
    assert_false(session_works(x, other)); /* idle for too long */
    login(x, "ann", token);
    assert_true(store_run(x->s, "UPDATE session SET expires_ms = seen_ms", STORE_NONE, NULL, &e));
    assert_false(session_works(x, token)); /* however busy */
    struct store_rows rows;
    assert_true(auth_sweep(x->s, &e) && store_rows(x->s, &x->a, "SELECT count(*) FROM session", STORE_NONE, &rows, &e));
    assert_int_equal(store_number(&rows, 0, 0), 0);
}

static void the_store_holds_nothing_that_lets_in(void **state) {
    struct scene *x = *state;
    struct err e = ERR_INIT;
    struct store_rows rows;
    char token[SECRETS_TOKEN_TEXT], program[SECRETS_TOKEN_TEXT];
    int64_t id;
    account(x, "ann", ROLE_OPERATOR);
    struct identity who = login(x, "ann", token);
    assert_true(auth_add_token(x->s, &who, "ci", ROLE_OPERATOR, 0, program, &id, &e));
    assert_true(store_rows(x->s, &x->a,
                           "SELECT password FROM account UNION ALL SELECT digest FROM session UNION ALL"
                           " SELECT digest FROM api_token",
                           STORE_NONE, &rows, &e));
    assert_int_equal(rows.n, 3);
    for (size_t i = 0; i < rows.n; i++) {
        const char *cell = store_cell(&rows, i, 0);
        assert_null(strstr(cell, "passw0rd"));
        assert_null(strstr(cell, token));
        assert_null(strstr(cell, program));
        assert_false(session_works(x, cell));
    }
}

static void guessing_gets_slower(void **state) {
    struct scene *x = *state;
    account(x, "ann", ROLE_VIEWER);
    account(x, "bob", ROLE_VIEWER);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(try_login(x, "ann", "wrong", "10.0.0.9"), ERR_LOGIN);
    }
    assert_int_equal(try_login(x, "ann", "passw0rd", "10.0.0.9"), ERR_LOGIN_WAIT);
    assert_int_equal(try_login(x, "bob", "passw0rd", "10.0.0.9"), ERR_LOGIN_WAIT); /* the address */
    assert_int_equal(try_login(x, "ann", "passw0rd", "10.0.0.8"), ERR_LOGIN_WAIT); /* the name */
    assert_int_equal(try_login(x, "bob", "passw0rd", "10.0.0.8"), ERR_NONE);
    assert_int_equal(try_login(x, "nobody", "passw0rd", "10.0.0.7"), ERR_LOGIN);
}

static void the_guard_doubles_forgets_and_stays_small(void **state) {
    (void)state;
    struct auth_guard *g = auth_guard_new();
    int64_t now = 1000000000, last = 0;
    for (int i = 0; i < 20; i++) {
        auth_guard_wrong(g, "name", "ann", now);
        int64_t wait = auth_guard_wait(g, "name", "ann", now);
        assert_true(wait >= last && wait <= 300000);
        assert_int_equal(wait == 0, i < 4);
        last = wait;
    }
    assert_int_equal(auth_guard_wait(g, "address", "ann", now), 0);
    assert_int_equal(auth_guard_wait(g, "name", "ann", now + 300000), 0);
    auth_guard_right(g, "name", "ann");
    assert_int_equal(auth_guard_wait(g, "name", "ann", now), 0);
    for (int i = 0; i < 6; i++) {
        auth_guard_wrong(g, "name", "late", now);
    }
    assert_true(auth_guard_wait(g, "name", "late", now) > 0);
    assert_int_equal(auth_guard_wait(g, "name", "late", now + 900001), 0);
    for (int i = 0; i < 10000; i++) { /* more than it holds: the oldest go */
        char who[16];
        snprintf(who, sizeof who, "w%d", i);
        auth_guard_wrong(g, "address", who, now + i);
    }
    for (int i = 0; i < 8; i++) {
        auth_guard_wrong(g, "address", "w9999", now + 10000);
    }
    assert_true(auth_guard_wait(g, "address", "w9999", now + 10000) > 0);
    auth_guard_free(g);
}

static void who_loses_rights_loses_them_at_once(void **state) {
    struct scene *x = *state;
    struct err e = ERR_INIT;
    struct identity who;
    char token[SECRETS_TOKEN_TEXT], program[SECRETS_TOKEN_TEXT];
    int64_t id, ann = account(x, "ann", ROLE_ADMIN), bob = account(x, "bob", ROLE_ADMIN);
    struct identity in = login(x, "bob", token);
    assert_true(auth_add_token(x->s, &in, "ci", ROLE_ADMIN, 0, program, &id, &e));
    assert_true(auth_set_account(x->s, bob, ROLE_VIEWER, false, NULL, &e));
    assert_false(session_works(x, token));
    assert_true(auth_token(x->s, program, &who, &e));
    assert_int_equal(who.role, ROLE_VIEWER);
    assert_true(auth_set_account(x->s, bob, ROLE_VIEWER, true, NULL, &e));
    assert_int_equal(try_login(x, "bob", "passw0rd", "10.1.1.1"), ERR_LOGIN);
    err_clear(&e);
    assert_false(auth_token(x->s, program, &who, &e));
    assert_int_equal(e.code, ERR_LOGIN_NEEDED);
    err_clear(&e); /* the last admin stays one */
    assert_false(auth_set_account(x->s, ann, ROLE_VIEWER, false, NULL, &e));
    assert_int_equal(e.code, ERR_ACCOUNT);
    err_clear(&e);
    assert_false(auth_set_account(x->s, ann, ROLE_ADMIN, true, NULL, &e));
    err_clear(&e);
    assert_false(auth_set_account(x->s, 4711, ROLE_ADMIN, false, NULL, &e));
    assert_int_equal(e.code, ERR_ACCOUNT);
    assert_int_equal(try_login(x, "ann", "passw0rd", "10.1.1.2"), ERR_NONE);
}

static void an_admin_gives_a_new_password(void **state) {
    struct scene *x = *state;
    struct err e = ERR_INIT;
    char token[SECRETS_TOKEN_TEXT];
    int64_t bob;
    account(x, "ann", ROLE_ADMIN);
    bob = account(x, "bob", ROLE_OPERATOR);
    login(x, "bob", token);
    assert_false(auth_set_account(x->s, bob, ROLE_OPERATOR, false, "short", &e));
    assert_int_equal(e.code, ERR_ACCOUNT);
    err_clear(&e);
    assert_true(session_works(x, token));
    assert_true(auth_set_account(x->s, bob, ROLE_OPERATOR, false, "an0ther one", &e));
    assert_false(session_works(x, token));
    assert_int_equal(try_login(x, "bob", "passw0rd", "10.1.1.1"), ERR_LOGIN);
    struct identity who = {0};
    assert_true(auth_login(x->s, x->g, "bob", "an0ther one", "10.1.1.2", token, &who, &e));
    assert_true(who.must_change);
}

static void tokens_of_programs(void **state) {
    struct scene *x = *state;
    struct err e = ERR_INIT;
    struct identity who;
    char token[SECRETS_TOKEN_TEXT], program[SECRETS_TOKEN_TEXT];
    int64_t id;
    account(x, "ann", ROLE_OPERATOR);
    struct identity in = login(x, "ann", token);
    assert_false(auth_add_token(x->s, &in, "ci", ROLE_ADMIN, 0, program, &id, &e));
    err_clear(&e);
    assert_false(auth_add_token(x->s, &in, "", ROLE_VIEWER, 0, program, &id, &e));
    assert_true(auth_add_token(x->s, &in, "ci", ROLE_VIEWER, 30, program, &id, &e));
    assert_true(auth_token(x->s, program, &who, &e));
    assert_true(who.by_token && who.role == ROLE_VIEWER);
    assert_string_equal(who.name, "ann");
    err_clear(&e);
    assert_false(auth_token(x->s, token, &who, &e)); /* a session is no token */
    assert_false(session_works(x, program));         /* nor the other way round */
    assert_true(store_run(x->s, "UPDATE api_token SET expires_ms = created_ms", STORE_NONE, NULL, &e));
    err_clear(&e);
    assert_false(auth_token(x->s, program, &who, &e));
    assert_int_equal(e.code, ERR_LOGIN_NEEDED);
    enum role r;
    assert_true(role_parse("operator", &r) && r == ROLE_OPERATOR);
    assert_false(role_parse("none", &r) || role_parse("root", &r));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(the_first_admin_is_made_once),
        TEST(names_and_passwords_have_rules),
        TEST(a_session_is_only_as_long_as_it_may),
        TEST(the_store_holds_nothing_that_lets_in),
        TEST(guessing_gets_slower),
        cmocka_unit_test(the_guard_doubles_forgets_and_stays_small),
        TEST(who_loses_rights_loses_them_at_once),
        TEST(an_admin_gives_a_new_password),
        TEST(tokens_of_programs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
