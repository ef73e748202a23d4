-- servers: mysql
-- Collations that ignore case, accents or nothing, in keys and out of them.
CREATE TABLE c (
  a varchar(10) COLLATE utf8mb4_0900_ai_ci, b varchar(10) COLLATE utf8mb4_0900_as_cs, c varchar(10) COLLATE utf8mb4_bin,
  d varchar(10) COLLATE utf8mb4_unicode_ci, e varchar(10) CHARACTER SET latin1 COLLATE latin1_general_cs, f varchar(10) CHARACTER SET gbk COLLATE gbk_chinese_ci,
  UNIQUE KEY ua (a), UNIQUE KEY uc (c), KEY kd (d)
);
CREATE TABLE keys_ (a varchar(10) COLLATE utf8mb4_0900_ai_ci PRIMARY KEY, b varchar(10) COLLATE utf8mb4_general_ci, c varchar(10) COLLATE utf8mb4_0900_as_ci,
  UNIQUE KEY b (b), UNIQUE KEY c (c));
