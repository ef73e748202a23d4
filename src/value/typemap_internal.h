/* Shared by the type map's files: typemap.c (which type), typemap_text.c (characters, labels), typemap_override.c. */
#ifndef VALUE_TYPEMAP_INTERNAL_H
#define VALUE_TYPEMAP_INTERNAL_H

#include "base/str.h"
#include "value/typemap.h"

/* Set the type; the cast name follows from the kind. ddl belongs to the arena or is static text. */
void typemap_set(struct arena *a, struct target_type *to, enum target_kind kind, const char *ddl);

/* Add to the note ("a; b") and to the check ("a AND b"). */
void typemap_note(struct arena *a, struct target_type *to, const char *fmt, ...) PRINTF_LIKE(3, 4);
void typemap_check(struct arena *a, struct target_type *to, const char *condition);

/* char, varchar and the text family. */
void typemap_text(struct arena *a, enum dialect d, const struct mytype *from, struct target_type *to);
/* enum and set. */
void typemap_labels(struct arena *a, enum dialect d, const struct mytype *from, struct target_type *to);

/* The override for a column, or NULL: one that names the column wins over one that names only a type, and a later one over
 * an earlier one. */
const struct type_override *typemap_find_override(const struct typemap_options *o, const char *table,
                                                  const char *column, const struct mytype *from);
bool typemap_apply_override(struct arena *a, const struct typemap_options *o, const struct type_override *w,
                            const struct mytype *from, struct target_type *to, struct err *e) WARN_UNUSED;

#endif
