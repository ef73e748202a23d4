"""Every type, key, name, partition and reference arrives as it was: both kinds of source, binary and text COPY."""

import pytest

BOTH_FORMS = pytest.mark.parametrize("form", [[], ["--copy-text"]], ids=["binary", "text"])
# What is large: each form and each source once.
EITHER = pytest.mark.parametrize("source, form", [("mysql9", []), ("mariadb", ["--copy-text"])], ids=["mysql9-binary", "mariadb-text"],
                                 indirect=["source"])


def carried(move, sources, source, name, *options):
    database = sources(source, name)
    move("load", source, database, *options).ok()
    move.check(source, database)


@BOTH_FORMS
def test_types_at_their_limits(move, sources, source, form):
    carried(move, sources, source, "types", *form)


@EITHER
def test_keys_of_every_kind_in_many_chunks(move, sources, source, form):
    carried(move, sources, source, "keys", "--chunk-size", "256KiB", *form)
    assert move.one("SELECT count(*) FROM godwit.chunk") > 120
    assert move.one("SELECT count(*) FROM godwit.chunk WHERE state <> 1") == 0


@BOTH_FORMS
def test_times_beyond_a_day_as_intervals(move, sources, source, form):
    carried(move, sources, source, "wide_times", "--time-as-interval", *form)


def test_odd_names(move, sources, source):
    carried(move, sources, source, "names")


def test_partitions_of_every_kind(move, sources, source):
    carried(move, sources, source, "partitions", "--chunk-size", "64KiB")


def test_references_and_cycles(move, sources, source):
    database = sources(source, "references")
    move("migrate", source, database).ok()
    move.check(source, database)
    # They are enforced, not only there.
    with pytest.raises(Exception, match="fk_customer"):
        move.target.execute("INSERT INTO %s.order_line (id, customer) VALUES (1000000, 999999)" % database)


@EITHER
def test_values_of_20_megabytes(move, sources, source, form):
    carried(move, sources, source, "big_values", *form)


def test_defaults_work_in_the_target(move, sources, source):
    """A row made of nothing but defaults is the same row on both sides."""
    database = sources.fresh(source, "types", "own_defaults")
    move("load", source, database, "--table", "t_default").ok()
    source.execute("INSERT INTO t_default () VALUES ()", database=database)
    move.target.execute("INSERT INTO %s.t_default DEFAULT VALUES" % database)
    clocks = {("t_default", "dt"), ("t_default", "ts")}
    move.check(source, database, tables="t_default", ignore_columns=clocks)
    new = "FROM %s.t_default WHERE id = 5000" % database
    assert move.one("SELECT abs(extract(epoch FROM now() - ts)) < 100 AND dt IS NOT NULL " + new)


def test_generated_columns_follow_in_the_target(move, sources, source):
    database = sources(source, "types")
    move("load", source, database, "--table", "t_generated").ok()
    move.target.execute("UPDATE %s.t_generated SET a = 1000 WHERE id = 3" % database)
    assert move.target.execute("SELECT total, twice FROM %s.t_generated WHERE id = 3" % database) == [(1009, 2000)]
