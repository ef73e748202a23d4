"""binlog_tool (tests/tools/binlog_tool.c) for the scenarios about binlogs."""

import json
import os

from program import ROOT, Program

TOOL = os.environ.get("GODWIT_BINLOG_TOOL") or ROOT / "build-asan" / "tests" / "unit" / "schema" / "binlog_tool"


class Binlog:
    """binlog(verb, server, option=value...): the JSON lines it printed; the last one is {"end"} or {"error"}."""

    def __init__(self, cwd):
        self.program = Program(TOOL, cwd=cwd)
        assert self.program.exists(), f"{TOOL} is not built (./dev build --sanitize asan)"

    def start(self, verb, server=None, **options):
        secret = options.pop("password", None) or getattr(server, "password", "")
        where = {"host": server.host, "port": server.port, "user": server.user} if server else {}
        arguments = [f"{k}={v}" for k, v in {**where, **options}.items() if v is not None]
        return self.program.start(verb, *arguments, env={"BINLOG_PASSWORD": secret})

    def __call__(self, verb, server=None, **options):
        return self.lines(self.start(verb, server, **options))

    def until_end(self, verb, server, **options):
        lines = self(verb, server, until_end=1, **options)
        assert "end" in lines[-1], lines[-1]
        return lines

    def error(self, verb, server, **options):
        lines = self(verb, server, until_end=1, **options)
        assert "error" in lines[-1], lines[-1]
        return lines[-1]["error"]

    @staticmethod
    def lines(run):
        result = run.wait()
        assert result.code in (0, 1), str(result)
        return [json.loads(line) for line in result.out.splitlines()]


def status(server):
    """[file, offset] where the binlog ends now."""
    new = server.name == "mysql9"
    return list(server.execute("SHOW BINARY LOG STATUS" if new else "SHOW MASTER STATUS")[0][:2])


def files(server):
    return [r[0] for r in server.execute("SHOW BINARY LOGS")]
