/* godwit agent: what runs on an execution machine. */
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/agent.h"
#include "base/log.h"
#include "base/str.h"
#include "cli/command.h"
#include "cli/stopper.h"

static const char usage[] =
    "godwit agent --server URL --token-file FILE [options]\n\n"
    "  --server URL           address of the server: https://HOST:PORT or http://HOST:PORT\n"
    "  --token-file FILE      the token the server gave out for this machine: for its enrolment, or its own\n"
    "  --directory DIRECTORY  what the agent keeps (default: $XDG_DATA_HOME/godwit-agent or "
    "~/.local/share/godwit-agent)\n"
    "  --ca FILE.pem          trust only these certificates (default: the system's)\n"
    "  --any-name             the server's certificate may be of another name; with --ca\n"
    "  --log FILE             write a log, one JSON object a line; - is standard error\n\n"
    "Connects to the server, runs migrations as it says, and tells it what they do. It needs no open port, and "
    "connects again by\n"
    "itself. SIGTERM ends it, and its migrations in an orderly way: they go on elsewhere.\n";

static char *default_directory(struct arena *a) {
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    return data != NULL && data[0] == '/'   ? arena_printf(a, "%s/godwit-agent", data)
           : home != NULL && home[0] == '/' ? arena_printf(a, "%s/.local/share/godwit-agent", home)
                                            : NULL;
}

struct words {
    struct agent_options agent;
    const char *log;
    bool help;
};

static bool read_words(struct arena *a, int n, char **words, struct words *out, struct err *e) {
    static const struct option options[] = {{"server", required_argument, NULL, 's'},
                                            {"token-file", required_argument, NULL, 't'},
                                            {"directory", required_argument, NULL, 'd'},
                                            {"ca", required_argument, NULL, 'c'},
                                            {"any-name", no_argument, NULL, 'a'},
                                            {"log", required_argument, NULL, 'g'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    char **all = arena_array(a, char *, (size_t)n + 2);
    all[0] = arena_strdup(a, "agent");
    for (int i = 0; i < n; i++) {
        all[i + 1] = words[i];
    }
    opterr = 0;
    optind = 0;
    for (int c; (c = getopt_long(n + 1, all, "h", options, NULL)) != -1;) {
        switch (c) {
        case 's':
            out->agent.server = optarg;
            break;
        case 't':
            out->agent.token_file = optarg;
            break;
        case 'd':
            out->agent.directory = optarg;
            break;
        case 'c':
            out->agent.ca_file = optarg;
            break;
        case 'a':
            out->agent.any_name = true;
            break;
        case 'g':
            out->log = optarg;
            break;
        case 'h':
            out->help = true;
            return true;
        default:
            err_set(e, ERR_USAGE, "godwit agent does not take '%s', or it lacks its value", all[optind - 1]);
            return err_hint(e, "godwit agent --help lists what it takes");
        }
    }
    const struct agent_options *o = &out->agent;
    bool missing = o->server == NULL || o->token_file == NULL;
    if (optind < n + 1 || missing) {
        err_set(e, ERR_USAGE,
                missing ? "godwit agent needs --server and --token-file" : "godwit agent does not take '%s'",
                missing ? "" : all[optind]);
        return err_hint(e, "godwit agent --help lists what it takes");
    }
    if (o->any_name && o->ca_file == NULL) {
        return err_set(e, ERR_USAGE, "--any-name needs --ca: otherwise any certificate of the world would do");
    }
    return o->directory != NULL || err_set(e, ERR_USAGE, "--directory: there is no home directory to take instead");
}

static bool serve(const struct words *w, struct err *e) {
    atomic_bool stop = false;
    struct stopper *stopper = NULL;
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, &child, NULL); /* in all threads: the loop reads it from a descriptor */
    umask(077);
    bool ok = (w->log == NULL || log_open(w->log, LOG_INFO, e)) && stopper_start(&stopper, &stop, e);
    if (ok) {
        stopper_silent(stopper, true);
        ok = agent_run(&w->agent, &stop, e);
    }
    if (!ok) {
        log_err("end", e);
    }
    stopper_end(stopper);
    return ok;
}

int cmd_agent(const struct command *c, int n, char **words) {
    struct arena a = ARENA_INIT;
    struct words w = {.agent = {.directory = default_directory(&a), .program = "/proc/self/exe"}};
    struct err e = ERR_INIT;
    int code = EXIT_OK;
    (void)c;
    bool ok = read_words(&a, n, words, &w, &e);
    if (ok && w.help) {
        fputs(usage, stdout);
    } else if (!ok || !serve(&w, &e)) {
        err_print(&e, stderr);
        code = (int)exit_code_of(&e);
    }
    log_close();
    arena_clear(&a);
    return code;
}
