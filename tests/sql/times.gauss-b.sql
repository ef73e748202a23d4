-- case: timediff of datetimes
SELECT "orders"."id", timediff("orders"."placed", '2023-06-20 10:00:00'::timestamp(6) without time zone) AS "a" FROM "orders" WHERE "orders"."placed" BETWEEN '2023-06-20 10:00:00' AND '2023-06-21' ORDER BY "orders"."id";

-- case: timediff beyond a day and below nothing
SELECT time_to_sec((timediff("orders"."placed", '2023-06-20 18:00:00'::timestamp(6) without time zone))::text) AS "a", concat(timediff('2023-06-20 18:00:00'::timestamp(6) without time zone, "orders"."placed")) AS "b", floor(abs(date_part('hour', timediff("orders"."placed", ("orders"."placed"::date)::timestamp(0) without time zone))))::int AS "c", timediff("orders"."placed", NULL) AS "d", timediff("orders"."placed", '10:00:00') AS "e" FROM "orders" ORDER BY "orders"."id";

-- case: timediff of times
SELECT timediff('12:30:00', "o"."placed"::time(0)) AS "a", concat(timediff("o"."placed"::time(0), '12:30:00')) AS "b", concat(timediff('100:00:00', '-100:00:00')) AS "c", concat(timediff('838:59:59', '-01:00:00')) AS "d", concat(timediff(("o"."placed"::date)::timestamp(0) without time zone, "c"."created")) AS "e" FROM "orders" AS "o" JOIN "customers" AS "c" ON "c"."id" = "o"."id" WHERE "o"."placed"::time(0) <= '12:30:00' ORDER BY "o"."id";

-- case: timediff with fractions
SELECT concat(timediff('2024-01-02 10:00:00.25'::timestamp(6) without time zone, "orders"."placed")) AS "a", timediff('10:00:00.5', '09:00:00') AS "b", concat(timediff('10:00:00.123456', '11:00:00')) AS "c" FROM "orders" ORDER BY "orders"."id";

-- case: timediff in conditions
SELECT "orders"."id" FROM "orders" WHERE (timediff("orders"."placed", '2023-06-15 00:00:00'::timestamp(6) without time zone) > '10:00:00') AND (timediff("orders"."placed", '2023-06-15 00:00:00'::timestamp(6) without time zone) < date_add("orders"."placed"::time(0), interval 0 second)) ORDER BY "orders"."id";

-- case: timediff compared with times
SELECT "orders"."id", (timediff("orders"."placed", '2023-06-15 00:00:00'::timestamp(6) without time zone) = "orders"."placed"::time(0))::int AS "a", (timediff('2023-06-15 00:00:00'::timestamp(6) without time zone, "orders"."placed") < '00:00:00')::int AS "b", (max(timediff("orders"."placed", '2024-02-29 00:00:00'::timestamp(6) without time zone)) OVER () < '13:00:00')::int AS "c" FROM "orders" ORDER BY "orders"."id";

-- case: timediff among choices
SELECT "orders"."id", concat(CASE WHEN ("orders"."id" > 3) THEN timediff("orders"."placed", '2023-06-15 00:00:00'::timestamp(6) without time zone) ELSE "orders"."placed"::time(0) END) AS "a", time_to_sec((coalesce(NULL, "orders"."placed"::time(0), timediff("orders"."placed", "orders"."placed")))::text) AS "b" FROM "orders" ORDER BY "orders"."id";

-- case: sec_to_time
SELECT concat(sec_to_time(("orders"."id"::bigint * 50000)::numeric(20,0))) AS "a", concat(sec_to_time((-"orders"."id")::numeric(20,0))) AS "b", time_to_sec((sec_to_time(("orders"."id"::bigint * 1000000)::numeric(20,0)))::text) AS "c", sec_to_time((NULL)::numeric(130,40)) AS "d", sec_to_time(("orders"."id")::numeric(20,0)) AS "e", concat(sec_to_time((1.5)::numeric(130,40))) AS "f", concat(sec_to_time(('5.25')::numeric(130,40))) AS "g" FROM "orders" ORDER BY "orders"."id";

-- case: sec_to_time of an average
SELECT concat(sec_to_time((round(avg(time_to_sec(("orders"."placed"::time(0))::text)), 4))::numeric(130,40))) AS "a", concat(sec_to_time((sum(time_to_sec(("orders"."placed"::time(0))::text)))::numeric(20,0))) AS "b" FROM "orders";

-- case: maketime
SELECT concat(maketime(("numbers"."n"::bigint * 5)::bigint, ("numbers"."n")::bigint, ("numbers"."n")::numeric(20,0))) AS "a", concat(maketime((-"numbers"."n")::bigint, (30)::bigint, (0)::numeric(20,0))) AS "b", maketime(("numbers"."n")::bigint, (60)::bigint, (0)::numeric(20,0)) AS "c", maketime(("numbers"."n")::bigint, (0)::bigint, (-1)::numeric(20,0)) AS "d", concat(maketime(("numbers"."n"::bigint * 200)::bigint, (0)::bigint, (1)::numeric(20,0))) AS "e", concat(maketime((1)::bigint, (2)::bigint, (3.25)::numeric(130,40))) AS "f", maketime((NULL)::bigint, (1)::bigint, (1)::numeric(20,0)) AS "g" FROM "numbers" ORDER BY "numbers"."n";

-- case: addtime and subtime
SELECT addtime(("orders"."placed")::text, '1:00:00')::timestamp(0) without time zone AS "a", subtime(("orders"."placed")::text, '100:30:00')::timestamp(0) without time zone AS "b", concat(addtime(("orders"."placed"::time(0))::text, '15:00:00')::time(0)) AS "c", concat(subtime(("orders"."placed"::time(0))::text, '15:00:00')::time(0)) AS "d", addtime(("orders"."placed")::text, NULL)::timestamp(0) without time zone AS "e", concat(addtime(("orders"."placed")::text, '00:00:01')::timestamp(0) without time zone) AS "f" FROM "orders" ORDER BY "orders"."id";

-- case: addtime of times with fractions
SELECT concat(addtime(("orders"."placed"::time(0))::text, '00:00:00.5')) AS "concat(addtime(time(placed), '00:00:00.5'))" FROM "orders";

-- case: time_format
SELECT time_format(("orders"."placed")::text, '%H:%i:%s %p') AS "a", time_format(("orders"."placed"::time(0))::text, '%h.%i %p, %l %k %I %S') AS "b", time_format('100:05:09', '%H %k %h %I %l %p') AS "c", time_format('-01:02:03', '%H:%i') AS "d", time_format('10:00:00.123456', '%f %T %r %%') AS "e", time_format('25:10:11', '%r abc %q') AS "f", time_format(NULL, '%H') AS "g", time_format('10:00:00', '') AS "h", time_format('24:00:00', '%l %p %') AS "i" FROM "orders" ORDER BY "orders"."id";

-- case: time_format of differences
SELECT time_format((timediff("orders"."placed", '2023-06-15 00:00:00'::timestamp(6) without time zone))::text, '%H:%i') AS "a", time_format((sec_to_time(("orders"."id"::bigint * 12345)::numeric(20,0)))::text, '%Hh %im %ss') AS "b", time_format(("orders"."placed"::time(0))::text, CASE WHEN ("orders"."id" > 3) THEN '%H' ELSE '%T' END) AS "c" FROM "orders" ORDER BY "orders"."id";

-- case: time_format with a day
SELECT time_format(("orders"."placed")::text, '%Y %H') AS "time_format(placed, '%Y %H')" FROM "orders";

-- case: a function of a duration
CREATE FUNCTION "span"("a" timestamp(0) without time zone, "b" timestamp(0) without time zone) RETURNS time(0) DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    RETURN timediff("b", "a")::time(0);
END;

-- case: a duration as text
CREATE FUNCTION "duration"("a" timestamp(0) without time zone, "b" timestamp(0) without time zone) RETURNS varchar(100) DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    DECLARE "s" integer;
    SET "s" = time_to_sec((timediff("b", "a"))::text);
    RETURN concat(sec_to_time(("s")::numeric(20,0)), ' or ', timediff("b", "a"), ' or ', time_format((timediff("b", "a"))::text, '%Hh%i'), ' and ', sec_to_time((round("s" / 7, 4))::numeric(130,40)));
END;

-- case: a view of durations
CREATE VIEW "waits" AS SELECT "orders"."id", sec_to_time(("orders"."id"::bigint * 100)::numeric(20,0)) AS "t", timediff("orders"."placed", ("orders"."placed"::date)::timestamp(0) without time zone) AS "since", addtime(("orders"."placed")::text, '00:00:01')::timestamp(0) without time zone AS "later" FROM "orders";

-- case: durations put into a table
CREATE PROCEDURE "spans"() SQL SECURITY DEFINER
BEGIN
    DECLARE "t" time(0);
    SELECT max(timediff("orders"."placed", ("orders"."placed"::date)::timestamp(0) without time zone)) FROM "orders" INTO "t";
    INSERT INTO "log_entries" ("what", "n") VALUES ("t"::text, time_to_sec(("t")::text));
    SELECT "t", "t"::text AS "c";
END;
-- note: line 1: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes

-- case: durations of several kinds in one column
SELECT "orders"."id", "orders"."placed"::time(0) AS "t" FROM "orders" WHERE "orders"."id" < 3 UNION ALL SELECT "orders"."id", timediff("orders"."placed", ("orders"."placed"::date)::timestamp(0) without time zone) FROM "orders" WHERE "orders"."id" > 4 UNION ALL SELECT 9, NULL ORDER BY 1 NULLS FIRST;

-- case: a view of a query of durations
CREATE VIEW "spans_of_all" AS SELECT "o"."id", "o"."since", "o"."placed" FROM (SELECT "orders"."id", timediff("orders"."placed", ("orders"."placed"::date)::timestamp(0) without time zone) AS "since", "orders"."placed" FROM "orders") AS "o";

-- case: durations fetched
CREATE PROCEDURE "fetched"() SQL SECURITY DEFINER
BEGIN
    DECLARE "done" tinyint DEFAULT 0;
    DECLARE "t" time(0);
    DECLARE "total" integer DEFAULT 0;
    DECLARE "c" CURSOR FOR SELECT timediff("orders"."placed", ("orders"."placed"::date)::timestamp(0) without time zone) AS "TIMEDIFF(placed, DATE(placed))" FROM "orders" ORDER BY "orders"."id";
    OPEN "c";
    l: LOOP
        FETCH "c" INTO "t";
        IF NOT found THEN
            SET "done" = 1;
        END IF;
        IF ("done" <> 0) THEN
            LEAVE l;
        END IF;
        SET "total" = "total"::bigint + time_to_sec(("t")::text);
    END LOOP l;
    CLOSE "c";
    SELECT "total", concat(sec_to_time(("total")::numeric(20,0))) AS "t";
END;
-- note: line 1: FETCH wants b_format_behavior_compat_options without fetch in the session, as it is by default
-- note: line 1: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes

-- case: durations in a temporary table
CREATE PROCEDURE "kept"() SQL SECURITY DEFINER
BEGIN
    CREATE TEMPORARY TABLE "spans_kept" ("id" integer, "t" time(0));
    INSERT INTO "spans_kept" ("id", "t") SELECT "orders"."id", timediff("orders"."placed", ("orders"."placed"::date)::timestamp(0) without time zone) FROM "orders";
    UPDATE "spans_kept" SET "t" = subtime(("spans_kept"."t")::text, '00:00:00')::time(0) WHERE "spans_kept"."id" = 1;
    SELECT "spans_kept"."id", "spans_kept"."t" FROM "spans_kept" ORDER BY "spans_kept"."id" NULLS FIRST;
    DROP TEMPORARY TABLE "spans_kept";
END;
-- note: line 1: result sets want block_return_multi_results among the rest of dolphin.sql_mode in the session, which has to keep ansi_quotes

-- case: times compared with nothing
SELECT "orders"."id", (timediff("orders"."placed", '2023-06-15 08:30:00'::timestamp(6) without time zone) > 0)::int AS "a", (timediff("orders"."placed", '2023-06-15 08:30:00'::timestamp(6) without time zone) = 0)::int AS "b", ("orders"."placed"::time(0) <> 0)::int AS "c", (0 < subtime(("orders"."placed"::time(0))::text, '11:00:00')::time(0))::int AS "d" FROM "orders" ORDER BY "orders"."id";

-- case: date_format of times
SELECT date_format(timediff("orders"."placed", ("orders"."placed"::date)::timestamp(0) without time zone), '%H:%i') AS "a", date_format(sec_to_time(("orders"."id"::bigint * 25000)::numeric(20,0)), '%H:%i:%s %p, %k %l') AS "b", date_format(sec_to_time(((-"orders"."id") * 25000)::numeric(20,0)), '%T') AS "c", date_format(sec_to_time((1.5)::numeric(130,40)), '%s.%f') AS "d" FROM "orders" ORDER BY "orders"."id";

-- case: hours of durations
CREATE FUNCTION "hours"("a" timestamp(0) without time zone, "b" timestamp(0) without time zone) RETURNS varchar(60) DETERMINISTIC SQL SECURITY DEFINER
BEGIN
    RETURN concat(floor(abs(date_part('hour', timediff("b", "a"))))::int, ' or ', trunc(date_part('hour', timediff("b", "a")))::int, ' or ', trunc(date_part('minute', timediff("b", "a")))::int, ' or ', (date_part('microseconds', timediff("b", '2024-01-02 00:00:00.25'::timestamp(6) without time zone))::bigint % 1000000)::int, ' or ', date_format(timediff("b", "a"), '%H:%i'));
END;
