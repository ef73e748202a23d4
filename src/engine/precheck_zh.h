/* The precheck's items in Chinese: what each looks at, and how to mend it in general. (What was found is told in English: it quotes
 * servers, names and numbers.) Static storage; any thread. */
#ifndef ENGINE_PRECHECK_ZH_H
#define ENGINE_PRECHECK_ZH_H

/* Of a precheck_item.id; NULL: there is none of that id. A scenario looks that none is missing. */
const char *precheck_title_zh(const char *id);
const char *precheck_hint_zh(const char *id); /* NULL as well: nothing can be done about it */

#endif
