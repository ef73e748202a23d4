/* Commands that talk to a server: `godwit task list`, `godwit host add`, ..: a table of verbs for each, with the options they take, and what
 * they have in common: options, help, the connection, tables for people and JSON for programs. */
#ifndef CLI_VERB_H
#define CLI_VERB_H

#include <stdatomic.h>

#include "cli/api_client.h"
#include "cli/command.h"

/* Which options a verb takes, besides those that all take. */
enum {
    VERB_FILE = 1 << 0,          /* -f, --file */
    VERB_PAGE = 1 << 1,          /* --page, --size */
    VERB_STATUS = 1 << 2,        /* --status */
    VERB_NAME = 1 << 3,          /* --name */
    VERB_PASSWORD_FILE = 1 << 4, /* --password-file */
    VERB_KEY_FILE = 1 << 5,      /* --key-file */
    VERB_START = 1 << 6,         /* --start */
    VERB_DAYS = 1 << 7,          /* --days */
    VERB_ROLE = 1 << 8,          /* --role */
    VERB_NEW_PASSWORD_FILE = 1 << 9,
    VERB_HOST_KEY = 1 << 10,     /* --host-key */
    VERB_SCHEMA = 1 << 11,       /* --schema */
    VERB_SSH = 1 << 13,          /* --ssh, --directory, --passphrase-file, --capacity, --allow-root */
    VERB_ACCEPT_MOVED = 1 << 14, /* --accept-moved */
    VERB_DEFINITION = 1 << 16,   /* --definition */
    VERB_OBJECT = 1 << 17,       /* --object */
    VERB_KIND = 1 << 18,         /* --kind */
    VERB_FROM = 1 << 19,         /* --from */
    VERB_CUTOVER = 1 << 15,      /* --fence, --final-check, --max-lag, --downtime */
    VERB_NO_TOKEN = 1 << 12,     /* needs no token: no option, but how it is called */
};

/* One call of one verb. Texts are NULL, and numbers 0, where nothing was said. */
struct verb_call {
    struct arena *a;
    struct api_where where;
    struct api_client client;
    bool zh, json, start;
    const char *file, *status, *name, *password_file, *new_password_file, *key_file, *role, *host_key, *schema;
    const char *ssh, *directory, *passphrase_file, *fence, *final_check, *definition, *object, *kind, *from;
    uint64_t page, size, days, capacity, max_lag_s, downtime_s;
    bool days_said, allow_root, accept_moved;
    char **words; /* behind the verb */
    size_t nwords;
    atomic_bool *stop; /* SIGINT, SIGTERM */
    int code;          /* what the process ends with when run returns true; 0 */
};

struct verb {
    const char *name; /* NULL: the command itself has no verbs */
    const char *synopsis;
    const char *text, *zh;
    unsigned options;
    size_t least, most; /* words behind it */
    bool (*run)(struct verb_call *v, struct err *e);
};

/* Runs the verb that the words name; `--help` and errors too. verbs end with a run of NULL. Returns an exit code. */
int verb_main(const struct command *c, const struct verb *verbs, int n, char **words);

/* ---- for verbs ---- */

/* The n-th word as the number of a thing. ERR_USAGE. */
bool verb_id(const struct verb_call *v, size_t n, int64_t *out, struct err *e) WARN_UNUSED;

/* api_client_call with a path made like printf's. */
bool verb_get(struct verb_call *v, json_t **out, struct err *e, const char *path, ...) WARN_UNUSED PRINTF_LIKE(4, 5);
bool verb_post(struct verb_call *v, const json_t *body, json_t **out, struct err *e, const char *path, ...) WARN_UNUSED
    PRINTF_LIKE(5, 6);

/* --file: a JSON object; "-" is standard input. ERR_FILE, ERR_TASK_FILE. */
bool verb_read_file(const struct verb_call *v, json_t **out, struct err *e) WARN_UNUSED;
/* The first line of a file that holds a password, or what is typed at the terminal: *out NULL when neither is there. */
bool verb_password(struct verb_call *v, const char *file, const char *prompt, const char **out,
                   struct err *e) WARN_UNUSED;

/* ?page=&size=&status=&name= as far as they were given, from "?" on; "" for none. */
char *verb_query(struct verb_call *v);

/* For --json: prints the object as it is, and returns true; else false. */
bool verb_print_json(const struct verb_call *v, const json_t *answer);

/* ---- tables ---- */

/* A column: its heads, and how a value gets there. */
struct verb_column {
    const char *en, *zh;
    const char *key; /* of the item's object, "a.b" for one inside */
    /* VERB_PART: 0 to 1, shown in percent; VERB_BOTH: an object of both languages; VERB_COUNT: how many are in a list;
     * VERB_LINE: a text of any length */
    enum verb_kind {
        VERB_TEXT,
        VERB_NUMBER,
        VERB_BYTES,
        VERB_TIME,
        VERB_PART,
        VERB_YES,
        VERB_BOTH,
        VERB_COUNT,
        VERB_LINE
    } kind;
};

/* Rows of objects under heads, the columns as wide as they need to be; columns end with a key of NULL. */
void verb_table(const struct verb_call *v, const json_t *items, const struct verb_column *columns);
/* One object, a line for each column. */
void verb_one(const struct verb_call *v, const json_t *item, const struct verb_column *columns);
/* "5 of 31" under a page that is not all. */
void verb_more(const struct verb_call *v, const json_t *list);

#endif
