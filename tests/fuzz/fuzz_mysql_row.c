/* Row images of every type: | type of column 1 | its metadata | image |. What comes out is a row that the load's encoder takes, or
 * one it refuses for a value, but never for its form. */
#include <stdlib.h>

#include "mysql/binlog_row.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
    const char *type, *charset;
    uint8_t stored;
    const char *metadata;
    size_t metadata_len;
} types[] = {
    {"tinyint", NULL, 1, "", 0},
    {"mediumint unsigned", NULL, 9, "", 0},
    {"bigint", NULL, 8, "", 0},
    {"float", NULL, 4, "\x04", 1},
    {"double", NULL, 5, "\x08", 1},
    {"decimal(65,30)", NULL, 246, "\x41\x1e", 2},
    {"decimal(5,2) unsigned zerofill", NULL, 246, "\x05\x02", 2},
    {"bit(9)", NULL, 16, "\x01\x01", 2},
    {"year(4)", NULL, 13, "", 0},
    {"date", NULL, 10, "", 0},
    {"time(6)", NULL, 19, "\x06", 1},
    {"time(2)", NULL, 11, "", 0},
    {"datetime(3)", NULL, 18, "\x03", 1},
    {"datetime", NULL, 12, "", 0},
    {"datetime(5)", NULL, 12, "", 0},
    {"timestamp(6)", NULL, 17, "\x06", 1},
    {"timestamp(1)", NULL, 7, "", 0},
    {"char(10)", "utf8mb3", 254, "\xfe\x1e", 2},
    {"char(100)", "utf16", 254, "\xee\x90", 2},
    {"varchar(100)", "utf8mb4", 15, "\x90\x01", 2},
    {"varchar(9)", "ascii", 141, "\x0a\x00", 2},
    {"binary(9)", NULL, 254, "\xfe\x09", 2},
    {"longtext", "utf32", 252, "\x04", 1},
    {"blob", NULL, 140, "\x02", 1},
    {"enum('a','bb')", NULL, 254, "\xf7\x01", 2},
    {"set('a','bb','c')", NULL, 254, "\xf8\x01", 2},
    {"json", NULL, 245, "\x04", 1},
    {"uuid", NULL, 254, "\xfe\x10", 2},
    {"inet4", NULL, 254, "\xfe\x04", 2},
    {"inet6", NULL, 254, "\xfe\x10", 2},
};

static void encode(struct arena *a, const struct binlog_plan *p, const struct mytype *type,
                   const struct binlog_row *row) {
    struct encode_column column = {.from = *type, .nullable = true, .name = "c"};
    struct typemap_options map = {.dialect = DIALECT_PG};
    struct encode_options o = {.dialect = DIALECT_PG, .binary = true, .canonical = true};
    struct encode_plan *plan;
    struct encode_counts counts = {.counts = arena_array(a, uint64_t, LOSS_COUNT)};
    struct err e = ERR_INIT;
    struct buf out;
    size_t n, failed;
    column.source = binlog_plan_columns(p, &n)[0];
    if (!typemap_resolve(a, &map, "t", "c", type, &column.to, &e) || !encode_plan_make(a, &o, &column, 1, &plan, &e)) {
        return;
    }
    buf_init(&out, 4 << 20);
    if (!encode_row(plan, row->bytes, row->len, &counts, &out, &failed, &e) && e.code == ERR_SOURCE_PROTOCOL) {
        fprintf(stderr, "%s: %s\n", type->full, e.message);
        abort();
    }
    buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint8_t all[] = {0x01};
    if (size < 2) {
        return 0;
    }
    struct arena a = ARENA_INIT;
    struct charsets *charsets;
    struct err e = ERR_INIT;
    struct binlog_plan *plan;
    size_t t = data[0] % (sizeof types / sizeof types[0]);
    struct binlog_column column = {.name = "c", .wanted = true};
    if (!charsets_builtin(&charsets, &e) || !mytype_parse(&a, types[t].type, &column.type)) {
        abort();
    }
    column.type.charset = types[t].charset;
    struct binlog_table_map m = {.schema = "d",
                                 .schema_len = 1,
                                 .name = "t",
                                 .name_len = 1,
                                 .n = 1,
                                 .types = &types[t].stored,
                                 .metadata = (const uint8_t *)types[t].metadata,
                                 .metadata_len = types[t].metadata_len,
                                 .definition = &types[t].stored,
                                 .definition_len = 1};
    if (!binlog_plan_make(&a, &column, 1, charsets, true, &plan, &e) || !binlog_plan_bind(plan, &m, &e)) {
        fprintf(stderr, "%s: %s\n", types[t].type, e.cause);
        abort();
    }
    uint8_t *image = malloc(size - 1);
    memcpy(image, data + 1, size - 1);
    struct binlog_rows_reader *reader = binlog_rows_reader_new(1 << 20);
    struct binlog_rows ev = {.op = BINLOG_ROW_UPDATE,
                             .partial_json = data[0] >= 128,
                             .n = 1,
                             .before = all,
                             .after = all,
                             .rows = image,
                             .rows_len = size - 1};
    struct binlog_change change;
    bool found = binlog_rows_begin(reader, plan, &ev, &e);
    while (found && binlog_rows_next(reader, &change, &found, &e) && found) {
        encode(&a, plan, &column.type, &change.before);
        encode(&a, plan, &column.type, &change.after);
    }
    free(image);
    binlog_rows_reader_free(reader);
    charsets_free(charsets);
    arena_clear(&a);
    return 0;
}
