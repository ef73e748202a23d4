/* godwit serve: the control plane. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "cli/command.h"
#include "cli/stopper.h"
#include "cli/units.h"
#include "server/serve.h"

enum { PORT = 9494 };

static const char usage[] =
    "godwit serve [options]\n\n"
    "  --listen ADDRESS:PORT  where to listen (default 127.0.0.1:9494; port 0: a free one)\n"
    "  --data DIRECTORY       store and key file (default: $XDG_DATA_HOME/godwit or ~/.local/share/godwit)\n"
    "  --tls-cert FILE.pem    certificate chain; needed to listen on more than this machine\n"
    "  --tls-key FILE.pem     its private key\n"
    "  --log FILE             write a log, one JSON object a line; - is standard error\n\n"
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
    const char *log;
    bool help;
};

static bool read_words(struct arena *a, int n, char **words, struct words *out, struct err *e) {
    static const struct option options[] = {{"listen", required_argument, NULL, 'l'},
                                            {"data", required_argument, NULL, 'd'},
                                            {"tls-cert", required_argument, NULL, 'c'},
                                            {"tls-key", required_argument, NULL, 'k'},
                                            {"log", required_argument, NULL, 'g'},
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

static int serve(const struct words *w, struct err *e) {
    atomic_bool stop = false;
    struct stopper *stopper = NULL;
    bool ok = (w->log == NULL || log_open(w->log, LOG_INFO, e)) && stopper_start(&stopper, &stop, e) &&
              serve_run(&w->serve, &stop, stdout, e);
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
        code = serve(&w, &e);
    }
    if (code != EXIT_OK) {
        err_print(&e, stderr);
    }
    log_close();
    arena_clear(&a);
    return code;
}
