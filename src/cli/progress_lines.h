/* A view of the progress as lines: bars for a terminal, one line for a log, objects for a program. Pure: no clock, no
 * terminal, so that tests can read what people would see. */
#ifndef CLI_PROGRESS_LINES_H
#define CLI_PROGRESS_LINES_H

#include "engine/progress.h"

struct bar_look {
    size_t columns, lines; /* of the terminal */
    bool utf8, colour, zh;
    bool stopping; /* a stop was asked for and is under way */
};

/* The bar of the whole and a line for each table at work, as many as fit; every line ends in "\n" and is at most
 * look->columns wide. Returns the number of lines. */
size_t progress_bars(FILE *out, const struct progress_view *v, const struct bar_look *look);

/* "load 42.3 %  1 234 567 rows  ...": no time in front, no newline. */
void progress_line(FILE *out, const struct progress_view *v);

/* How far a table's load is, 0 to 0.99: that it is done its state tells. */
double progress_table_fraction(const struct table_progress *t);

/* {"event":"progress",..} and {"event":"table",..}; the caller owns the reference. */
json_t *progress_event(const struct progress_view *v);
json_t *table_event(const struct table_progress *t);

/* "0:42", "12:03", "1:02:03", "2 d 03:04:05". */
const char *progress_time(int64_t ms, char text[32]);

#endif
