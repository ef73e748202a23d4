/* GET /api/v1/parameters: the table that forms are made of. */
#include "server/api.h"
#include "server/params.h"

static bool list(struct call *c, struct err *e) {
    (void)e;
    c->out = json_pack("{s:o}", "items", params_to_json());
    return true;
}

const struct route api_parameter_routes[] = {
    {HTTP_GET, "/api/v1/parameters", ROLE_VIEWER, 0, list},
    {0},
};
