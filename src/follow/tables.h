/* What following changes has to know of each table: its columns, what tells its rows apart, and what makes changes of different
 * rows depend on each other. From the schema model alone, so that the same model always gives the same.
 *
 * A rule names a key by which changes meet. Two changes that touch the same value of a key must be made in the source's order, unless both
 * only rely on it (two children of one parent). Rules are: the row key itself; every other unique key; keys that foreign keys refer
 * to, and the foreign keys, where the target checks them (options.enforced). It has to where the source deletes and changes rows by them
 * without telling (options.hidden_cascades: InnoDB does that below the binlog, before MySQL 9.6 and in MariaDB).
 * Thread: read-only once made. */
#ifndef FOLLOW_TABLES_H
#define FOLLOW_TABLES_H

#include "base/arena.h"
#include "schema/model.h"
#include "value/dialect.h"

/* How a value of a key is brought into a form in which equal values are equal bytes. */
enum hash_form {
    HASH_BYTES,  /* as they are */
    HASH_INT,    /* integers of whatever width: a foreign key may be narrower than what it refers to */
    HASH_FLOAT,  /* -0 is 0 */
    HASH_TEXT,   /* trailing blanks do not count */
    HASH_FOLDED, /* neither do case and accents */
};

struct rule_part {
    uint16_t column;       /* of follow_table.columns */
    uint8_t form;          /* enum hash_form */
    uint32_t prefix_chars; /* 0: whole */
};

enum rule_kind {
    RULE_ROW,      /* the row key; keyless: the whole row */
    RULE_UNIQUE,   /* another unique key */
    RULE_REFERRED, /* a key that foreign keys refer to: touched where it appears, disappears or changes */
    RULE_REFERS,   /* a foreign key: relies on what it refers to */
    RULE_TABLE,    /* relies on the table as a whole, which hidden cascades change */
};

struct rule {
    enum rule_kind kind;
    uint64_t seed; /* the same for rules that mean the same key */
    struct rule_part *parts;
    size_t n;      /* 0: values cannot be told apart (an expression, say): the table as a whole */
    bool apart;    /* two rows of one batch may not touch the same value: what to do first could not be decided */
    bool cascades; /* RULE_REFERRED: a change of it reaches other tables without being told */
};

struct follow_table {
    const struct table *t;
    uint32_t number;
    const struct column **columns; /* those that hold data */
    size_t ncolumns;
    uint16_t *key;      /* columns of the row key, in the key's order */
    size_t nkey;        /* 0: none, rows are a multiset */
    bool counts;        /* the key's last column is an integer */
    struct rule *rules; /* the first is RULE_ROW */
    size_t nrules;
    bool meets;        /* has more rules than the first: its changes may meet those of other rows */
    size_t order;      /* parents have lower ones than their children, as far as that is possible */
    uint64_t *reached; /* seeds of the tables that a delete or a change of a referred key reaches unseen */
    size_t nreached;
};

struct follow_tables {
    struct follow_table *tables;
    size_t n;
    size_t fields_max; /* the most columns any has */
    uint64_t shape;    /* differs when the same changes could fall into other parts */
};

struct follow_table_options {
    enum dialect dialect;
    bool into_mysql;      /* changes go to MySQL: its collations decide what is equal */
    bool enforced;        /* foreign keys are checked in the sessions that apply */
    bool hidden_cascades; /* the target does them, too: only with enforced */
};

/* One for each table of d, which is resolved. The arena keeps them; d must live as long. */
void follow_tables_make(struct arena *a, const struct database *d, const struct follow_table_options *o,
                        struct follow_tables *out);

#endif
