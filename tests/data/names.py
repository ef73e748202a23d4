"""Names that have to be quoted, folded, cut or kept apart."""

ODD = ["select", "Order", "user", "two words", "do.t", 'dou"ble', "sin'gle", "back`tick", "back\\slash", "per%cent",
       "semi;colon", "dash-ed",
       "$dollar", "1digit", "中文表", "Ünïcödé", "tab\tbed", "--comment", "/*star*/", "CamelCase", "ALLCAPS", "null",
       "primary", "ctid_", "true"]


def q(name):
    return "`%s`" % name.replace("`", "``")


def names(run, flavour):
    for i, name in enumerate(ODD):
        run("CREATE TABLE %s (%s int PRIMARY KEY, %s varchar(30) COMMENT %%s, KEY %s (%s))" % (
            q(name).replace("%", "%%"), q("Id " + name).replace("%", "%%"), q(name).replace("%", "%%"),
            q("idx " + name).replace("%", "%%"),
            q(name).replace("%", "%%")), ("about " + name,))
        run("INSERT INTO %s VALUES (1, %%s), (2, NULL)" % q(name).replace("%", "%%"), (name,))
    # Names that differ only in case are different tables where the source keeps them apart.
    folds = run("SELECT @@lower_case_table_names")[0][0]
    if folds == 0:
        for name in ("twin", "Twin", "TWIN"):
            run("CREATE TABLE %s (id int PRIMARY KEY, who varchar(10))" % q(name))
            run("INSERT INTO %s VALUES (1, '%s')" % (q(name), name))
    # 64 characters: one too many for the target in ASCII; twice too many bytes in CJK; two that agree in their first 63.
    for name in ("l" * 64, "x" * 63 + "1", "x" * 63 + "2", "客户" * 20):
        column = "c" * 64
        run("CREATE TABLE %s (id int PRIMARY KEY, %s int, %s int, %s int, KEY %s (%s))" % (
            q(name), q(column), q("c" * 63 + "d"), q("列" * 64), q("i" * 64), q(column)))
        run("INSERT INTO %s VALUES (1, 10, 20, 30), (2, 11, 21, 31)" % q(name))
    # Index names are private to a table at the source and shared by a schema at the target.
    for i in range(3):
        run("CREATE TABLE same_index_%d (id int PRIMARY KEY, v int, w int, KEY idx_v (v), UNIQUE KEY uniq_w (w), KEY"
            " same_index_0 (w, v))" % i)
        run("INSERT INTO same_index_%d VALUES (1, 1, 1), (2, NULL, 2), (3, 1, NULL)" % i)


DATABASES = {"names": names}
