/* The web console, which is built into the executable: its files, and index.html for every address of a page (the browser's own router
 * does the rest). Any thread; needs no store and no session: what people may see is decided by the API. */
#ifndef SERVER_PAGES_H
#define SERVER_PAGES_H

#include "server/http.h"

/* Answers a GET of anything that is not the API's; false: it is, or is no GET. Files come compressed, to clients that do not take that
 * as they are; a client that has it already gets 304. */
bool pages_answer(struct http_request *r, struct http_response *answer);

#endif
