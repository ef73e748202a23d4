/* godwit serve: the control plane. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "cli/command.h"
#include "cli/password.h"
#include "cli/stopper.h"
#include "cli/units.h"
#include "cli/url.h"
#include "server/serve.h"

enum { PORT = 9494 };

static const char usage[] =
    "godwit serve [options]\n\n"
    "  --listen ADDRESS:PORT  where to listen (default 127.0.0.1:9494; port 0: a free one)\n"
    "  --data DIRECTORY       store and key file (default: $XDG_DATA_HOME/godwit or ~/.local/share/godwit)\n"
    "  --tls-cert FILE.pem    certificate chain; needed to listen on more than this machine\n"
    "  --tls-key FILE.pem     its private key\n"
    "  --public-url URL       where execution machines and people reach this server (default: from --listen)\n"
    "  --agent-ca FILE.pem    certificates the agents this server installs shall trust (default: the server's own\n"
    "                         if it signed itself, else the machine's)\n"
    "  --no-local-machine     this machine moves no data itself\n"
    "  --local-shell          admins and operators may open a shell on this machine in the console\n"
    "  --log FILE             write a log, one JSON object a line; - is standard error\n\n"
    "Several servers for the same tasks:\n"
    "  --store URL            keep everything in a database instead of a file:\n"
    "                         postgresql://user@host:port/database?schema=godwit, or opengauss://...\n"
    "  --store-password-file FILE   its password is the first line of FILE (or: GODWIT_STORE_PASSWORD)\n"
    "  --name NAME            of this server among them (default: the machine's name)\n"
    "All of them need the same key file.\n\n"
    "The first start makes an account `admin` and prints its one-time password.\n"
    "Keep a copy of DIRECTORY/godwit.key apart from the store: without it the passwords in the store are lost.\n";

/* "127.0.0.1:80", "[::1]:80", ":80" */
static bool listen_on(struct arena *a, const char *text, struct serve_options *o, struct err *e) {
    const char *colon = strrchr(text, ':');
    uint64_t port;
    if (colon == NULL || !units_count(colon + 1, &port) || port > 65535) {
        return err_set(e, ERR_USAGE, "--listen: '%s' is not of the form ADDRESS:PORT", text);
    }
    size_t len = (size_t)(colon - text);
    bool brackets = len > 2 && text[0] == '[' && text[len - 1] == ']';
    o->address = len == 0 ? NULL : brackets ? arena_strndup(a, text + 1, len - 2) : arena_strndup(a, text, len);
    o->port = (uint16_t)port;
    return true;
}

static char *default_directory(struct arena *a) {
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    return data != NULL && data[0] == '/'   ? arena_printf(a, "%s/godwit", data)
           : home != NULL && home[0] == '/' ? arena_printf(a, "%s/.local/share/godwit", home)
                                            : NULL;
}

struct words {
    struct serve_options serve;
    const char *log, *store;
    struct password_source store_password;
    struct task store_task; /* the store's database, as if it were a target */
    bool help;
};

/* The store is a target like any other: same URL, same ways to a password. */
static bool store_at(struct arena *a, struct words *w, atomic_bool *stop, struct err *e) {
    char host[256];
    struct task *task = &w->store_task;
    if (w->store == NULL) {
        return true;
    }
    if (!url_target(a, w->store, task, e) ||
        !password_find(a, &w->store_password, "store", task->target.user, task->target.host, stderr, stop,
                       &task->target.password, e)) {
        return err_where(e, "--store");
    }
    w->serve.store.server = &task->target;
    w->serve.store.schema = task->target_schema != NULL ? task->target_schema : "godwit_server";
    if (w->serve.name == NULL && gethostname(host, sizeof host) == 0) {
        host[sizeof host - 1] = '\0';
        w->serve.name = arena_strdup(a, host);
    }
    return true;
}

static bool read_words(struct arena *a, int n, char **words, struct words *out, struct err *e) {
    static const struct option options[] = {{"listen", required_argument, NULL, 'l'},
                                            {"data", required_argument, NULL, 'd'},
                                            {"tls-cert", required_argument, NULL, 'c'},
                                            {"tls-key", required_argument, NULL, 'k'},
                                            {"log", required_argument, NULL, 'g'},
                                            {"store", required_argument, NULL, 's'},
                                            {"store-password-file", required_argument, NULL, 'p'},
                                            {"name", required_argument, NULL, 'n'},
                                            {"public-url", required_argument, NULL, 'u'},
                                            {"agent-ca", required_argument, NULL, 'a'},
                                            {"no-local-machine", no_argument, NULL, 'm'},
                                            {"local-shell", no_argument, NULL, 't'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    char **all = arena_array(a, char *, (size_t)n + 2);
    all[0] = arena_strdup(a, "serve");
    for (int i = 0; i < n; i++) {
        all[i + 1] = words[i];
    }
    opterr = 0;
    optind = 0;
    for (int c; (c = getopt_long(n + 1, all, "h", options, NULL)) != -1;) {
        switch (c) {
        case 'l':
            if (!listen_on(a, optarg, &out->serve, e)) {
                return false;
            }
            break;
        case 'd':
            out->serve.directory = optarg;
            break;
        case 'c':
            out->serve.tls_certificate = optarg;
            break;
        case 'k':
            out->serve.tls_key = optarg;
            break;
        case 'g':
            out->log = optarg;
            break;
        case 's':
            out->store = optarg;
            break;
        case 'p':
            out->store_password.file = optarg;
            break;
        case 'n':
            out->serve.name = optarg;
            break;
        case 'u':
            out->serve.public_url = optarg;
            break;
        case 'a':
            out->serve.agent_ca = optarg;
            break;
        case 'm':
            out->serve.no_local_machine = true;
            break;
        case 't':
            out->serve.local_shell = true;
            break;
        case 'h':
            out->help = true;
            break;
        default:
            err_set(e, ERR_USAGE, "godwit serve does not take '%s', or it lacks its value", all[optind - 1]);
            return err_hint(e, "godwit serve --help lists what it takes");
        }
    }
    if (optind < n + 1) {
        err_set(e, ERR_USAGE, "godwit serve does not take '%s'", all[optind]);
        return err_hint(e, "godwit serve --help lists what it takes");
    }
    if ((out->serve.tls_certificate == NULL) != (out->serve.tls_key == NULL)) {
        return err_set(e, ERR_USAGE, "--tls-cert and --tls-key belong together");
    }
    return out->serve.directory != NULL || err_set(e, ERR_USAGE, "--data: there is no home directory to take instead");
}

static int serve(struct arena *a, struct words *w, struct err *e) {
    atomic_bool stop = false;
    struct stopper *stopper = NULL;
    bool ok = (w->log == NULL || log_open(w->log, LOG_INFO, e)) && stopper_start(&stopper, &stop, e) &&
              store_at(a, w, &stop, e) && serve_run(&w->serve, &stop, stdout, e);
    stopper_end(stopper);
    return ok ? EXIT_OK : (int)exit_code_of(e);
}

int cmd_serve(const struct command *c, int n, char **words) {
    struct arena a = ARENA_INIT;
    struct words w = {.serve = {.port = PORT, .directory = default_directory(&a)}};
    struct err e = ERR_INIT;
    int code = EXIT_OK;
    (void)c;
    if (!read_words(&a, n, words, &w, &e)) {
        code = (int)exit_code_of(&e);
    } else if (w.help) {
        fputs(usage, stdout);
    } else {
        code = serve(&a, &w, &e);
    }
    if (code != EXIT_OK) {
        err_print(&e, stderr);
    }
    log_close();
    arena_clear(&a);
    return code;
}
