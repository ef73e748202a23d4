/* Cookies, parameters, headers: text of HTTP. See http.h. */
#include <string.h>

#include "base/str.h"
#include "server/http.h"

void http_add_header(struct http_response *answer, const char *name, char *value) {
    if (answer->nheaders == HTTP_HEADERS_MAX) {
        BUG("too many headers: %s", name);
    }
    value[strcspn(value, "\r\n")] = '\0'; /* nobody writes a second header through a value */
    answer->headers[answer->nheaders++] = (struct http_header){name, value};
}

bool http_same_site(const struct http_request *r) {
    if (r->origin[0] == '\0') {
        return true; /* no browser, or a plain navigation */
    }
    const char *host = strstr(r->origin, "://");
    return host != NULL && str_ieq(host + 3, r->host);
}

char *http_cookie(struct arena *a, const char *cookies, const char *name) {
    size_t len = strlen(name);
    for (const char *p = cookies; *p != '\0';) {
        p += strspn(p, "; ");
        size_t one = strcspn(p, ";");
        if (one > len && strncmp(p, name, len) == 0 && p[len] == '=') {
            return arena_strndup(a, p + len + 1, one - len - 1);
        }
        p += one;
    }
    return NULL;
}

const char *http_parameter(const struct http_request *r, const char *name) {
    size_t len = strlen(name);
    for (size_t i = 0; i < r->nquery; i++) {
        if (strncmp(r->query[i], name, len) == 0 && r->query[i][len] == '=') {
            return r->query[i] + len + 1;
        }
    }
    return NULL;
}
