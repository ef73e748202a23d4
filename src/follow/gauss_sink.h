/* The target as a sink: openGauss or PostgreSQL, with its record in godwit.apply and godwit.applied. */
#ifndef FOLLOW_GAUSS_SINK_H
#define FOLLOW_GAUSS_SINK_H

#include "follow/follow.h"

struct gauss_sink {
    const struct follow_options *o;
    struct gauss_client *target; /* the coordinator's */
    struct checkpoint checkpoint;
    struct arena arena;
    bool *binary;
    bool enforced;
    struct target_statements *statements; /* of the turn */
};

/* o->coordinator and o->checkpoint are taken over: sink.end closes the one, and gives the other its last run's number. */
struct sink gauss_sink_begin(struct gauss_sink *g, const struct follow_options *o);

#endif
