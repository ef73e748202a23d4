-- Following: how far behind the source it was, what was on its way, what came.
ALTER TABLE sample ADD COLUMN lag_ms bigint;
ALTER TABLE sample ADD COLUMN rest_rows bigint;
ALTER TABLE sample ADD COLUMN taken_rows_per_s bigint;
