/* See kit_look.h. */
#include "server/kit_look.h"

#include <stdlib.h>
#include <sys/utsname.h>

#include "base/str.h"

enum { LOOK_MS = 30000 };

static const char *text_of(const json_t *answers, const char *key) {
    const char *text = json_string_value(json_object_get(answers, key));
    return text != NULL && text[0] != '\0' ? text : NULL;
}

/* null when it was not told, or is no number. */
static json_t *number_of(const json_t *answers, const char *key, int64_t times) {
    const char *text = text_of(answers, key);
    char *end = "";
    long long n = text != NULL ? strtoll(text, &end, 10) : 0;
    return text != NULL && *end == '\0' && n >= 0 && n < INT64_MAX / 4096 ? json_integer((json_int_t)(n * times))
                                                                          : json_null();
}

static json_t *load_of(const json_t *answers) {
    const char *text = text_of(answers, "load_1");
    char *end = "";
    double load = text != NULL ? strtod(text, &end) : -1;
    return load >= 0 && load < 1e6 && *end == '\0' ? json_real(load) : json_null();
}

static json_t *facts_of(const json_t *o) {
    static const char *const texts[] = {"os", "kernel", "arch", "hostname", "user", "directory"};
    json_t *facts = json_object();
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *text = text_of(o, texts[i]);
        json_object_set_new(facts, texts[i], text != NULL ? json_string(text) : json_null());
    }
    json_object_set_new(facts, "cores", number_of(o, "cores", 1));
    json_object_set_new(facts, "memory_bytes", number_of(o, "memory_kib", 1024));
    json_object_set_new(facts, "memory_free_bytes", number_of(o, "memory_free_kib", 1024));
    json_object_set_new(facts, "disk_bytes", number_of(o, "disk_kib", 1024));
    json_object_set_new(facts, "disk_free_bytes", number_of(o, "disk_free_kib", 1024));
    json_object_set_new(facts, "load_1", load_of(o));
    return facts;
}

/* One executable: where this one runs, and nowhere else. */
static bool check_system(const json_t *answers, struct err *e) {
    struct utsname own;
    const char *system = text_of(answers, "system"), *arch = text_of(answers, "arch");
    if (uname(&own) != 0) {
        return err_errno(e, ERR_SYSTEM, "this machine does not tell what it is");
    }
    if (str_eq(system, own.sysname) && str_eq(arch, own.machine)) {
        return true;
    }
    return err_set(e, ERR_KIT_ARCH, "the machine is %s on %s; the kit is for %s on %s",
                   system != NULL ? system : "unknown", arch != NULL ? arch : "unknown", own.sysname, own.machine);
}

bool kit_look_read(const json_t *answers, struct arena *a, const char *digest, struct kit_look *out, struct err *e) {
    const char *directory = text_of(answers, "directory");
    *out = (struct kit_look){
        .facts = facts_of(answers),
        .directory = arena_strdup(a, directory),
        .root = str_eq(text_of(answers, "uid"), "0"),
        .has_token = text_of(answers, "token") != NULL,
        .agent_runs = text_of(answers, "agents") != NULL,
        .is_current = digest != NULL && str_eq(text_of(answers, "digest"), digest),
    };
    return check_system(answers, e) &&
           ((directory != NULL && directory[0] == '/') ||
            err_set(e, ERR_KIT_COMMAND, "the machine does not tell where its directory is"));
}

bool kit_look(struct net_ssh *ssh, struct arena *a, const struct kit_variables *v, struct kit_look *out,
              struct err *e) {
    json_t *answers;
    *out = (struct kit_look){0};
    bool ok = kit_script(ssh, a, v, "look", LOOK_MS, &answers, e) && kit_look_read(answers, a, v->digest, out, e);
    json_decref(answers);
    return ok;
}
