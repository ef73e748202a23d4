-- Names taken in the target: system columns, the same index in three tables, an index named like a table or a primary key.
CREATE TABLE t (id int PRIMARY KEY, ctid int, xmin int, `CMAX` int, tableoid int, KEY idx_v (ctid));
CREATE TABLE u (id int PRIMARY KEY, v int, KEY idx_v (v), KEY t (v), KEY t_pkey (v));
CREATE TABLE w (id int PRIMARY KEY, v int, KEY idx_v (v), KEY idx_v_u (id, v), KEY idx_v_w (v, id));
CREATE TABLE n (id int AUTO_INCREMENT PRIMARY KEY, big bigint unsigned);
CREATE TABLE n_id_seq (id bigint unsigned AUTO_INCREMENT PRIMARY KEY);
CREATE TABLE n_id_seq_id_seq (id int) PARTITION BY HASH (id) (PARTITION p0, PARTITION id_seq);
CREATE TABLE n_id_seq_id_seq_p0 (id int);
