"""The definitions on both sides, read from their catalogs, and what differs between them."""
import re

from .rows import quote_pg

NAME_BYTES = 63

# What a MySQL type may be in PostgreSQL without losing a value. "unsigned" decides where it widens the range.
HOLDS = {
    "tinyint": {"smallint", "integer", "bigint", "boolean"}, "smallint": {"smallint", "integer", "bigint"},
    "mediumint": {"integer", "bigint"}, "int": {"integer", "bigint"}, "bigint": {"bigint", "numeric"},
    "smallint unsigned": {"integer", "bigint"}, "int unsigned": {"bigint"}, "bigint unsigned": {"numeric"},
    "year": {"smallint", "integer"}, "decimal": {"numeric"}, "float": {"real", "double precision", "numeric"},
    "double": {"double precision", "numeric"}, "bit": {"bit", "bit varying", "boolean", "bytea"},
    "char": {"character", "character varying", "text"},
    "date": {"date"}, "datetime": {"timestamp without time zone"}, "timestamp": {"timestamp with time zone"},
    "time": {"time without time zone", "interval"}, "json": {"jsonb", "json"},
}


def dicts(connection, sql, args=None):
    cursor = connection.cursor()
    cursor.execute(sql, args)
    names = [d[0].lower() for d in cursor.description]
    rows = [dict(zip(names, r)) for r in cursor.fetchall()]
    cursor.close()
    return rows


def cut(name, key=None):
    """The published rule for names of more than 63 bytes: cut at a character, '_' and 8 hex digits of FNV-1a."""
    data = name.encode()
    if len(data) <= NAME_BYTES:
        return name
    h = 2166136261
    for byte in (key or name).encode():
        h = (h ^ byte) * 16777619 & 0xFFFFFFFF
    return data[:NAME_BYTES - 9].decode("utf-8", "ignore") + "_%08x" % h


def lower_ascii(name):
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in name)


# ---- the source ----

def source_tables(c, database):
    """name -> {comment, next (auto_increment), partition (expression columns or None), columns, indexes, fks}"""
    cursor = c.cursor()
    cursor.execute("SELECT VERSION(), @@lower_case_table_names")
    version, fold = cursor.fetchone()
    if "MariaDB" not in version:
        cursor.execute("SET SESSION information_schema_stats_expiry = 0")
    tables = {}
    for t in dicts(c, "SELECT TABLE_NAME name, TABLE_COMMENT comment, AUTO_INCREMENT next, DATA_LENGTH size FROM"
                      " information_schema.TABLES"
                      " WHERE TABLE_SCHEMA = %s AND TABLE_TYPE = 'BASE TABLE'", (database,)):
        tables[t["name"]] = {"comment": t["comment"], "next": t["next"], "size": int(t["size"] or 0), "columns": [],
                             "indexes": {}, "fks": {},
                             "partition": None, "fold": fold}
    for col in dicts(c, "SELECT TABLE_NAME t, COLUMN_NAME name, DATA_TYPE type, COLUMN_TYPE full, IS_NULLABLE"
                        " nullable, COLUMN_COMMENT comment,"
                        " EXTRA extra FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = %s ORDER BY TABLE_NAME,"
                        " ORDINAL_POSITION", (database,)):
        if col["t"] in tables:
            col["nullable"] = col["nullable"] == "YES"
            col["signed_zero"] = "MariaDB" not in version
            tables[col["t"]]["columns"].append(col)
    expression = "EXPRESSION" if "MariaDB" not in version else "NULL"
    for i in dicts(c, "SELECT TABLE_NAME t, INDEX_NAME name, NON_UNIQUE plain, COLUMN_NAME col, SUB_PART part,"
                      " INDEX_TYPE kind, " + expression +
                      " expr FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = %s ORDER BY TABLE_NAME,"
                      " INDEX_NAME, SEQ_IN_INDEX", (database,)):
        index = tables[i["t"]]["indexes"].setdefault(i["name"], {"unique": not int(i["plain"]), "kind": i["kind"],
                                                                 "parts": []})
        index["parts"].append(None if i["part"] or i["expr"] or not i["col"] else i["col"])
    for f in dicts(c, "SELECT k.TABLE_NAME t, k.CONSTRAINT_NAME name, k.COLUMN_NAME col, k.REFERENCED_TABLE_NAME rt,"
                      " k.REFERENCED_COLUMN_NAME rc,"
                      " r.DELETE_RULE del, r.UPDATE_RULE upd FROM information_schema.KEY_COLUMN_USAGE k JOIN"
                      " information_schema.REFERENTIAL_CONSTRAINTS r ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND"
                      " r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME WHERE k.TABLE_SCHEMA ="
                      " %s AND"
                      " k.REFERENCED_TABLE_NAME IS NOT NULL ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME,"
                      " k.ORDINAL_POSITION", (database,)):
        fk = tables[f["t"]]["fks"].setdefault(f["name"], {"columns": [], "table": f["rt"], "refs": [],
                                                          "delete": f["del"], "update": f["upd"]})
        fk["columns"].append(f["col"])
        fk["refs"].append(f["rc"])
    for p in dicts(c, "SELECT DISTINCT TABLE_NAME t, PARTITION_METHOD m, PARTITION_EXPRESSION e FROM"
                      " information_schema.PARTITIONS"
                      " WHERE TABLE_SCHEMA = %s AND PARTITION_METHOD IS NOT NULL", (database,)):
        tables[p["t"]]["partition"] = (p["m"], p["e"] or "")
    return tables


# ---- the target ----

def target_tables(c, schema):
    tables = {}
    for t in dicts(c, "SELECT c.oid, c.relname AS name, c.relkind AS kind, obj_description(c.oid, 'pg_class') AS"
                      " comment FROM pg_class c"
                      " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relkind IN ('r', 'p')"
                      " AND NOT c.relispartition", (schema,)):
        t.update(columns=[], indexes={}, fks={}, next={})
        tables[t["oid"]] = t
    oids = (list(tables),)
    for col in dicts(c, "SELECT a.attrelid, a.attname AS name, a.attnum, format_type(a.atttypid, NULL) AS type,"
                        " format_type(a.atttypid, a.atttypmod) AS full, NOT a.attnotnull AS nullable,"
                        " col_description(a.attrelid, a.attnum) AS comment,"
                        " pg_get_serial_sequence(quote_ident(n.nspname) || '.' || quote_ident(c.relname), a.attname)"
                        " AS sequence, t.typtype,"
                        " format_type(t.typbasetype, NULL) AS base FROM pg_attribute a JOIN pg_class c ON c.oid ="
                        " a.attrelid JOIN pg_namespace n"
                        " ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = ANY (%s)"
                        " AND a.attnum > 0"
                        " AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum", oids):
        if col["typtype"] == "d":
            col["type"] = col["base"]
        elif col["typtype"] == "e":
            col["type"] = "enum"
        tables[col["attrelid"]]["columns"].append(col)
        if col["sequence"]:
            row = dicts(c, "SELECT last_value, is_called FROM " + col["sequence"])[0]
            tables[col["attrelid"]]["next"][col["name"]] = row["last_value"] + (1 if row["is_called"] else 0)
    for i in dicts(c, "SELECT i.indrelid, c.relname AS name, i.indisunique AS uniq, i.indisprimary AS prim,"
                      " i.indisvalid AS valid,"
                      " (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(i.indkey::int2[]) WITH ORDINALITY"
                      " k(num, n) LEFT JOIN"
                      " pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num AND k.num > 0 WHERE k.n <="
                      " i.indnkeyatts) AS parts"
                      " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = ANY (%s)", oids):
        tables[i["indrelid"]]["indexes"][i["name"]] = i
    for f in dicts(c, "SELECT con.conrelid, con.conname AS name, con.confrelid, con.confdeltype AS del,"
                      " con.confupdtype AS upd, con.convalidated AS valid,"
                      " (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(con.conkey) WITH ORDINALITY"
                      " k(num, n) JOIN pg_attribute a"
                      " ON a.attrelid = con.conrelid AND a.attnum = k.num) AS columns, (SELECT"
                      " array_agg(a.attname::text ORDER BY k.n) FROM"
                      " unnest(con.confkey) WITH ORDINALITY k(num, n) JOIN pg_attribute a ON a.attrelid ="
                      " con.confrelid AND a.attnum = k.num) AS refs"
                      " FROM pg_constraint con WHERE con.contype = 'f' AND con.conrelid = ANY (%s)", oids):
        tables[f["conrelid"]]["fks"][f["name"]] = f
    return {t["name"]: t for t in tables.values()}


# ---- side by side ----

def pair_tables(source, target):
    """source name -> target name, by the published naming rules; None where there is none."""
    taken, pairs = set(), {}
    for name in source:
        wanted = cut(lower_ascii(name) if int(source[name]["fold"]) else name)
        pairs[name] = wanted if wanted in target and wanted not in taken else None
        taken.add(pairs[name])
    return pairs


def pair_columns(source, target, table):
    """Adds pg_name and pg_type to the source's columns; (pairs, differences)."""
    found = {c["name"]: c for c in target["columns"]}
    out, pairs, folded = [], [], {}
    for col in source["columns"]:
        wanted = cut(col["name"])
        other = found.get(wanted)
        if other is None:
            out.append("%s.%s: no such column in the target" % (table, col["name"]))
            continue
        folded[col["name"]] = wanted
        pairs.append({**col, "pg_name": wanted, "pg_type": other["type"], "pg_full": other["full"]})
        if other["nullable"] != col["nullable"]:
            out.append("%s.%s: %s in the source, %s in the target" % (table, col["name"],
                                                                      *["NULL" if n else "NOT NULL" for n in
                                                                                            (col["nullable"],
                                                                                             other["nullable"])]))
        if (other["comment"] or "") != (col["comment"] or ""):
            out.append("%s.%s: comment %r in the target, not %r" % (table, col["name"], other["comment"],
                                                                    col["comment"]))
    names = [c["name"] for c in target["columns"]]
    if not out and names != [p["pg_name"] for p in pairs]:
        out.append("%s: columns of the target are %s" % (table, ", ".join(names)))
    return pairs, out


def check_types(pairs, table, overridden):
    out = []
    for p in pairs:
        if (table, p["name"]) in overridden:
            continue
        unsigned = p["type"] + " unsigned"
        allowed = HOLDS.get(unsigned if "unsigned" in p["full"] and unsigned in HOLDS else p["type"])
        if allowed and p["pg_type"] not in allowed:
            out.append("%s.%s: %s became %s" % (table, p["name"], p["full"], p["pg_full"]))
        if p["type"] == "decimal":
            size = re.search(r"\((\d+),\s*(\d+)\)", p["full"]).groups()
            if "(%s,%s)" % size not in p["pg_full"]:
                out.append("%s.%s: %s became %s" % (table, p["name"], p["full"], p["pg_full"]))
    return out


def expression_partitioned(source):
    """A target that keeps the partitions by an expression cannot have keys: its unique keys must hold bare columns."""
    if source["partition"] is None:
        return False
    return not all(re.fullmatch(r"`[^`]+`", p.strip()) for p in source["partition"][1].split(",") if p.strip())


def check_indexes(source, target, table):
    out = []
    for name, index in source["indexes"].items():
        if index["kind"] in ("FULLTEXT", "SPATIAL", "RTREE", "VECTOR"):
            continue
        parts = [None if p is None else cut(p) for p in index["parts"]]

        def fits(i):
            return i["valid"] and i["uniq"] == index["unique"] and len(i["parts"]) == len(parts) and all(
                a is None or a == b for a, b in zip(parts, i["parts"]))

        candidates = [n for n, i in target["indexes"].items() if fits(i)]
        if name == "PRIMARY":
            candidates = [n for n in candidates if target["indexes"][n]["prim"]]
            if not candidates and not (target["kind"] == "p" and expression_partitioned(source)):
                out.append("%s: no primary key (%s) in the target" % (table, ", ".join(map(str, parts))))
            continue
        if not candidates:
            if not (index["unique"] and target["kind"] == "p" and expression_partitioned(source)):
                out.append("%s: no %sindex %s (%s) in the target" % (table, "unique " if index["unique"] else "", name,
                                                                     ", ".join(map(str, parts))))
        elif not any(named_after(n, name, table) for n in candidates):
            out.append("%s: index %s is called %s in the target" % (table, name, ", ".join(candidates)))
    return out


def named_after(found, name, table):
    """NAME, or when taken NAME_<table>, or when that is taken NAME_<table>_<hash>; each cut to fit."""
    longer = "%s_%s" % (name, table)
    if found in (cut(name), cut(longer)):
        return True
    stem = re.fullmatch(r"(.*)_[0-9a-f]{8}", found, re.S)
    return bool(stem) and longer.startswith(stem.group(1))


ACTIONS = {"CASCADE": "c", "SET NULL": "n", "SET DEFAULT": "d", "RESTRICT": "ra", "NO ACTION": "ra"}


def check_fks(source, target, table, pairs, oid_names):
    out = []
    for name, fk in source["fks"].items():
        found = [f for n, f in target["fks"].items() if f["columns"] == [cut(c) for c in fk["columns"]]
                 and f["refs"] == [cut(c) for c in fk["refs"]]
                 and oid_names.get(f["confrelid"]) == pairs.get(fk["table"])]
        found.sort(key=lambda f: not named_after(f["name"], name, table))  # there may be twins
        if not found:
            out.append("%s: no foreign key %s in the target" % (table, name))
        elif not found[0]["valid"]:
            out.append("%s: foreign key %s is not validated" % (table, name))
        elif found[0]["del"] not in ACTIONS[fk["delete"]] or found[0]["upd"] not in ACTIONS[fk["update"]]:
            out.append("%s: foreign key %s has other actions in the target" % (table, name))
        elif not named_after(found[0]["name"], name, table):
            out.append("%s: foreign key %s is called %s" % (table, name, found[0]["name"]))
    return out


def check_counter(source, target, table, largest):
    auto = [c for c in source["columns"] if "auto_increment" in c["extra"]]
    if not auto or source["next"] is None:
        return []
    got = target["next"].get(cut(auto[0]["name"]))
    if got is None:
        return ["%s.%s: no sequence in the target" % (table, auto[0]["name"])]
    if got < source["next"] or (largest is not None and got <= largest):
        return ["%s.%s: the sequence gives %s next, the source %s" % (table, auto[0]["name"], got, source["next"])]
    return []


def largest_sql(schema, table, column):
    return "SELECT max(%s) FROM %s.%s" % (quote_pg(column), quote_pg(schema), quote_pg(table))
