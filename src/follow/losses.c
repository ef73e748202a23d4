/* See losses.h. */
#include "follow/losses.h"

void losses_add(json_t *sum, const json_t *more) {
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)more, key, value) {
        json_t *there = json_object_get(sum, key);
        if (json_is_object(value)) {
            if (there == NULL) {
                there = json_object();
                json_object_set_new(sum, key, there);
            }
            losses_add(there, value);
        } else {
            json_object_set_new(sum, key, json_integer(json_integer_value(there) + json_integer_value(value)));
        }
    }
}
