-- servers: mysql
-- Spatial types and their indexes.
CREATE TABLE g (
  id int PRIMARY KEY, a geometry, b point SRID 4326, c linestring, d polygon, e multipoint, f multilinestring, g multipolygon,
  h geometrycollection, p point NOT NULL SRID 0, SPATIAL INDEX sp (p)
);
