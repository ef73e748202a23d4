/* Secrets: what is kept of them gives nothing away, and what is given back is what was put in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "server/secrets.h"

struct scene {
    char directory[40], path[80];
    struct arena a;
};

static int set_up(void **state) {
    struct scene *x = calloc(1, sizeof *x);
    snprintf(x->directory, sizeof x->directory, "/tmp/secrets-XXXXXX");
    assert_non_null(mkdtemp(x->directory));
    snprintf(x->path, sizeof x->path, "%s/godwit.key", x->directory);
    *state = x;
    return 0;
}

static int tear_down(void **state) {
    struct scene *x = *state;
    unlink(x->path);
    rmdir(x->directory);
    arena_clear(&x->a);
    free(x);
    return 0;
}

static struct secrets_key *key(const char *path) {
    struct secrets_key *k;
    struct err e = ERR_INIT;
    if (!secrets_key_open(&k, path, &e)) {
        fail_msg("%s", e.message);
    }
    return k;
}

static void passwords_are_recognised_and_not_kept(void **state) {
    (void)state;
    char hash[SECRETS_HASH_TEXT], again[SECRETS_HASH_TEXT];
    struct err e = ERR_INIT;
    assert_true(secrets_hash("correct horse \xe6\x95\xb0", hash, &e));
    assert_true(secrets_hash("correct horse \xe6\x95\xb0", again, &e));
    assert_string_not_equal(hash, again); /* salted */
    assert_null(strstr(hash, "horse"));
    assert_non_null(strstr(hash, "argon2id"));
    assert_true(secrets_matches(hash, "correct horse \xe6\x95\xb0"));
    assert_false(secrets_matches(hash, "correct horse"));
    assert_false(secrets_matches(hash, ""));
    assert_false(secrets_matches("", "x"));
    assert_false(secrets_matches("no hash", "x"));
    assert_false(secrets_hash_is_old(hash));
    assert_true(secrets_hash_is_old("$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$"
                                    "WwD2/wGGTuw7u4BW8sLM0Q6PyzVqRTvHZD8/fZTIMwY"));
}

static void tokens_differ_and_only_their_digest_is_kept(void **state) {
    (void)state;
    char a[SECRETS_TOKEN_TEXT], b[SECRETS_TOKEN_TEXT], d[SECRETS_DIGEST_TEXT], f[SECRETS_DIGEST_TEXT];
    secrets_token(a);
    secrets_token(b);
    assert_int_equal(strlen(a), 43);
    assert_string_not_equal(a, b);
    secrets_digest(a, d);
    secrets_digest(a, f);
    assert_string_equal(d, f);
    secrets_digest(b, f);
    assert_string_not_equal(d, f);
    assert_true(secrets_same("abc", "abc"));
    assert_false(secrets_same("abc", "abd") || secrets_same("abc", "ab") || secrets_same("", "a"));
    char p[17];
    secrets_readable_password(p, sizeof p);
    assert_int_equal(strlen(p), 16);
    assert_null(strpbrk(p, "0O1lI"));
}

static void the_key_file_is_only_the_owners(void **state) {
    struct scene *x = *state;
    struct secrets_key *k = key(x->path);
    struct err e = ERR_INIT;
    struct stat st;
    secrets_key_close(k);
    assert_int_equal(stat(x->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(chmod(x->path, 0640), 0);
    assert_false(secrets_key_open(&k, x->path, &e));
    assert_int_equal(e.code, ERR_KEY_FILE);
    assert_int_equal(chmod(x->path, 0600), 0);
    FILE *f = fopen(x->path, "w");
    fputs("not a key", f);
    fclose(f);
    err_clear(&e);
    assert_false(secrets_key_open(&k, x->path, &e));
    assert_int_equal(e.code, ERR_KEY_FILE);
    err_clear(&e);
    assert_false(secrets_key_open(&k, "/nonexistent/key", &e));
    assert_int_equal(e.code, ERR_KEY_FILE);
    secrets_key_close(NULL);
}

static void boxes_open_only_with_key_and_label(void **state) {
    struct scene *x = *state;
    struct err e = ERR_INIT;
    struct secrets_key *k = key(x->path), *same = key(x->path);
    char *text, *box = secrets_seal(&x->a, k, "data source 7", "p4ss \xe6\x95\xb0"), *other_path;
    char *again = secrets_seal(&x->a, k, "data source 7", "p4ss \xe6\x95\xb0");
    assert_string_not_equal(box, again);
    assert_null(strstr(box, "p4ss"));
    assert_true(secrets_open(&x->a, same, "data source 7", box, &text, &e));
    assert_string_equal(text, "p4ss \xe6\x95\xb0");
    assert_true(secrets_open(&x->a, k, "empty", secrets_seal(&x->a, k, "empty", ""), &text, &e));
    assert_string_equal(text, "");
    assert_false(secrets_open(&x->a, k, "data source 8", box, &text, &e));
    assert_int_equal(e.code, ERR_KEY_FILE);
    for (size_t i = 0; i < strlen(box); i++) { /* any change is noticed */
        char *bad = arena_strdup(&x->a, box);
        bad[i] = bad[i] == 'A' ? 'B' : 'A';
        err_clear(&e);
        if (secrets_open(&x->a, k, "data source 7", bad, &text, &e)) {
            fail_msg("changed at %zu", i);
        }
    }
    err_clear(&e);
    assert_false(secrets_open(&x->a, k, "data source 7", "", &text, &e));
    other_path = arena_printf(&x->a, "%s/other", x->directory);
    struct secrets_key *other = key(other_path);
    err_clear(&e);
    assert_false(secrets_open(&x->a, other, "data source 7", box, &text, &e));
    unlink(other_path);
    secrets_key_close(other);
    secrets_key_close(same);
    secrets_key_close(k);
}

static int begin(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    return secrets_init(&e) ? 0 : 1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passwords_are_recognised_and_not_kept),
        cmocka_unit_test(tokens_differ_and_only_their_digest_is_kept),
        cmocka_unit_test_setup_teardown(the_key_file_is_only_the_owners, set_up, tear_down),
        cmocka_unit_test_setup_teardown(boxes_open_only_with_key_and_label, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
