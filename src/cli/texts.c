/* Words in two languages. See texts.h. The locale is read from the environment, not through setlocale: a statically
 * linked program may find no locale files. */
#include "cli/texts.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

const char *text_of(enum text t, bool zh) {
    static const char *const texts[][2] = {
#define X(id, en, zh) {en, zh},
        CLI_TEXTS(X)
#undef X
    };
    return texts[t][zh];
}

static const char *locale(void) {
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < 3; i++) {
        const char *v = getenv(names[i]);
        if (v != NULL && v[0] != '\0') {
            return v;
        }
    }
    return "";
}

bool lang_is_zh(enum lang lang) {
    return lang == LANG_ZH || (lang == LANG_AUTO && str_istarts(locale(), "zh") && lang_utf8());
}

bool lang_utf8(void) {
    const char *ctype = getenv("LC_ALL");
    if (ctype == NULL || ctype[0] == '\0') {
        ctype = getenv("LC_CTYPE");
    }
    if (ctype == NULL || ctype[0] == '\0') {
        ctype = getenv("LANG");
    }
    return ctype != NULL && (strcasestr(ctype, "utf-8") != NULL || strcasestr(ctype, "utf8") != NULL);
}
