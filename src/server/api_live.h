/* The place of the console's live connection, for http_options.streams; arg of its calls is the struct api. */
#ifndef SERVER_API_LIVE_H
#define SERVER_API_LIVE_H

#include "server/stream.h"

extern const struct stream_handler api_live_stream;

#endif
