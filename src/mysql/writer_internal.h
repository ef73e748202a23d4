/* The inside of a writer, for its own files. */
#ifndef MYSQL_WRITER_INTERNAL_H
#define MYSQL_WRITER_INTERNAL_H

#include "mysql/writer.h"

/* One statement of a text. */
struct writer_statement {
    uint64_t rows; /* it must find or change; WRITER_ANY: whatever it does */
    unsigned each; /* what the server counts for one of them */
    uint64_t first_tag, last_tag;
    const struct row_table *table; /* NULL: of the writer's own */
};
#define WRITER_ANY UINT64_MAX

struct writer_statements {
    struct writer_statement *items;
    size_t n, cap;
};

enum open_kind { OPEN_NONE, OPEN_INSERT, OPEN_UPSERT, OPEN_DELETE };

struct mysql_writer {
    struct mysql_writer_options o;
    char *task; /* as a literal */
    char lock[64];
    struct mysql_client *client;
    uint64_t max_statement_bytes;
    size_t batch_bytes;
    uint64_t batch; /* committed last */
    bool in_transaction, failed;

    struct arena a; /* of the statement that is made */
    struct row_sql sql;
    struct writer_statements made, sent;
    uint64_t *affected; /* as many as `sent` may have */
    size_t affected_cap;
    enum open_kind open; /* the last statement may take more rows */
    size_t tail_bytes;   /* of it, which come behind its rows */

    struct mysql_writer_fault fault;
    struct mysql_writer_figures figures;
};

/* ---- writer_progress.c ---- */

/* Connect, set up the session, take the channel; w->batch is set. */
bool writer_connect(struct mysql_writer *w, struct arena *a, struct mysql_writer_progress *found,
                    struct err *e) WARN_UNUSED;
/* The first and the last statement of a transaction, in w->a. */
char *writer_count_sql(struct mysql_writer *w);
char *writer_keep_sql(struct mysql_writer *w, const char *position, const char *note);

#endif
