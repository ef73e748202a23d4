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

/* The statement that mends one difference in the target, or NULL where there is none (its reason in *why). */
char *repair_sql(struct arena *a, enum dialect d, const struct check_table *t, const struct row_pair *p,
                 const char **why);

/* ---- the other way: MySQL's rows are made equal to the target's ---- */

/* Whom the statements are for. */
struct repair_mysql {
    bool is_mariadb;
    unsigned version;
    enum dialect reference;
};

/* The statement that mends one difference in MySQL, or NULL where there is none (its reason in *why). Of a table without a key an
 * INSERT is of one row, to be run p->d->times times; all else is run once. */
char *repair_mysql_sql(struct arena *a, const struct repair_mysql *m, const struct check_table *t,
                       const struct row_pair *p, const char **why);
char *repair_mysql_delete(struct arena *a, const struct repair_mysql *m, const struct check_table *t,
                          const struct row_pair *p, const char **why);
char *repair_mysql_insert(struct arena *a, const struct repair_mysql *m, const struct check_table *t,
                          const struct row_pair *p, const char **why);

/* May a row be deleted and inserted anew, without losing values of columns that are not compared? */
bool repair_mysql_can_replace(const struct check_table *t);
/* Does the row get another value of a unique key, and may it be replaced? Rows may exchange such values, one at a time they cannot. */
bool repair_mysql_moves_unique(struct arena *a, const struct check_table *t, const struct row_pair *p);

/* ---- detail.c, mend_mysql.c ---- */

struct detail {
    struct check_rows *c;
    const struct check_options *o;
    struct check_report *report;
    struct check_table *t;
    struct check_table_report *out;
    uint64_t max_listed;
    size_t listed_cap, refused_cap;
    FILE *file; /* repair statements, or NULL: nobody asked, or it is full */
    uint64_t file_bytes;
    struct gauss_client *mender; /* the session that runs them, or NULL */
    struct mend_mysql *mysql;    /* the same the other way, or NULL */
};

/* A row that differs and stays as it is, for the report. */
void detail_not_mended(struct detail *x, const struct row_pair *p, const char *why);
/* A statement, or as a comment why there is none, to the file, if there is one. */
bool detail_write(struct detail *x, const char *sql, const char *why, const struct row_pair *p,
                  struct err *e) WARN_UNUSED;

/* Before anything is read: would the server let us write? ERR_TARGET_READ_ONLY, ERR_SOURCE_PRIVILEGE, .. */
bool mend_mysql_possible(struct run *r, struct err *e) WARN_UNUSED;
bool mend_mysql_open(struct detail *x, struct err *e) WARN_UNUSED;
void mend_mysql_close(struct detail *x);
/* All differences of x->t: written to the file, and run. */
bool mend_mysql_table(struct detail *x, struct err *e) WARN_UNUSED;

#endif
