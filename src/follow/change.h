/* A changed row on its way from one side to the other, in the one form that everything in this room works on. */
#ifndef FOLLOW_CHANGE_H
#define FOLLOW_CHANGE_H

#include "value/tuple.h"

enum row_op { ROW_INSERT, ROW_UPDATE, ROW_DELETE };

struct row_change {
    uint32_t table; /* in follow_tables.tables */
    enum row_op op;
    struct tuple
        before; /* of an update and a delete: at least the columns of keys; all of them where the table has no key */
    struct tuple after; /* of an insert and an update */
};

#endif
