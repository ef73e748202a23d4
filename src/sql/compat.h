/* The compatibility schema godwit_compat: functions of MySQL that the target has no form of. Only those a translation uses are made
 * (struct sql_translation.compat). They are plain SQL and PL/pgSQL; the schema may stay when Godwit has gone. */
#ifndef SQL_COMPAT_H
#define SQL_COMPAT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

#define SQL_COMPAT_SCHEMA "godwit_compat"

/* The statement that makes the function (CREATE OR REPLACE), and those of the functions it calls, in an order that works;
 * NULL at the end. NULL for an unknown name. */
const char **sql_compat_statements(struct arena *a, const char *name);

/* All of them, in order, for tests and for the page of functions. */
size_t sql_compat_count(void);
const char *sql_compat_name(size_t i);

#endif
