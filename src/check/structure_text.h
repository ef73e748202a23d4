/* Texts of a target's catalog brought into a form that two schemas can be compared by. No server, no state.
 * All results live in the arena given, or are the text itself. Not for other rooms. */
#ifndef CHECK_STRUCTURE_TEXT_H
#define CHECK_STRUCTURE_TEXT_H

#include "base/arena.h"
#include "value/dialect.h"

#include <stdint.h>

/* Every `from` becomes `to`. NULL stays NULL. */
const char *structure_replace(struct arena *a, const char *text, const char *from, const char *to);

/* What pg_get_indexdef says without the index's and the table's names, and without what is storage rather than meaning:
 * WITH (..), TABLESPACE x, the list behind LOCAL; nor INVISIBLE, which the catalog has in a column.
 * "CREATE UNIQUE INDEX i ON s.t USING btree (a)" -> "UNIQUE btree (a)". */
const char *structure_index_definition(struct arena *a, const char *text);

/* format_type's text without lengths that mean nothing: openGauss B keeps the 11 of integer(11). */
const char *structure_plain_type(struct arena *a, enum dialect d, const char *type);

/* A default without casts, brackets around the whole and quotes around a number: columns of two types can have the same one.
 * "('5'::character varying)::text" -> "5". */
const char *structure_bare_value(struct arena *a, const char *text);

/* Numbers that differ in zeros behind the point only: "5.00" and "5". */
bool structure_same_number(const char *a, const char *b);

/* "FOREIGN KEY (..) NOT VALID" -> "FOREIGN KEY (..)". */
const char *structure_without_not_valid(struct arena *a, const char *text);

/* The value a sequence gives next, from its last_value, is_called and increment; at most UINT64_MAX. */
uint64_t structure_next_value(const char *last, bool called, const char *increment);

#endif
