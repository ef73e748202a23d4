-- Primary keys: composite, in another column order, over a prefix, text, none.
CREATE TABLE composite (a int, b int, c int, PRIMARY KEY (c, a));
CREATE TABLE prefix (t text NOT NULL, v int, PRIMARY KEY (t(10), v));
CREATE TABLE txt (id varchar(50) NOT NULL PRIMARY KEY) COLLATE utf8mb4_bin;
CREATE TABLE txt_ci (id varchar(50) NOT NULL PRIMARY KEY, u varchar(10), UNIQUE KEY (u));
CREATE TABLE none (a int, b int);
CREATE TABLE uniq (a int NOT NULL, b int, UNIQUE KEY (a));
