-- case: timediff of datetimes
SELECT "orders"."id", godwit_compat.time_of(extract(epoch FROM "orders"."placed" - TIMESTAMP '2023-06-20 10:00:00')::numeric) AS "a" FROM "orders" WHERE "orders"."placed" BETWEEN TIMESTAMP '2023-06-20 10:00:00' AND DATE '2023-06-21'::timestamp ORDER BY "orders"."id";

-- case: timediff beyond a day and below nothing
SELECT trunc(extract(epoch FROM godwit_compat.time_of(extract(epoch FROM "orders"."placed" - TIMESTAMP '2023-06-20 18:00:00')::numeric))::numeric)::int AS "a", (godwit_compat.time_text(godwit_compat.time_of(extract(epoch FROM TIMESTAMP '2023-06-20 18:00:00' - "orders"."placed")::numeric), 0))::text AS "b", floor(abs(extract(hour FROM godwit_compat.time_of(extract(epoch FROM "orders"."placed" - "orders"."placed"::date::timestamp)::numeric))))::int AS "c", NULL::interval AS "d", NULL::interval AS "e" FROM "orders" ORDER BY "orders"."id";

-- case: timediff of times
SELECT godwit_compat.time_of(extract(epoch FROM INTERVAL '12:30:00' - "o"."placed"::time(0)::interval)::numeric) AS "a", (godwit_compat.time_text(godwit_compat.time_of(extract(epoch FROM "o"."placed"::time(0)::interval - INTERVAL '12:30:00')::numeric), 0))::text AS "b", (godwit_compat.time_text(godwit_compat.time_of(extract(epoch FROM INTERVAL '100:00:00' - INTERVAL '-100:00:00')::numeric), 0))::text AS "c", (godwit_compat.time_text(godwit_compat.time_of(extract(epoch FROM INTERVAL '838:59:59' - INTERVAL '-01:00:00')::numeric), 0))::text AS "d", (godwit_compat.time_text(godwit_compat.time_of(extract(epoch FROM "o"."placed"::date::timestamp - "c"."created")::numeric), 0))::text AS "e" FROM "orders" AS "o" JOIN "customers" AS "c" ON "c"."id" = "o"."id" WHERE "o"."placed"::time(0) <= TIME '12:30:00' ORDER BY "o"."id";

-- case: timediff with fractions
SELECT (godwit_compat.time_text(godwit_compat.time_of(extract(epoch FROM TIMESTAMP '2024-01-02 10:00:00.25' - "orders"."placed")::numeric), 2))::text AS "a", godwit_compat.time_of(extract(epoch FROM INTERVAL '10:00:00.5' - INTERVAL '09:00:00')::numeric) AS "b", (godwit_compat.time_text(godwit_compat.time_of(extract(epoch FROM INTERVAL '10:00:00.123456' - INTERVAL '11:00:00')::numeric), 6))::text AS "c" FROM "orders" ORDER BY "orders"."id";

-- case: timediff in conditions
-- refused: not carried, line 1, column 128: date arithmetic on a value that is not a date

-- case: timediff compared with times
SELECT "orders"."id", (godwit_compat.time_of(extract(epoch FROM "orders"."placed" - TIMESTAMP '2023-06-15 00:00:00')::numeric) = "orders"."placed"::time(0)::interval)::int AS "a", (godwit_compat.time_of(extract(epoch FROM TIMESTAMP '2023-06-15 00:00:00' - "orders"."placed")::numeric) < INTERVAL '00:00:00')::int AS "b", (max(godwit_compat.time_of(extract(epoch FROM "orders"."placed" - TIMESTAMP '2024-02-29 00:00:00')::numeric)) OVER () < INTERVAL '13:00:00')::int AS "c" FROM "orders" ORDER BY "orders"."id";

-- case: timediff among choices
SELECT "orders"."id", (godwit_compat.time_text(CASE WHEN "orders"."id" > 3 THEN godwit_compat.time_of(extract(epoch FROM "orders"."placed" - TIMESTAMP '2023-06-15 00:00:00')::numeric) ELSE "orders"."placed"::time(0)::interval END, 0))::text AS "a", trunc(extract(epoch FROM coalesce(NULL, "orders"."placed"::time(0)::interval, godwit_compat.time_of(extract(epoch FROM "orders"."placed" - "orders"."placed")::numeric)))::numeric)::int AS "b" FROM "orders" ORDER BY "orders"."id";

-- case: sec_to_time
SELECT (godwit_compat.time_text(godwit_compat.time_of(("orders"."id"::bigint * 50000)::numeric), 0))::text AS "a", (godwit_compat.time_text(godwit_compat.time_of((-"orders"."id"::bigint)::numeric), 0))::text AS "b", trunc(extract(epoch FROM godwit_compat.time_of(("orders"."id"::bigint * 1000000)::numeric))::numeric)::int AS "c", godwit_compat.time_of(NULL::int::numeric) AS "d", godwit_compat.time_of("orders"."id"::numeric) AS "e", (godwit_compat.time_text(godwit_compat.time_of(1.5), 1))::text AS "f", (godwit_compat.time_text(godwit_compat.time_of('5.25'::float8::text::numeric), 6))::text AS "g" FROM "orders" ORDER BY "orders"."id";

-- case: sec_to_time of an average
SELECT (godwit_compat.time_text(godwit_compat.time_of(round(avg(trunc(extract(epoch FROM "orders"."placed"::time(0))::numeric)::int), 4)), 4))::text AS "a", (godwit_compat.time_text(godwit_compat.time_of(sum(trunc(extract(epoch FROM "orders"."placed"::time(0))::numeric)::int)::numeric), 0))::text AS "b" FROM "orders";

-- case: maketime
SELECT (godwit_compat.time_text(godwit_compat.maketime("numbers"."n"::bigint * 5, "numbers"."n"::bigint, "numbers"."n"::numeric), 0))::text AS "a", (godwit_compat.time_text(godwit_compat.maketime(-"numbers"."n"::bigint, 30::bigint, 0::numeric), 0))::text AS "b", godwit_compat.maketime("numbers"."n"::bigint, 60::bigint, 0::numeric) AS "c", godwit_compat.maketime("numbers"."n"::bigint, 0::bigint, (-1)::numeric) AS "d", (godwit_compat.time_text(godwit_compat.maketime("numbers"."n"::bigint * 200, 0::bigint, 1::numeric), 0))::text AS "e", (godwit_compat.time_text(godwit_compat.maketime(1::bigint, 2::bigint, 3.25), 2))::text AS "f", godwit_compat.maketime(NULL::int::bigint, 1::bigint, 1::numeric) AS "g" FROM "numbers" ORDER BY "numbers"."n";

-- case: addtime and subtime
SELECT ("orders"."placed" + INTERVAL '01:00:00') AS "a", ("orders"."placed" - INTERVAL '100:30:00') AS "b", (godwit_compat.time_text(godwit_compat.time_of(extract(epoch FROM "orders"."placed"::time(0)::interval + INTERVAL '15:00:00')::numeric), 0))::text AS "c", (godwit_compat.time_text(godwit_compat.time_of(extract(epoch FROM "orders"."placed"::time(0)::interval - INTERVAL '15:00:00')::numeric), 0))::text AS "d", NULL::timestamp AS "e", (to_char(("orders"."placed" + INTERVAL '00:00:01'), 'YYYY"-"MM"-"DD" "HH24":"MI":"SS'))::text AS "f" FROM "orders" ORDER BY "orders"."id";

-- case: addtime of times with fractions
-- refused: not carried, line 1, column 15: ADDTIME of TIMEs with fractions of a second

-- case: time_format
SELECT godwit_compat.time_format("orders"."placed"::time::interval, '%H:%i:%s %p') AS "a", godwit_compat.time_format("orders"."placed"::time(0)::interval, '%h.%i %p, %l %k %I %S') AS "b", godwit_compat.time_format(INTERVAL '100:05:09', '%H %k %h %I %l %p') AS "c", godwit_compat.time_format(INTERVAL '-01:02:03', '%H:%i') AS "d", godwit_compat.time_format(INTERVAL '10:00:00.123456', '%f %T %r %%') AS "e", godwit_compat.time_format(INTERVAL '25:10:11', '%r abc %q') AS "f", godwit_compat.time_format(NULL::interval, '%H') AS "g", godwit_compat.time_format(INTERVAL '10:00:00', '') AS "h", godwit_compat.time_format(INTERVAL '24:00:00', '%l %p %') AS "i" FROM "orders" ORDER BY "orders"."id";

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
CREATE FUNCTION "duration"("a" timestamp, "b" timestamp) RETURNS varchar LANGUAGE plpgsql STABLE AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "s" integer;
BEGIN
    "s" := trunc(extract(epoch FROM godwit_compat.time_of(extract(epoch FROM "b" - "a")::numeric))::numeric)::int;
    RETURN godwit_compat.time_text(godwit_compat.time_of("s"::numeric), 0) || ' or ' || godwit_compat.time_text(godwit_compat.time_of(extract(epoch FROM "b" - "a")::numeric), 0) || ' or ' || godwit_compat.time_format(godwit_compat.time_of(extract(epoch FROM "b" - "a")::numeric), '%Hh%i') || ' and ' || godwit_compat.time_text(godwit_compat.time_of(round("s"::numeric(95,12) / 7, 4)), 4);
END "block_1";
$godwit$;

-- case: a view of durations
CREATE VIEW "waits" AS SELECT "orders"."id", godwit_compat.interval_time(godwit_compat.time_of(("orders"."id"::bigint * 100)::numeric)) AS "t", godwit_compat.interval_time(godwit_compat.time_of(extract(epoch FROM "orders"."placed" - "orders"."placed"::date::timestamp)::numeric)) AS "since", ("orders"."placed" + INTERVAL '00:00:01') AS "later" FROM "orders";

-- case: durations put into a table
CREATE PROCEDURE "spans"(INOUT result_1 refcursor DEFAULT NULL) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "t" time(0);
BEGIN
    SELECT godwit_compat.interval_time(max(godwit_compat.time_of(extract(epoch FROM "orders"."placed" - "orders"."placed"::date::timestamp)::numeric))) FROM "orders" INTO "t";
    INSERT INTO "log_entries" ("what", "n") VALUES ("t"::text, trunc(extract(epoch FROM "t")::numeric)::int);
    OPEN result_1 FOR SELECT "t", "t"::text AS "c";
END "block_1";
$godwit$;

-- case: durations of several kinds in one column
SELECT "orders"."id", "orders"."placed"::time(0)::interval AS "t" FROM "orders" WHERE "orders"."id" < 3 UNION ALL SELECT "orders"."id", godwit_compat.time_of(extract(epoch FROM "orders"."placed" - "orders"."placed"::date::timestamp)::numeric) FROM "orders" WHERE "orders"."id" > 4 UNION ALL SELECT 9, NULL ORDER BY 1 NULLS FIRST;

-- case: a view of a query of durations
CREATE VIEW "spans_of_all" AS SELECT "o"."id", godwit_compat.interval_time("o"."since") AS "since", "o"."placed" FROM (SELECT "orders"."id", godwit_compat.time_of(extract(epoch FROM "orders"."placed" - "orders"."placed"::date::timestamp)::numeric) AS "since", "orders"."placed" FROM "orders") AS "o";

-- case: durations fetched
CREATE PROCEDURE "fetched"(INOUT result_1 refcursor DEFAULT NULL) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
DECLARE
    godwit_row record;
BEGIN
    <<"block_1">>
    DECLARE
        "done" smallint := 0;
        "t" time(0);
        "total" integer := 0;
        "c" CURSOR FOR SELECT godwit_compat.time_of(extract(epoch FROM "orders"."placed" - "orders"."placed"::date::timestamp)::numeric) AS f1 FROM "orders" ORDER BY "orders"."id";
    BEGIN
        "c" := NULL;
        OPEN "c";
        <<"l">>
        LOOP
            FETCH "c" INTO godwit_row;
            IF FOUND THEN
                "t" := godwit_compat.interval_time(godwit_row.f1);
            ELSE
                "done" := 1;
            END IF;
            IF "done" <> 0 THEN
                EXIT "l";
            END IF;
            "total" := "total"::bigint + trunc(extract(epoch FROM "t")::numeric)::int;
        END LOOP "l";
        CLOSE "c";
        OPEN result_1 FOR SELECT "total", (godwit_compat.time_text(godwit_compat.time_of("total"::numeric), 0))::text AS "t";
    END "block_1";
END;
$godwit$;

-- case: durations in a temporary table
CREATE PROCEDURE "kept"(INOUT result_1 refcursor DEFAULT NULL) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
BEGIN
    DROP TABLE IF EXISTS pg_temp."spans_kept";
    CREATE TEMPORARY TABLE "spans_kept" ("id" integer, "t" time(0)) ON COMMIT DROP;
    INSERT INTO "spans_kept" ("id", "t") SELECT "orders"."id", godwit_compat.interval_time(godwit_compat.time_of(extract(epoch FROM "orders"."placed" - "orders"."placed"::date::timestamp)::numeric)) FROM "orders";
    UPDATE "spans_kept" SET "t" = godwit_compat.interval_time(godwit_compat.time_of(extract(epoch FROM "spans_kept"."t"::interval - INTERVAL '00:00:00')::numeric)) WHERE "spans_kept"."id" = 1;
    OPEN result_1 FOR SELECT "spans_kept"."id", "spans_kept"."t" FROM "spans_kept" ORDER BY "spans_kept"."id" NULLS FIRST;
    NULL; -- "spans_kept" goes with the transaction: its rows may not have been fetched yet
END;
$godwit$;

-- case: times compared with nothing
SELECT "orders"."id", (godwit_compat.time_of(extract(epoch FROM "orders"."placed" - TIMESTAMP '2023-06-15 08:30:00')::numeric) > INTERVAL '00:00:00')::int AS "a", (godwit_compat.time_of(extract(epoch FROM "orders"."placed" - TIMESTAMP '2023-06-15 08:30:00')::numeric) = INTERVAL '00:00:00')::int AS "b", ("orders"."placed"::time(0) <> TIME '00:00:00')::int AS "c", (INTERVAL '00:00:00' < godwit_compat.time_of(extract(epoch FROM "orders"."placed"::time(0)::interval - INTERVAL '11:00:00')::numeric))::int AS "d" FROM "orders" ORDER BY "orders"."id";

-- case: date_format of times
SELECT godwit_compat.date_format(TIMESTAMP '2000-01-01 00:00:00' + godwit_compat.time_of(extract(epoch FROM "orders"."placed" - "orders"."placed"::date::timestamp)::numeric), '%H:%i') AS "a", godwit_compat.date_format(TIMESTAMP '2000-01-01 00:00:00' + godwit_compat.time_of(("orders"."id"::bigint * 25000)::numeric), '%H:%i:%s %p, %k %l') AS "b", godwit_compat.date_format(TIMESTAMP '2000-01-01 00:00:00' + godwit_compat.time_of(((-"orders"."id"::bigint) * 25000)::numeric), '%T') AS "c", godwit_compat.date_format(TIMESTAMP '2000-01-01 00:00:00' + godwit_compat.time_of(1.5), '%s.%f') AS "d" FROM "orders" ORDER BY "orders"."id";

-- case: hours of durations
CREATE FUNCTION "hours"("a" timestamp, "b" timestamp) RETURNS varchar LANGUAGE plpgsql STABLE AS $godwit$
#variable_conflict use_column
BEGIN
    RETURN floor(abs(extract(hour FROM godwit_compat.time_of(extract(epoch FROM "b" - "a")::numeric))))::int::text || ' or ' || trunc(extract(hour FROM godwit_compat.time_of(extract(epoch FROM "b" - "a")::numeric)))::int::text || ' or ' || trunc(extract(minute FROM godwit_compat.time_of(extract(epoch FROM "b" - "a")::numeric)))::int::text || ' or ' || (extract(microseconds FROM godwit_compat.time_of(extract(epoch FROM "b" - TIMESTAMP '2024-01-02 00:00:00.25')::numeric))::bigint % 1000000)::int::text || ' or ' || godwit_compat.date_format(TIMESTAMP '2000-01-01 00:00:00' + godwit_compat.time_of(extract(epoch FROM "b" - "a")::numeric), '%H:%i');
END;
$godwit$;
