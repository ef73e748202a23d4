-- Comments with quotes, backslashes, line ends and CJK on tables, columns and indexes.
CREATE TABLE c (a int COMMENT 'it''s', b int COMMENT 'back\\slash and "double"', c int COMMENT 'two
lines', d int COMMENT '中文', e int COMMENT '', KEY k (a) COMMENT 'an ''index''') COMMENT = 'the ''table''; -- no comment';
