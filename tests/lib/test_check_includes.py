"""scripts/check_includes.py on small made-up trees."""

import sys

import pytest
from program import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import check_includes  # noqa: E402


def offences(tmp_path, **files):
    for name, text in files.items():
        path = tmp_path / (name.replace("__", "/") + ".c")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return check_includes.check(tmp_path)


@pytest.mark.parametrize("room, include", [
    ("engine", "mysql/client.h"), ("schema", "mysql/client.h"), ("schema", "sql/expr.h"), ("server", "proto/task.h"),
    ("gauss", "value/dialect.h"), ("net", "net/tls.h"), ("cli", "engine/task.h"), ("engine", "base/err_codes.def"),
])
def test_allowed(tmp_path, room, include):
    assert offences(tmp_path, **{f"{room}__x": f'#include "{include}"\n'}) == []


@pytest.mark.parametrize("room, include", [
    ("base", "net/stream.h"), ("mysql", "gauss/client.h"), ("gauss", "schema/model.h"), ("server", "engine/task.h"),
    ("engine", "server/api.h"), ("server", "mysql/client.h"), ("engine", "cli/options.h"), ("net", "value/dialect.h"),
])
def test_forbidden(tmp_path, room, include):
    found = offences(tmp_path, **{f"{room}__x": f'#include <stdio.h>\n#  include "{include}"\n'})
    assert len(found) == 1
    assert f"x.c:2: #  include \"{include}\"" in found[0]


@pytest.mark.parametrize("line, reason", [
    ('#include "client.h"', "room/client.h"), ("#include <base/err.h>", "quotes"), ('#include "bsae/err.h"', "no room"),
])
def test_form(tmp_path, line, reason):
    assert reason in offences(tmp_path, mysql__x=line + "\n")[0]


def test_unknown_room_and_main(tmp_path):
    assert "not in the table" in offences(tmp_path, cellar__x="int a;\n")[0]
    assert len(offences(tmp_path, main='#include "engine/task.h"\n#include "server/api.h"\n')) == 1  # the cellar


def test_this_tree():
    assert check_includes.check(ROOT / "src") == []


def test_table_has_no_cycle():
    def reach(room, seen):
        for below in check_includes.ALLOWED[room].split():
            assert below not in seen, f"{below} and {room} know each other"
            reach(below, seen | {below})
    for room in check_includes.ALLOWED:
        reach(room, {room})
