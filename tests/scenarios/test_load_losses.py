"""Values that cannot be carried exactly: nothing is changed silently, every policy counts what it did."""

import pytest

from data.columns import LOSS_COUNTS
from moving import error_of

# table -> (rule, the policies that make sense, columns that can take each)
RULES = {
    "zero_date": ("zero-date", ["null", "replace"]),
    "nul_byte": ("nul-byte", ["null", "replace"]),
    "time_range": ("time-range", ["null", "clamp"]),
    "enum_empty": ("enum-empty", ["null", "replace"]),
    "json_text": ("json-text", ["null", "replace"]),
}


def counted(report, table):
    return {(e["table"].split(".")[-1], e["column"], e["rule"]): e["count"] for e in report["losses"]
            if e["table"].split(".")[-1] == table}


@pytest.mark.parametrize("table", sorted(RULES))
def test_a_loss_stops_the_load_and_names_the_row(move, sources, source, table):
    database = sources(source, "losses")
    error = error_of(move("load", source, database, "--table", table).failed(1))
    assert error["code"] == "GW2030" and RULES[table][0] in error["hint"] + error["message"], error
    assert table in error["where"] and "id=" in error["where"], error


@pytest.mark.parametrize("form", [[], ["--copy-text"]], ids=["binary", "text"])
@pytest.mark.parametrize("table, policy", [(t, p) for t, (_, ps) in sorted(RULES.items()) for p in ps])
def test_each_policy_counts_what_it_changed(move, sources, source, table, policy, form):
    database = sources(source, "losses")
    rule = RULES[table][0]
    if table == "zero_date" and policy == "null":
        return not_null_column_refuses_null(move, sources, source)
    move("load", source, database, "--table", table, "--on-loss", "%s=%s" % (rule, policy), *form).ok()
    expected = {k: n for k, n in LOSS_COUNTS.items() if k[0] == table}
    assert counted(move.report, table) == expected
    lost = {k[1] for k in expected}
    move.check(source, database, tables=table, ignore_columns={(table, c) for c in lost})
    for column in lost:
        values = dict(move.target.execute("SELECT id, %s::text FROM %s.%s" % (column, database, table)))
        check_values(table, column, policy, values)


def check_values(table, column, policy, values):
    """What the ids of tests/data/columns.py hold after each policy; ids that are not listed must be untouched."""
    replaced = {
        ("time_range", "t", "clamp"): {1: "24:00:00", 2: "00:00:00", 3: "12:00:00", 4: None, 5: "24:00:00"},
        ("time_range", "t", "null"): {1: None, 2: None, 3: "12:00:00", 4: None, 5: None},
        ("nul_byte", "v", "null"): {1: None, 2: "fine", 3: None},
        ("nul_byte", "t", "null"): {1: "fine", 2: None, 3: None},
        ("enum_empty", "e", "null"): {1: "a", 2: None, 3: None, 4: "b"},
        ("json_text", "j", "null"): {1: None, 2: '{"a": 1}', 3: None},
    }.get((table, column, policy))
    if replaced is not None:
        assert values == replaced
    lost = {("zero_date", "d"): [1, 2], ("zero_date", "dt"): [1, 2], ("zero_date", "ts"): [1],
            ("zero_date", "nn"): [1, 4], ("nul_byte", "v"): [1],
            ("nul_byte", "t"): [2], ("enum_empty", "e"): [2], ("json_text", "j"): [1],
            ("time_range", "t"): [1, 2, 5]}[table, column]
    if policy == "replace":
        assert all(values[i] is not None and "\0" not in values[i] for i in lost), values
    if (table, column) == ("zero_date", "d"):
        assert values[3] == "2024-01-02" and values[4] is None


def not_null_column_refuses_null(move, sources, source):
    """NULL is no answer for a NOT NULL column: the run says so instead of loading something else."""
    database = sources(source, "losses")
    result = move("load", source, database, "--table", "zero_date", "--on-loss", "zero-date=null").failed(1)
    assert error_of(result)["code"] in ("GW2030", "GW3020") and "nn" in str(error_of(result))


def test_precheck_finds_losses_before_anything_moves(move, sources, source):
    database = sources(source, "losses")
    result = move("precheck", source, database, "--json").failed(3)
    found = {(e["table"].split(".")[-1], e["column"], e["rule"]): e["count"] for e in result.json["losses"]}
    assert found == LOSS_COUNTS
    assert move.schemas() == {"public"}


def test_migrate_stops_at_a_failed_precheck(move, sources, mysql9):
    database = sources(mysql9, "losses")
    result = move("migrate", mysql9, database).failed(3)
    assert error_of(result)["code"] == "GW1010"
    assert move.schemas() == {"public"}


@pytest.mark.parametrize("wrong", ["no-such-rule=null", "zero-date=clamp", "zero-date=maybe", "zero-date"])
def test_unknown_rules_and_policies(move, sources, mysql9, wrong):
    result = move("load", mysql9, "whatever", "--on-loss", wrong).failed(2)
    assert "GW1007" in result.err
