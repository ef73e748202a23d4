/* A database of a few small tables in memory, with keys and foreign keys that hold: the source that makes random changes,
 * and the target that they are applied to. */
#ifndef TESTS_FOLLOW_WORLD_H
#define TESTS_FOLLOW_WORLD_H

#include "follow/batch.h"

enum { WORLD_TABLES = 5, WORLD_COLUMNS = 4, WORLD_ROWS = 600 };

/* What the foreign keys do when their parent goes or changes. */
enum world_action { WORLD_RESTRICT, WORLD_CASCADE, WORLD_SET_NULL };

struct cell {
    bool null;
    int32_t v;
};

struct world_row {
    struct cell c[WORLD_COLUMNS];
};

struct world_fk {
    unsigned child, column, parent; /* it refers to column 0 of the parent */
    enum world_action action;
};

struct world {
    struct world_row rows[WORLD_TABLES][WORLD_ROWS];
    size_t n[WORLD_TABLES];
    struct world_fk fks[4];
    size_t nfks;
    bool enforced;       /* foreign keys are checked, and act */
    const char *refused; /* why the last step was */
};

/* Tables: 0 parent(id key, u unique, v), 1 child(id key, parent, u unique, v), 2 grandchild(id key, child, v), 3 keyless(a, b),
 * 4 tree(id key, above, v). */
void world_database(struct arena *a, struct database *d, enum world_action action);
void world_init(struct world *w, enum world_action action, bool enforced);

/* A change that the constraints allow, made and told (in the arena); false: the one tried was refused, nothing has changed. */
bool world_random_change(struct world *w, struct arena *a, struct row_change *out);

/* Do a step of a part as one statement: rows must be as the step says, constraints must hold. */
bool world_apply(struct world *w, const struct batch *b, const struct step *s);

bool world_equal(const struct world *x, const struct world *y);

#endif
