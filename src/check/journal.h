/* A file of JSON lines that is only added to: what a run has finished, for the run after a kill.
 *
 * Lines before the last one that ends a group belong together with it (a part's differences and its result); what follows it is
 * cut off when the file is opened again. Nothing is synchronised to the disk: after a power cut less may be there, never
 * something else. One process at a time has a journal (flock).
 * Thread: writing between journal_lock and journal_unlock, from any thread. */
#ifndef CHECK_JOURNAL_H
#define CHECK_JOURNAL_H

#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"

struct journal;

enum journal_line { JOURNAL_INSIDE, JOURNAL_ENDS_GROUP, JOURNAL_NOT_OURS };

/* Looks at one line. JOURNAL_NOT_OURS: the file is of something else, reading ends. */
typedef enum journal_line journal_reader(void *arg, const json_t *line);

/* Open or create the file (and its directories). keep: read what is there, otherwise empty it. *ours = false: it is another's, and
 * empty now. ERR_TASK_RUNNING: another process has it; ERR_FILE. */
bool journal_open(struct journal **out, const char *path, bool keep, journal_reader *read, void *arg, bool *ours,
                  struct err *e) WARN_UNUSED;

void journal_lock(struct journal *j);
void journal_unlock(struct journal *j);

/* Add a line (taken). A file that cannot be written any more is logged once, and then left alone: the run goes on. */
void journal_write(struct journal *j, json_t *line);
void journal_flush(struct journal *j); /* to the kernel: a kill loses nothing of it */

/* The file of another name beside it: PATH.suffix. Caller frees. */
char *journal_beside(const struct journal *j, const char *suffix);

void journal_close(struct journal *j, bool remove_it); /* NULL is fine */

#endif
