"""The model after a statement is what the server's catalog says once it has executed it: statements made at random, and those
that online schema changes use. GODWIT_SEED makes others."""

import json
import os
import random
import re
import subprocess

import pymysql
import pytest
from definitions import Definitions
from test_schema import server_of, tool_path

STATEMENTS = int(os.environ.get("GODWIT_STATEMENTS", "120"))


class Model:
    """The tool, a statement at a time."""

    def __init__(self, server, database, *arguments):
        server.execute(f"DROP DATABASE IF EXISTS `{database}`")
        server.execute(f"CREATE DATABASE `{database}` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
        self.process = subprocess.Popen(
            [tool_path().parent / "change_tool", f"host={server.host}", f"port={server.port}", f"user={server.user}", f"database={database}", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "SCHEMA_PASSWORD": server.password or ""})

    def run(self, sql):
        assert "\n" not in sql
        self.process.stdin.write(sql + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        assert answer, f"the tool has ended: {sql}"
        return answer

    def end(self):
        self.process.stdin.close()
        return self.process.wait(timeout=30)


def is_known(answer):
    """Statements whose result depends on what the catalog does not tell are refused."""
    return "how much of it is in the key" in answer or "MySQL takes the size it had" in answer


@pytest.mark.parametrize("kind", ["mysql", "mariadb"])
def test_random_statements(request, kind):
    server = server_of(request, kind)
    database = f"change_{kind}"
    seed = int(os.environ.get("GODWIT_SEED", "20240229"))
    print(f"GODWIT_SEED={seed}")
    model = Model(server, database)
    connection = pymysql.connect(host=server.host, port=server.port, user=server.user, password=server.password, autocommit=True)
    wrong, counts = [], {}
    with connection, connection.cursor() as cursor:
        made = Definitions(random.Random(seed), cursor, database, kind == "mariadb")
        for _ in range(STATEMENTS):
            sql = made.statement()
            answer = model.run(sql)
            word = answer.split(":")[0]
            counts[word] = counts.get(word, 0) + 1
            if os.environ.get("GODWIT_SHOW"):
                print(answer[:90], "<-", sql)
            if word == "different" or (word == "unknown" and not is_known(answer)):
                wrong.append(f"{sql}\n    {answer}")
    assert model.end() == 0
    print(counts)
    assert not wrong, f"seed {seed}:\n" + "\n".join(wrong)
    assert counts["same"] >= STATEMENTS // 3, counts


# Each is executed by one of the two at least; what only one knows the other refuses.
FIXED = """
CREATE TABLE v (id int primary key)
CREATE TABLE f (id int primary key, ref int, x int, FOREIGN KEY (ref) REFERENCES v (id))
CREATE UNIQUE INDEX k ON f (ref, x)
CREATE TABLE g (id int primary key, ref int, x int, FOREIGN KEY kn (ref) REFERENCES v (id))
CREATE TABLE g2 LIKE g
CREATE UNIQUE INDEX k ON g2 (ref, x)
CREATE TABLE h (id int primary key, ref int REFERENCES v (id), x int)
CREATE TABLE l (id int primary key, a json, b varchar(20), key ((cast(a->'$.x' as unsigned))), check (json_valid(b) or a is null))
CREATE TABLE m (id int primary key, ts timestamp default '2024-01-01 01:00:00', dt datetime default '2024-01-01')
CREATE TABLE n (id bigint auto_increment, d date not null, primary key(id, d)) partition by range (to_days(d)) (partition a values less than (to_days('2024-01-01')), partition b values less than (to_days('2024-03-01')))
CREATE TABLE o (id int, d date not null, primary key(id, d)) partition by range columns (d) (partition a values less than ('2024-1-1'), partition b values less than (maxvalue))
ALTER TABLE o REORGANIZE PARTITION b INTO (PARTITION b VALUES LESS THAN ('2024-05-01'), PARTITION c VALUES LESS THAN (MAXVALUE))
CREATE TABLE p (id int, d date not null, primary key(id, d)) partition by range (year(d)*10) (partition a values less than (20240), partition b values less than maxvalue)
CREATE TABLE q (a int, b varchar(10), primary key (a, b)) partition by list columns (a, b) (partition x values in ((1,'a'),(2,'b')))
CREATE TABLE r (a int primary key, b varchar(20) check (b <> 'it''s'), c varchar(20) default (concat('a', 'b')), d int default (1+1))
CREATE TABLE `_r_new` (`a` int(11) NOT NULL, `b` varchar(20) COLLATE utf8mb4_bin, PRIMARY KEY (`a`), CONSTRAINT `zz` CHECK ((`b` <> _utf8mb4'x'))) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
ALTER TABLE `_r_new` ADD COLUMN z int, ALGORITHM=COPY
RENAME TABLE `change_fixed`.`r` TO `change_fixed`.`_r_old`, `change_fixed`.`_r_new` TO `change_fixed`.`r`
DROP TABLE IF EXISTS `change_fixed`.`_r_old`
create /* gh-ost */ table `change_fixed`.`_r_gho` like `change_fixed`.`r`
alter /* gh-ost */ table `change_fixed`.`_r_gho` add column w varchar(5) not null default 'w', drop column z
rename /* gh-ost */ table `change_fixed`.`r` to `change_fixed`.`_r_del`, `change_fixed`.`_r_gho` to `change_fixed`.`r`
CREATE TABLE s (a int, b int as (a + 1), c int as (b * 2) stored, key (c))
ALTER TABLE s ADD d varchar(10) CHARACTER SET latin1 COLLATE latin1_bin, ADD e varchar(10) CHARACTER SET utf8mb4, ADD FULLTEXT KEY ft (d), ADD INDEX px (e(4), d(10))
ALTER TABLE s MODIFY e varchar(4), MODIFY d varchar(300) COLLATE latin1_german1_ci
ALTER TABLE s CONVERT TO CHARACTER SET latin1
CREATE TABLE t1 (t tinytext, x text, m mediumtext) CHARSET latin1
ALTER TABLE t1 CONVERT TO CHARACTER SET utf8mb4
CREATE TABLE u1 (b set('1','2') default '2,1', e bit(8) default 0x0f)
CREATE TABLE y (a int not null, b int, unique (a), unique (a, b), key (b), key(b, a), index b_3 (a))
ALTER TABLE y ADD PRIMARY KEY (b), ADD UNIQUE (b)
ALTER TABLE y DROP PRIMARY KEY, DROP COLUMN a
ALTER TABLE y ADD c geometry not null srid 4326
ALTER TABLE y add d vector(3)
ALTER TABLE g ADD c2 uuid, add d2 inet6
ALTER TABLE g ADD COLUMN IF NOT EXISTS c3 int, DROP COLUMN IF EXISTS nothing
ALTER TABLE g ORDER BY id
ALTER TABLE y ADD CONSTRAINT ck CHECK (b > 1) NOT ENFORCED
ALTER TABLE y ALTER CHECK ck ENFORCED
ALTER TABLE y DROP CONSTRAINT ck
ALTER TABLE y ALTER COLUMN b SET DEFAULT (1+2)
CREATE TABLE z (id int primary key, a varchar(10), b int, c varchar(10), key (a), key (b), key (c))
ALTER TABLE z MODIFY a tinytext
ALTER TABLE z MODIFY b point
ALTER TABLE z MODIFY c text CHARACTER SET utf8mb3
"""


@pytest.mark.parametrize("kind", ["mysql", "mariadb"])
def test_fixed_statements(request, kind):
    model = Model(server_of(request, kind), "change_fixed")
    answers = [(model.run(sql), sql) for sql in FIXED.strip().split("\n")]
    assert model.end() == 0
    wrong = [f"{sql}\n    {answer}" for answer, sql in answers if not answer.startswith(("same", "refused"))]
    assert not wrong, "\n".join(wrong)
    assert sum(a == "same" for a, _ in answers) >= 30


CATALOG = {
    "columns": """SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
        pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum), a.attcollation
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped""",
    "indexes": """SELECT c.relname, pg_get_indexdef(i.indexrelid), obj_description(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition""",
    "constraints": """SELECT c.relname, k.conname, pg_get_constraintdef(k.oid), k.convalidated FROM pg_constraint k
        JOIN pg_class c ON c.oid = k.conrelid WHERE c.relnamespace = %s::regnamespace AND NOT c.relispartition""",
    "partitions": """SELECT c.relname, c.relkind::text, pg_get_expr(c.relpartbound, c.oid), obj_description(c.oid) FROM pg_class c
        WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'p')""",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = %s::regnamespace",
    "triggers": """SELECT c.relname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = %s::regnamespace AND NOT t.tgisinternal""",
}


def catalog(pg, schema):
    """What is in a schema. Keys that a partition has from its table are left out: their names depend on history."""
    found = set()
    for kind, sql in CATALOG.items():
        for row in pg.execute(sql, (schema,)):
            found.add((kind, *(re.sub(rf'"?{schema}"?\\.', "", v) if isinstance(v, str) else v for v in row)))
    return found


class Target:
    """A schema of PostgreSQL that is changed statement by statement, and what is wrong with it."""

    def __init__(self, pg, model):
        self.pg, self.model = pg, model
        self.wrong, self.counts, self.refused = [], {"done": 0, "refused": 0}, {}
        pg.execute("CREATE SCHEMA moved")

    def step(self, sql):
        """False: no more can be told."""
        answer = json.loads(self.model.run(sql))
        kind, change, fresh = answer["answer"], answer["sql"], answer["fresh"] or ""
        if kind == "same" and change is None:
            self.refused[answer["why"]] = sql
            self.counts["refused"] += 1
        elif kind == "same":
            self.counts["done"] += 1
        elif not kind.startswith(("refused", "unknown")):
            self.wrong.append(f"{sql}\n    {kind}")
        try:
            if change:
                self.pg.execute(change)
        except Exception as e:
            self.wrong.append(f"{sql}\n    {e}\n    {change}")
            change = None
        if kind.startswith(("different", "unknown")):
            return False  # the tool has gone on with other tables
        if kind.startswith("refused"):
            return True
        if change is None:
            self.pg.execute("DROP SCHEMA moved CASCADE; CREATE SCHEMA moved; " + fresh)
            return True
        before = catalog(self.pg, "moved")
        self.pg.execute("ALTER SCHEMA moved RENAME TO kept; CREATE SCHEMA moved; " + fresh)
        anew = catalog(self.pg, "moved")
        self.pg.execute("DROP SCHEMA moved CASCADE; ALTER SCHEMA kept RENAME TO moved")
        if before != anew:
            self.wrong.append(f"{sql}\n    {change}\n    there: {sorted(before - anew, key=str)}\n    anew: {sorted(anew - before, key=str)}")
            self.pg.execute("DROP SCHEMA moved CASCADE; CREATE SCHEMA moved; " + fresh)
        return True


@pytest.mark.parametrize("kind", ["mysql", "mariadb"])
def test_target_follows(request, kind, pg_db):
    """PostgreSQL, changed statement by statement, has what it would have had if all had been made anew."""
    server = server_of(request, kind)
    seed = int(os.environ.get("GODWIT_SEED", "20240229"))
    print(f"GODWIT_SEED={seed}")
    target = Target(pg_db, Model(server, f"target_{kind}", "schema=moved"))
    connection = pymysql.connect(host=server.host, port=server.port, user=server.user, password=server.password, autocommit=True)
    with connection, connection.cursor() as cursor:
        made = Definitions(random.Random(seed), cursor, f"target_{kind}", kind == "mariadb")
        for _ in range(STATEMENTS):
            if not target.step(made.statement()):
                break
    target.model.end()
    counts, refused = target.counts, target.refused
    print(counts, *refused.items(), sep="\n")
    assert not target.wrong, f"seed {seed}:\n" + "\n".join(target.wrong)
    assert counts["done"] > 5 * counts["refused"] or counts["done"] > STATEMENTS // 4, (counts, refused)


# Partitions are tables with names of their own; sequences change names, too; json without a default; defaults that are no JSON, which only MariaDB takes.
FOLLOWED = """
CREATE TABLE s (id int auto_increment primary key) PARTITION BY RANGE (id) SUBPARTITION BY HASH (id) SUBPARTITIONS 2 (PARTITION p0 VALUES LESS THAN (5), PARTITION p1 VALUES LESS THAN (10))
CREATE TABLE s2 LIKE s
ALTER TABLE s ADD PARTITION (PARTITION p2 VALUES LESS THAN (20))
CREATE TABLE s3 LIKE s
RENAME TABLE s3 TO s4
ALTER TABLE s DROP PARTITION p0
CREATE TABLE h (id int primary key) PARTITION BY HASH (id) PARTITIONS 2
CREATE TABLE i (id int primary key, c int) PARTITION BY HASH (id) PARTITIONS 3
RENAME TABLE h TO tmp_, i TO h, tmp_ TO i
RENAME TABLE h TO tmp_, s TO h, tmp_ TO s
RENAME TABLE s TO tmp_, s2 TO s, tmp_ TO s2
CREATE TABLE l (id int, v varchar(5)) PARTITION BY LIST COLUMNS (v) (PARTITION a VALUES IN ('a'), PARTITION b VALUES IN ('b'))
RENAME TABLE l TO m
CREATE TABLE l LIKE m
RENAME TABLE l TO tmp_, m TO l, tmp_ TO m
ALTER TABLE m ADD j json NOT NULL
ALTER TABLE m ADD k json DEFAULT ''
ALTER TABLE m ADD n json NOT NULL DEFAULT '{"a": 1}'
CREATE TABLE u (id bigint unsigned auto_increment primary key)
CREATE TABLE w LIKE u
RENAME TABLE u TO tmp_, w TO u, tmp_ TO w
RENAME TABLE u TO u2
CREATE TABLE u LIKE w
CREATE TABLE g (id int primary key, a int, b int GENERATED ALWAYS AS (a + 1) STORED)
ALTER TABLE g MODIFY a bigint
ALTER TABLE g DROP COLUMN b, MODIFY a int
CREATE TABLE j (id int primary key, j json NOT NULL DEFAULT '', k json DEFAULT '[')
"""


@pytest.mark.parametrize("kind", ["mysql", "mariadb"])
def test_target_follows_fixed(request, kind, pg_db):
    target = Target(pg_db, Model(server_of(request, kind), f"followed_{kind}", "schema=moved"))
    for sql in FOLLOWED.strip().split("\n"):
        assert target.step(sql), sql
    assert target.model.end() == 0
    assert not target.wrong, "\n".join(target.wrong)
    cannot = {"the type of column a of table g changes, which the generated column b reads"}
    if kind == "mariadb":
        cannot.add("rows of table m get the value '' in column k, which the target cannot hold")
    assert set(target.refused) == cannot and target.counts["done"] == (25 if kind == "mariadb" else 23), (target.counts, target.refused)
