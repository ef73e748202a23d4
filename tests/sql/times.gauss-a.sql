-- case: timediff of datetimes
SELECT "orders"."id", godwit_compat.time_of(extract(epoch FROM "orders"."placed" - TIMESTAMP '2023-06-20 10:00:00')::numeric) AS "a" FROM "orders" WHERE "orders"."placed" BETWEEN TIMESTAMP '2023-06-20 10:00:00' AND DATE '2023-06-21'::timestamp ORDER BY "orders"."id";

-- case: timediff beyond a day and below nothing
-- refused: not carried, line 1, column 67: CONCAT: an A database takes NULL and '' for the same value

-- case: timediff of times
-- refused: not carried, line 1, column 49: CONCAT: an A database takes NULL and '' for the same value

-- case: timediff with fractions
-- refused: not carried, line 1, column 8: CONCAT: an A database takes NULL and '' for the same value

-- case: timediff in conditions
-- refused: not carried, line 1, column 128: date arithmetic on a value that is not a date

-- case: timediff compared with times
SELECT "orders"."id", (godwit_compat.time_of(extract(epoch FROM "orders"."placed" - TIMESTAMP '2023-06-15 00:00:00')::numeric) = "orders"."placed"::time(0)::interval)::int AS "a", (godwit_compat.time_of(extract(epoch FROM TIMESTAMP '2023-06-15 00:00:00' - "orders"."placed")::numeric) < INTERVAL '00:00:00')::int AS "b", (max(godwit_compat.time_of(extract(epoch FROM "orders"."placed" - TIMESTAMP '2024-02-29 00:00:00')::numeric)) OVER () < INTERVAL '13:00:00')::int AS "c" FROM "orders" ORDER BY "orders"."id";

-- case: timediff among choices
-- refused: not carried, line 1, column 12: CONCAT: an A database takes NULL and '' for the same value

-- case: sec_to_time
-- refused: not carried, line 1, column 8: CONCAT: an A database takes NULL and '' for the same value

-- case: sec_to_time of an average
-- refused: not carried, line 1, column 8: CONCAT: an A database takes NULL and '' for the same value

-- case: maketime
-- refused: not carried, line 1, column 8: CONCAT: an A database takes NULL and '' for the same value

-- case: addtime and subtime
-- refused: not carried, line 1, column 76: CONCAT: an A database takes NULL and '' for the same value

-- case: addtime of times with fractions
-- refused: not carried, line 1, column 15: ADDTIME of TIMEs with fractions of a second

-- case: time_format
-- refused: not carried, line 1, column 347: an empty string, which an A database takes for NULL

-- case: time_format of differences
SELECT godwit_compat.time_format(godwit_compat.time_of(extract(epoch FROM "orders"."placed" - TIMESTAMP '2023-06-15 00:00:00')::numeric), '%H:%i') AS "a", godwit_compat.time_format(godwit_compat.time_of(("orders"."id"::bigint * 12345)::numeric), '%Hh %im %ss') AS "b", godwit_compat.time_format("orders"."placed"::time(0)::interval, CASE WHEN "orders"."id" > 3 THEN '%H' ELSE '%T' END) AS "c" FROM "orders" ORDER BY "orders"."id";

-- case: time_format with a day
-- refused: not carried, line 1, column 8: TIME_FORMAT with %Y

-- case: a function of a duration
CREATE FUNCTION "span"("a" timestamp, "b" timestamp) RETURNS time LANGUAGE plpgsql STABLE AS $godwit$
#variable_conflict use_column
BEGIN
    RETURN godwit_compat.interval_time(godwit_compat.time_of(extract(epoch FROM "b" - "a")::numeric))::time(0);
END;
$godwit$;

-- case: a duration as text
-- refused: not carried, line 1, column 150: CONCAT: an A database takes NULL and '' for the same value

-- case: a view of durations
CREATE VIEW "waits" AS SELECT "orders"."id", godwit_compat.interval_time(godwit_compat.time_of(("orders"."id"::bigint * 100)::numeric)) AS "t", godwit_compat.interval_time(godwit_compat.time_of(extract(epoch FROM "orders"."placed" - date_trunc('day', "orders"."placed")::timestamp)::numeric)) AS "since", ("orders"."placed" + INTERVAL '00:00:01') AS "later" FROM "orders";

-- case: durations put into a table
CREATE PROCEDURE "spans"(INOUT result_1 refcursor DEFAULT NULL) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "t" time(0);
BEGIN
    SELECT godwit_compat.interval_time(max(godwit_compat.time_of(extract(epoch FROM "orders"."placed" - date_trunc('day', "orders"."placed")::timestamp)::numeric))) FROM "orders" INTO "t";
    INSERT INTO "log_entries" ("what", "n") VALUES ("t"::text, trunc(extract(epoch FROM "t")::numeric)::int);
    OPEN result_1 FOR SELECT "t", "t"::text AS "c";
END "block_1";
$godwit$;

-- case: durations of several kinds in one column
SELECT "orders"."id", "orders"."placed"::time(0)::interval AS "t" FROM "orders" WHERE "orders"."id" < 3 UNION ALL SELECT "orders"."id", godwit_compat.time_of(extract(epoch FROM "orders"."placed" - date_trunc('day', "orders"."placed")::timestamp)::numeric) FROM "orders" WHERE "orders"."id" > 4 UNION ALL SELECT 9, NULL ORDER BY 1 NULLS FIRST;

-- case: a view of a query of durations
CREATE VIEW "spans_of_all" AS SELECT "o"."id", godwit_compat.interval_time("o"."since") AS "since", "o"."placed" FROM (SELECT "orders"."id", godwit_compat.time_of(extract(epoch FROM "orders"."placed" - date_trunc('day', "orders"."placed")::timestamp)::numeric) AS "since", "orders"."placed" FROM "orders") AS "o";

-- case: durations fetched
-- refused: not carried, line 1, column 386: CONCAT: an A database takes NULL and '' for the same value

-- case: durations in a temporary table
-- refused: not carried, line 1, column 266: DROP of a table behind a result set, whose cursor may still read it

-- case: times compared with nothing
SELECT "orders"."id", (godwit_compat.time_of(extract(epoch FROM "orders"."placed" - TIMESTAMP '2023-06-15 08:30:00')::numeric) > INTERVAL '00:00:00')::int AS "a", (godwit_compat.time_of(extract(epoch FROM "orders"."placed" - TIMESTAMP '2023-06-15 08:30:00')::numeric) = INTERVAL '00:00:00')::int AS "b", ("orders"."placed"::time(0) <> TIME '00:00:00')::int AS "c", (INTERVAL '00:00:00' < godwit_compat.time_of(extract(epoch FROM "orders"."placed"::time(0)::interval - INTERVAL '11:00:00')::numeric))::int AS "d" FROM "orders" ORDER BY "orders"."id";

-- case: date_format of times
SELECT godwit_compat.date_format(TIMESTAMP '2000-01-01 00:00:00' + godwit_compat.time_of(extract(epoch FROM "orders"."placed" - date_trunc('day', "orders"."placed")::timestamp)::numeric), '%H:%i') AS "a", godwit_compat.date_format(TIMESTAMP '2000-01-01 00:00:00' + godwit_compat.time_of(("orders"."id"::bigint * 25000)::numeric), '%H:%i:%s %p, %k %l') AS "b", godwit_compat.date_format(TIMESTAMP '2000-01-01 00:00:00' + godwit_compat.time_of(((-"orders"."id"::bigint) * 25000)::numeric), '%T') AS "c", godwit_compat.date_format(TIMESTAMP '2000-01-01 00:00:00' + godwit_compat.time_of(1.5), '%s.%f') AS "d" FROM "orders" ORDER BY "orders"."id";

-- case: hours of durations
-- refused: not carried, line 1, column 88: CONCAT: an A database takes NULL and '' for the same value
