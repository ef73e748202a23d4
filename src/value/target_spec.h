/* Reading a target type's DDL ("numeric(10,2)", "character varying(40)") into what the encoder must know of it. */
#ifndef VALUE_TARGET_SPEC_H
#define VALUE_TARGET_SPEC_H

#include "value/typemap.h"

struct target_spec {
    enum target_kind kind;
    uint32_t length; /* char and varchar: characters (bytes in an openGauss A database); bit: bits; 0: no limit */
    int precision;   /* numeric(p,s); 0: unbounded */
    int scale;
    bool is_json; /* json rather than text: written the same */
};

/* False when the dialect has no such type, or none the encoder can write. */
bool target_spec_parse(const char *ddl, enum dialect d, struct target_spec *out);

/* A type name whose CAST gives the sample bytes of value/probe.h, whatever the column's own length is. */
const char *target_cast_name(enum target_kind kind);

#endif
