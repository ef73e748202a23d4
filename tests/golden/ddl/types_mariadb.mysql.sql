-- servers: mariadb
-- What only MariaDB has.
CREATE TABLE u (id uuid PRIMARY KEY DEFAULT uuid(), a inet6, b inet4, c uuid NOT NULL DEFAULT '123e4567-e89b-12d3-a456-426655440000',
  d inet6 DEFAULT '::1');
