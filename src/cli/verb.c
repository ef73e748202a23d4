/* Options, help and the call of verbs. See verb.h; tables are in verb_table.c. */
#include "cli/verb.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cli/password.h"
#include "cli/stopper.h"
#include "cli/texts.h"
#include "cli/units.h"
#include "engine/text_width.h"

enum { FILE_BYTES_MAX = 1 << 20, FORM_COLUMNS = 48, OPTION_COLUMNS = 28 };

struct verb_option {
    const char *name, *arg;
    unsigned bit; /* 0: all verbs take it */
    const char *text, *zh;
};

static const struct verb_option options[] = {
    {"server", "URL", 0, "the server (default " API_SERVER_DEFAULT ", or where godwit login was)",
     "服务器地址(默认 " API_SERVER_DEFAULT "，或 godwit login 登录的服务器)"},
    {"token-file", "FILE", 0, "the API token, in the first line (else GODWIT_TOKEN, else what godwit login kept)",
     "API 令牌文件，取第一行（否则取 GODWIT_TOKEN，再否则取 godwit login 保存的令牌）"},
    {"ca", "FILE.pem", 0, "trust only these certificates (default: the system's)",
     "仅信任这些证书（默认使用系统证书）"},
    {"any-name", NULL, 0, "the server's certificate may be of another name; with --ca",
     "允许服务器证书的名称不同；需配合 --ca"},
    {"json", NULL, 0, "print the server's answer as JSON", "以 JSON 打印服务器的应答"},
    {"lang", "LANG", 0, "en or zh (default: the environment's)", "en 或 zh（默认随环境）"},
    {"file", "FILE.json", VERB_FILE, "what to make, as a JSON object; - is standard input; also -f",
     "要创建的内容，JSON 对象；- 为标准输入；也可写作 -f"},
    {"page", "N", VERB_PAGE, "which page, from 1", "页号，从 1 开始"},
    {"size", "N", VERB_PAGE, "lines a page, up to 200", "每页行数，最多 200"},
    {"status", "N", VERB_STATUS, "only with this status", "仅显示该状态"},
    {"name", "TEXT", VERB_NAME, "by this name", "名称"},
    {"password-file", "FILE", VERB_PASSWORD_FILE, "the password, in the first line (else it is asked for)",
     "口令文件，取第一行（否则在终端询问）"},
    {"new-password-file", "FILE", VERB_NEW_PASSWORD_FILE, "the new one, for an account that has to change its password",
     "新口令文件，用于必须修改口令的账号"},
    {"key-file", "FILE", VERB_KEY_FILE, "a private SSH key", "SSH 私钥文件"},
    {"host-key", "FINGERPRINT", VERB_HOST_KEY, "the machine's SSH host key, as you know it",
     "已确认的 SSH 主机密钥指纹"},
    {"ssh", "USER@HOST:PORT", VERB_SSH, "who logs in where (port 22 if it is left out)",
     "SSH 登录用户、主机与端口（默认端口 22）"},
    {"directory", "DIR", VERB_SSH, "where the kit goes: absolute, or below the user's home (default godwit)",
     "迁移组件目录：绝对路径，或相对于用户主目录（默认 godwit）"},
    {"passphrase-file", "FILE", VERB_SSH, "the passphrase of the private key, in the first line (else it is asked for)",
     "私钥口令文件，取第一行（否则在终端询问）"},
    {"capacity", "N", VERB_SSH, "subtasks at a time (default: from cores and memory, 6 at most)",
     "同时运行的子任务数（默认由核数与内存决定，最多 6）"},
    {"allow-root", NULL, VERB_SSH, "the user may be root", "允许使用 root 用户"},
    {"schema", "NAME", VERB_SCHEMA, "the tables of this schema", "列出该 schema 的表"},
    {"accept-moved", NULL, VERB_ACCEPT_MOVED, "the source has moved, but the tables that are loaded did not change",
     "源端位点已变化，但已迁移的表没有变化，继续"},
    {"definition", "skip|SQL", VERB_DEFINITION,
     "of a definition that has stopped it: go on, once, with what the target has; or run this SQL there instead",
     "对于使其停止的表定义：以目标端现有定义继续一次，或代之以在目标端执行该 SQL"},
    {"object", "KIND.NAME", VERB_OBJECT, "this table, view, function, procedure, trigger or event",
     "指定表、视图、函数、存储过程、触发器或事件"},
    {"kind", "KIND", VERB_KIND, "only table, view, function, procedure, trigger or event", "仅显示该类对象"},
    {"from", "FILE", VERB_FROM,
     "with --object: an edited translation, each statement below a line \"-- @statement\" (docs/objects.md)",
     "需配合 --object：已编辑的翻译，每条语句位于 \"-- @statement\" 行之下（见 docs/objects.md）"},
    {"fence", "HOW", VERB_CUTOVER, "read-only or confirmed: set the source's read_only, or you have stopped all writes",
     "read-only 或 confirmed:设置源端 read_only，或您已停止全部写入"},
    {"final-check", "WHAT", VERB_CUTOVER, "changed, counts, full or none (default changed)",
     "counts、full 或 none（默认 counts）"},
    {"max-lag", "SECONDS", VERB_CUTOVER, "the source is fenced when the target is no further behind (default 10)",
     "目标端落后不超过此秒数才停止源端写入（默认 10）"},
    {"downtime", "SECONDS", VERB_CUTOVER, "what takes longer, from the fence on, is put back (default 300)",
     "从停止写入起超过此秒数则自动恢复（默认 300）"},
    {"start", NULL, VERB_START, "start it at once", "立即启动"},
    {"days", "N", VERB_DAYS, "how long the token lasts (default 30; 0: for ever)",
     "令牌有效天数（默认 30;0 表示永久）"},
    {"role", "ROLE", VERB_ROLE, "what the token may do: viewer, operator, admin (default operator)",
     "令牌的角色：viewer、operator、admin（默认 operator）"},
};

enum { OPTIONS = sizeof options / sizeof options[0], OPTION_HELP = 1000, OPTION_FIRST = 2000 };

/* ---- help ---- */

static bool taken(const struct verb_option *o, const struct verb *verbs) {
    for (const struct verb *v = verbs; v->run != NULL; v++) {
        if (o->bit == 0 || (v->options & o->bit) != 0) {
            return true;
        }
    }
    return false;
}

static void padded(const char *text, int columns) {
    int width = (int)text_width(text);
    printf("  %s%*s", text, width < columns ? columns - width : 1, "");
}

static void help(const struct command *c, const struct verb *verbs, bool zh) {
    printf("godwit %s: %s\n\n%s:\n", c->name, zh ? c->zh : c->summary, text_of(TEXT_USAGE, zh));
    for (const struct verb *v = verbs; v->run != NULL; v++) {
        char head[100];
        snprintf(head, sizeof head, "godwit %s %s%s%s", c->name, v->name != NULL ? v->name : "",
                 v->name != NULL && v->synopsis[0] != '\0' ? " " : "", v->synopsis);
        padded(head, FORM_COLUMNS);
        printf("%s\n", zh ? v->zh : v->text);
    }
    printf("\n%s:\n", zh ? "选项" : "Options");
    for (size_t i = 0; i < OPTIONS; i++) {
        if (taken(&options[i], verbs)) {
            char head[64];
            snprintf(head, sizeof head, "--%s%s%s", options[i].name, options[i].arg != NULL ? " " : "",
                     options[i].arg != NULL ? options[i].arg : "");
            padded(head, OPTION_COLUMNS);
            printf("%s\n", zh ? options[i].zh : options[i].text);
        }
    }
    if (c->examples != NULL) {
        printf("\n%s:\n", text_of(TEXT_EXAMPLES, zh));
        for (const char *const *x = c->examples; *x != NULL; x++) {
            printf("  %s\n", *x);
        }
    }
}

/* ---- words ---- */

static bool number(const char *option, const char *text, uint64_t *out, struct err *e) {
    return units_count(text, out) || err_set(e, ERR_USAGE, "--%s: '%.40s' is no number", option, text);
}

static bool take_option(struct verb_call *v, const struct verb_option *o, const char *value, struct err *e) {
    const struct {
        const char *name;
        const char **to;
    } texts[] = {{"server", &v->where.server},
                 {"token-file", &v->where.token_file},
                 {"ca", &v->where.ca_file},
                 {"file", &v->file},
                 {"status", &v->status},
                 {"name", &v->name},
                 {"password-file", &v->password_file},
                 {"new-password-file", &v->new_password_file},
                 {"key-file", &v->key_file},
                 {"host-key", &v->host_key},
                 {"ssh", &v->ssh},
                 {"directory", &v->directory},
                 {"passphrase-file", &v->passphrase_file},
                 {"schema", &v->schema},
                 {"definition", &v->definition},
                 {"object", &v->object},
                 {"kind", &v->kind},
                 {"from", &v->from},
                 {"fence", &v->fence},
                 {"final-check", &v->final_check},
                 {"role", &v->role}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (str_eq(o->name, texts[i].name)) {
            *texts[i].to = value;
            return true;
        }
    }
    if (str_eq(o->name, "lang")) {
        v->zh = str_eq(value, "zh");
        return v->zh || str_eq(value, "en") || err_set(e, ERR_USAGE, "--lang is en or zh");
    }
    if (str_eq(o->name, "any-name")) {
        v->where.any_name = true;
        return true;
    }
    if (str_eq(o->name, "json")) {
        v->json = true;
        return true;
    }
    if (str_eq(o->name, "allow-root")) {
        v->allow_root = true;
        return true;
    }
    if (str_eq(o->name, "accept-moved")) {
        v->accept_moved = true;
        return true;
    }
    if (str_eq(o->name, "start")) {
        v->start = true;
        return true;
    }
    v->days_said = v->days_said || str_eq(o->name, "days");
    uint64_t *to = str_eq(o->name, "page")       ? &v->page
                   : str_eq(o->name, "size")     ? &v->size
                   : str_eq(o->name, "capacity") ? &v->capacity
                   : str_eq(o->name, "max-lag")  ? &v->max_lag_s
                   : str_eq(o->name, "downtime") ? &v->downtime_s
                                                 : &v->days;
    return number(o->name, value, to, e);
}

struct reading {
    const struct command *command;
    struct verb_call *call;
    unsigned bits; /* of the options that came */
    bool help;
};

static bool wrong(const struct reading *r, const char *word, struct err *e) {
    err_set(e, ERR_USAGE, "godwit %s does not take '%s', or it lacks its value", r->command->name, word);
    return err_hint(e, "godwit %s --help lists what it takes", r->command->name);
}

static bool read_words(struct reading *r, int n, char **words, struct err *e) {
    struct option all[OPTIONS + 2] = {0};
    struct arena *a = r->call->a;
    for (size_t i = 0; i < OPTIONS; i++) {
        all[i] = (struct option){options[i].name, options[i].arg != NULL ? required_argument : no_argument, NULL,
                                 OPTION_FIRST + (int)i};
    }
    all[OPTIONS] = (struct option){"help", no_argument, NULL, OPTION_HELP};
    char **list = arena_array(a, char *, (size_t)n + 2);
    list[0] = arena_strdup(a, "godwit");
    for (int i = 0; i < n; i++) {
        list[i + 1] = words[i];
    }
    opterr = 0;
    optind = 0;
    for (int c; (c = getopt_long(n + 1, list, "hf:", all, NULL)) != -1;) {
        if (c == 'h' || c == OPTION_HELP) {
            r->help = true;
        } else if (c == 'f') {
            r->bits |= VERB_FILE;
            r->call->file = optarg;
        } else if (c >= OPTION_FIRST && c < OPTION_FIRST + (int)OPTIONS) {
            const struct verb_option *o = &options[c - OPTION_FIRST];
            r->bits |= o->bit;
            if (!take_option(r->call, o, optarg, e)) {
                return false;
            }
        } else {
            return wrong(r, list[optind - 1], e);
        }
    }
    r->call->words = list + optind;
    r->call->nwords = (size_t)(n + 1 - optind);
    return true;
}

static bool find(const struct reading *r, const struct verb *verbs, const struct verb **out, struct err *e) {
    struct verb_call *v = r->call;
    const char *word = v->nwords > 0 ? v->words[0] : NULL;
    for (*out = verbs; (*out)->run != NULL; (*out)++) {
        if ((*out)->name == NULL) {
            return true;
        }
        if (word != NULL && str_eq(word, (*out)->name)) {
            v->words++;
            v->nwords--;
            return true;
        }
    }
    if (word == NULL) {
        err_set(e, ERR_USAGE, "godwit %s needs a word that says what to do", r->command->name);
    } else {
        err_set(e, ERR_USAGE, "godwit %s has no '%.60s'", r->command->name, word);
    }
    return err_hint(e, "godwit %s --help lists what there is", r->command->name);
}

static bool fits(const struct reading *r, const struct verb *verb, struct err *e) {
    const char *name = verb->name != NULL ? verb->name : "";
    for (size_t i = 0; i < OPTIONS; i++) {
        if ((options[i].bit & r->bits & ~verb->options) != 0) {
            return err_set(e, ERR_USAGE, "godwit %s %s does not take --%s", r->command->name, name, options[i].name);
        }
    }
    if (r->call->nwords < verb->least || r->call->nwords > verb->most) {
        return err_set(e, ERR_USAGE, "the form is godwit %s %s%s%s", r->command->name, name,
                       name[0] != '\0' && verb->synopsis[0] != '\0' ? " " : "", verb->synopsis);
    }
    return true;
}

static bool call(const struct verb *verb, struct verb_call *v, struct err *e) {
    atomic_bool stop = false;
    struct stopper *stopper = NULL;
    v->stop = &stop;
    bool ok = (verb->options & VERB_NO_TOKEN) != 0 ? api_client_place(v->a, &v->where, &v->client, e)
                                                   : api_client_open(v->a, &v->where, &v->client, e);
    ok = ok && stopper_start(&stopper, &stop, e);
    if (ok) {
        stopper_silent(stopper, true);
        ok = verb->run(v, e);
    }
    stopper_end(stopper);
    v->stop = NULL;
    return ok;
}

int verb_main(const struct command *c, const struct verb *verbs, int n, char **words) {
    struct arena a = ARENA_INIT;
    struct verb_call v = {.a = &a, .zh = lang_is_zh(LANG_AUTO)};
    struct reading r = {.command = c, .call = &v};
    struct err e = ERR_INIT;
    const struct verb *verb;
    bool ok = read_words(&r, n, words, &e);
    if (ok && r.help) {
        help(c, verbs, v.zh);
    } else {
        ok = ok && find(&r, verbs, &verb, &e) && fits(&r, verb, &e) && call(verb, &v, &e);
    }
    ok = (fflush(stdout) == 0 && !ferror(stdout)) || !ok ? ok : err_set(&e, ERR_FILE, "cannot write the output");
    if (!ok) {
        err_print(&e, stderr);
        v.code = (int)exit_code_of(&e);
    }
    arena_clear(&a);
    return v.code;
}

/* ---- for verbs ---- */

bool verb_id(const struct verb_call *v, size_t n, int64_t *out, struct err *e) {
    uint64_t id;
    bool ok = units_count(v->words[n], &id) && id > 0 && id <= INT64_MAX;
    *out = ok ? (int64_t)id : 0;
    return ok || err_set(e, ERR_USAGE, "'%.60s' is no number of one; the list has them", v->words[n]);
}

bool verb_get(struct verb_call *v, json_t **out, struct err *e, const char *path, ...) {
    char text[4096];
    va_list ap;
    va_start(ap, path);
    int n = vsnprintf(text, sizeof text, path, ap);
    va_end(ap);
    return n < (int)sizeof text ? api_client_call(&v->client, "GET", text, NULL, out, e)
                                : err_set(e, ERR_USAGE, "what is asked for is too long");
}

bool verb_post(struct verb_call *v, const json_t *body, json_t **out, struct err *e, const char *path, ...) {
    char text[1024];
    va_list ap;
    va_start(ap, path);
    int n = vsnprintf(text, sizeof text, path, ap);
    va_end(ap);
    return n < (int)sizeof text ? api_client_call(&v->client, "POST", text, body, out, e)
                                : err_set(e, ERR_USAGE, "what is asked for is too long");
}

bool verb_read_file(const struct verb_call *v, json_t **out, struct err *e) {
    json_error_t error;
    *out = NULL;
    if (v->file == NULL) {
        return err_set(e, ERR_USAGE, "-f FILE.json is missing: what to make");
    }
    bool standard = str_eq(v->file, "-");
    FILE *f = standard ? stdin : fopen(v->file, "re");
    if (f == NULL) {
        return err_errno(e, ERR_FILE, "cannot read %s", v->file);
    }
    char *text = malloc(FILE_BYTES_MAX + 1);
    size_t len = text != NULL ? fread(text, 1, FILE_BYTES_MAX + 1, f) : 0;
    bool ok = text != NULL || err_set(e, ERR_MEMORY, "no memory for %s", v->file);
    ok = ok && (!ferror(f) || err_errno(e, ERR_FILE, "cannot read %s", v->file));
    ok = ok && (len <= FILE_BYTES_MAX || err_set(e, ERR_FILE, "%s has more than 1 MiB", v->file));
    if (!standard) {
        fclose(f);
    }
    if (ok) {
        *out = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
        ok = *out != NULL ||
             err_set(e, ERR_TASK_FILE, "%s, line %d, column %d: %s", v->file, error.line, error.column, error.text);
        ok = ok && (json_is_object(*out) || err_set(e, ERR_TASK_FILE, "%s holds no JSON object", v->file));
    }
    if (!ok) {
        json_decref(*out);
        *out = NULL;
    }
    free(text);
    return ok;
}

bool verb_password(struct verb_call *v, const char *file, const char *prompt, const char **out, struct err *e) {
    struct password_source from = {.file = file != NULL ? arena_strdup(v->a, file) : NULL};
    return file != NULL ? password_find(v->a, &from, "", "", "", stderr, v->stop, out, e)
                        : password_ask(v->a, prompt, v->stop, out, e);
}

char *verb_query(struct verb_call *v) {
    char *out = arena_strdup(v->a, "");
    if (v->page > 0) {
        out = arena_printf(v->a, "%s&page=%llu", out, (unsigned long long)v->page);
    }
    if (v->size > 0) {
        out = arena_printf(v->a, "%s&size=%llu", out, (unsigned long long)v->size);
    }
    if (v->status != NULL) {
        out = arena_printf(v->a, "%s&status=%s", out, api_escape(v->a, v->status));
    }
    if (v->name != NULL) {
        out = arena_printf(v->a, "%s&name=%s", out, api_escape(v->a, v->name));
    }
    if (out[0] == '&') {
        out[0] = '?';
    }
    return out;
}

bool verb_print_json(const struct verb_call *v, const json_t *answer) {
    if (!v->json) {
        return false;
    }
    if (answer != NULL) {
        json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
        fputc('\n', stdout);
    }
    return true;
}
