"""Random changes of definitions, as statements for MySQL or MariaDB. What is there to be changed is asked of the server, so most of them
can be executed; the server refuses the others."""

TYPES = ["int", "INT UNSIGNED", "bigint(20)", "TINYINT(1)", "bool", "smallint zerofill", "mediumint", "INTEGER", "decimal(10,2)",
         "NUMERIC(6)", "dec", "float", "float(7,2)", "DOUBLE PRECISION", "real", "float(40)", "bit(5)", "bit", "char(7)",
         "CHARACTER VARYING(20)", "varchar(30) CHARACTER SET latin1", "varchar(12) COLLATE utf8mb4_bin", "nchar(5)",
         "NATIONAL VARCHAR(9)", "text", "TEXT(40)", "mediumtext", "tinytext CHARACTER SET utf8mb3", "long varchar", "varbinary(16)",
         "binary(4)", "blob(70000)", "longblob", "char(5) BYTE", "varchar(5) BINARY", "date", "time(2)", "datetime(3)",
         "timestamp(6) NULL", "timestamp NULL", "year", "enum('a','b','it''s')", "set('x','y','z') CHARACTER SET latin1", "json",
         "point", "varchar(200) ASCII"]

DEFAULTS = {
    "int": ["5", "-3", "'7'", "NULL", "1.6", "TRUE", "x'0f'"], "bigint": ["12345678901", "0"], "tinyint": ["1", "FALSE"],
    "bool": ["TRUE", "0"], "smallint": ["42"], "mediumint": ["7"], "INTEGER": ["+4"], "decimal": ["1.5", "'2.25'", "-3", "0"],
    "NUMERIC": ["12"], "dec": ["3"], "float": ["1.5", "1e3", "'0.25'"], "DOUBLE": ["2.5e-3", "-0.5"], "real": ["1.25"],
    "bit": ["b'1'", "1"], "char": ["'ab'", "''", "'x  '"], "CHARACTER": ["'it''s'", "\"dq\""], "varchar": ["'v'", "'a\\\\b'", "12"],
    "nchar": ["'n'"], "NATIONAL": ["'nn'"], "varbinary": ["'bytes'", "x'4142'"], "binary": ["'b'"], "date": ["'2024-1-2'", "'20240102'"],
    "time": ["'10:11'", "'1:2:3'", "101112"], "datetime": ["'2024-01-02 3:4:5'", "'2024-01-02'", "CURRENT_TIMESTAMP(3)", "NOW(3)"],
    "timestamp": ["'2024-05-06 07:08:09'"], "year": ["2024", "'24'", "69"], "enum": ["'a'", "'IT''S'", "2"], "set": ["'z,x'", "'y'", "3"],
}


class Definitions:
    def __init__(self, rng, cursor, database, mariadb, tables=("t", "u", "v", "w"), partitions=True, keep=()):
        self.rng, self.cursor, self.database, self.mariadb = rng, cursor, database, mariadb
        self.carried = False  # only what the target can do, rows and all, with columns in the same order
        self.tables, self.partitions, self.keep, self.n = list(tables), partitions, set(keep), 0

    # ---- what is there ----

    def ask(self, sql, *arguments):
        self.cursor.execute(sql, arguments)
        return self.cursor.fetchall()

    def present(self):
        return [r[0] for r in self.ask("SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s"
                                       " AND TABLE_TYPE = 'BASE TABLE' ORDER BY 1", self.database)]

    def columns(self, table):
        return [r[0] for r in self.ask("SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s"
                                       " ORDER BY ORDINAL_POSITION", self.database, table)]

    def simple(self, table):
        """Columns that can be in a key without more words."""
        rows = self.ask("SELECT COLUMN_NAME, DATA_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s"
                        " ORDER BY ORDINAL_POSITION", self.database, table)
        return [c for c, t in rows if not any(w in t for w in ("text", "blob", "json", "point"))]

    def keys(self, table):
        return [r[0] for r in self.ask("SELECT DISTINCT INDEX_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = %s"
                                       " AND TABLE_NAME = %s ORDER BY 1", self.database, table)]

    def constraints(self, table, kind):
        return [r[0] for r in self.ask("SELECT CONSTRAINT_NAME FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = %s"
                                       " AND TABLE_NAME = %s AND CONSTRAINT_TYPE = %s ORDER BY 1", self.database, table, kind)]

    def parts(self, table):
        return [r[0] for r in self.ask("SELECT DISTINCT PARTITION_NAME FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = %s AND"
                                       " TABLE_NAME = %s AND PARTITION_NAME IS NOT NULL ORDER BY 1", self.database, table)]

    # ---- pieces ----

    def name(self, prefix):
        self.n += 1
        return f"{prefix}{self.n}"

    def some(self, items):
        return self.rng.choice(items) if items else "nothing"

    def quoted(self, name):
        return f"`{name}`" if self.rng.random() < 0.5 else name

    def wider(self, table):
        """A column with a type that holds all it held."""
        wider = {"int": "bigint", "tinyint": "smallint", "smallint": "int", "mediumint": "bigint", "varchar": "text", "tinytext": "mediumtext",
                 "text": "longtext", "float": "double", "char": "varchar(250)", "varbinary": "blob", "decimal": "decimal(30,8)"}
        rows = self.ask("SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s"
                        " AND COLUMN_NAME <> 'id' AND EXTRA NOT LIKE '%%GENERATED%%'", self.database, table)
        fit = [(c, wider[t]) for c, t, full in rows if t in wider and "unsigned" not in full and full != "tinyint(1)"]
        return " ".join(self.rng.choice(fit)) if fit else "nothing int"

    def column(self, name, key=True, of=()):
        rng = self.rng
        if rng.random() < 0.08 and of and not self.carried:
            kind = rng.choice(["STORED", "VIRTUAL", ""])
            return f"{self.quoted(name)} int GENERATED ALWAYS AS ({rng.choice(of)} + 1) {kind}"
        type_ = rng.choice([t for t in TYPES if t != "point"] if self.carried else TYPES)
        words = [type_]
        base = type_.replace("(", " ").split()[0]
        choices = DEFAULTS.get(base, DEFAULTS.get(base.lower(), []))
        if rng.random() < 0.5 and choices:
            default = rng.choice(choices)
            if "(3)" in default and "(3)" not in type_:
                default = "NULL"
            if default == "NULL" or rng.random() < 0.6 or "NULL" in type_:
                words.append(f"DEFAULT {default}")
            else:
                words.append(f"NOT NULL DEFAULT {default}")
        elif rng.random() < 0.3 and "NULL" not in type_:
            words.append(rng.choice(["NOT NULL", "NULL"]))
        if base == "datetime" and rng.random() < 0.3:
            words.append("ON UPDATE CURRENT_TIMESTAMP(3)")
        if rng.random() < 0.2:
            words.append(f"COMMENT 'it''s {name}'")
        if key and base != "point" and rng.random() < 0.08:
            words.append("UNIQUE")
        if base in ("int", "bigint", "decimal") and rng.random() < 0.1:
            words.append(f"CHECK ({name} > -100)")
        if rng.random() < 0.06:
            words.append("INVISIBLE")
        return f"{self.quoted(name)} {' '.join(words)}"

    def key_parts(self, columns):
        rng = self.rng
        chosen = rng.sample(columns, min(len(columns), rng.randint(1, 3))) if columns else ["nothing"]
        return ", ".join(c + rng.choice(["", "", " DESC", " ASC"]) for c in chosen)

    def key(self, columns):
        rng = self.rng
        kind = rng.choice(["KEY", "INDEX", "UNIQUE KEY", "UNIQUE"])
        name = self.quoted(self.name("k")) if rng.random() < 0.7 else ""
        tail = rng.choice(["", "", " USING BTREE", " COMMENT 'k'"])
        return f"{kind} {name} ({self.key_parts(columns)}){tail}"

    def foreign_key(self):
        """To the primary key of a table that has one called id."""
        name = f"CONSTRAINT {self.name('f')} " if self.rng.random() < 0.5 else ""
        action = self.rng.choice(["", " ON DELETE CASCADE", " ON DELETE SET NULL ON UPDATE CASCADE", " ON DELETE RESTRICT"])
        return f"{name}FOREIGN KEY (%s) REFERENCES {self.some(self.present())} (id){action}"

    # ---- statements ----

    def create(self, table):
        rng = self.rng
        names = [self.name("c") for _ in range(rng.randint(1, 5))]
        parts = ["id int NOT NULL AUTO_INCREMENT"] + [self.column(n, of=["id"] if self.mariadb else []) for n in names]
        parts.append("PRIMARY KEY (id)")
        if rng.random() < 0.3:
            parts.append("ref int")
            parts.append(self.foreign_key() % "ref")
        if rng.random() < 0.3:
            parts.append(f"CHECK (id > {rng.randint(-5, 0)})")
        if rng.random() < 0.3:
            parts.append(f"CONSTRAINT {self.name('x')} CHECK (id <> 77)")
        if rng.random() < 0.2 and not self.mariadb:
            parts.append("KEY ((id + 1))")
        options = rng.choice(["", "", " ENGINE=InnoDB DEFAULT CHARSET=latin1", " COLLATE utf8mb4_bin", " COMMENT='a table'",
                              " CHARSET utf8mb4 AUTO_INCREMENT=100"])
        if rng.random() < 0.25 and self.partitions and "FOREIGN" not in " ".join(parts):
            options += rng.choice([
                " PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20) COMMENT 'x')",
                " PARTITION BY HASH (id) PARTITIONS 3", " PARTITION BY KEY () PARTITIONS 2",
                " PARTITION BY LIST (id) (PARTITION a VALUES IN (1,2), PARTITION b VALUES IN (3))",
                " /*!50100 PARTITION BY RANGE (id) SUBPARTITION BY HASH (id) SUBPARTITIONS 2 (PARTITION p0 VALUES LESS THAN (5),"
                " PARTITION pm VALUES LESS THAN MAXVALUE) */"])
        return f"CREATE TABLE {rng.choice(['', 'IF NOT EXISTS '])}{self.quoted(table)} ({', '.join(parts)}){options}"

    def clause(self, table):
        rng, columns = self.rng, self.columns(table)
        others = [c for c in columns if c != "id" and c not in self.keep]
        place = "" if self.carried else rng.choice(["", "", " FIRST", f" AFTER {self.some(columns)}"])
        new = self.name("c")
        column = self.some(others)
        choice = rng.randrange(22)
        if self.carried and choice in (7, 8, 9):
            return f"MODIFY {self.wider(table)} {rng.choice(['', place])}"
        if choice < 5:
            return f"ADD {rng.choice(['', 'COLUMN '])}{self.column(new, of=self.simple(table)[:1])}{place}"
        if choice == 5:
            return f"ADD COLUMN ({self.column(new)}, {self.column(self.name('c'))})"
        if choice == 6:
            return f"DROP {rng.choice(['', 'COLUMN '])}{column}"
        if choice in (7, 8):
            return f"MODIFY {self.column(column, key=False)}{place}"
        if choice == 9:
            return f"CHANGE {column} {self.column(new, key=False)}{place}"
        if choice == 10:
            return f"RENAME COLUMN {column} TO {new}"
        if choice == 11:
            return f"ALTER {column} {rng.choice(['DROP DEFAULT', 'SET DEFAULT 4', 'SET DEFAULT NULL'])}"
        if choice in (12, 13):
            return f"ADD {self.key(self.simple(table))}"
        if choice == 14:
            return f"DROP {rng.choice(['KEY', 'INDEX'])} {self.some([k for k in self.keys(table) if k != 'PRIMARY'])}"
        if choice == 15:
            return f"RENAME KEY {self.some([k for k in self.keys(table) if k != 'PRIMARY'])} TO {self.name('k')}"
        if choice == 16:
            return "ADD " + self.foreign_key() % self.some(self.simple(table))
        if choice == 17:
            return f"DROP FOREIGN KEY {self.some(self.constraints(table, 'FOREIGN KEY'))}"
        if choice == 18:
            return f"ADD {rng.choice(['', f'CONSTRAINT {new} '])}CHECK (id > -{rng.randint(1, 9)})"
        if choice == 19:
            return f"DROP {'CONSTRAINT' if self.mariadb else 'CHECK'} {self.some(self.constraints(table, 'CHECK'))}"
        if choice == 20:
            return rng.choice(["COMMENT = 'changed'", "DEFAULT CHARACTER SET latin1", "COLLATE utf8mb4_general_ci", "ENGINE=InnoDB",
                               "CONVERT TO CHARACTER SET utf8mb4", "CONVERT TO CHARACTER SET utf8mb3 COLLATE utf8mb3_bin"])
        hidden = "IGNORED" if self.mariadb else "INVISIBLE"
        return f"ALTER INDEX {self.some([k for k in self.keys(table) if k != 'PRIMARY'])} {hidden}"

    def partition_clause(self, table):
        rng, parts = self.rng, self.parts(table)
        one = self.some(parts)
        high = 1000 * (self.n + 1)
        return rng.choice([f"ADD PARTITION (PARTITION {self.name('p')} VALUES LESS THAN ({high}))", "ADD PARTITION PARTITIONS 2",
                           f"ADD PARTITION (PARTITION {self.name('p')} VALUES IN ({high}))", f"DROP PARTITION {one}",
                           "COALESCE PARTITION 1", "REMOVE PARTITIONING", f"TRUNCATE PARTITION {one}", "PARTITION BY HASH (id) PARTITIONS 4",
                           f"REORGANIZE PARTITION {one} INTO (PARTITION {self.name('p')} VALUES LESS THAN (6),"
                           f" PARTITION {self.name('p')} VALUES LESS THAN (10))"])

    def alter(self, table):
        rng = self.rng
        if self.parts(table) and rng.random() < 0.4:
            return f"ALTER TABLE {table} {self.partition_clause(table)}"
        clauses = [self.clause(table) for _ in range(rng.choice([1, 1, 1, 2, 3]))]
        tail = rng.choice(["", "", "", ", ALGORITHM=DEFAULT, LOCK=DEFAULT"])
        database = rng.choice(["", "", f"`{self.database}`."])
        return f"ALTER TABLE {database}{self.quoted(table)} {', '.join(clauses)}{tail}"

    def statement(self):
        rng, present = self.rng, self.present()
        absent = [t for t in self.tables if t not in present]
        if not present or (absent and rng.random() < 0.15):
            return self.create(self.some(absent))
        table, free = self.some(present), self.some(absent) if absent else self.name("x")
        choice = rng.randrange(30)
        if choice == 0:
            return f"DROP TABLE {rng.choice(['', 'IF EXISTS '])}{self.quoted(table)} /* generated by server */"
        if choice == 1:
            return f"RENAME TABLE {table} TO {free}"
        if choice == 2 and len(present) > 1:
            other = self.some([t for t in present if t != table])
            return f"RENAME TABLE {table} TO tmp_, {other} TO {table}, tmp_ TO {other}"
        if choice == 3:
            return f"CREATE TABLE {free} LIKE {table}"
        if choice == 4:
            return f"ALTER TABLE {table} RENAME {rng.choice(['TO ', 'AS ', ''])}{free}"
        if choice == 5:
            kind = rng.choice(["", "UNIQUE "])
            return f"CREATE {kind}INDEX {self.name('k')} ON {self.quoted(table)} ({self.key_parts(self.simple(table))})"
        if choice == 6:
            return f"DROP INDEX {self.some([k for k in self.keys(table) if k != 'PRIMARY'])} ON {table}"
        if choice == 7:
            return f"ALTER DATABASE `{self.database}` CHARACTER SET {rng.choice(['utf8mb4', 'latin1'])}"
        return self.alter(table)


VALUES = {"bigint": "7", "int": "12", "smallint": "3", "mediumint": "5", "tinyint": "1", "decimal": "1.5", "float": "0.5", "double": "2.25",
          "bit": "1", "char": "'ab'", "varchar": "'v é'", "text": "'some text'", "tinytext": "'t'", "mediumtext": "'m'", "longtext": "'[1]'",
          "binary": "'b'", "varbinary": "'vb'", "blob": "x'00ff'", "mediumblob": "x'01'", "longblob": "x'02'", "date": "'2024-02-03'",
          "time": "'01:02:03'", "datetime": "'2024-02-03 04:05:06'", "timestamp": "'2024-02-03 04:05:06'", "year": "2024", "enum": "1",
          "set": "1", "json": "'{\"a\": 1}'", "point": "ST_GeomFromText('POINT(1 2)')", "mediumblob ": "'x'"}


class Rows:
    """Changes of rows of whatever tables there are."""

    def __init__(self, made):
        self.made, self.rng = made, made.rng

    def statement(self):
        rng, made = self.rng, self.made
        table = made.some(made.present())
        kind = rng.randrange(10)
        if kind == 0:
            return f"DELETE FROM {table} WHERE id % 7 = {rng.randrange(7)} LIMIT 3"
        columns = made.ask("SELECT COLUMN_NAME, DATA_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s"
                           " AND COLUMN_NAME <> 'id' AND EXTRA NOT LIKE '%%GENERATED%%'", made.database, table)
        chosen = [(c, VALUES[t]) for c, t in columns if t in VALUES and c != "ref"]
        if kind < 4 and chosen:
            column, value = rng.choice(chosen)
            return f"UPDATE {table} SET {column} = {value} WHERE id % 5 = {rng.randrange(5)}"
        if kind == 4 and columns:
            return f"UPDATE {table} SET {rng.choice(columns)[0]} = DEFAULT WHERE id % 5 = {rng.randrange(5)}"
        names, values = ", ".join(c for c, _ in chosen), ", ".join(v for _, v in chosen)
        return f"INSERT INTO {table} ({names}) VALUES ({values})" + (f", ({values})" if rng.random() < 0.5 else "")
