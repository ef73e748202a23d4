/* docs/states.md, from the table of states. */
#ifndef SERVER_STATE_PAGE_H
#define SERVER_STATE_PAGE_H

#include <stdio.h>

/* Markdown: a diagram, the states, the events, every transition. */
void state_page(FILE *out);

#endif
