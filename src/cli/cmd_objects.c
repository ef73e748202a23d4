/* godwit objects: views, functions, procedures, triggers and events. */
#include <string.h>

#include "base/str.h"
#include "cli/invocation.h"
#include "cli/texts.h"
#include "objects/check.h"
#include "objects/objects.h"

/* *known: there is something to tell, also after an error. */
static bool work(struct invocation *v, struct objects *o, bool *known, struct err *e) {
    const struct objects_options *options = &v->o.objects;
    size_t written, kept;
    if (!objects_open(o, &v->o.task, options, NULL, e) || !objects_edited(o, options, e)) {
        return false;
    }
    *known = true;
    if (options->translate_dir != NULL) {
        if (!objects_write(o, options->translate_dir, &written, &kept, e)) {
            return false;
        }
        if (!v->o.quiet) {
            bool zh = lang_is_zh(v->o.lang);
            fprintf(stderr, "%s: %zu %s, %zu %s\n", options->translate_dir, written, text_of(TEXT_WRITTEN, zh), kept,
                    text_of(TEXT_KEPT, zh));
        }
    }
    if (options->drop ? !objects_drop(o, e) : options->apply && !objects_apply(o, options, e)) {
        return false;
    }
    const struct objects_check how = {.results = true};
    return !options->verify || (objects_check(o, &how, e) && objects_verify(o, e));
}

/* Is everything as it was asked for? */
static bool complete(const struct objects_options *options, const struct objects *o, struct err *e) {
    size_t failed = objects_count(o, OBJECT_IS_FAILED), left = 0;
    for (size_t i = 0; i < o->n; i++) {
        left += o->items[i].selected && o->items[i].recorded;
    }
    if (options->apply && failed > 0) {
        return err_set(e, ERR_OBJECTS, "%zu objects are not in the target", failed);
    }
    return !options->drop || left == 0 || err_set(e, ERR_OBJECTS, "%zu objects could not be taken away", left);
}

static void show(struct invocation *v, const struct objects *o) {
    if (v->o.json) {
        json_t *json = objects_to_json(o);
        json_dumpf(json, stdout, JSON_INDENT(2));
        fputc('\n', stdout);
        json_decref(json);
    } else if (!v->o.quiet) {
        objects_print(o, v->o.objects.apply, false, lang_is_zh(v->o.lang), stdout);
    }
    fflush(stdout);
}

int cmd_objects(const struct command *c, int n, char **words) {
    struct invocation v;
    int code;
    if (invocation_begin(&v, c, n, words, &code)) {
        struct objects o = {0};
        struct err e = ERR_INIT;
        code = EXIT_OK;
        bool known = false, ok = work(&v, &o, &known, &e);
        if (known) {
            struct err other = ERR_INIT;
            show(&v, &o);
            if (!invocation_report(&v, objects_to_json(&o), &other)) {
                if (ok) {
                    err_copy(&e, &other);
                }
                ok = false;
            }
        }
        ok = ok && complete(&v.o.objects, &o, &e);
        bool different = ok && objects_count(&o, OBJECT_IS_CHECK_FAILED) > 0;
        code = !ok ? invocation_fail(&v, &e) : different ? EXIT_DIFFERENT : EXIT_OK;
        objects_close(&o);
    }
    invocation_end(&v);
    return code;
}
