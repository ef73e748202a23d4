/* Reading the name of an XA transaction out of an event. Internal to src/mysql. */
#ifndef MYSQL_BINLOG_XA_H
#define MYSQL_BINLOG_XA_H

#include "mysql/binlog_event.h"
#include "mysql/reader.h"

/* The two parts of a name, one behind the other; r->bad when they are too long or not there. */
void binlog_xa_take(struct binlog_xa *xa, struct reader *r, size_t gtrid_len, size_t bqual_len);

#endif
