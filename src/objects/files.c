/* Translations as files that people can edit: the source's text as comments, then the statements for the target.
 *
 * Lines "-- @statement" and "-- @drop" begin a statement each, up to the next such line. "-- @made" has a hash of what godwit wrote behind
 * it: while that fits, nobody has edited the file, and it may be written anew. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/str.h"
#include "objects/internal.h"

enum { FILE_BYTES_MAX = 16 * 1024 * 1024, NAME_BYTES_MAX = 180 };

static const char MADE[] = "-- @made ", STATEMENT[] = "-- @statement", DROP[] = "-- @drop";

/* "function.total.sql": what file names cannot hold is written as %2F. */
static const char *file_name(struct arena *a, const char *dir, const struct db_object *x) {
    char *name = arena_alloc(a, 3 * strlen(x->name) + 1), *w = name;
    for (const char *p = x->name; *p != '\0'; p++) {
        bool odd = (unsigned char)*p < ' ' || *p == '/' || *p == '%' || *p == '\\' || *p == 0x7f;
        w += odd ? sprintf(w, "%%%02X", (unsigned char)*p) : (*w = *p, 1);
    }
    size_t n = strlen(name), keep = str_utf8_cut(name, n, NAME_BYTES_MAX);
    const char *hash = keep < n ? arena_printf(a, "_%08x", str_hash(name)) : "";
    return arena_printf(a, "%s/%s.%.*s%s.sql", dir, object_kind_name(x->kind), (int)keep, name, hash);
}

/* ---- reading ---- */

static bool slurp(const char *path, struct buf *to, bool *there, struct err *e) {
    FILE *f = fopen(path, "re");
    *there = f != NULL;
    if (f == NULL) {
        return errno == ENOENT || err_errno(e, ERR_FILE, "cannot read %s", path);
    }
    bool ok = true;
    size_t got;
    do {
        ok = buf_reserve(to, 65536, e);
        got = ok ? fread(to->data + to->len, 1, 65536, f) : 0;
        to->len += got;
    } while (ok && got > 0);
    if (ok && ferror(f)) {
        ok = err_errno(e, ERR_FILE, "cannot read %s", path);
    }
    fclose(f);
    return ok && buf_terminate(to, e);
}

struct translation_file {
    bool there, edited;
    struct object_form form;
};

/* The length of the line, without its end. */
static size_t line_length(const char *p) {
    size_t n = strcspn(p, "\n");
    return n > 0 && p[n - 1] == '\r' ? n - 1 : n;
}

/* Blanks around it do not count: a part loses those around it as well, and would have such a line when it is read again. */
static bool line_is(const char *p, const char *text) {
    size_t n = line_length(p);
    while (n > 0 && strchr(" \t\r", *p) != NULL) {
        p++;
        n--;
    }
    while (n > 0 && strchr(" \t\r", p[n - 1]) != NULL) {
        n--;
    }
    return n == strlen(text) && memcmp(p, text, n) == 0;
}

static const char *next_line(const char *p) {
    p += strcspn(p, "\n");
    return *p == '\n' ? p + 1 : p;
}

/* The text up to `end`, without blanks around it. */
static const char *part(struct arena *a, const char *from, const char *end) {
    while (from < end && strchr(" \t\r\n", *from) != NULL) {
        from++;
    }
    while (end > from && strchr(" \t\r\n", end[-1]) != NULL) {
        end--;
    }
    return arena_strndup(a, from, (size_t)(end - from));
}

static void add(struct arena *a, struct object_texts *t, size_t *cap, const char *text) {
    if (text[0] != '\0') {
        t->items = arena_grow(a, (void *)t->items, t->n, cap, sizeof *t->items);
        t->items[t->n++] = text;
    }
}

/* Text without any such line has none. */
static void take_apart(struct arena *a, const char *text, struct translation_file *f) {
    size_t statements_cap = 0, drops_cap = 0;
    const char *made = NULL, *first = NULL;
    for (const char *p = text; *p != '\0';) {
        bool statement = line_is(p, STATEMENT), drop = line_is(p, DROP);
        if (!statement && !drop) {
            made = first == NULL && made == NULL && str_starts(p, MADE) ? p + strlen(MADE) : made;
            p = next_line(p);
            continue;
        }
        first = first == NULL ? p : first;
        const char *from = next_line(p);
        for (p = from; *p != '\0' && !line_is(p, STATEMENT) && !line_is(p, DROP);) {
            p = next_line(p);
        }
        add(a, statement ? &f->form.statements : &f->form.drops, statement ? &statements_cap : &drops_cap,
            part(a, from, p));
    }
    char hash[16];
    snprintf(hash, sizeof hash, "%08x", str_hash(first == NULL ? "" : first));
    f->edited = f->form.statements.n > 0 && (made == NULL || strncmp(made, hash, 8) != 0);
}

static bool read_file(struct arena *a, const char *path, struct translation_file *f, struct err *e) {
    struct buf text;
    *f = (struct translation_file){0};
    buf_init(&text, FILE_BYTES_MAX);
    bool ok = slurp(path, &text, &f->there, e);
    if (ok && f->there && (strlen((char *)text.data) != text.len || !str_utf8_valid(text.data, text.len))) {
        ok = err_set(e, ERR_TRANSLATION, "%s is no text in UTF-8", path);
    }
    if (ok && f->there) {
        take_apart(a, (char *)text.data, f);
    }
    buf_clear(&text);
    return ok;
}

/* An edited translation, or none any more: then it is godwit's own again. */
static void take(struct objects *o, struct db_object *x, const struct object_form *edited) {
    x->edited = edited != NULL;
    x->source_moved = false;
    x->form = edited != NULL ? *edited : x->carried;
    if (x->form.drops.n == 0) {
        x->form.drops = object_default_drops(&o->run.arena, o, x);
    }
    if (edited != NULL || x->translated) {
        err_clear(&x->error);
        x->state = OBJECT_IS_WAITING;
    } else { /* the edited translation of an earlier run is taken back */
        x->state = OBJECT_IS_FAILED;
        err_copy(&x->error, &x->no_translation);
    }
}

bool objects_supply(struct objects *o, struct db_object *x, const char *text, struct err *e) {
    struct translation_file f = {0};
    if (text == NULL) {
        take(o, x, NULL);
        return true;
    }
    if (!str_utf8_valid((const uint8_t *)text, strlen(text))) {
        return err_set(e, ERR_TRANSLATION, "it is no text in UTF-8");
    }
    take_apart(&o->run.arena, text, &f);
    if (f.form.statements.n == 0) {
        err_set(e, ERR_TRANSLATION, "it has no statement");
        return err_hint(e, "write each statement below a line \"%s\", and what takes the object away below \"%s\"",
                        STATEMENT, DROP);
    }
    take(o, x, &f.form);
    return true;
}

bool objects_read_files(struct objects *o, const char *dir, struct err *e) {
    struct arena *a = &o->run.arena;
    struct stat st;
    if (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode)) {
        return errno != 0 ? err_errno(e, ERR_FILE, "cannot read the directory %s", dir)
                          : err_set(e, ERR_FILE, "%s is no directory", dir);
    }
    for (size_t i = 0; i < o->n; i++) {
        struct db_object *x = &o->items[i];
        struct translation_file f;
        const char *path = file_name(a, dir, x);
        if (!read_file(a, path, &f, e)) {
            return false;
        }
        if (!f.there || (!f.edited && !x->edited)) {
            continue;
        }
        x->edited_in = f.edited ? path : NULL;
        take(o, x, f.edited ? &f.form : NULL);
    }
    return true;
}

/* ---- writing ---- */

static void commented(FILE *f, const char *text) {
    for (const char *p = text; *p != '\0'; p = next_line(p)) {
        fprintf(f, "-- %.*s\n", (int)line_length(p), p);
    }
}

const char *objects_form_text(struct arena *a, const struct object_form *form) {
    const char *text = "";
    for (size_t i = 0; i < form->statements.n; i++) {
        text = arena_printf(a, "%s%s\n%s\n", text, STATEMENT, form->statements.items[i]);
    }
    for (size_t i = 0; i < form->drops.n; i++) {
        text = arena_printf(a, "%s%s\n%s\n", text, DROP, form->drops.items[i]);
    }
    return text;
}

static void put(const struct objects *o, const struct db_object *x, const char *statements, FILE *f) {
    fprintf(f, "-- %s %s of %s, for %s\n", object_kind_name(x->kind), x->name, o->run.db.name,
            dialect_name(o->run.identity.dialect));
    fputs("-- Edit or write what stands below lines \"-- @statement\" (one of these lines for each statement), then\n"
          "-- godwit objects --apply --from this directory.\n",
          f);
    if (!x->edited) {
        fprintf(f, "%s%08x\n", MADE, str_hash(statements));
    }
    if (x->error.code != ERR_NONE) {
        char code[8];
        fprintf(f, "--\n-- %s\n", err_code_text(x->error.code, code));
        commented(f, x->error.message);
        commented(f, x->error.cause);
        commented(f, x->error.hint);
    }
    for (size_t i = 0; i < x->translation.nnotes; i++) {
        const struct sql_note *n = &x->translation.notes[i];
        fprintf(f, "%s-- line %zu: %s\n", i == 0 ? "--\n" : "", n->place.line, n->text);
    }
    fprintf(f, "--\n-- At the source%s%s:\n", x->sql_mode != NULL ? ", sql_mode " : "",
            x->sql_mode != NULL ? x->sql_mode : "");
    commented(f, x->source == NULL ? "(not readable)" : x->source);
    fprintf(f, "\n%s", statements);
}

static bool write_file(struct objects *o, const struct db_object *x, const char *path, struct err *e) {
    struct arena *a = &o->run.arena;
    const char *beside = arena_printf(a, "%s.%ld.part", path, (long)getpid());
    FILE *f = fopen(beside, "we");
    bool ok = f != NULL;
    if (f != NULL) {
        put(o, x, objects_form_text(a, &x->form), f);
        ok = !ferror(f);
        ok = fclose(f) == 0 && ok;
    }
    if (!ok || rename(beside, path) != 0) {
        err_errno(e, ERR_FILE, "cannot write %s", path);
        unlink(beside);
        return false;
    }
    return true;
}

bool objects_write(struct objects *o, const char *dir, size_t *written, size_t *kept, struct err *e) {
    struct arena *a = &o->run.arena;
    *written = *kept = 0;
    if (mkdir(dir, 0777) != 0 && errno != EEXIST) {
        return err_errno(e, ERR_FILE, "cannot make the directory %s", dir);
    }
    for (size_t i = 0; i < o->n; i++) {
        const struct db_object *x = &o->items[i];
        struct translation_file f;
        const char *path = file_name(a, dir, x);
        if (!x->selected) {
            continue;
        }
        if (!read_file(a, path, &f, e)) {
            return false;
        }
        if (f.there && f.edited) {
            ++*kept;
        } else if (!write_file(o, x, path, e)) {
            return false;
        } else {
            ++*written;
        }
    }
    return true;
}
