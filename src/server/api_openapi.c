/* /api/v1/openapi.json: the API's description, docs/openapi.json, which is built in. */
#include "server/api.h"

extern const char server_openapi[];
extern const size_t server_openapi_bytes;

static bool description(struct call *c, struct err *e) {
    return buf_put(&c->response->body, server_openapi, server_openapi_bytes, e);
}

const struct route api_openapi_routes[] = {
    {HTTP_GET, "/api/v1/openapi.json", ROLE_NONE, ROUTE_PUBLIC, description},
    {0},
};
