/* Samples to ask a server with whether its COPY binary has the forms the encoder writes:
 *
 *   COPY (SELECT CAST(<literal> AS <target_type.cast_name>)) TO STDOUT (FORMAT binary)
 *
 * must return one field with exactly `bytes`. PostgreSQL's forms are documented; openGauss's types are asked before they
 * are loaded in binary, and tables with a type that answers otherwise are loaded through COPY text. */
#ifndef VALUE_PROBE_H
#define VALUE_PROBE_H

#include "value/typemap.h"

struct encode_probe {
    const char *literal; /* SQL, quotes included */
    const uint8_t *bytes;
    size_t len;
};

/* The samples of a kind in a dialect that has it, *n of them. */
const struct encode_probe *encode_probes_for(enum target_kind kind, enum dialect d, size_t *n);

#endif
