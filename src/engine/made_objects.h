/* Views and programs that a task has made in the target (the room objects makes them), as far as tables and the cut-over have to do with
 * them. They are known from godwit.object, and their triggers from godwit.source_trigger. */
#ifndef ENGINE_MADE_OBJECTS_H
#define ENGINE_MADE_OBJECTS_H

#include "gauss/client.h"

/* What the row of an event has in godwit.source_trigger instead of a table's name. */
#define MADE_EVENT "(event)"

/* Take all of them away, so that the tables they show can be dropped; their records stay, as those of what waits. One transaction.
 * ERR_TARGET_DDL: something else needs one of them. */
bool made_objects_drop(struct gauss_client *c, const char *task, struct err *e) WARN_UNUSED;

/* Inside the transaction that makes it: the task has made this trigger. `object` is its name at the source. */
bool made_trigger_note(struct gauss_client *c, const char *task, const char *object, const char *schema,
                       const char *table, const char *trigger, bool enabled, struct err *e) WARN_UNUSED;
/* The text of a statement by which what was noted of an object is forgotten. */
char *made_trigger_forget_sql(struct arena *a, const char *task, const char *object, bool event);
/* The same for an event of openGauss B, which is disabled unless `enabled`; one that is not there is passed over. */
bool made_event_note(struct gauss_client *c, const char *task, const char *object, const char *schema,
                     const char *event, bool enabled, struct err *e) WARN_UNUSED;

/* Enable or disable all triggers and events that the task has made and that are still there, in one transaction: they fire when an application writes
 * to the target, and not for changes that come from the source, where they have fired already. It may be done again. *n: how many
 * triggers there are. The target must have its progress tables. */
bool made_triggers_switch(struct gauss_client *c, const char *task, bool on, size_t *n, struct err *e) WARN_UNUSED;

#endif
