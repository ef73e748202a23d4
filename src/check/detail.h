/* What exactly differs: the rows of differing keys are fetched from both sides, shown, and turned into statements that
 * make the target equal. */
#ifndef CHECK_DETAIL_H
#define CHECK_DETAIL_H

#include "check/check.h"
#include "check/rows.h"

/* Fills the tables' `listed`; writes o->repair_file; with o->repair runs the statements and looks at the rows again. */
bool check_detail(struct check_rows *c, const struct check_options *o, struct check_report *report,
                  struct err *e) WARN_UNUSED;

/* ---- between the files ---- */

/* A row of each side that a difference is about; NULL: that side has none. */
struct row_pair {
    const struct difference *d;
    const uint8_t *row[2];
    size_t len[2];
};

/* Fetch the rows of n differences of one table. target: the session to read that side with. In the arena. */
bool detail_fetch(struct check_rows *c, struct check_table *t, struct gauss_client *target, const struct difference *d,
                  size_t n, struct arena *a, struct row_pair *out, struct err *e) WARN_UNUSED;

/* The same of one side, with the session that reads it (source or target); out: begun by detail_pairs. */
void detail_pairs(const struct check_table *t, const struct difference *d, size_t n, struct row_pair *out);
bool detail_fetch_side(struct check_rows *c, struct check_table *t, enum side side, struct mysql_client *source,
                       struct gauss_client *target, const struct difference *d, size_t n, struct arena *a,
                       struct row_pair *out, struct err *e) WARN_UNUSED;

/* Both sides have the row, in one form, or neither has it. */
bool detail_equal(const struct row_pair *p);

/* "id=7, day=2024-01-01" of a key's canonical fields. */
char *detail_key_text(struct arena *a, const struct check_table *t, const uint8_t *key, size_t len);

/* Is it a row of the source that no policy could bring into the target's types? */
bool detail_is_uncarriable(const struct difference *d);

/* The statement that mends one difference, or NULL where there is none (its reason in *why). */
char *repair_sql(struct arena *a, enum dialect d, const struct check_table *t, const struct row_pair *p,
                 const char **why);

#endif
