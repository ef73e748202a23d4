-- case: concat and its NULL
SELECT "customers"."name" || '-' || "customers"."city" AS "a", concat_ws('/', "customers"."name", "customers"."city", "customers"."email") AS "b" FROM "customers" ORDER BY "customers"."id";

-- case: lengths
SELECT octet_length('数据'::text) AS "a", char_length('数据'::text) AS "b", bit_length('ab'::text) AS "c", octet_length("customers"."name") AS "d" FROM "customers" ORDER BY "customers"."id";

-- case: case folding
SELECT upper("customers"."name") AS "upper(name)", 'abc'::text AS "lower('ABC')", 'X'::text AS "ucase('x')", 'y'::text AS "lcase('Y')" FROM "customers" WHERE "customers"."id" = 1;

-- case: substrings
SELECT substr('abcdef', 2, 3) AS "a", CASE WHEN char_length('abcdef') < 3 THEN '' ELSE substr('abcdef', char_length('abcdef') - 2) END AS "b", substr('abcdef', 3, 2) AS "c", substr('abcdef', 1, 2) AS "d", left('abc', 2) AS "e", right('abc', 2) AS "f";

-- case: substring from a column's position
SELECT "numbers"."n", CASE WHEN "numbers"."n" > 0 THEN substr('abcdefghij', "numbers"."n", 2) WHEN "numbers"."n" < 0 AND char_length('abcdefghij') + "numbers"."n" >= 0 THEN substr('abcdefghij', char_length('abcdefghij') + "numbers"."n" + 1, 2) WHEN "numbers"."n" IS NOT NULL AND 'abcdefghij' IS NOT NULL THEN '' END AS "s" FROM "numbers" ORDER BY "numbers"."n";

-- case: substring_index
SELECT godwit_compat.substring_index('a.b.c', '.', 2::bigint) AS "a", godwit_compat.substring_index('a.b.c', '.', (-2)::bigint) AS "b", godwit_compat.substring_index('a.b.c', '.', 9::bigint) AS "c", split_part('a--b--c', '--', 1) AS "d";

-- case: substring_index of columns
SELECT split_part("customers"."email", '@', 1) AS "u", reverse(split_part(reverse("customers"."email"), '@', 1)) AS "d", godwit_compat.substring_index("customers"."email", '.', "customers"."id"::bigint) AS "x" FROM "customers" ORDER BY "customers"."id";

-- case: locate, instr, position
SELECT strpos('abcb', 'b') AS "a", CASE WHEN strpos(substr('abcb', 3), 'b') = 0 THEN 0 ELSE strpos(substr('abcb', 3), 'b') + 2 END AS "b", strpos('abc', 'c') AS "c", strpos('abc', 'c') AS "d", strpos(lower("employees"."name"), 'z') AS "e" FROM "employees" ORDER BY "employees"."id";

-- case: locate from a column's position
SELECT "numbers"."n", godwit_compat.locate('a', 'banana', "numbers"."n"::bigint) AS "p" FROM "numbers" ORDER BY "numbers"."n";

-- case: padding
SELECT lpad('5', 3, '0') AS "a", rpad('ab', 4, 'xy') AS "b", lpad('abcdef', 3, '0') AS "c";

-- case: padding to a column's length
SELECT "numbers"."n", godwit_compat.pad('ab', "numbers"."n"::bigint, '*', true) AS "l", godwit_compat.pad('ab', "numbers"."n"::bigint, '12', false) AS "r" FROM "numbers" ORDER BY "numbers"."n";

-- case: trimming
SELECT btrim('  a ', ' ') AS "a", ltrim('  a', ' ') AS "b", rtrim('a  ', ' ') AS "c", ltrim('xxax', 'x') AS "d", godwit_compat.trim('xyaxy', 'xy', true, true) AS "e", godwit_compat.trim('ayzyz', 'yz', false, true) AS "f";

-- case: replace, repeat, reverse, space
SELECT replace('aXbX', 'X', '-') AS "a", repeat('ab', 3) AS "b", reverse('abc') AS "c", '[' || repeat(' ', 2) || ']' AS "d";

-- case: insert into a string
SELECT godwit_compat.insert('Quadratic', 3::bigint, 4::bigint, 'What') AS "a", godwit_compat.insert('abc', 9::bigint, 1::bigint, 'x') AS "b", godwit_compat.insert('abc', 2::bigint, 100::bigint, 'x') AS "c";

-- case: field, elt, find_in_set
SELECT CASE WHEN 'b' = 'a' THEN 1 WHEN 'b' = 'b' THEN 2 WHEN 'b' = 'c' THEN 3 ELSE 0 END AS "a", CASE 2 WHEN 1 THEN 'x' WHEN 2 THEN 'y' END AS "b", CASE WHEN 'b' IS NULL THEN NULL WHEN 'b' = 'a' THEN 1 WHEN 'b' = 'b' THEN 2 WHEN 'b' = 'c' THEN 3 ELSE 0 END AS "c", CASE WHEN 'z' IS NULL THEN NULL WHEN 'z' = 'a' THEN 1 WHEN 'z' = 'b' THEN 2 ELSE 0 END AS "d";

-- case: ascii, ord, hex, unhex
SELECT CASE WHEN octet_length('\x41'::bytea) = 0 THEN 0 ELSE get_byte('\x41'::bytea, 0) END AS "a", godwit_compat.ord('B') AS "b", '616263'::text AS "c", 'FF'::text AS "d", '\x4D79'::bytea AS "e", godwit_compat.unhex(upper(encode(convert_to("customers"."name", 'UTF8'), 'hex'))) AS "f" FROM "customers" WHERE "customers"."id" = 1;

-- case: format
SELECT godwit_compat.format(1234567.891, 2::bigint) AS "a", godwit_compat.format(0.5, 0::bigint) AS "b", godwit_compat.format((-1234.5), 1::bigint) AS "c";

-- case: conv and bin
SELECT godwit_compat.conv('ff', 16::bigint, 10::bigint) AS "a", godwit_compat.conv('10', 10::bigint, 2::bigint) AS "b", godwit_compat.conv('12', 10, 2) AS "c", godwit_compat.conv('12', 10, 8) AS "d", godwit_compat.conv('zz', 36::bigint, 16::bigint) AS "e";

-- case: sha2, crc32
SELECT encode(sha256('\x616263'::bytea), 'hex') AS "b", godwit_compat.crc32('\x4d7953514c'::bytea) AS "c";

-- case: base64
SELECT encode('\x616263'::bytea, 'base64') AS "a", decode('YWJj', 'base64') AS "b";

-- case: quote and soundex
SELECT godwit_compat.quote('it''s') AS "a", godwit_compat.soundex('Robert') AS "b", CASE WHEN 'a' = 'b' THEN 0 WHEN 'a' < 'b' THEN -1 WHEN 'a' > 'b' THEN 1 END AS "c";

-- case: inet
SELECT godwit_compat.inet_aton('10.0.5.9') AS "a", godwit_compat.inet_ntoa(167773449::bigint) AS "b", godwit_compat.inet_aton('x') AS "c";

-- case: numbers as text
SELECT "products"."price"::text || '' AS "a", "products"."id"::text || 'x' AS "b", round("products"."price" * 2, 2)::text || '' AS "c" FROM "products" ORDER BY "products"."id";

-- case: doubles as text
SELECT (godwit_compat.float_text("products"."weight"))::text AS "a", godwit_compat.float_text("products"."weight" * 2) || '!' AS "b", (godwit_compat.float_text('1e20'::float8))::text AS "c", (godwit_compat.float_text('1.5e-7'::float8))::text AS "d", (godwit_compat.float_text('100e0'::float8))::text AS "e", (godwit_compat.float_text('123456789012e0'::float8))::text AS "f" FROM "products" ORDER BY "products"."id";

-- case: cast to char
SELECT "p"."id"::text AS "a", left("p"."price"::text, 3) AS "b", to_char("c"."created", 'YYYY"-"MM"-"DD" "HH24":"MI":"SS') AS "c" FROM "products" AS "p" JOIN "customers" AS "c" USING ("id") ORDER BY "p"."id";

-- case: rounding
SELECT round(2.5, 0) AS "a", round(-1.25, 1) AS "b", trunc(1.999, 1) AS "c", floor(-1.5) AS "d", ceil(1.2) AS "e", ceil(-1.2) AS "f", round(1234.5, -2) AS "g";

-- case: numeric functions
SELECT abs((-5)::bigint) AS "a", sign(-2)::int AS "b", 7 % 3 AS "c", power(2::float8, 10::float8) AS "d", CASE WHEN 16::float8 >= 0 THEN sqrt(16::float8) END AS "e", greatest(1, 5, 3) AS "f", least(4, 2) AS "g";

-- case: logarithms
SELECT (round(CASE WHEN 10::float8 > 0 THEN ln(10::float8) END * '1e6'::float8) / '1e6'::float8) AS "a", (round(CASE WHEN 1000::float8 > 0 THEN log(1000::float8) END * '1e6'::float8) / '1e6'::float8) AS "b", (round(CASE WHEN 8::float8 > 0 THEN ln(8::float8) / ln(2::float8) END * '1e6'::float8) / '1e6'::float8) AS "c", (round(CASE WHEN 2::float8 > 0 AND 2::float8 <> 1 AND 16::float8 > 0 THEN ln(16::float8) / ln(2::float8) END * '1e6'::float8) / '1e6'::float8) AS "d", CASE WHEN 0::float8 > 0 THEN ln(0::float8) END AS "e", CASE WHEN (-1)::float8 >= 0 THEN sqrt((-1)::float8) END AS "f";

-- case: trigonometry
SELECT (round(sin(1::float8) * '1e6'::float8) / '1e6'::float8) AS "a", (round(cos(1::float8) * '1e6'::float8) / '1e6'::float8) AS "b", (round(tan(1::float8) * '1e6'::float8) / '1e6'::float8) AS "c", (round(atan2(1::float8, 2::float8) * '1e6'::float8) / '1e6'::float8) AS "d", (round(degrees(pi()) * '1e6'::float8) / '1e6'::float8) AS "e", (round(cot(1::float8) * '1e6'::float8) / '1e6'::float8) AS "f";

-- case: bit_count
SELECT length(replace(255::bigint::bit(64)::text, '0', '')) AS "a", length(replace("employees"."id"::bigint::bit(64)::text, '0', '')) AS "b" FROM "employees" ORDER BY "employees"."id";

-- case: parts of dates
SELECT extract(year FROM "orders"."placed")::int AS "year(placed)", extract(month FROM "orders"."placed")::int AS "month(placed)", extract(day FROM "orders"."placed")::int AS "day(placed)", extract(hour FROM "orders"."placed")::int AS "hour(placed)", extract(minute FROM "orders"."placed")::int AS "minute(placed)", floor(extract(second FROM "orders"."placed"))::int AS "second(placed)", extract(quarter FROM "orders"."placed")::int AS "quarter(placed)", extract(doy FROM "orders"."placed")::int AS "dayofyear(placed)", extract(dow FROM "orders"."placed")::int + 1 AS "dayofweek(placed)", extract(isodow FROM "orders"."placed")::int - 1 AS "weekday(placed)" FROM "orders" ORDER BY "orders"."id";

-- case: names of days and months
SELECT to_char("orders"."placed", 'FMDay') AS "d", to_char("orders"."placed", 'FMMonth') AS "m" FROM "orders" ORDER BY "orders"."id";

-- case: weeks in all modes
SELECT godwit_compat.week("orders"."placed"::date, 0, false) AS "a", godwit_compat.week("orders"."placed"::date, 1::bigint, false) AS "b", godwit_compat.week("orders"."placed"::date, 2::bigint, false) AS "c", extract(week FROM "orders"."placed")::int AS "d", godwit_compat.week("orders"."placed"::date, 4::bigint, false) AS "e", godwit_compat.week("orders"."placed"::date, 5::bigint, false) AS "f", godwit_compat.week("orders"."placed"::date, 6::bigint, false) AS "g", godwit_compat.week("orders"."placed"::date, 7::bigint, false) AS "h", godwit_compat.week("orders"."placed"::date, 0, true) AS "i", godwit_compat.week("orders"."placed"::date, 1::bigint, true) AS "j", extract(week FROM "orders"."placed")::int AS "k" FROM "orders" ORDER BY "orders"."id";

-- case: weeks around new year
SELECT "x"."d" AS "d", godwit_compat.week("x"."d", 0, false) AS "week(d)", godwit_compat.week("x"."d", 1::bigint, false) AS "week(d, 1)", godwit_compat.week("x"."d", 2::bigint, false) AS "week(d, 2)", extract(week FROM "x"."d")::int AS "week(d, 3)", godwit_compat.week("x"."d", 4::bigint, false) AS "week(d, 4)", godwit_compat.week("x"."d", 5::bigint, false) AS "week(d, 5)", godwit_compat.week("x"."d", 6::bigint, false) AS "week(d, 6)", godwit_compat.week("x"."d", 7::bigint, false) AS "week(d, 7)", godwit_compat.week("x"."d", 0, true) AS "yearweek(d)", godwit_compat.week("x"."d", 3::bigint, true) AS "yearweek(d, 3)" FROM (SELECT (DATE '2019-12-26' + (("a"."n" + ("b"."n"::bigint * 365)) * INTERVAL '1 day'))::date AS "d" FROM "numbers" AS "a", "numbers" AS "b") AS "x" ORDER BY "d" NULLS FIRST;

-- case: date_format
SELECT to_char("orders"."placed", 'YYYY"-"MM"-"DD" "HH24":"MI":"SS') AS "a", to_char("orders"."placed", 'DD"."MM"."YY') AS "b", to_char("orders"."placed", 'FMDay", "FMMonth" "FMDD') AS "c", to_char("orders"."placed", 'HH12":"MI" "AM') AS "d", to_char("orders"."placed", 'DDD') AS "e" FROM "orders" ORDER BY "orders"."id";

-- case: date_format with what only a function knows
SELECT godwit_compat.date_format("orders"."placed", '%D of %b, week %u') AS "a", godwit_compat.date_format("orders"."placed", '%X-%V') AS "b", to_char("orders"."placed", 'IYYY"-"IW') AS "c", godwit_compat.date_format("orders"."placed", '100%%') AS "d" FROM "orders" ORDER BY "orders"."id";

-- case: date_format with a format from elsewhere
SELECT godwit_compat.date_format("orders"."placed", CASE WHEN "orders"."id" > 3 THEN '%Y' ELSE '%m/%d' END) AS "a" FROM "orders" ORDER BY "orders"."id";

-- case: convert_tz with offsets
SELECT "orders"."id", ("orders"."placed" AT TIME ZONE '+00:00'::interval) AT TIME ZONE '+08:00'::interval AS "a", ("orders"."placed" AT TIME ZONE '+02:00'::interval) AT TIME ZONE '-05:30'::interval AS "b", (TIMESTAMP '2024-06-01 12:00:00' AT TIME ZONE '-3:00'::interval) AT TIME ZONE '+14:00'::interval AS "c", (CASE WHEN NULL::text ~ '^[+-]' THEN "orders"."placed" AT TIME ZONE NULL::text::interval ELSE "orders"."placed" AT TIME ZONE NULL::text END) AT TIME ZONE '+01:00'::interval AS "d" FROM "orders" ORDER BY "orders"."id";

-- case: convert_tz with offsets that are not constant
SELECT "o"."id", CASE WHEN "z"."b" ~ '^[+-]' THEN (CASE WHEN "z"."a" ~ '^[+-]' THEN "o"."placed" AT TIME ZONE "z"."a"::interval ELSE "o"."placed" AT TIME ZONE "z"."a" END) AT TIME ZONE "z"."b"::interval ELSE (CASE WHEN "z"."a" ~ '^[+-]' THEN "o"."placed" AT TIME ZONE "z"."a"::interval ELSE "o"."placed" AT TIME ZONE "z"."a" END) AT TIME ZONE "z"."b" END AS "t" FROM "orders" AS "o" CROSS JOIN (SELECT '+03:00'::text AS "a", '-04:00'::text AS "b" UNION ALL SELECT '-09:30'::text, '+00:00'::text) AS "z" ORDER BY "o"."id", "t" NULLS FIRST;

-- case: a bit_count of nothing
SELECT length(replace(("numbers"."n"::bigint - "numbers"."n")::bit(64)::text, '0', '')) AS "a", length(replace(NULL::int::bigint::bit(64)::text, '0', '')) AS "b" FROM "numbers" WHERE "numbers"."n" = 1;

-- case: uuid
SELECT char_length(gen_random_uuid()::text) AS "a", (gen_random_uuid()::text = gen_random_uuid()::text)::int AS "b", char_length(replace(gen_random_uuid()::text, '-', '')) AS "c" FROM "numbers" WHERE "numbers"."n" < 3;

-- case: str_to_date of a text that ends early
SELECT godwit_compat.str_to_date('2024-01-02', '%Y-%m-%d %H:%i:%s') AS "a", godwit_compat.str_to_date('2024-01-02 03', '%Y-%m-%d %H:%i:%s') AS "b", godwit_compat.str_to_date('2024-01-02 ', '%Y-%m-%d %H:%i') AS "c", godwit_compat.str_to_date('02.03.2024 10:', '%d.%m.%Y %H:%i') AS "d", godwit_compat.str_to_date('2024-01', '%Y-%m-%d')::date AS "e", godwit_compat.str_to_date('2024-01-02 11:30', '%Y-%m-%d %h:%i %p') AS "f", godwit_compat.str_to_date('2024-01-02-', '%Y-%m-%d')::date AS "g", godwit_compat.str_to_date('2024-01-02 10:11', '%Y-%m-%d %T') AS "h", godwit_compat.str_to_date('2024-01-02', '%Y-%m-%dx')::date AS "i", godwit_compat.str_to_date('', '%Y-%m-%d')::date AS "j", godwit_compat.str_to_date('2024-01-02', '%Y-%m-%d%M')::date AS "k";

-- case: str_to_date
SELECT godwit_compat.str_to_date('31.12.2023', '%d.%m.%Y')::date AS "a", godwit_compat.str_to_date('2023-02-03 04:05:06', '%Y-%m-%d %H:%i:%s') AS "b", godwit_compat.str_to_date('Mar 5, 99', '%b %e, %y')::date AS "c", godwit_compat.str_to_date('x', '%Y')::date AS "d", godwit_compat.str_to_date('1/2/2020 11:30 PM', '%c/%e/%Y %h:%i %p') AS "e";

-- case: differences of dates
SELECT DATE '2024-03-01' - "orders"."placed"::date AS "a", trunc((extract(year FROM age(DATE '2024-03-01'::timestamp, "orders"."placed")) * 12 + extract(month FROM age(DATE '2024-03-01'::timestamp, "orders"."placed")))::numeric / 1)::int AS "b", trunc((extract(epoch FROM (TIMESTAMP '2024-03-01 12:00:00' - "orders"."placed")) / 3600)::numeric)::bigint AS "c", ("orders"."placed"::date - DATE '0001-01-01') + 366 AS "d" FROM "orders" ORDER BY "orders"."id";

-- case: adding to dates
SELECT ("customers"."born" + INTERVAL '31 day')::date AS "a", ("customers"."born" - INTERVAL '1 year')::date AS "b", "customers"."created" + INTERVAL '14 day' AS "c", (date_trunc('month', "customers"."created") + INTERVAL '1 month' - INTERVAL '1 day')::date AS "d" FROM "customers" ORDER BY "customers"."id";

-- case: making dates
SELECT godwit_compat.makedate(2024::bigint, 60::bigint) AS "a", (DATE '0001-01-01' + (739000::bigint - 366)::int) AS "b", TIMESTAMP '2024-01-02 03:04:05'::date AS "c", godwit_compat.period_add(202311::bigint, 3::bigint) AS "d", godwit_compat.period_diff(202402::bigint, 202311::bigint) AS "e";

-- case: times
SELECT trunc(extract(epoch FROM TIME '01:02:03')::numeric)::int AS "a", godwit_compat.time_of(3723::numeric) AS "b", godwit_compat.maketime(1::bigint, 2::bigint, 3::numeric) AS "c";

-- case: unix time
SELECT floor(CASE WHEN extract(epoch FROM "customers"."created"::timestamptz) < 0 THEN 0 ELSE extract(epoch FROM "customers"."created"::timestamptz) END)::bigint AS "a", to_timestamp(86400::bigint * 365) AS "b" FROM "customers" ORDER BY "customers"."id";

-- case: extract
SELECT extract(year FROM "orders"."placed")::int AS "a", extract(day FROM "orders"."placed")::int AS "b", (extract(year FROM "orders"."placed") * 100 + extract(month FROM "orders"."placed"))::int AS "c" FROM "orders" ORDER BY "orders"."id";

-- case: dates as numbers
SELECT to_char("customers"."born", 'YYYYMMDD')::bigint + 0 AS "a", to_char("customers"."created", 'YYYYMMDDHH24MISS')::bigint + 0 AS "b" FROM "customers" ORDER BY "customers"."id";

-- case: dates compared with texts
SELECT "customers"."id" FROM "customers" WHERE ("customers"."born" < DATE '1990-01-01') AND ("customers"."created" >= TIMESTAMP '2023-01-01 00:00:00') ORDER BY "customers"."id";

-- case: intervals of several parts
SELECT "customers"."created" + INTERVAL '1 day 2 hour' AS "a", "customers"."created" - INTERVAL '1 year 6 month' AS "b", "customers"."created" + ("customers"."id" * INTERVAL '1 day') AS "c" FROM "customers" ORDER BY "customers"."id";

-- case: coalesce and greatest of columns
SELECT coalesce("customers"."city", "customers"."email", "customers"."name") AS "a", CASE WHEN "customers"."credit" IS NULL THEN NULL ELSE greatest("customers"."credit", 50) END AS "b", CASE WHEN "customers"."id" IS NULL THEN NULL ELSE least("customers"."id", 3) END AS "c" FROM "customers" ORDER BY "customers"."id";

-- case: isnull and nullif
SELECT ("customers"."city" IS NULL)::int AS "a", CASE WHEN "customers"."id" = 3 THEN NULL ELSE "customers"."id" END AS "b", coalesce("customers"."born"::timestamp, "customers"."created") AS "c" FROM "customers" ORDER BY "customers"."id";

-- case: casts to numbers
SELECT 12::bigint AS "a", '3.7'::float8::text::numeric::numeric(5,1) AS "b", 2.5::bigint AS "c", regexp_replace('abc', '^\s*([-+]?)([0-9]*).*$', '\10\2')::bigint AS "d", ((-1)::bigint::numeric + 18446744073709551616) % 18446744073709551616 AS "e", '1e3'::float8 AS "f";

-- case: casts to dates
SELECT DATE '2024-02-03' AS "a", "customers"."created"::date AS "b", TIMESTAMP '2024-02-03 04:05:06' AS "c" FROM "customers" ORDER BY "customers"."id";

-- case: binary comparison
SELECT "customers"."name" FROM "customers" WHERE "customers"."name" = 'anna';

-- case: json paths
SELECT "products"."id", "products"."attrs" #> '{color}' AS "a", coalesce("products"."attrs" #>> '{color}', ("products"."attrs" #> '{color}')::text) AS "b", "products"."attrs" #> '{made,by}' AS "c", coalesce("products"."attrs" #>> '{tags,0}', ("products"."attrs" #> '{tags,0}')::text) AS "d" FROM "products" ORDER BY "products"."id";

-- case: json in conditions
SELECT "products"."id" FROM "products" WHERE (coalesce("products"."attrs" #>> '{color}', ("products"."attrs" #> '{color}')::text) = 'grey') AND (("products"."attrs" #> '{size}') = '4'::jsonb) ORDER BY "products"."id";

-- case: json_object and json_array
SELECT jsonb_build_object('id'::text, "products"."id", 'name'::text, "products"."name") AS "a", jsonb_build_array("products"."id", "products"."sku", NULL) AS "b" FROM "products" ORDER BY "products"."id";

-- case: json_length, json_keys, json_type
SELECT "products"."id", godwit_compat.json_length("products"."attrs") AS "a", godwit_compat.json_length(godwit_compat.json_extract("products"."attrs", '$.tags')) AS "b", godwit_compat.json_keys("products"."attrs") AS "c", godwit_compat.json_type("products"."attrs") AS "d", godwit_compat.json_depth("products"."attrs") AS "e" FROM "products" ORDER BY "products"."id";

-- case: json_contains
SELECT "products"."id", godwit_compat.json_contains(godwit_compat.json_extract("products"."attrs", '$.tags'), '"metal"'::jsonb)::int AS "a", godwit_compat.json_contains("products"."attrs", '{"color": "grey"}'::jsonb)::int AS "b", CASE WHEN "products"."attrs" IS NULL THEN NULL WHEN godwit_compat.json_extract("products"."attrs", '$.size') IS NOT NULL THEN TRUE ELSE FALSE END::int AS "c" FROM "products" ORDER BY "products"."id";

-- case: json changes
SELECT "products"."id", godwit_compat.json_set(godwit_compat.json_set("products"."attrs", '$.size', to_jsonb(9), 'set'), '$.new', to_jsonb('x'::text), 'set') AS "a", godwit_compat.json_set(godwit_compat.json_set("products"."attrs", '$.size', to_jsonb(9), 'insert'), '$.new', to_jsonb(TRUE), 'insert') AS "b", godwit_compat.json_set(godwit_compat.json_set("products"."attrs", '$.size', to_jsonb(9), 'replace'), '$.new', to_jsonb(1), 'replace') AS "c", godwit_compat.json_remove(godwit_compat.json_remove("products"."attrs", '$.size'), '$.tags[0]') AS "d" FROM "products" ORDER BY "products"."id";

-- case: json arrays grow
SELECT godwit_compat.json_array_append("products"."attrs", '$.tags', to_jsonb('new'::text)) AS "a", CASE WHEN "products"."attrs" IS NOT NULL THEN godwit_compat.json_merge_patch("products"."attrs", '{"color": null, "size": {"w": 1}}'::jsonb) END AS "b" FROM "products" ORDER BY "products"."id";

-- case: json_valid and json_quote
SELECT godwit_compat.json_valid('{"a": 1}')::int AS "a", godwit_compat.json_valid('{a')::int AS "b", godwit_compat.json_quote('a"b') AS "c";

-- case: cast to json
SELECT '[1, 2]'::jsonb AS "a", godwit_compat.json_extract('{"a": {"b": 3}}'::jsonb, '$.a.b') AS "b";

-- case: last_insert_id before any
SELECT (godwit_compat.last_insert_id() >= 0)::int AS "l";

-- case: regexp_like
SELECT ('Abc' ~* '^a')::int AS "a", ('Abc' ~ '^a')::int AS "b", ("customers"."name" ~* 'n.*a')::int AS "c", ("customers"."name" !~* '^a')::int AS "d" FROM "customers" ORDER BY "customers"."id";

-- case: a function that is not there
-- refused: not carried, line 1, column 8: function NOSUCH

-- case: a system variable
-- refused: not carried, line 1, column 8: the system variable @@version

-- case: an assignment within an expression
-- refused: not carried, line 1, column 8: an assignment to @r within an expression

-- case: seeded random numbers
-- refused: not carried, line 1, column 8: RAND with a seed

-- case: regexp functions
SELECT regexp_replace("products"."sku", '[0-9]+', '#', 'gi') AS "a", regexp_substr("products"."sku", '[0-9]+', 1, 1, 'i') AS "b", regexp_instr("products"."sku", '1', 1, 1, 0, 'i') AS "c" FROM "products" ORDER BY "products"."id";

-- case: member of
SELECT "products"."id", godwit_compat.json_contains(("products"."attrs" #> '{tags}'), to_jsonb('metal'::text))::int AS "m", (("products"."attrs" #> '{color}') #>> '{}') AS "c" FROM "products" ORDER BY "products"."id";

-- case: texts as dates
SELECT godwit_compat.to_datetime(extract(year FROM "orders"."placed")::int::text || '-01-31')::date AS "a", godwit_compat.to_datetime('2024-01-' || "orders"."id"::text)::date - DATE '2024-01-01' AS "b", godwit_compat.to_datetime('x' || "orders"."id"::text)::timestamp(0) AS "c" FROM "orders" ORDER BY "orders"."id";

-- case: rounding to a column's places
SELECT round("products"."price" * 1.005, ("products"."id"::bigint % 3)::int) AS "a", trunc("products"."price", ("products"."id"::bigint % 2)::int) AS "b", (godwit_compat.inet_aton('1.2.3.4') IS NOT NULL)::int AS "c", ('x' ~* '^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$')::int AS "d" FROM "products" ORDER BY "products"."id";

-- case: char
SELECT godwit_compat.char_text(77::bigint) || godwit_compat.char_text(121::bigint) || godwit_compat.char_text(83::bigint) || godwit_compat.char_text(81::bigint) || godwit_compat.char_text('76'::float8::bigint) AS "a", godwit_compat.char_text(64 + "customers"."id"::bigint) || '-' || godwit_compat.char_text(96 + "customers"."id"::bigint) AS "b", godwit_compat.char_text(NULL::int::bigint) || godwit_compat.char_text(65::bigint) AS "c", godwit_compat.char_text(NULL::int::bigint) AS "d", godwit_compat.char_text(77.7::bigint) AS "e", godwit_compat.char_text(65::bigint) AS "f", upper(encode(convert_to(godwit_compat.char_text(127::bigint) || godwit_compat.char_text(1::bigint), 'UTF8'), 'hex')) AS "g", godwit_compat.char_text(65::bigint) AS "h", ((godwit_compat.char_text(64 + "customers"."id"::bigint) || 'x') = (godwit_compat.char_text(96 + "customers"."id"::bigint) || 'x'))::int AS "i" FROM "customers" ORDER BY "customers"."id";

-- case: char for random strings
SELECT octet_length((godwit_compat.char_text(floor(65 + (random() * 26))::bigint) || godwit_compat.char_text(floor(97 + (random() * 26))::bigint))) AS "a", (CASE WHEN octet_length(convert_to(godwit_compat.char_text(floor(65 + (random() * 26))::bigint), 'UTF8')) = 0 THEN 0 ELSE get_byte(convert_to(godwit_compat.char_text(floor(65 + (random() * 26))::bigint), 'UTF8'), 0) END BETWEEN 65 AND 90)::int AS "b" FROM "customers";

-- case: make_set
SELECT godwit_compat.make_set("customers"."id"::bigint, ARRAY['a', 'b', 'c']::text[]) AS "a", godwit_compat.make_set(5::bigint, ARRAY["customers"."name", NULL::text, "customers"."city"]::text[]) AS "b", godwit_compat.make_set(0::bigint, ARRAY['a']::text[]) AS "c", godwit_compat.make_set(NULL::int::bigint, ARRAY['a']::text[]) AS "d", godwit_compat.make_set((-1)::bigint, ARRAY['a', 'b']::text[]) AS "e", godwit_compat.make_set(1.5::bigint, ARRAY['a', 'b']::text[]) AS "f", godwit_compat.make_set(3::bigint, ARRAY['', 'x']::text[]) AS "g", godwit_compat.make_set(2::bigint, ARRAY['a']::text[]) AS "h", godwit_compat.make_set(7::bigint, ARRAY["customers"."id"::text, to_char("customers"."born", 'YYYY"-"MM"-"DD')]::text[]) AS "i" FROM "customers" ORDER BY "customers"."id";

-- case: export_set
SELECT godwit_compat.export_set("employees"."id"::bigint, 'Y', 'N', ',', 4::bigint) AS "a", godwit_compat.export_set(6::bigint, '1', '0', ',', 10::bigint) AS "b", godwit_compat.export_set(5::bigint, 'Y', 'N', ',', 64) AS "c", godwit_compat.export_set(5::bigint, 'Y', 'N', '', 0::bigint) AS "d", godwit_compat.export_set(5::bigint, 'Y', 'N', '', (-1)::bigint) AS "e", godwit_compat.export_set(5::bigint, 'Y', 'N', '-', 70::bigint) AS "f", godwit_compat.export_set(NULL::int::bigint, 'a', 'b', ',', 64) AS "g", godwit_compat.export_set(1::bigint, NULL::text, 'b', ',', 64) AS "h", godwit_compat.export_set((-1)::bigint, '1', '0', '', 64::bigint) AS "i", godwit_compat.export_set("employees"."rights"::bigint, 'on', 'off', '|', 64) AS "j" FROM "employees" ORDER BY "employees"."id";

-- case: interval of numbers
SELECT CASE WHEN "numbers"."n" IS NULL THEN -1 WHEN "numbers"."n" < 1 THEN 0 WHEN "numbers"."n" < 5 THEN 1 WHEN "numbers"."n" < 7 THEN 2 WHEN "numbers"."n" < 9 THEN 3 ELSE 4 END AS "a", CASE WHEN ("numbers"."n"::bigint * 2) IS NULL THEN -1 WHEN ("numbers"."n"::bigint * 2) < NULL::int THEN 0 WHEN ("numbers"."n"::bigint * 2) < 3 THEN 1 ELSE 2 END AS "b", CASE WHEN NULL::int IS NULL THEN -1 WHEN NULL::int < 1 THEN 0 WHEN NULL::int < 2 THEN 1 ELSE 2 END AS "c", CASE WHEN 5 IS NULL THEN -1 WHEN 5 < 1 THEN 0 WHEN 5 < NULL::int THEN 1 WHEN 5 < 3 THEN 2 WHEN 5 < 10 THEN 3 ELSE 4 END AS "d", CASE WHEN '5'::float8 IS NULL THEN -1 WHEN '5'::float8 < 1 THEN 0 WHEN '5'::float8 < 6 THEN 1 ELSE 2 END AS "e", CASE WHEN 5 IS NULL THEN -1 WHEN 5 < 9 THEN 0 WHEN 5 < NULL::int THEN 1 ELSE 2 END AS "f", CASE WHEN 2.5 IS NULL THEN -1 WHEN 2.5 < 2 THEN 0 WHEN 2.5 < 3 THEN 1 ELSE 2 END AS "g", CASE WHEN "numbers"."n" IS NULL THEN -1 WHEN "numbers"."n" < 5 THEN 0 WHEN "numbers"."n" < 1 THEN 1 ELSE 2 END AS "h", CASE WHEN round("numbers"."n"::numeric(95,12) / 3, 4) IS NULL THEN -1 WHEN round("numbers"."n"::numeric(95,12) / 3, 4) < 1 THEN 0 WHEN round("numbers"."n"::numeric(95,12) / 3, 4) < '2e0'::float8 THEN 1 WHEN round("numbers"."n"::numeric(95,12) / 3, 4) < 3 THEN 2 ELSE 3 END AS "i" FROM "numbers" ORDER BY "numbers"."n";

-- case: sounds like
SELECT (godwit_compat.soundex('robert') = godwit_compat.soundex('rupert'))::int AS "a", (godwit_compat.soundex(NULL::text) = godwit_compat.soundex('a'))::int AS "b", (godwit_compat.soundex('') = godwit_compat.soundex(''))::int AS "c", (godwit_compat.soundex("customers"."name") = godwit_compat.soundex('ana'))::int AS "d", godwit_compat.soundex('数据') AS "e", godwit_compat.soundex('éa') AS "f", godwit_compat.soundex('aéb') AS "g", godwit_compat.soundex('Tymczak') AS "h", godwit_compat.soundex('Pfister') AS "i", godwit_compat.soundex('b数b') AS "j", godwit_compat.soundex('12ab') AS "k" FROM "customers" ORDER BY "customers"."id";

-- case: format_bytes
SELECT godwit_compat.format_bytes(0::float8) AS "a", godwit_compat.format_bytes(1::float8) AS "b", godwit_compat.format_bytes(1023::float8) AS "c", godwit_compat.format_bytes(1024::float8) AS "d", godwit_compat.format_bytes(1152::float8) AS "e", godwit_compat.format_bytes(18446644073709551615::float8) AS "f", godwit_compat.format_bytes('1e30'::float8) AS "g", godwit_compat.format_bytes((-2048)::float8) AS "h", godwit_compat.format_bytes(1.5::float8) AS "i", godwit_compat.format_bytes(NULL::int::float8) AS "j", godwit_compat.format_bytes('2048'::float8) AS "k", godwit_compat.format_bytes(((99999::bigint * 1024) * 1024)::float8) AS "l", godwit_compat.format_bytes((-5)::float8) AS "m", godwit_compat.format_bytes(1099511627776::float8) AS "n", godwit_compat.format_bytes(("numbers"."n"::bigint * 12345678)::float8) AS "o" FROM "numbers" ORDER BY "n" NULLS FIRST;

-- case: a password made of letters
CREATE FUNCTION "letters"("n" integer, "seed" integer) RETURNS varchar LANGUAGE plpgsql STABLE AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "s" varchar(100) := '';
    "i" integer := 0;
BEGIN
    WHILE "i" < "n" LOOP
        "s" := "s" || godwit_compat.char_text(65 + (("seed" + ("i"::bigint * 7)) % 26));
        "i" := "i"::bigint + 1;
    END LOOP;
    RETURN "s";
END "block_1";
$godwit$;
