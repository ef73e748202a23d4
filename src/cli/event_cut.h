/* Events of a worker have a limit; reports of thousands of tables do not. */
#ifndef CLI_EVENT_CUT_H
#define CLI_EVENT_CUT_H

#include <jansson.h>

/* The same, or what of it fits into an event: "cut": true says so. Of a check go first the tables of which nothing is to be said, then
 * listed rows (the counts stay), then whatever is at the end of its lists. The caller owns the reference; what is borrowed. */
json_t *event_cut(json_t *what);

#endif
