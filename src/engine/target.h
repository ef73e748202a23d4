/* The target end of a run: sessions set up for loading or for definitions, and what the target is. */
#ifndef ENGINE_TARGET_H
#define ENGINE_TARGET_H

#include "engine/task.h"
#include "gauss/identify.h"

/* Open a session and learn the dialect; the identity's strings live in the arena. */
bool target_open(const struct task *t, struct arena *a, struct gauss_client **out, struct gauss_identity *id,
                 struct err *e) WARN_UNUSED;

/* Open a session set up for loading data and building keys. */
bool target_open_loader(const struct task *t, enum dialect d, struct gauss_client **out, struct err *e) WARN_UNUSED;

/* "schema"."table" of a resolved table. */
char *target_table(struct arena *a, const struct table *t);

/* Does openGauss's binary COPY write each type the way our encoder does? Asks the server with sample values, once per type used
 * (PostgreSQL's forms are documented, nothing is asked there). ok[i] tells for table i. */
bool target_probe_binary(struct gauss_client *c, enum dialect d, const struct database *db, bool *ok,
                         struct err *e) WARN_UNUSED;

#endif
