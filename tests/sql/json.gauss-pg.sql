-- case: dates, times and doubles in json
-- refused: not carried, line 1, column 8: function JSON_OBJECT with arguments

-- case: enums and keys of other types in json
-- refused: not carried, line 1, column 8: function JSON_OBJECT with arguments

-- case: truth in json
-- refused: not carried, line 1, column 8: function JSON_ARRAY with arguments

-- case: decimals in json
-- refused: not carried, line 1, column 8: function JSON_ARRAY with arguments

-- case: a null name in json
-- refused: not carried, line 1, column 8: function JSON_OBJECT with arguments

-- case: aggregates of dates and enums
-- refused: not carried, line 1, column 8: the aggregate function json_arrayagg, which openGauss was not seen to have

-- case: an aggregate of doubles
-- refused: not carried, line 1, column 8: the aggregate function json_arrayagg, which openGauss was not seen to have

-- case: changes by dates and enums
-- refused: not carried, line 1, column 8: a JSON function whose counterpart stands on functions that openGauss was not seen to have

-- case: dates cast to json
-- refused: not carried, line 1, column 8: a value of this type turned into JSON

-- case: paths that are put together
-- refused: not carried, line 1, column 11: a JSON function whose counterpart stands on functions that openGauss was not seen to have

-- case: paths into what is not there
-- refused: not carried, line 1, column 8: a JSON function whose counterpart stands on functions that openGauss was not seen to have

-- case: a path that is none
-- refused: not carried, line 1, column 8: a JSON function whose counterpart stands on functions that openGauss was not seen to have

-- case: another path that is none
-- refused: not carried, line 1, column 8: a JSON function whose counterpart stands on functions that openGauss was not seen to have

-- case: paths with wildcards
-- refused: not carried, line 1, column 8: a JSON function whose counterpart stands on functions that openGauss was not seen to have

-- case: several paths
-- refused: not carried, line 1, column 8: a JSON function whose counterpart stands on functions that openGauss was not seen to have

-- case: unquoting texts
-- refused: not carried, line 1, column 8: a JSON function whose counterpart stands on functions that openGauss was not seen to have

-- case: json_value
-- refused: not carried, line 1, column 162: a JSON function on a column that is not JSON in the target

-- case: json values of a program as numbers and texts
CREATE FUNCTION "doc_size"("doc" jsonb) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "v" jsonb;
BEGIN
    "v" := CASE WHEN jsonb_typeof("doc") IN ('object', 'array') THEN "doc" #> '{size}' END;
    RETURN CASE jsonb_typeof("v") WHEN 'number' THEN round(("v"::text)::numeric)::bigint WHEN 'boolean' THEN (('[' || "v"::text || ']')::jsonb ->> 0)::boolean::int WHEN 'string' THEN regexp_replace(('[' || "v"::text || ']')::jsonb ->> 0, '^\s*([-+]?)([0-9]*).*$', '\10\2')::bigint END + CASE jsonb_typeof(CASE WHEN jsonb_typeof("doc") IN ('object', 'array') THEN "doc" #> '{size}' END) WHEN 'number' THEN round(((CASE WHEN jsonb_typeof("doc") IN ('object', 'array') THEN "doc" #> '{size}' END)::text)::numeric)::bigint WHEN 'boolean' THEN (('[' || (CASE WHEN jsonb_typeof("doc") IN ('object', 'array') THEN "doc" #> '{size}' END)::text || ']')::jsonb ->> 0)::boolean::int WHEN 'string' THEN regexp_replace(('[' || (CASE WHEN jsonb_typeof("doc") IN ('object', 'array') THEN "doc" #> '{size}' END)::text || ']')::jsonb ->> 0, '^\s*([-+]?)([0-9]*).*$', '\10\2')::bigint END;
END "block_1";
$godwit$;
CREATE FUNCTION "doc_color"("doc" jsonb) RETURNS varchar LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
<<"block_1">>
DECLARE
    "v" jsonb;
BEGIN
    "v" := CASE WHEN jsonb_typeof("doc") IN ('object', 'array') THEN "doc" #> '{color}' END;
    RETURN coalesce(('[' || "v"::text || ']')::jsonb ->> 0, "v"::text);
END "block_1";
$godwit$;

-- case: json_value of a program
CREATE FUNCTION "color"("doc" jsonb) RETURNS varchar LANGUAGE plpgsql IMMUTABLE AS $godwit$
#variable_conflict use_column
BEGIN
    RETURN coalesce((CASE WHEN jsonb_typeof("doc") IN ('object', 'array') THEN "doc" #>> '{color}' END), 'none');
END;
$godwit$;

-- case: json_contains_path of several paths
-- refused: not carried, line 1, column 8: a JSON function whose counterpart stands on functions that openGauss was not seen to have

-- case: json_overlaps
-- refused: not carried, line 1, column 8: a JSON function whose counterpart stands on functions that openGauss was not seen to have

-- case: json_overlaps of a column
-- refused: not carried, line 1, column 31: a JSON function whose counterpart stands on functions that openGauss was not seen to have

-- case: json_merge_preserve
-- refused: not carried, line 1, column 8: a JSON function whose counterpart stands on functions that openGauss was not seen to have

-- case: json_array_insert
-- refused: not carried, line 1, column 8: a JSON function whose counterpart stands on functions that openGauss was not seen to have

-- case: json_array_insert where there is no cell
-- refused: not carried, line 1, column 8: a JSON function whose counterpart stands on functions that openGauss was not seen to have

-- case: json_search
-- refused: not carried, line 1, column 8: a JSON function whose counterpart stands on functions that openGauss was not seen to have

-- case: json_search and what it shows
-- refused: not carried, line 1, column 8: a JSON function whose counterpart stands on functions that openGauss was not seen to have

-- case: json_search of what
-- refused: not carried, line 1, column 8: a JSON function whose counterpart stands on functions that openGauss was not seen to have

-- case: json in a program
-- refused: not carried, line 1, column 145: a JSON function whose counterpart stands on functions that openGauss was not seen to have

-- case: rows from a document
-- refused: not carried, line 1, column 102: a JSON function whose counterpart stands on functions that openGauss was not seen to have

-- case: documents of rows
-- refused: not carried, line 1, column 37: function JSON_OBJECT with arguments
