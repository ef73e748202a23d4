/* See probe.h. Each kind's samples have both signs, or a first and a last byte that differ, so that width, byte order and
 * offset all show. */
#include "value/probe.h"

#define SAMPLE(sql, bytes)                                                                                             \
    { sql, (const uint8_t *)(bytes), sizeof(bytes) - 1 }
#define SAMPLES(name, ...) static const struct encode_probe name[] = {__VA_ARGS__}

SAMPLES(bools, SAMPLE("'1'", "\1"), SAMPLE("'0'", "\0"));
SAMPLES(int1s, SAMPLE("'-2'", "\xfe"), SAMPLE("'127'", "\x7f"));
SAMPLES(int2s, SAMPLE("'-2'", "\xff\xfe"), SAMPLE("'258'", "\1\2"));
SAMPLES(int4s, SAMPLE("'-2'", "\xff\xff\xff\xfe"), SAMPLE("'16909060'", "\1\2\3\4"));
SAMPLES(int8s, SAMPLE("'-2'", "\xff\xff\xff\xff\xff\xff\xff\xfe"), SAMPLE("'72623859790382856'", "\1\2\3\4\5\6\7\x08"));
SAMPLES(uint1s, SAMPLE("'255'", "\xff"), SAMPLE("'1'", "\1"));
SAMPLES(uint2s, SAMPLE("'65534'", "\xff\xfe"), SAMPLE("'258'", "\1\2"));
SAMPLES(uint4s, SAMPLE("'4294967294'", "\xff\xff\xff\xfe"), SAMPLE("'16909060'", "\1\2\3\4"));
SAMPLES(uint8s, SAMPLE("'18446744073709551614'", "\xff\xff\xff\xff\xff\xff\xff\xfe"),
        SAMPLE("'72623859790382856'", "\1\2\3\4\5\6\7\x08"));
SAMPLES(years, SAMPLE("'2024'", "\0\0\x07\xe8"), SAMPLE("'0000'", "\0\0\0\0"));
/* as numeric(40,10): 1 2345.6780 -> digits 1, 2345, 6780 and dscale 10 */
SAMPLES(numerics, SAMPLE("'-12345.678'", "\0\3\0\1\x40\0\0\x0a\0\1\x09\x29\x1a\x7c"),
        SAMPLE("'0.0001'", "\0\1\xff\xff\0\0\0\x0a\0\1"), SAMPLE("'0'", "\0\0\0\0\0\0\0\x0a"),
        SAMPLE("'40000000'", "\0\1\0\1\0\0\0\x0a\x0f\xa0"));
SAMPLES(float4s, SAMPLE("'-1.5'", "\xbf\xc0\0\0"), SAMPLE("'0.1'", "\x3d\xcc\xcc\xcd"));
SAMPLES(float8s, SAMPLE("'-1.5'", "\xbf\xf8\0\0\0\0\0\0"), SAMPLE("'0.1'", "\x3f\xb9\x99\x99\x99\x99\x99\x9a"));
SAMPLES(bits, SAMPLE("B'000000101'", "\0\0\0\x09\2\x80"), SAMPLE("B'1'", "\0\0\0\1\x80"));
SAMPLES(texts, SAMPLE("'a\xe4\xb8\xad'", "a\xe4\xb8\xad"), SAMPLE("'x y'", "x y"));
SAMPLES(jsonbs, SAMPLE("'{\"a\": 1}'", "\1{\"a\": 1}"));
SAMPLES(bytes, SAMPLE("'\\x00ff41'", "\0\xff"
                                     "A"));
SAMPLES(bare_bytes, SAMPLE("'00ff41'", "\0\xff"
                                       "A"));
SAMPLES(dates, SAMPLE("'2024-02-29'", "\0\0\x22\x79"), SAMPLE("'1999-12-31'", "\xff\xff\xff\xff"),
        SAMPLE("'0001-01-01'", "\xff\xf4\xdb\xf9"));
SAMPLES(times, SAMPLE("'12:34:56.7'", "\0\0\0\x0a\x8b\xe4\xca\x60"), SAMPLE("'00:00:00'", "\0\0\0\0\0\0\0\0"));
SAMPLES(intervals, SAMPLE("'-00:00:01.5'", "\xff\xff\xff\xff\xff\xe9\x1c\xa0\0\0\0\0\0\0\0\0"),
        SAMPLE("'100:00:00'", "\0\0\0\x53\xd1\xac\x10\0\0\0\0\0\0\0\0\0"));
SAMPLES(timestamps, SAMPLE("'2024-02-29 10:11:12.123456'", "\0\2\xb5\x81\x3f\x60\x92\x40"),
        SAMPLE("'1999-12-31 23:59:59.999999'", "\xff\xff\xff\xff\xff\xff\xff\xff"));
SAMPLES(timestamptzs, SAMPLE("'2024-02-29 10:11:12.123456+00'", "\0\2\xb5\x81\x3f\x60\x92\x40"),
        SAMPLE("'1999-12-31 23:59:59.999999+00'", "\xff\xff\xff\xff\xff\xff\xff\xff"));
SAMPLES(uuids, SAMPLE("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
                      "\xa0\xee\xbc\x99\x9c\x0b\x4e\xf8\xbb\x6d\x6b\xb9\xbd\x38\x0a\x11"));
SAMPLES(inets, SAMPLE("'10.1.2.3'", "\2\x20\0\4\x0a\1\2\3"),
        SAMPLE("'2001:db8::1'", "\3\x80\0\x10\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"));

#define KIND(kind, samples) [kind] = {samples, sizeof samples / sizeof samples[0]}

static const struct {
    const struct encode_probe *samples;
    size_t n;
} probes[TK_COUNT] = {
    KIND(TK_BOOL, bools),
    KIND(TK_INT1, int1s),
    KIND(TK_INT2, int2s),
    KIND(TK_INT4, int4s),
    KIND(TK_INT8, int8s),
    KIND(TK_UINT1, uint1s),
    KIND(TK_UINT2, uint2s),
    KIND(TK_UINT4, uint4s),
    KIND(TK_UINT8, uint8s),
    KIND(TK_YEAR, years),
    KIND(TK_NUMERIC, numerics),
    KIND(TK_FLOAT4, float4s),
    KIND(TK_FLOAT8, float8s),
    KIND(TK_BIT, bits),
    KIND(TK_TEXT, texts),
    KIND(TK_JSONB, jsonbs),
    KIND(TK_BYTEA, bytes),
    KIND(TK_BLOB, bytes),
    KIND(TK_DATE, dates),
    KIND(TK_TIME, times),
    KIND(TK_INTERVAL, intervals),
    KIND(TK_TIMESTAMP, timestamps),
    KIND(TK_TIMESTAMPTZ, timestamptzs),
    KIND(TK_UUID, uuids),
    KIND(TK_INET, inets),
};

const struct encode_probe *encode_probes_for(enum target_kind kind, enum dialect d, size_t *n) {
    if (kind == TK_BLOB && d != DIALECT_OG_B) { /* its text is hex alone there */
        *n = sizeof bare_bytes / sizeof bare_bytes[0];
        return bare_bytes;
    }
    *n = probes[kind].n;
    return probes[kind].samples;
}
