/* A check whose reference is the target (openGauss, PostgreSQL). Thread: the check's main one. */
#ifndef CHECK_REFERENCE_H
#define CHECK_REFERENCE_H

#include "check/report.h"
#include "engine/run.h"

/* Adds tables that the target has and the source has not to the report, as different. r: connected. With a selection of tables
 * only those whose name in the target is selected. */
bool reference_tables(struct run *r, struct check_report *report, struct err *e) WARN_UNUSED;

#endif
