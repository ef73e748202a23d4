-- case: dates, times and doubles in json
SELECT jsonb_build_object('d'::text, to_char("customers"."born", 'YYYY"-"MM"-"DD'), 'dt'::text, to_char("customers"."created", 'YYYY"-"MM"-"DD" "HH24":"MI":"SS"."US'), 't'::text, godwit_compat.time_text("customers"."created"::time(0)::interval, 6), 'w'::text, "products"."weight", 'half'::text, "products"."weight" / 2) AS "a", jsonb_build_array(to_char("customers"."born", 'YYYY"-"MM"-"DD'), to_char("customers"."created", 'YYYY"-"MM"-"DD" "HH24":"MI":"SS"."US'), godwit_compat.time_text(godwit_compat.time_of(extract(epoch FROM "customers"."created" - TIMESTAMP '2024-01-01 12:00:00')::numeric), 6), '1.5e0'::float8) AS "b" FROM "customers" JOIN "products" USING ("id") ORDER BY "customers"."id";

-- case: enums and keys of other types in json
SELECT jsonb_build_object("orders"."status", "orders"."id", "orders"."id"::text, "orders"."status") AS "a", jsonb_build_array("orders"."status", to_char("orders"."placed"::date, 'YYYY"-"MM"-"DD')) AS "b" FROM "orders" ORDER BY "orders"."id";

-- case: truth in json
SELECT jsonb_build_array("customers"."id" > 1, "customers"."vip", "customers"."vip" = 1, NOT ("customers"."vip" <> 0), CASE WHEN "customers"."id" > 1 THEN TRUE ELSE FALSE END::int, coalesce("customers"."vip" > 0, FALSE)::int, CASE WHEN "customers"."id" = 1 THEN TRUE END::int, "customers"."city" IS NULL, "customers"."id" IN (1, 2), TRUE) AS "a" FROM "customers" ORDER BY "customers"."id";

-- case: decimals in json
SELECT jsonb_build_array(round("products"."price" * 2, 2), round(round("products"."price"::numeric(95,14) / 3, 6), 6), round("products"."price" + 1, 2), round("products"."price", 0), round(trunc("products"."price", 1), 1), round(CASE WHEN "products"."id" > 3 THEN "products"."price" ELSE 1.5 END, 2)) AS "a" FROM "products" ORDER BY "products"."id";

-- case: a null name in json
SELECT jsonb_build_object("customers"."city", 1) AS "json_object(city, 1)" FROM "customers" WHERE "customers"."id" = 4;

-- case: aggregates of dates and enums
SELECT jsonb_agg("o"."status") AS "a", jsonb_agg(to_char("o"."placed"::date, 'YYYY"-"MM"-"DD')) AS "b", jsonb_agg("o"."id" > 2) AS "c", jsonb_object_agg("o"."id"::text, to_char("o"."placed", 'YYYY"-"MM"-"DD" "HH24":"MI":"SS"."US')) AS "d", jsonb_object_agg("o"."status", round("o"."id" * 1.5, 1)) AS "e" FROM (SELECT "orders"."id", "orders"."customer_id", "orders"."status", "orders"."placed", "orders"."note" FROM "orders" ORDER BY "orders"."id" LIMIT 3) AS "o";

-- case: an aggregate of doubles
SELECT jsonb_agg("products"."weight") AS "a", jsonb_object_agg("products"."sku", "products"."weight") AS "b" FROM "products" WHERE "products"."id" < 3;

-- case: changes by dates and enums
SELECT godwit_compat.json_set(godwit_compat.json_set(godwit_compat.json_set(godwit_compat.json_set(godwit_compat.json_set('{}'::jsonb, '$.d', to_jsonb(to_char("orders"."placed"::date, 'YYYY"-"MM"-"DD')), 'set'), '$.s', to_jsonb("orders"."status"), 'set'), '$.p', to_jsonb(to_char("orders"."placed", 'YYYY"-"MM"-"DD" "HH24":"MI":"SS"."US')), 'set'), '$.t', to_jsonb("orders"."id" > 1), 'set'), '$.f', to_jsonb("orders"."id"::float8 / '2e0'::float8), 'set') AS "a", godwit_compat.json_array_append('[1]'::jsonb, '$', to_jsonb("orders"."status")) AS "b" FROM "orders" ORDER BY "orders"."id";

-- case: dates cast to json
SELECT to_jsonb(to_char("customers"."born", 'YYYY"-"MM"-"DD')) AS "a", to_jsonb(to_char("customers"."created", 'YYYY"-"MM"-"DD" "HH24":"MI":"SS"."US')) AS "b", "customers"."credit"::text::jsonb AS "c" FROM "customers" ORDER BY "customers"."id";

-- case: paths that are put together
SELECT "numbers"."n", godwit_compat.json_extract('{"a": [1, {"b": "x"}, null, [5]]}'::jsonb, '$.a[' || ("numbers"."n"::bigint - 1)::text || ']') AS "a", godwit_compat.json_unquote(godwit_compat.json_extract('{"a": [1, {"b": "x"}, null, "y"]}'::jsonb, '$.a[' || ("numbers"."n"::bigint - 1)::text || ']')) AS "b", godwit_compat.json_extract('{"k1": 1, "k 2": 2}'::jsonb, '$."k ' || "numbers"."n"::text || '"') AS "c", godwit_compat.json_extract('[1, 2, 3]'::jsonb, CASE WHEN "numbers"."n" > 5 THEN NULL ELSE '$[last-' || ("numbers"."n"::bigint - 1)::text || ']' END) AS "d", godwit_compat.json_length(godwit_compat.json_extract('[[1], [1, 2]]'::jsonb, ('$[' || ("numbers"."n"::bigint - 1)::text || ']'))) AS "e" FROM "numbers" ORDER BY "numbers"."n";

-- case: paths into what is not there
SELECT godwit_compat.json_extract('5'::jsonb, '$[' || ("numbers"."n"::bigint - 1)::text || ']') AS "a", godwit_compat.json_extract('{"0": 1}'::jsonb, '$[' || ("numbers"."n"::bigint - 1)::text || ']') AS "b", godwit_compat.json_extract('[7]'::jsonb, '$."' || ("numbers"."n"::bigint - 1)::text || '"') AS "c", godwit_compat.json_extract(NULL::jsonb, '$[' || "numbers"."n"::text || ']') AS "d", godwit_compat.json_extract('{"a\"b": 1}'::jsonb, ('$' || '."a\"b"')::text) AS "e", godwit_compat.json_extract(' {"词": 1}'::jsonb, (' $ . ' || '词 ')::text) AS "f" FROM "numbers" ORDER BY "numbers"."n";

-- case: a path that is none
SELECT godwit_compat.json_extract('{"a": 1}'::jsonb, ('a' || '')::text) AS "json_extract('{""a"": 1}', concat('a', ''))";

-- case: another path that is none
SELECT godwit_compat.json_extract('{"a": 1}'::jsonb, ('$.a-b' || '')::text) AS "json_extract('{""a"": 1}', concat('$.a-b', ''))";

-- case: paths with wildcards
SELECT godwit_compat.json_extract_all('[{"a": 1}, {"a": 2}, {"b": 3}]'::jsonb, '$[*].a') AS "a", godwit_compat.json_extract_all('{"x": {"a": 1}, "y": [{"a": 2}], "a": 5}'::jsonb, '$**.a') AS "b", godwit_compat.json_extract_all('{"b": 1, "a": 2}'::jsonb, '$.*') AS "c", godwit_compat.json_extract_all('5'::jsonb, '$[*]') AS "d", godwit_compat.json_extract_all('{"a": 5}'::jsonb, '$.a[*]') AS "e", godwit_compat.json_extract_all('[[1], [2]]'::jsonb, '$**[0]') AS "f", godwit_compat.json_extract_all('[{"a": [1, 2]}, {"a": 3}]'::jsonb, '$[*].a[0]') AS "g", godwit_compat.json_extract_all("products"."attrs", '$.tags[*]') AS "h", godwit_compat.json_extract_all("products"."attrs", '$.made.*') AS "i" FROM "products" ORDER BY "products"."id";

-- case: several paths
SELECT godwit_compat.json_some(ARRAY[godwit_compat.json_extract("products"."attrs", '$.size'), godwit_compat.json_extract("products"."attrs", '$.color')]) AS "a", godwit_compat.json_some(ARRAY[godwit_compat.json_extract("products"."attrs", '$.nothing'), godwit_compat.json_extract("products"."attrs", '$.made.by')]) AS "b", godwit_compat.json_some(ARRAY[godwit_compat.json_extract("products"."attrs", '$.nothing'), godwit_compat.json_extract("products"."attrs", '$.neither')]) AS "c" FROM "products" ORDER BY "products"."id";

-- case: unquoting texts
SELECT godwit_compat.json_unquote_text('"a\nb"') AS "a", godwit_compat.json_unquote_text("products"."name") AS "b", godwit_compat.json_unquote_text('"' || "products"."name" || '"') AS "c", godwit_compat.json_unquote_text('"') AS "d", godwit_compat.json_unquote_text('""') AS "e", NULL::text AS "f", godwit_compat.json_unquote_text('[1,  2]') AS "g" FROM "products" ORDER BY "products"."id";

-- case: json_value
SELECT (("products"."attrs" #> '{size}') #>> '{}') AS "a", (("products"."attrs" #> '{tags}') #>> '{}') AS "b", (("products"."attrs" #> '{fluid}') #>> '{}') AS "c", regexp_replace((("products"."attrs" #> '{size}') #>> '{}'), '^\s*([-+]?)([0-9]*).*$', '\10\2')::bigint AS "d", (godwit_compat.json_extract('{"a": null}'::jsonb, '$.a') #>> '{}') AS "e" FROM "products" ORDER BY "products"."id";

-- case: json values of a program as numbers and texts
CREATE FUNCTION "doc_size"("doc" jsonb) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "v" jsonb;
BEGIN
    "v" := "doc" #> '{size}';
    RETURN CASE jsonb_typeof("v") WHEN 'number' THEN round(("v" #>> '{}')::numeric)::bigint WHEN 'boolean' THEN ("v" #>> '{}')::boolean::int WHEN 'string' THEN regexp_replace("v" #>> '{}', '^\s*([-+]?)([0-9]*).*$', '\10\2')::bigint END + CASE jsonb_typeof("doc" #> '{size}') WHEN 'number' THEN round((("doc" #> '{size}') #>> '{}')::numeric)::bigint WHEN 'boolean' THEN (("doc" #> '{size}') #>> '{}')::boolean::int WHEN 'string' THEN regexp_replace(("doc" #> '{size}') #>> '{}', '^\s*([-+]?)([0-9]*).*$', '\10\2')::bigint END;
END "block_1";
$godwit$;
CREATE FUNCTION "doc_color"("doc" jsonb) RETURNS varchar LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "v" jsonb;
BEGIN
    "v" := "doc" #> '{color}';
    RETURN coalesce("v" #>> '{}', "v"::text);
END "block_1";
$godwit$;

-- case: json_value of a program
CREATE FUNCTION "color"("doc" jsonb) RETURNS varchar LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
BEGIN
    RETURN coalesce((("doc" #> '{color}') #>> '{}'), 'none');
END;
$godwit$;

-- case: json_contains_path of several paths
SELECT CASE WHEN "products"."attrs" IS NULL THEN NULL WHEN godwit_compat.json_extract("products"."attrs", '$.fluid') IS NOT NULL THEN TRUE WHEN godwit_compat.json_extract("products"."attrs", '$.made.by') IS NOT NULL THEN TRUE ELSE FALSE END::int AS "a", CASE WHEN "products"."attrs" IS NULL THEN NULL WHEN godwit_compat.json_extract("products"."attrs", '$.color') IS NULL THEN FALSE WHEN godwit_compat.json_extract("products"."attrs", '$.size') IS NULL THEN FALSE ELSE TRUE END::int AS "b", CASE WHEN "products"."attrs" IS NULL THEN NULL WHEN godwit_compat.json_extract("products"."attrs", '$.size') IS NULL THEN FALSE ELSE TRUE END::int AS "c", CASE WHEN "products"."attrs" IS NULL THEN NULL WHEN ('$.' || CASE WHEN "products"."id" > 2 THEN 'color' ELSE 'fluid' END) IS NULL THEN NULL WHEN godwit_compat.json_extract("products"."attrs", '$.' || CASE WHEN "products"."id" > 2 THEN 'color' ELSE 'fluid' END) IS NOT NULL THEN TRUE WHEN godwit_compat.json_extract("products"."attrs", '$.x') IS NOT NULL THEN TRUE ELSE FALSE END::int AS "d", CASE WHEN "products"."attrs" IS NULL THEN NULL WHEN godwit_compat.json_extract_all("products"."attrs", '$.tags[*]') IS NOT NULL THEN TRUE ELSE FALSE END::int AS "e", CASE WHEN "products"."attrs" IS NULL THEN NULL WHEN NULL::text IS NULL THEN NULL WHEN godwit_compat.json_extract("products"."attrs", NULL::text) IS NOT NULL THEN TRUE WHEN godwit_compat.json_extract("products"."attrs", '$.color') IS NOT NULL THEN TRUE ELSE FALSE END::int AS "f", CASE WHEN "products"."attrs" IS NULL THEN NULL WHEN godwit_compat.json_extract("products"."attrs", '$.color') IS NOT NULL THEN TRUE WHEN NULL::text IS NULL THEN NULL WHEN godwit_compat.json_extract("products"."attrs", NULL::text) IS NOT NULL THEN TRUE ELSE FALSE END::int AS "g" FROM "products" ORDER BY "products"."id";

-- case: json_overlaps
SELECT godwit_compat.json_overlaps('[1, 3]'::jsonb, '[2, 3]'::jsonb)::int AS "a", godwit_compat.json_overlaps('{"a": 1, "b": 2}'::jsonb, '{"b": 2}'::jsonb)::int AS "b", godwit_compat.json_overlaps('{"a": 1}'::jsonb, '{"a": 2}'::jsonb)::int AS "c", godwit_compat.json_overlaps('5'::jsonb, '[4, 5]'::jsonb)::int AS "d", godwit_compat.json_overlaps('5'::jsonb, '5'::jsonb)::int AS "e", godwit_compat.json_overlaps('5'::jsonb, '{"a": 5}'::jsonb)::int AS "f", godwit_compat.json_overlaps('[{"a": 1}]'::jsonb, '{"a": 1}'::jsonb)::int AS "g", godwit_compat.json_overlaps('[1.0]'::jsonb, '[1]'::jsonb)::int AS "h", godwit_compat.json_overlaps('null'::jsonb, 'null'::jsonb)::int AS "i", godwit_compat.json_overlaps(NULL::jsonb, '1'::jsonb)::int AS "j", godwit_compat.json_overlaps('[]'::jsonb, '[]'::jsonb)::int AS "k", godwit_compat.json_overlaps('{}'::jsonb, '{}'::jsonb)::int AS "l", godwit_compat.json_overlaps('"1"'::jsonb, '1'::jsonb)::int AS "m", godwit_compat.json_overlaps('true'::jsonb, '1'::jsonb)::int AS "n";

-- case: json_overlaps of a column
SELECT "products"."id" FROM "products" WHERE godwit_compat.json_overlaps(("products"."attrs" #> '{tags}'), '["small", "big"]'::jsonb) OR godwit_compat.json_overlaps("products"."attrs", '{"color": "red", "x": 1}'::jsonb) ORDER BY "products"."id";

-- case: json_merge_preserve
SELECT godwit_compat.json_merge_preserve('[1, 2]'::jsonb, '[true]'::jsonb) AS "a", godwit_compat.json_merge_preserve('{"a": 1}'::jsonb, '{"a": 2}'::jsonb) AS "b", godwit_compat.json_merge_preserve('1'::jsonb, '2'::jsonb) AS "c", godwit_compat.json_merge_preserve('{"a": 1}'::jsonb, '[2]'::jsonb) AS "d", godwit_compat.json_merge_preserve(godwit_compat.json_merge_preserve('{"a": {"b": 1}}'::jsonb, '{"a": {"c": 2}}'::jsonb), '{"a": 3}'::jsonb) AS "e", godwit_compat.json_merge_preserve('1'::jsonb, '{"a": 1}'::jsonb) AS "f", godwit_compat.json_merge_preserve('1'::jsonb, NULL::jsonb) AS "g", godwit_compat.json_merge_preserve('null'::jsonb, '1'::jsonb) AS "h", godwit_compat.json_merge_preserve("products"."attrs", '{"tags": "new", "size": {"w": 1}}'::jsonb) AS "i" FROM "products" ORDER BY "products"."id";

-- case: json_array_insert
SELECT godwit_compat.json_array_insert('["a", {"b": [1, 2]}, [3, 4]]'::jsonb, '$[1]', to_jsonb('x'::text)) AS "a", godwit_compat.json_array_insert('["a", {"b": [1, 2]}]'::jsonb, '$[100]', to_jsonb('x'::text)) AS "b", godwit_compat.json_array_insert('["a", {"b": [1, 2]}]'::jsonb, '$[1].b[0]', to_jsonb('x'::text)) AS "c", godwit_compat.json_array_insert(godwit_compat.json_array_insert('["a"]'::jsonb, '$[0]', to_jsonb('x'::text)), '$[2]', to_jsonb(5)) AS "d", godwit_compat.json_array_insert('{"a": 1}'::jsonb, '$.a[0]', to_jsonb(2)) AS "e", godwit_compat.json_array_insert('{"a": 1}'::jsonb, '$[0]', to_jsonb(2)) AS "f", godwit_compat.json_array_insert(NULL::jsonb, '$[0]', to_jsonb(2)) AS "g", godwit_compat.json_array_insert('[1]'::jsonb, NULL::text, to_jsonb(2)) AS "h", godwit_compat.json_array_insert('[1]'::jsonb, '$[0]', NULL::jsonb) AS "i", godwit_compat.json_array_insert('[1, 2]'::jsonb, '$[last]', to_jsonb(9)) AS "j", godwit_compat.json_array_insert("products"."attrs", '$.tags[' || ("products"."id"::bigint - 1)::text || ']', to_jsonb("products"."name")) AS "k" FROM "products" ORDER BY "products"."id";

-- case: json_array_insert where there is no cell
SELECT godwit_compat.json_array_insert('{"a": 1}'::jsonb, '$.a', to_jsonb(2)) AS "json_array_insert('{""a"": 1}', '$.a', 2)";

-- case: json_search
SELECT godwit_compat.json_search("products"."attrs", 'one', 'grey', '\') AS "a", godwit_compat.json_search("products"."attrs", 'all', '%e%', '\') AS "b", godwit_compat.json_search("products"."attrs", 'one', 'GREY', '\') AS "c", godwit_compat.json_search("products"."attrs", 'all', 'small', '\') AS "d", godwit_compat.json_search("products"."attrs", CASE WHEN "products"."id" > 3 THEN 'ALL' ELSE 'one' END, '%e_', '\') AS "e" FROM "products" ORDER BY "products"."id";

-- case: json_search and what it shows
SELECT godwit_compat.json_search('["abc", [{"k": "10"}, "def"], {"x": "abc"}, {"y": "bcd"}]'::jsonb, 'all', 'abc', '\') AS "a", godwit_compat.json_search('{"a b": "x", "词": "x", "a-b": "x", "$d": "x", "_e1": "x", "1a": "x", "é": "x", "q\"r": "x", "": "x"}'::jsonb, 'all', 'x', '\') AS "b", godwit_compat.json_search('["a%b", "axb"]'::jsonb, 'all', 'a\%b', '\') AS "c", godwit_compat.json_search('["a%b", "axb"]'::jsonb, 'all', 'a|%b', '|') AS "d", godwit_compat.json_search('[5, "5", true]'::jsonb, 'all', '5', '\') AS "e", godwit_compat.json_search('"abc"'::jsonb, 'all', 'abc', '\') AS "f", godwit_compat.json_search(NULL::jsonb, 'one', 'a', '\') AS "g", godwit_compat.json_search('["a"]'::jsonb, 'one', NULL::text, '\') AS "h", godwit_compat.json_search('["é", "e"]'::jsonb, 'all', 'e', '\') AS "i";

-- case: json_search of what
SELECT godwit_compat.json_search('["a"]'::jsonb, ('so' || 'me')::text, 'a', '\') AS "json_search('[""a""]', concat('so', 'me'), 'a')";

-- case: json in a program
CREATE FUNCTION "total"("doc" jsonb) RETURNS numeric LANGUAGE plpgsql STABLE AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "i" integer := 0;
    "s" numeric(12,2) := 0;
BEGIN
    WHILE "i" < godwit_compat.json_length(godwit_compat.json_extract("doc", '$.lines')) LOOP
        "s" := "s" + regexp_replace(godwit_compat.json_unquote(godwit_compat.json_extract("doc", '$.lines[' || "i"::text || '].price')), '^\s*([-+]?)([0-9]*\.?[0-9]*(?:[eE][-+]?[0-9]+)?).*$', '\10\2')::float8;
        "i" := "i"::bigint + 1;
    END LOOP;
    RETURN "s"::numeric(12,2);
END "block_1";
$godwit$;

-- case: rows from a document
CREATE PROCEDURE "unpack"("doc" jsonb) LANGUAGE plpgsql AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "i" integer := 0;
    "k" varchar(40);
BEGIN
    WHILE "i" < godwit_compat.json_length("doc") LOOP
        "k" := godwit_compat.json_unquote(godwit_compat.json_extract("doc", '$[' || "i"::text || '].name'));
        IF "k" IS NOT NULL THEN
            INSERT INTO "log_entries" ("what", "n") VALUES ("k", CASE jsonb_typeof(godwit_compat.json_extract("doc", '$[' || "i"::text || '].n')) WHEN 'number' THEN (godwit_compat.json_extract("doc", '$[' || "i"::text || '].n') #>> '{}')::numeric::float8 WHEN 'boolean' THEN (godwit_compat.json_extract("doc", '$[' || "i"::text || '].n') #>> '{}')::boolean::int WHEN 'string' THEN regexp_replace(godwit_compat.json_extract("doc", '$[' || "i"::text || '].n') #>> '{}', '^\s*([-+]?)([0-9]*\.?[0-9]*(?:[eE][-+]?[0-9]+)?).*$', '\10\2')::float8 END);
        END IF;
        "i" := "i"::bigint + 1;
    END LOOP;
END "block_1";
$godwit$;

-- case: documents of rows
CREATE VIEW "documents" AS SELECT "customers"."id", jsonb_build_object('name'::text, "customers"."name", 'born'::text, to_char("customers"."born", 'YYYY"-"MM"-"DD'), 'created'::text, to_char("customers"."created", 'YYYY"-"MM"-"DD" "HH24":"MI":"SS"."US'), 'credit'::text, "customers"."credit", 'older'::text, "customers"."born" < DATE '1990-01-01') AS "doc" FROM "customers";
