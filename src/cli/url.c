/* Database URLs. See url.h. The text is split by hand (RFC 3986 needs no regular expression), every part remembers
 * where it stood, so that an error can point at it. */
#include "cli/url.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/str.h"
#include "cli/units.h"

enum { URL_BYTES_MAX = 8192 };

#define URL_FORM "scheme://user@host:port/database"

struct part {
    const char *from, *to; /* [from, to) in the URL */
};

struct url {
    struct arena *a;
    const char *text; /* as given */
    const char *side; /* "source", as the user calls it */
    enum url_kind kind;
    bool database_optional;
    struct task *task;
    struct err *e;
    struct part part; /* what is being read, for messages */
};

/* ---- messages ---- */

static bool secret_name(const char *name, size_t len) {
    return (len == 8 && strncasecmp(name, "password", 8) == 0) || (len == 3 && strncasecmp(name, "pwd", 3) == 0) ||
           (len == 6 && strncasecmp(name, "passwd", 6) == 0);
}

/* The end of scheme://authority, so that an @ or : in a path or parameter is not taken for one of a user. */
static const char *authority_end(const char *p) {
    return p + strcspn(p, "/?#");
}

static const char *last_at(const char *from, const char *to) {
    for (const char *p = to; p > from; p--) {
        if (p[-1] == '@') {
            return p - 1;
        }
    }
    return NULL;
}

char *url_redacted(struct arena *a, const char *text) {
    size_t len = strlen(text);
    char *out = arena_alloc(a, len * 2 + 64), *w = out;
    const char *p = strstr(text, "://");
    p = p != NULL ? p + 3 : text;
    const char *end = authority_end(p), *at = last_at(p, end);
    /* A password may hold a bare '/', '?' or '#': then the last @ of the whole text ends it. */
    if (at == NULL && memchr(p, ':', (size_t)(end - p)) != NULL && *end != '\0') {
        at = last_at(p, text + len);
    }
    const char *colon = at != NULL ? memchr(p, ':', (size_t)(at - p)) : NULL;
    if (colon != NULL) {
        w = (char *)memcpy(w, text, (size_t)(colon + 1 - text)) + (colon + 1 - text);
        w = (char *)memcpy(w, "***", 3) + 3;
        p = at;
    } else {
        p = text;
    }
    while (*p != '\0') {
        const char *eq = p + strcspn(p, "=&?");
        if ((p > text && (p[-1] == '?' || p[-1] == '&')) && *eq == '=' && secret_name(p, (size_t)(eq - p))) {
            w = (char *)memcpy(w, p, (size_t)(eq + 1 - p)) + (eq + 1 - p);
            w = (char *)memcpy(w, "***", 3) + 3;
            p = eq + strcspn(eq, "&#");
            continue;
        }
        *w++ = *p++;
    }
    *w = '\0';
    return out;
}

/* "character 19 of the source URL mysql://..": where the part being read stands. Characters are counted as people do. */
static bool fail(struct url *u) {
    size_t at = 1;
    for (const char *p = u->text; p < u->part.from; p++) {
        at += ((unsigned char)*p & 0xc0) != 0x80;
    }
    return err_where(u->e, "character %zu of the %s URL %s", at, u->side, url_redacted(u->a, u->text));
}

static const char *quoted(struct url *u) {
    return arena_strndup(u->a, u->part.from, (size_t)(u->part.to - u->part.from));
}

/* ---- pieces ---- */

static int hex(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Percent-decode u->part. `what` names it in messages. */
static bool decode(struct url *u, const char *what, char **out) {
    struct part part = u->part;
    char *w = *out = arena_alloc(u->a, (size_t)(part.to - part.from) + 1);
    for (const char *p = part.from; p < part.to; p++) {
        if (*p != '%') {
            *w++ = *p;
            continue;
        }
        int high = part.to - p > 1 ? hex(p[1]) : -1, low = part.to - p > 2 ? hex(p[2]) : -1;
        u->part = (struct part){p, part.to - p > 3 ? p + 3 : part.to};
        if (high < 0 || low < 0) {
            err_set(u->e, ERR_URL, "%s: '%s' is not a percent-encoded byte", what, quoted(u));
            err_hint(u->e, "a percent sign itself is written %%25");
            return fail(u);
        }
        if (high == 0 && low == 0) {
            err_set(u->e, ERR_URL, "%s: %%00 cannot be part of it", what);
            return fail(u);
        }
        *w++ = (char)(high << 4 | low);
        p += 2;
    }
    *w = '\0';
    u->part = part;
    if (!str_utf8_valid(*out, (size_t)(w - *out))) {
        err_set(u->e, ERR_URL, "%s: '%s' is not UTF-8", what, quoted(u));
        return fail(u);
    }
    return true;
}

static bool refuse_password(struct url *u) {
    bool source = str_eq(u->side, "source");
    err_set(
        u->e, ERR_URL,
        "a password is not taken from a URL: every user of this machine can see command lines, and shells keep them");
    err_hint(
        u->e,
        "leave it out; it is asked for, or give --%s-password-file FILE or the environment variable GODWIT_%s_PASSWORD",
        u->side, source ? "SOURCE" : "TARGET");
    return fail(u);
}

static bool parse_port(struct url *u, uint16_t *port) {
    uint64_t n;
    const char *text = quoted(u);
    if (!units_count(text, &n) || n == 0 || n > 65535) {
        err_set(u->e, ERR_URL, "the port '%s' is not a number from 1 to 65535", text);
        return fail(u);
    }
    *port = (uint16_t)n;
    return true;
}

static bool parse_user(struct url *u, struct part userinfo, const char **user) {
    const char *colon = memchr(userinfo.from, ':', (size_t)(userinfo.to - userinfo.from));
    if (colon != NULL) {
        u->part = (struct part){colon + 1, userinfo.to};
        return refuse_password(u);
    }
    u->part = userinfo;
    char *name;
    if (!decode(u, "the user", &name)) {
        return false;
    }
    *user = name;
    return true;
}

static bool parse_host(struct url *u, struct part hostport, const char **host, uint16_t *port) {
    const char *end = hostport.to, *colon = NULL;
    char *name;
    if (hostport.from < hostport.to && *hostport.from == '[') {
        const char *close = memchr(hostport.from, ']', (size_t)(hostport.to - hostport.from));
        u->part = hostport;
        if (close == NULL) {
            err_set(u->e, ERR_URL, "the bracket of the address '%s' is not closed", quoted(u));
            return fail(u);
        }
        u->part = (struct part){hostport.from + 1, close};
        if (!decode(u, "the address", &name)) {
            return false;
        }
        struct in6_addr address; /* a zone (%25eth0) is the resolver's to judge */
        if (inet_pton(AF_INET6, arena_strndup(u->a, name, strcspn(name, "%")), &address) != 1) {
            err_set(u->e, ERR_URL, "'%s' is not an IPv6 address", quoted(u));
            return fail(u);
        }
        if (close + 1 < end && close[1] != ':') {
            u->part = (struct part){close + 1, end};
            err_set(u->e, ERR_URL, "'%s' behind the address is neither a port nor a path", quoted(u));
            return fail(u);
        }
        colon = close + 1 < end ? close + 1 : NULL;
    } else {
        colon = memchr(hostport.from, ':', (size_t)(hostport.to - hostport.from));
        u->part = (struct part){hostport.from, colon != NULL ? colon : end};
        if (colon != NULL && memchr(colon + 1, ':', (size_t)(end - colon - 1)) != NULL) {
            u->part.to = end;
            err_set(u->e, ERR_URL, "'%s' has more than one colon", quoted(u));
            err_hint(u->e, "an IPv6 address is written in brackets: [::1]:3306");
            return fail(u);
        }
        if (memchr(hostport.from, ',', (size_t)(end - hostport.from)) != NULL) {
            u->part.to = end;
            err_set(u->e, ERR_URL, "'%s' names more than one host", quoted(u));
            err_hint(u->e, "give the one server to work with; of a cluster its primary");
            return fail(u);
        }
        if (!decode(u, "the host", &name)) {
            return false;
        }
    }
    if (name[0] != '\0') {
        *host = name;
    }
    if (colon != NULL) {
        u->part = (struct part){colon + 1, end};
        return parse_port(u, port);
    }
    return true;
}

/* ---- parameters ---- */

typedef bool parameter_fn(struct url *u, const char *value);

struct parameter {
    const char *name;
    parameter_fn *set;
    const char *values;
    const char *help;
};

/* The index of a value in a list "a|b|c", '-' and '_' alike; -1: not in it. */
static int choice(const char *list, const char *value) {
    int n = 0;
    for (const char *p = list;; n++) {
        size_t len = strcspn(p, "|"), i = 0;
        while (i < len && value[i] != '\0' &&
               (strncasecmp(p + i, value + i, 1) == 0 || (p[i] == '-' && value[i] == '_'))) {
            i++;
        }
        if (i == len && value[i] == '\0') {
            return n;
        }
        if (p[len] == '\0') {
            return -1;
        }
        p += len + 1;
    }
}

static bool bad_value(struct url *u, const char *value, const char *values) {
    err_set(u->e, ERR_URL, "'%s' is not a value this parameter takes", value);
    err_hint(u->e, "it takes %s", values);
    return fail(u);
}

#define SSL_MODES_MYSQL "disabled|preferred|required|verify-ca|verify-identity"
#define SSL_MODES_PG "disable|prefer|require|verify-ca|verify-full"
#define COMPRESSIONS "none|zlib|zstd"

static bool set_ssl_mode(struct url *u, const char *v) {
    int n = choice(SSL_MODES_MYSQL, v);
    u->task->source.tls.mode = (enum net_tls_mode)n;
    return n >= 0 || bad_value(u, v, SSL_MODES_MYSQL);
}

static bool set_sslmode(struct url *u, const char *v) {
    int n = choice(SSL_MODES_PG, v);
    u->task->target.tls.mode = (enum net_tls_mode)n;
    return n >= 0 || bad_value(u, v, SSL_MODES_PG);
}

static bool set_compress(struct url *u, const char *v) {
    int n = choice(COMPRESSIONS, v);
    u->task->source.compression = (enum mysql_compression)n;
    return n >= 0 || bad_value(u, v, COMPRESSIONS);
}

static bool duration(struct url *u, const char *v, int64_t *ms) {
    return units_duration(v, ms) || bad_value(u, v, "a duration such as 30s, 500ms or 5m");
}

#define TEXT_PARAMETER(fn, field)                                                                                      \
    static bool fn(struct url *u, const char *v) {                                                                     \
        u->task->field = arena_strdup(u->a, v);                                                                        \
        return true;                                                                                                   \
    }
#define DURATION_PARAMETER(fn, field)                                                                                  \
    static bool fn(struct url *u, const char *v) {                                                                     \
        return duration(u, v, &u->task->field);                                                                        \
    }

TEXT_PARAMETER(set_ssl_ca, source.tls.ca_file)
TEXT_PARAMETER(set_ssl_cert, source.tls.cert_file)
TEXT_PARAMETER(set_ssl_key, source.tls.key_file)
TEXT_PARAMETER(set_server_key, source.server_key_file)
DURATION_PARAMETER(set_source_timeout, source.io_timeout_ms)
DURATION_PARAMETER(set_source_connect_timeout, source.connect_timeout_ms)
TEXT_PARAMETER(set_schema, target_schema)
TEXT_PARAMETER(set_sslrootcert, target.tls.ca_file)
TEXT_PARAMETER(set_sslcert, target.tls.cert_file)
TEXT_PARAMETER(set_sslkey, target.tls.key_file)
DURATION_PARAMETER(set_target_timeout, target.io_timeout_ms)
DURATION_PARAMETER(set_target_connect_timeout, target.connect_timeout_ms)

static bool set_source_socket(struct url *u, const char *v) {
    u->task->source.host = arena_strdup(u->a, v);
    return v[0] == '/' || bad_value(u, v, "an absolute path");
}

static bool set_target_socket(struct url *u, const char *v) {
    u->task->target.host = arena_strdup(u->a, v);
    return v[0] == '/' || bad_value(u, v, "an absolute path");
}

static bool set_application_name(struct url *u, const char *v) {
    u->task->target.application_name = arena_strdup(u->a, v);
    /* openGauss formats some results differently for its own terminal client. */
    return !str_eq(v, "gsql") || bad_value(u, v, "any name but gsql, for which openGauss changes its output");
}

static const struct parameter source_parameters[] = {
    {"ssl-mode", set_ssl_mode, SSL_MODES_MYSQL, "TLS; default preferred: when the server offers it, unverified"},
    {"ssl-ca", set_ssl_ca, "FILE", "certificate authorities (PEM); default: the system's"},
    {"ssl-cert", set_ssl_cert, "FILE", "client certificate (PEM)"},
    {"ssl-key", set_ssl_key, "FILE", "its key (PEM)"},
    {"server-public-key-path", set_server_key, "FILE",
     "the server's RSA key, for passwords without TLS; default: ask the server"},
    {"compress", set_compress, COMPRESSIONS, "compress what travels; helps over slow lines only"},
    {"socket", set_source_socket, "PATH", "Unix socket, instead of host and port"},
    {"connect-timeout", set_source_connect_timeout, "DURATION", "how long connecting may take; default 10s"},
    {"timeout", set_source_timeout, "DURATION", "how long an answer may be waited for; default: for ever"},
};

static const struct parameter target_parameters[] = {
    {"schema", set_schema, "NAME", "schema to create the tables in; default: the source database's name"},
    {"sslmode", set_sslmode, SSL_MODES_PG, "TLS; default prefer: when the server offers it, unverified"},
    {"sslrootcert", set_sslrootcert, "FILE", "certificate authorities (PEM); default: the system's"},
    {"sslcert", set_sslcert, "FILE", "client certificate (PEM)"},
    {"sslkey", set_sslkey, "FILE", "its key (PEM)"},
    {"socket", set_target_socket, "PATH", "Unix socket or its directory, instead of host"},
    {"application-name", set_application_name, "NAME", "as the server's activity view shows it; default godwit"},
    {"connect-timeout", set_target_connect_timeout, "DURATION", "how long connecting may take; default 10s"},
    {"timeout", set_target_timeout, "DURATION", "how long an answer may be waited for; default: for ever"},
};

struct parameters {
    const struct parameter *list;
    size_t n;
};

static const struct parameter *find_parameter(const struct parameters *all, const char *name) {
    for (size_t i = 0; i < all->n; i++) {
        if (choice(all->list[i].name, name) == 0) {
            return &all->list[i];
        }
    }
    return NULL;
}

static bool unknown_parameter(struct url *u, const struct parameters *all, const char *name) {
    err_set(u->e, ERR_URL, "'%s' is not a parameter of a %s URL", name, u->side);
    char *names = arena_strdup(u->a, "");
    for (size_t i = 0; i < all->n; i++) {
        names = arena_printf(u->a, "%s%s%s", names, i > 0 ? ", " : "", all->list[i].name);
    }
    err_hint(u->e, "there are %s", names);
    return fail(u);
}

static bool parse_parameter(struct url *u, struct part p, const struct parameters *all, uint32_t *seen) {
    const char *eq = memchr(p.from, '=', (size_t)(p.to - p.from));
    u->part = (struct part){p.from, eq != NULL ? eq : p.to};
    char *name, *value;
    if (!decode(u, "a parameter's name", &name)) {
        return false;
    }
    if (secret_name(name, strlen(name))) {
        return refuse_password(u);
    }
    const struct parameter *found = find_parameter(all, name);
    if (found == NULL) {
        return unknown_parameter(u, all, name);
    }
    uint32_t bit = UINT32_C(1) << (found - all->list);
    if ((*seen & bit) != 0) {
        err_set(u->e, ERR_URL, "the parameter %s is given twice", found->name);
        return fail(u);
    }
    *seen |= bit;
    if (eq == NULL || eq + 1 == p.to) {
        err_set(u->e, ERR_URL, "the parameter %s has no value", found->name);
        err_hint(u->e, "it takes %s", found->values);
        return fail(u);
    }
    u->part = (struct part){eq + 1, p.to};
    return decode(u, found->name, &value) && found->set(u, value);
}

static bool parse_parameters(struct url *u, const char *p, const struct parameters *all) {
    uint32_t seen = 0;
    while (*p != '\0') {
        const char *to = p + strcspn(p, "&");
        if (to > p && !parse_parameter(u, (struct part){p, to}, all, &seen)) {
            return false;
        }
        p = *to == '&' ? to + 1 : to;
    }
    return true;
}

/* ---- the whole ---- */

struct ends {
    const char **host, **user;
    uint16_t *port;
    char **database;
};

static bool parse_scheme(struct url *u, const char *const *schemes, const char **rest) {
    const char *colon = strstr(u->text, "://");
    u->part = (struct part){u->text, colon != NULL ? colon : u->text + strcspn(u->text, ":/?")};
    for (size_t i = 0; colon != NULL && schemes[i] != NULL; i++) {
        size_t len = strlen(schemes[i]);
        if (len == (size_t)(colon - u->text) && strncasecmp(schemes[i], u->text, len) == 0) {
            *rest = colon + 3;
            return true;
        }
    }
    bool source = u->kind == URL_MYSQL, usual = source == str_eq(u->side, "source");
    if (colon == NULL) {
        err_set(u->e, ERR_URL, "the %s is not a URL: it has no scheme", u->side);
    } else {
        err_set(u->e, ERR_URL, "a %s cannot have the scheme '%s'", u->side, quoted(u));
    }
    err_hint(u->e, "a %s%s begins with %s; the form is " URL_FORM, u->side,
             usual    ? ""
             : source ? " that is compared with openGauss"
                      : " that MySQL is compared with",
             source ? "mysql:// or mariadb://" : "opengauss://, postgresql:// or postgres://");
    return fail(u);
}

static bool parse_database(struct url *u, const char *slash, const char *end, char **database) {
    u->part = slash < end ? (struct part){slash + 1, end} : (struct part){end, end};
    if (u->part.from == u->part.to && u->database_optional) {
        *database = NULL;
        return true;
    }
    if (u->part.from == u->part.to) {
        err_set(u->e, ERR_URL, "the URL names no database");
        err_hint(u->e, "the form is " URL_FORM "; the database stands behind the host");
        return fail(u);
    }
    const char *second = memchr(u->part.from, '/', (size_t)(end - u->part.from));
    if (second != NULL) {
        u->part.from = second;
        err_set(u->e, ERR_URL, "'%s' behind the database cannot be read", quoted(u));
        err_hint(u->e, u->kind == URL_GAUSS ? "a schema is given as ?schema=NAME; a slash in a name is written %%2F"
                                            : "a slash in a name is written %%2F");
        return fail(u);
    }
    return decode(u, "the database", database);
}

static bool parse(struct url *u, const char *const *schemes, const struct parameters *params, const struct ends *to) {
    u->part = (struct part){u->text, u->text};
    if (strlen(u->text) > URL_BYTES_MAX) {
        return err_set(u->e, ERR_URL, "the %s URL is longer than %d bytes", u->side, (int)URL_BYTES_MAX);
    }
    for (const char *p = u->text; *p != '\0'; p++) {
        if ((unsigned char)*p <= ' ' || *p == 0x7f) {
            u->part = (struct part){p, p + 1};
            err_set(u->e, ERR_URL, "a blank or control character in the URL");
            err_hint(u->e, "a blank in a name is written %%20");
            return fail(u);
        }
    }
    const char *rest = u->text;
    if (!parse_scheme(u, schemes, &rest)) {
        return false;
    }
    const char *hash = strchr(rest, '#');
    if (hash != NULL) {
        u->part = (struct part){hash, hash + strlen(hash)};
        err_set(u->e, ERR_URL, "a URL of a database has no fragment ('#')");
        err_hint(u->e, "a # in a name is written %%23");
        return fail(u);
    }
    const char *end = authority_end(rest), *at = last_at(rest, end);
    if (at == NULL) {
        const char *colon = memchr(rest, ':', (size_t)(end - rest));
        u->part = (struct part){colon != NULL ? colon + 1 : rest, end};
        uint64_t port;
        if (colon != NULL && strchr(end, '@') != NULL && !units_count(quoted(u), &port)) {
            return refuse_password(u); /* one with an unencoded '/', '?' in it */
        }
        u->part.from = rest;
        err_set(u->e, ERR_URL, "the URL names no user");
        err_hint(u->e, "the form is " URL_FORM "; the user stands before the host");
        return fail(u);
    }
    if (at == rest) {
        u->part = (struct part){rest, at};
        err_set(u->e, ERR_URL, "the user before the @ is empty");
        return fail(u);
    }
    const char *question = end + strcspn(end, "?");
    *to->host = NULL;
    if (!parse_user(u, (struct part){rest, at}, to->user) ||
        !parse_host(u, (struct part){at + 1, end}, to->host, to->port) ||
        !parse_database(u, end, question, to->database)) {
        return false;
    }
    bool named = *to->host != NULL;
    if (*question == '?' && !parse_parameters(u, question + 1, params)) {
        return false;
    }
    if (*to->host == NULL) {
        u->part = (struct part){at + 1, end};
        err_set(u->e, ERR_URL, "the URL names no host");
        err_hint(u->e, "a Unix socket is given as ?socket=/path");
        return fail(u);
    }
    if (named && (*to->host)[0] == '/' && at[1] != '%') {
        u->part = (struct part){at + 1, end};
        err_set(u->e, ERR_URL, "give either a host or a socket, not both");
        err_hint(u->e, "leave the host empty: mysql://user@/database?socket=/path");
        return fail(u);
    }
    return true;
}

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static const char *const mysql_schemes[] = {"mysql", "mariadb", NULL};
static const char *const gauss_schemes[] = {"opengauss", "postgresql", "postgres", NULL};

static bool has_scheme(const char *text, const char *const *schemes) {
    for (size_t i = 0; schemes[i] != NULL; i++) {
        size_t n = strlen(schemes[i]);
        if (strncasecmp(text, schemes[i], n) == 0 && strncmp(text + n, "://", 3) == 0) {
            return true;
        }
    }
    return false;
}

enum url_kind url_kind_of(const char *text) {
    return has_scheme(text, mysql_schemes) ? URL_MYSQL : has_scheme(text, gauss_schemes) ? URL_GAUSS : URL_OTHER;
}

static bool mysql_end(struct arena *a, const char *text, const char *side, bool server, struct task *task,
                      struct err *e) {
    struct url u = {
        .a = a, .text = text, .side = side, .kind = URL_MYSQL, .database_optional = server, .task = task, .e = e};
    struct parameters params = {source_parameters, COUNT(source_parameters)};
    struct ends to = {&task->source.host, &task->source.user, &task->source.port, &task->source_database};
    task->source.port = 3306;
    return parse(&u, mysql_schemes, &params, &to);
}

static bool gauss_end(struct arena *a, const char *text, const char *side, bool server, struct task *task,
                      struct err *e) {
    struct url u = {
        .a = a, .text = text, .side = side, .kind = URL_GAUSS, .database_optional = server, .task = task, .e = e};
    struct parameters params = {target_parameters, COUNT(target_parameters)};
    char *database = NULL;
    struct ends to = {&task->target.host, &task->target.user, &task->target.port, &database};
    task->target.port = 5432;
    if (!parse(&u, gauss_schemes, &params, &to)) {
        return false;
    }
    task->target.database = database;
    return true;
}

bool url_source(struct arena *a, const char *text, struct task *task, struct err *e) {
    return mysql_end(a, text, "source", false, task, e);
}

bool url_target(struct arena *a, const char *text, struct task *task, struct err *e) {
    return gauss_end(a, text, "target", false, task, e);
}

bool url_ends_backward(struct arena *a, const char *source, const char *target, struct task *task, struct err *e) {
    return gauss_end(a, source, "source", false, task, e) && mysql_end(a, target, "target", false, task, e);
}

bool url_server(struct arena *a, const char *text, struct task *task, enum url_kind *kind, struct err *e) {
    *kind = url_kind_of(text);
    if (*kind == URL_OTHER) {
        err_set(e, ERR_URL, "the URL is of no database that is known");
        return err_hint(e, "it begins with mysql://, mariadb://, opengauss://, postgresql:// or postgres://");
    }
    return *kind == URL_MYSQL ? mysql_end(a, text, "source", true, task, e)
                              : gauss_end(a, text, "target", true, task, e);
}

static void print_parameters(FILE *out, bool markdown, const char *title, const struct parameters *p) {
    if (markdown) {
        fprintf(out, "\n%s:\n\n| parameter | value | meaning |\n|---|---|---|\n", title);
    } else {
        fprintf(out, "%s\n", title);
    }
    struct arena a = ARENA_INIT;
    for (size_t i = 0; i < p->n; i++) {
        const struct parameter *one = &p->list[i];
        if (markdown) {
            char *values = arena_strdup(&a, one->values); /* a bar would end the cell */
            for (char *bar = values; (bar = strchr(bar, '|')) != NULL;) {
                *bar = ' ';
            }
            fprintf(out, "| `%s` | %s | %s |\n", one->name, values, one->help);
        } else {
            fprintf(out, "  %s=%s\n        %s\n", one->name, one->values, one->help);
        }
    }
    arena_clear(&a);
}

void url_print_parameters(FILE *out, bool markdown) {
    print_parameters(out, markdown, "Parameters of a source URL",
                     &(struct parameters){source_parameters, COUNT(source_parameters)});
    print_parameters(out, markdown, "Parameters of a target URL",
                     &(struct parameters){target_parameters, COUNT(target_parameters)});
}
