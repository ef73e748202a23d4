-- Names taken in the target: system columns, the same index in three tables, an index named like a table or a primary key.
CREATE TABLE t (id int PRIMARY KEY, ctid int, xmin int, `CMAX` int, tableoid int, KEY idx_v (ctid));
CREATE TABLE u (id int PRIMARY KEY, v int, KEY idx_v (v), KEY t (v), KEY t_pkey (v));
CREATE TABLE w (id int PRIMARY KEY, v int, KEY idx_v (v), KEY idx_v_u (id, v), KEY idx_v_w (v, id));
