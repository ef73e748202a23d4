/* The encoder fed with rows the source never sends: a plan with every type, in each dialect, binary and text, with policies
 * that fail and policies that go on. What comes out must still be COPY data of the right shape.
 *
 * The first byte chooses the plan, the rest is the row. */
#include <stdlib.h>

#include "rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PLANS = 16 }; /* dialect 0..3 | binary 4 | lenient 8 */

static void policies(struct loss_policies *p, bool lenient) {
    loss_policies_default(p);
    for (int r = 0; lenient && r < LOSS_COUNT; r++) {
        for (int k = LOSS_CLAMP; k >= LOSS_NULL; k--) {
            if (loss_policy_fits((enum loss_rule)r, (enum loss_policy)k)) {
                p->of[r] = (enum loss_policy)k;
                break;
            }
        }
    }
}

static void check(bool good) {
    if (!good) {
        abort();
    }
}

static void check_binary(const struct buf *b) {
    size_t at = 2;
    check(b->len >= 2 && get_be16(b->data) == all_types_count);
    for (size_t i = 0; i < all_types_count; i++) {
        check(b->len - at >= 4);
        uint32_t n = get_be32(b->data + at);
        at += 4;
        if (n != UINT32_MAX) {
            check(b->len - at >= n);
            at += n;
        }
    }
    check(at == b->len);
}

static void check_text(const struct buf *b) {
    size_t tabs = 0, newlines = 0;
    for (size_t i = 0; i < b->len; i++) {
        tabs += b->data[i] == '\t';
        newlines += b->data[i] == '\n';
        check(b->data[i] != 0);
    }
    check(tabs == all_types_count - 1 && newlines == 1 && b->data[b->len - 1] == '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct arena arena;
    static struct encode_plan *plans[PLANS];
    static struct buf out;
    static uint64_t *counts;
    if (size < 1) {
        return 0;
    }
    unsigned which = data[0] % PLANS;
    bool binary = (which & 4) != 0;
    if (plans[which] == NULL) {
        struct loss_policies p;
        policies(&p, (which & 8) != 0);
        plans[which] = plan_make(&arena, (enum dialect)(which & 3), binary, &p, all_types, all_types_count);
        if (counts == NULL) {
            counts = arena_array(&arena, uint64_t, all_types_count * LOSS_COUNT);
            buf_init(&out, 1 << 22);
        }
    }
    /* memory that ends with the row, so that reads behind it are seen */
    size_t len = size - 1, failed = SIZE_MAX;
    uint8_t *row = malloc(len + 1);
    check(row != NULL);
    memcpy(row + 1, data + 1, len);
    struct encode_counts ec = {.counts = counts};
    struct err e = ERR_INIT;
    buf_reset(&out);
    if (encode_row(plans[which], row + 1, len, &ec, &out, &failed, &e)) {
        binary ? check_binary(&out) : check_text(&out);
    } else {
        check(out.len == 0 && failed <= all_types_count && e.code != ERR_NONE);
        check(e.code != ERR_INTERNAL && e.code != ERR_LIMIT);
    }
    char text[40];
    encode_describe(plans[which], row + 1, len, data[0] % all_types_count, text, sizeof text);
    check(memchr(text, 0, sizeof text) != NULL);
    free(row);
    return 0;
}
