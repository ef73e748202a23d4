"""The MySQL wire client (src/mysql) against real servers, through tests/tools/wire_mysql.c."""

import itertools
import json
import os
import pwd
import socket
import subprocess
import threading
import time
import zlib

import pytest

from fake_mysql import FakeServer
from program import ROOT, Program
from servers import MariaDB, Missing, MySQL9, MySQL56

WIRE = os.environ.get("GODWIT_WIRE_MYSQL") or ROOT / "build-asan" / "tests" / "unit" / "mysql" / "wire_mysql"

CONNECT, AUTH, DATABASE, PRIVILEGE, TLS = "GW2001", "GW2002", "GW2003", "GW2004", "GW2005"
QUERY, PROTOCOL, LOST, TIMEOUT, LIMIT = "GW2010", "GW2011", "GW2012", "GW2013", "GW9002"

PW = "Wire-pass-é-1"
numbers = itertools.count(1)


class Wire:
    """wire(server, *statements, option=value...): the JSON lines it printed, as a list."""

    def __init__(self, program):
        self.program = program

    @staticmethod
    def arguments(server, statements, options):
        where = {"host": server.host, "port": server.port, "user": server.user} if server else {}
        return [f"{k}={v}" for k, v in {**where, **options}.items()] + list(statements)

    def start(self, server, *statements, password=None, **options):
        secret = password if password is not None else getattr(server, "password", "x")
        return self.program.start(*self.arguments(server, statements, options), env={"WIRE_PASSWORD": secret})

    def __call__(self, server, *statements, **options):
        return self.end(self.start(server, *statements, **options))

    @staticmethod
    def end(running, timeout=120):
        result = running.wait(timeout)
        assert result.code in (0, 1), str(result)
        return [json.loads(line) for line in result.out.splitlines()]

    def error(self, server, *statements, **options):
        """The last error of a run that has one."""
        errors = [r["error"] for r in self(server, *statements, **options) if isinstance(r, dict) and "error" in r]
        assert errors, "no error"
        return errors[-1]


@pytest.fixture
def wire(tmp_path):
    program = Program(WIRE, cwd=tmp_path)
    if not program.exists():
        pytest.fail(f"{WIRE} is not built (./dev build --sanitize asan)")
    yield Wire(program)
    program.end_all()


def own_server(make):
    try:
        return make().start()
    except Missing as e:
        pytest.skip(str(e))


@pytest.fixture(scope="module")
def my9():
    server = own_server(lambda: MySQL9(args=[
        "--max-allowed-packet=64M", "--plugin-load-add=auth_socket.so"]))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def maria():
    server = own_server(lambda: MariaDB(args=["--max-allowed-packet=64M"], tls=True))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def my56():
    server = own_server(lambda: MySQL56(args=["--max-allowed-packet=64M"]))
    yield server
    server.stop()


@pytest.fixture(params=["my9", "maria", "my56"])
def any_server(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def new_user():
    """new_user(server, "IDENTIFIED WITH ..."): a new account's name; dropped at the end."""
    made = []

    def make(server, how="", grant=None):
        name = f"u{next(numbers)}"
        server.execute(f"CREATE USER '{name}'@'%' {how}")
        made.append((server, name))
        if grant:
            server.execute(f"GRANT {grant} TO '{name}'@'%'")
        return name

    yield make
    for server, name in made:
        if server.alive():
            server.execute(f"DROP USER '{name}'@'%'")


def says(results):
    return results[0]["server"]


# ---- logging in ----


def test_versions_are_told(wire, my9, maria, my56):
    nine, ten, old = (says(wire(s)) for s in (my9, maria, my56))
    assert not nine["is_mariadb"] and 90000 <= nine["version"] < 100000
    assert ten["is_mariadb"] and 100600 <= ten["version"] < 130000
    assert not old["is_mariadb"] and 50600 <= old["version"] < 50700


def test_caching_sha2_over_plain_tcp_asks_for_the_key_once(wire, my9, new_user):
    user = new_user(my9, f"IDENTIFIED WITH caching_sha2_password BY '{PW}'")
    first = says(wire(my9, user=user, password=PW, tls="disable"))
    second = says(wire(my9, user=user, password=PW, tls="disable"))
    assert first["auth_plugin"] == second["auth_plugin"] == "caching_sha2_password"
    assert first["asked_for_key"] and not second["asked_for_key"]


def test_caching_sha2_with_a_key_file(wire, my9, new_user):
    user = new_user(my9, f"IDENTIFIED WITH caching_sha2_password BY '{PW}'")
    server = says(wire(my9, user=user, password=PW, tls="disable", server_key=my9.public_key_path))
    assert not server["asked_for_key"]
    missing = wire.error(my9, user=new_user(my9, f"IDENTIFIED BY '{PW}'"), password=PW, tls="disable",
                         server_key="/nonexistent/key.pem")
    assert missing["code"] == "GW1040" and "/nonexistent/key.pem" in missing["message"]


@pytest.mark.parametrize("plugin", ["caching_sha2_password", "sha256_password"])
def test_sha2_methods_over_tls(wire, my9, new_user, plugin):
    user = new_user(my9, f"IDENTIFIED WITH {plugin} BY '{PW}'")
    for _ in range(2):
        server = says(wire(my9, user=user, password=PW, tls="require"))
        assert server["auth_plugin"] == plugin and not server["asked_for_key"]
    assert wire.error(my9, user=user, password=PW + "x", tls="require")["code"] == AUTH


def test_caching_sha2_over_a_unix_socket(wire, my9, new_user):
    user = new_user(my9, f"IDENTIFIED WITH caching_sha2_password BY '{PW}'")
    for _ in range(2):
        server = says(wire(my9, host=my9.socket_path, user=user, password=PW))
        assert server["auth_plugin"] == "caching_sha2_password" and not server["asked_for_key"]


def test_sha256_over_plain_tcp(wire, my9, new_user):
    user = new_user(my9, f"IDENTIFIED WITH sha256_password BY '{PW}'")
    assert says(wire(my9, user=user, password=PW, tls="disable"))["asked_for_key"]
    assert not says(wire(my9, user=user, password=PW, tls="disable", server_key=my9.public_key_path))["asked_for_key"]
    assert wire.error(my9, user=user, password=PW + "x", tls="disable")["code"] == AUTH


@pytest.mark.parametrize("plugin", ["caching_sha2_password", "sha256_password"])
@pytest.mark.parametrize("tls", ["disable", "require"])
def test_empty_passwords(wire, my9, new_user, plugin, tls):
    user = new_user(my9, f"IDENTIFIED WITH {plugin} BY ''")
    assert says(wire(my9, user=user, password="", tls=tls))["auth_plugin"] == plugin
    error = wire.error(my9, user=user, password="not empty", tls=tls)
    assert (error["code"], error["server_code"], error["sqlstate"]) == (AUTH, 1045, "28000")
    with_password = new_user(my9, f"IDENTIFIED WITH {plugin} BY '{PW}'")
    assert wire.error(my9, user=with_password, password="", tls=tls)["code"] == AUTH


@pytest.mark.parametrize("name", ["maria", "my56"])
def test_native_password(wire, request, new_user, name):
    server = request.getfixturevalue(name)
    user = new_user(server, f"IDENTIFIED BY '{PW}'")
    assert says(wire(server, user=user, password=PW))["auth_plugin"] == "mysql_native_password"
    assert wire.error(server, user=user, password="wrong")["code"] == AUTH
    assert wire.error(server, user=user, password="")["code"] == AUTH
    open_to_all = new_user(server)
    assert says(wire(server, user=open_to_all, password=""))["auth_plugin"] == "mysql_native_password"
    assert wire.error(server, user=open_to_all, password="not empty")["code"] == AUTH


@pytest.mark.parametrize("password", ["x", PW, "a password of exactly 32 letters", "y" * 200])
def test_ed25519(wire, maria, new_user, password):
    if not maria.has_ed25519():
        pytest.skip("no ed25519 plugin")
    user = new_user(maria, f"IDENTIFIED VIA ed25519 USING PASSWORD('{password}')")
    assert says(wire(maria, user=user, password=password))["auth_plugin"] == "client_ed25519"
    assert wire.error(maria, user=user, password=password + "x")["code"] == AUTH


def test_socket_authentication(wire, my9, maria):
    """The server asks the kernel who we are; the client's part is to play along."""
    for server, method in ((my9, "auth_socket"), (maria, "unix_socket")):
        me = pwd.getpwuid(os.geteuid()).pw_name
        host = "localhost"
        server.execute(f"DROP USER IF EXISTS '{me}'@'{host}'")
        server.execute(f"CREATE USER '{me}'@'{host}' IDENTIFIED WITH {method}")
        result = wire(server, "rows:SELECT CURRENT_USER()", host=server.socket_path, user=me, password="")
        assert result[1]["rows"] == [[f"{me}@{host}"]]
        server.execute(f"DROP USER '{me}'@'{host}'")


def test_wrong_password_and_unknown_user(wire, any_server):
    error = wire.error(any_server, password="wrong")
    assert (error["code"], error["class"], error["server_code"], error["sqlstate"]) == (AUTH, "source", 1045, "28000")
    assert not error["retryable"] and "Access denied" in error["cause"]
    assert wire.error(any_server, user="nobody", password="x")["code"] == AUTH


def test_unknown_database(wire, any_server):
    error = wire.error(any_server, database="no_such_database")
    assert (error["code"], error["server_code"], error["sqlstate"]) == (DATABASE, 1049, "42000")


def test_accounts_that_cannot_log_in(wire, my9, new_user):
    locked = new_user(my9, f"IDENTIFIED BY '{PW}' ACCOUNT LOCK")
    assert wire.error(my9, user=locked, password=PW)["server_code"] == 3118
    assert wire.error(my9, user=locked, password=PW)["code"] == AUTH
    expired = new_user(my9, f"IDENTIFIED BY '{PW}' PASSWORD EXPIRE")
    error = wire.error(my9, user=expired, password=PW)
    assert (error["code"], error["server_code"]) == (AUTH, 1862)
    busy = new_user(my9, "IDENTIFIED BY 'plain' WITH MAX_USER_CONNECTIONS 1")
    holder = my9.connect(user=busy, password="plain")
    error = wire.error(my9, user=busy, password="plain")
    holder.close()
    assert error["code"] == CONNECT and error["retryable"] and error["server_code"] == 1226


def test_privileges(wire, any_server, new_user):
    user = new_user(any_server, f"IDENTIFIED BY '{PW}'")
    for sql, number in (("SELECT * FROM mysql.user", (1142, 1143)), ("USE mysql", (1044,)),
                        ("FLUSH TABLES WITH READ LOCK", (1227,)), ("SET GLOBAL max_connections = 100", (1227,))):
        error = wire.error(any_server, "exec:" + sql, user=user, password=PW, tls="prefer")
        assert error["code"] == PRIVILEGE and error["server_code"] in number, sql
        assert error["usable"]
    error = wire.error(any_server, user=user, password=PW, tls="prefer", database="mysql")
    assert error["code"] == PRIVILEGE and error["server_code"] == 1044


def test_program_name_is_shown_by_the_server(wire, my9):
    rows = wire(my9, "rows:SELECT attr_value FROM performance_schema.session_connect_attrs "
                "WHERE processlist_id = connection_id() AND attr_name = 'program_name'")[1]["rows"]
    assert rows == [["godwit"]]


# ---- TLS ----

CIPHER = "rows:SHOW STATUS LIKE 'Ssl_cipher'"


def cipher(results):
    assert "error" not in results[0], results
    return results[1]["rows"][0][1]


def test_tls_modes(wire, my9, maria):
    for server in (my9, maria):
        assert cipher(wire(server, CIPHER, tls="disable")) == ""
        for mode in ("prefer", "require"):
            assert cipher(wire(server, CIPHER, tls=mode)) != ""
        assert cipher(wire(server, CIPHER, tls="verify-ca", ca=server.ca_path)) != ""


def test_tls_preferred_but_not_offered(wire, my56):
    assert cipher(wire(my56, CIPHER, tls="prefer")) == ""


def test_tls_required_but_not_offered(wire, my56):
    for mode in ("require", "verify-ca", "verify-full"):
        error = wire.error(my56, tls=mode)
        assert error["code"] == TLS and not error["retryable"]


def test_tls_is_not_used_over_a_socket_unless_asked_for(wire, my9):
    assert cipher(wire(my9, CIPHER, tls="prefer", host=my9.socket_path)) == ""
    assert cipher(wire(my9, CIPHER, tls="require", host=my9.socket_path)) != ""


def test_tls_certificate_of_another_authority(wire, my9, maria):
    for mode in ("verify-ca", "verify-full"):
        error = wire.error(my9, tls=mode, ca=maria.ca_path)
        assert error["code"] == TLS and "certificate" in error["message"], error
        assert wire.error(my9, tls=mode)["code"] == TLS  # the system's authorities do not know it either


def test_tls_ca_file_that_is_none(wire, my9, tmp_path):
    (tmp_path / "ca.pem").write_text("nothing")
    for path in (tmp_path / "ca.pem", tmp_path / "missing.pem"):
        error = wire.error(my9, tls="verify-ca", ca=path)
        assert error["code"] == TLS and str(path) in error["message"]


def test_tls_host_name(wire, my9, maria):
    assert cipher(wire(maria, CIPHER, tls="verify-full", ca=maria.ca_path)) != ""
    assert cipher(wire(maria, CIPHER, tls="verify-full", ca=maria.ca_path, host="localhost")) != ""
    error = wire.error(my9, tls="verify-full", ca=my9.ca_path)  # a certificate without our address in it
    assert error["code"] == TLS and "mismatch" in error["cause"], error


def test_tls_client_certificate(wire, my9, new_user):
    user = new_user(my9, f"IDENTIFIED BY '{PW}' REQUIRE X509")
    cert = {"cert": my9.data_dir / "client-cert.pem", "key": my9.data_dir / "client-key.pem"}
    assert cipher(wire(my9, CIPHER, user=user, password=PW, tls="require", **cert)) != ""
    assert wire.error(my9, user=user, password=PW, tls="require")["code"] == AUTH
    assert wire.error(my9, user=user, password=PW, tls="require", cert="/nonexistent")["code"] == TLS


def test_account_that_requires_tls(wire, my9, maria, new_user):
    for server in (my9, maria):
        user = new_user(server, f"IDENTIFIED BY '{PW}' REQUIRE SSL")
        error = wire.error(server, user=user, password=PW, tls="disable")
        assert error["code"] == AUTH and "ssl-mode" in error["hint"]
        assert cipher(wire(server, CIPHER, user=user, password=PW, tls="require")) != ""


def test_server_that_requires_tls(wire, my9):
    my9.execute("SET GLOBAL require_secure_transport = ON")
    try:
        error = wire.error(my9, tls="disable")
    finally:
        with my9.connect(ssl={"check_hostname": False}) as c:
            c.cursor().execute("SET GLOBAL require_secure_transport = OFF")
    assert error["code"] == TLS and error["server_code"] == 3159


# ---- rows ----

TYPES = [  # definition, literal, text form, binary form when it differs
    ("TINYINT", "-128", "-128"), ("TINYINT UNSIGNED", "255", "255"), ("SMALLINT", "-32768", "-32768"),
    ("SMALLINT UNSIGNED", "65535", "65535"), ("MEDIUMINT", "-8388608", "-8388608"),
    ("MEDIUMINT UNSIGNED", "16777215", "16777215"), ("INT", "-2147483648", "-2147483648"),
    ("INT UNSIGNED", "4294967295", "4294967295"), ("BIGINT", "-9223372036854775808", "-9223372036854775808"),
    ("BIGINT UNSIGNED", "18446744073709551615", "18446744073709551615"),
    ("INT(6) UNSIGNED ZEROFILL", "42", "000042", "42"),
    ("DECIMAL(65,30)", "-12345678901234567890123456789012345.123456789012345678901234567890",
     "-12345678901234567890123456789012345.123456789012345678901234567890"),
    ("FLOAT", "1.5", "1.5"), ("DOUBLE", "-2.2250738585072014e-308", "-2.2250738585072014e-308"),
    ("BIT(12)", "b'101000000001'", {"hex": None}), ("YEAR", "2155", "2155"),
    ("DATE", "'2024-02-29'", "2024-02-29", "2024-02-29 00:00:00.000000"),
    ("DATE", "'9999-12-31'", "9999-12-31", "9999-12-31 00:00:00.000000"),
    ("TIME", "'-838:59:59'", "-838:59:59", "-838:59:59.000000"),
    ("TIME(6)", "'00:00:00.000001'", "00:00:00.000001"),
    ("TIME", "'00:00:00'", "00:00:00", "00:00:00.000000"),
    ("DATETIME", "'1000-01-01 00:00:00'", "1000-01-01 00:00:00", "1000-01-01 00:00:00.000000"),
    ("DATETIME(6)", "'2024-12-31 23:59:59.999999'", "2024-12-31 23:59:59.999999"),
    ("TIMESTAMP(3) NULL", "'2024-06-01 12:00:00.123'", "2024-06-01 12:00:00.123", "2024-06-01 12:00:00.123000"),
    ("DATETIME", "'0000-00-00 00:00:00'", "0000-00-00 00:00:00", "0000-00-00 00:00:00.000000"),
    ("CHAR(10)", "'ab'", "ab"), ("VARCHAR(300)", "REPEAT('é', 300)", "é" * 300),
    ("VARCHAR(10) CHARACTER SET latin1", "'Grüße'", "Grüße"),
    ("VARCHAR(10) CHARACTER SET utf8mb4", "'a😀b'", "a😀b"), ("VARCHAR(5)", "''", ""),
    ("BINARY(4)", "x'ff00'", {"hex": "ff000000"}), ("VARBINARY(10)", "x'00fe'", {"hex": "00fe"}),
    ("TINYTEXT", "'t'", "t"), ("MEDIUMTEXT", "REPEAT('m', 70000)", "m" * 70000),
    ("LONGBLOB", "REPEAT(x'ff', 300)", {"hex": "ff" * 300}),
    ("ENUM('a','b''c','d')", "'b''c'", "b'c"), ("SET('x','y','z')", "'x,z'", "x,z"),
    ("POINT", "POINT(1, 2)", {"hex": "00000000" "0101000000" "000000000000f03f" "0000000000000040"}),
]
JSON_DOCUMENT = ("JSON", """'{"a": [1, null]}'""", '{"a": [1, null]}')
VECTOR = ("VECTOR(3)", "STRING_TO_VECTOR('[1,2,3]')", {"hex": "0000803f0000004000004040"})


def types_for(server):
    known = list(TYPES)
    if not isinstance(server, MySQL56):
        known.append(JSON_DOCUMENT)
    if isinstance(server, MySQL9):
        known.append(VECTOR)
    return known


def same_cell(got, want):
    if want == {"hex": None}:  # BIT(12): two bytes, which happen to be UTF-8 or not
        return got in ("\n\x01", {"hex": "0a01"})
    return got == want


@pytest.mark.parametrize("compress", [None, "zlib", "zstd"])
def test_every_type(wire, any_server, compress):
    types = types_for(any_server)
    database = f"types_{next(numbers)}"
    columns = ", ".join(f"c{i} {t[0]}" for i, t in enumerate(types))
    any_server.execute(f"CREATE DATABASE {database} CHARACTER SET utf8mb4")
    with any_server.connect(database) as c:
        cursor = c.cursor()
        cursor.execute("SET sql_mode = ''")
        cursor.execute(f"CREATE TABLE t (id INT PRIMARY KEY, {columns}) ROW_FORMAT=DYNAMIC")
        cursor.execute(f"INSERT INTO t VALUES (1, {', '.join(t[1] for t in types)})")
        cursor.execute("INSERT INTO t (id) VALUES (2)")
    extra = {"compress": compress} if compress else {}
    _, text, binary, whole, _ = wire(any_server, "text:SELECT * FROM t ORDER BY id", "binary:SELECT * FROM t ORDER BY id",
                                     "rows:SELECT * FROM t ORDER BY id", database=database, **extra)
    assert whole["rows"] == text["rows"]
    assert [c["name"] for c in text["columns"]] == ["id"] + [f"c{i}" for i in range(len(types))]
    assert all(c["table"] == "t" for c in text["columns"])
    for i, t in enumerate(types):
        assert same_cell(text["rows"][0][i + 1], t[2]), f"{t[0]} as text: {text['rows'][0][i + 1]}"
        assert same_cell(binary["rows"][0][i + 1], t[-1]), f"{t[0]} as binary: {binary['rows'][0][i + 1]}"
    assert text["rows"][1] == binary["rows"][1] == ["2"] + [None] * len(types)
    any_server.execute(f"DROP DATABASE {database}")


def test_empty_results(wire, any_server):
    _, text, binary, whole, done, _ = wire(
        any_server, "text:SELECT 1 AS a FROM DUAL WHERE 1 = 0", "binary:SELECT 1 AS a FROM DUAL WHERE 1 = 0",
        "rows:SELECT 1 AS a FROM DUAL WHERE 1 = 0", "text:DO 1")
    assert text["rows"] == binary["rows"] == whole["rows"] == []
    assert [c["name"] for c in whole["columns"]] == ["a"]
    assert done["columns"] == [] and done["count"] == 0


@pytest.mark.parametrize("compress", ["none", "zlib", "zstd"])
@pytest.mark.parametrize("mode", ["digest", "bdigest"])
def test_values_of_20_mb(wire, any_server, mode, compress):
    size = 20 << 20
    sql = f"SELECT REPEAT('0123456789', {size // 10}) AS big, 'x' AS small"
    crc = zlib.crc32(b"0123456789" * (size // 10))
    extra = {} if compress == "none" else {"compress": compress}
    result = wire(any_server, f"{mode}:{sql}", "rows:SELECT 1", **extra)
    rows = result[1]["rows"]
    assert rows == [[[size // 10 * 10, crc], [1, zlib.crc32(b"x")]]]
    assert result[2]["rows"] == [["1"]]
    assert result[3]["bytes_in"] > size // 10 * 10


def test_values_around_the_packet_limit(wire, my9, maria):
    for server in (my9, maria):
        for size in (0xfffffa, 0xfffffb, 0xfffffc, 0xfffffd, 0xfffffe, 0xffffff, 0x1000000, 2 * 0xffffff - 9,
                     2 * 0xffffff - 8, 0x2000000):
            for tls in ("disable", "require"):
                rows = wire(server, f"digest:SELECT REPEAT('z', {size})", tls=tls)[1]["rows"]
                assert rows == [[[size, zlib.crc32(b"z" * size)]]], f"{size}"


def test_row_beyond_max_row_bytes(wire, my9):
    error = wire.error(my9, "digest:SELECT REPEAT('x', 2000000)", max_row_bytes=1000000)
    assert error["code"] == LIMIT and not error["usable"]
    assert wire(my9, "digest:SELECT REPEAT('x', 900000)", max_row_bytes=1000000)[1]["count"] == 1


def test_statement_of_20_mb(wire, any_server, tmp_path):
    size = 20 << 20
    path = tmp_path / "big.sql"
    path.write_text(f"SELECT LENGTH('{'s' * size}')")
    for extra in ({}, {"compress": "zlib"}, {"compress": "zstd"}):
        result = wire(any_server, f"rows:@{path}", "rows:SELECT 2", **extra)
        assert result[1]["rows"] == [[str(size)]] and result[2]["rows"] == [["2"]]


def test_statement_beyond_max_allowed_packet(wire, any_server, tmp_path):
    path = tmp_path / "big.sql"
    path.write_text(f"SELECT LENGTH('{'s' * (70 << 20)}')")
    error = wire.error(any_server, f"rows:@{path}")
    assert error["code"] == QUERY and error["server_code"] == 1153 and "max_allowed_packet" in error["hint"]
    assert not error["usable"]


def test_many_rows_through_every_way(wire, any_server):
    ten = "(SELECT 0 AS n UNION ALL " + " UNION ALL ".join(f"SELECT {i}" for i in range(1, 10)) + ")"
    sql = ("SELECT a.n + 10*b.n + 100*c.n + 1000*d.n + 10000*e.n AS id, REPEAT('v', a.n * 37) AS v, "
           f"IF(b.n = 3, NULL, c.n) AS c FROM {ten} a, {ten} b, {ten} c, {ten} d, {ten} e")
    ways = [{}, {"compress": "zlib"}, {"compress": "zstd"}, {"host": any_server.socket_path, "user": "root"}]
    if not isinstance(any_server, MySQL56):
        ways += [{"tls": "require"}, {"tls": "require", "compress": "zlib"}]
        any_server.execute("CREATE USER IF NOT EXISTS root@localhost")
        any_server.execute("ALTER USER root@localhost IDENTIFIED BY %s", [any_server.password])
    else:
        any_server.execute("SET PASSWORD FOR root@localhost = PASSWORD(%s)", [any_server.password])
    seen = set()
    for way in ways:
        text, binary = wire(any_server, "count:" + sql, "bcount:" + sql, **way)[1:3]
        assert text["count"] == binary["count"] == 100000
        seen.add((text["bytes"], binary["bytes"]))
    assert len(seen) == 1


def test_drain_leaves_the_connection_usable(wire, any_server):
    result = wire(any_server, "first:SELECT 1 UNION SELECT 2 UNION SELECT 3", "rows:SELECT 9")
    assert result[1]["rows"] == [["1"]] and result[2]["rows"] == [["9"]]


def test_text_arrives_as_utf8_whatever_the_server_prefers(wire):
    with own_server(lambda: MySQL56(args=["--skip-character-set-client-handshake", "--character-set-server=latin1"])) as s:
        s.execute("CREATE DATABASE l")
        s.execute("CREATE TABLE l.t (v VARCHAR(20) CHARACTER SET utf8mb4)")
        s.execute("INSERT INTO l.t VALUES (x'F09F9880C3A9')")
        assert wire(s, "rows:SELECT v FROM l.t")[1]["rows"] == [["😀é"]]


def test_prepared_statements_do_not_pile_up(wire, any_server):
    statements = ["binary:SELECT 1"] * 20 + ["binary:SELECT nonsense"] * 5 + ["binary:SELECT 2"]
    count = "rows:SHOW SESSION STATUS LIKE 'Com_stmt_%'"
    results = wire(any_server, *statements, count)
    rows = dict(results[-2]["rows"])
    assert rows["Com_stmt_close"] == rows["Com_stmt_execute"] == "21"
    assert rows["Com_stmt_prepare"] == "26"


# ---- several results, errors ----


@pytest.fixture
def procedures(any_server):
    name = f"proc_{next(numbers)}"
    any_server.execute(f"CREATE DATABASE {name}")
    with any_server.connect(name) as c:
        cursor = c.cursor()
        cursor.execute("CREATE PROCEDURE two() BEGIN SELECT 1 AS a UNION SELECT 2; SELECT 'x', 'y'; END")
        cursor.execute("CREATE PROCEDURE none() BEGIN SET @a = 1; END")
        cursor.execute("CREATE PROCEDURE breaks() BEGIN SELECT 1 AS a; SIGNAL SQLSTATE '45001' "
                       "SET MESSAGE_TEXT = 'that is all', MYSQL_ERRNO = 4711; END")
    yield name
    any_server.execute(f"DROP DATABASE {name}")


def test_several_results(wire, any_server, procedures):
    for way in ({}, {"compress": "zlib"}):
        result = wire(any_server, "exec:CALL two()", "text:CALL two()", "binary:CALL two()", "rows:CALL two()",
                      "first:CALL two()", "text:CALL none()", "rows:SELECT 5", database=procedures, **way)
        assert result[1] == {"ok": True}
        for r in result[2:5]:
            assert r["rows"] == [["1"], ["2"]]
        assert result[5]["rows"] == [["1"]]
        assert result[6]["rows"] == [] and result[6]["columns"] == []
        assert result[7]["rows"] == [["5"]]


def test_error_in_a_later_result(wire, any_server, procedures):
    for mode in ("exec", "text", "binary", "rows", "first"):
        result = wire(any_server, f"{mode}:CALL breaks()", "rows:SELECT 5", database=procedures)
        error = result[-3]["error"]
        assert (error["code"], error["sqlstate"], error["server_code"]) == (QUERY, "45001", 4711)
        assert error["cause"] == "that is all" and error["usable"]
        assert result[-2]["rows"] == [["5"]]


def test_errors_keep_the_connection(wire, any_server):
    for mode in ("exec", "rows", "text", "binary"):
        result = wire(any_server, f"{mode}:SELECT * FROM no_such_db.t", f"{mode}:SELEC", "rows:SELECT 1")
        first, second = result[1]["error"], result[2]["error"]
        assert first["code"] in (QUERY, DATABASE) and first["server_code"] in (1146, 1049)
        assert (second["code"], second["sqlstate"], second["server_code"]) == (QUERY, "42000", 1064)
        assert "SELEC" in second["where"] and second["usable"] and not second["retryable"]
        assert result[3]["rows"] == [["1"]]


def test_duplicate_key(wire, mysql_db):
    mysql_db.execute("CREATE TABLE t (id INT PRIMARY KEY)")
    error = wire.error(mysql_db.server, "exec:INSERT INTO t VALUES (1)", "exec:INSERT INTO t VALUES (1)", database=mysql_db.name)
    assert (error["code"], error["sqlstate"], error["server_code"]) == (QUERY, "23000", 1062)


def test_several_statements_in_one_are_refused(wire, any_server):
    """Multi-statements are never switched on: a value smuggled into a statement cannot become a second one."""
    assert wire.error(any_server, "exec:SELECT 1; SELECT 2")["server_code"] == 1064


def test_statement_with_parameters_is_refused(wire, any_server):
    result = wire(any_server, "binary:SELECT ?", "rows:SELECT 1")
    assert result[1]["error"]["code"] == "GW9003" and result[2]["rows"] == [["1"]]


def test_local_files_are_not_given(wire, mysql_db):
    mysql_db.execute("CREATE TABLE t (line TEXT)")
    error = wire.error(mysql_db.server, "exec:LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t", database=mysql_db.name)
    assert error["code"] == QUERY and mysql_db.execute("SELECT COUNT(*) FROM t") [0][0] == 0


# ---- connections that break ----


def listener(backlog=5):
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    s.listen(backlog)
    return s


def took(call):
    begin = time.monotonic()
    return call(), time.monotonic() - begin


def test_unknown_host(wire):
    error = wire.error(None, host="no-such-host.invalid", port=3306, user="x")
    assert error["code"] == CONNECT and error["retryable"] and "no-such-host.invalid" in error["message"]


def test_refused_port(wire):
    with listener() as s:
        port = s.getsockname()[1]
    error = wire.error(None, host="127.0.0.1", port=port, user="x")
    assert error["code"] == CONNECT and error["cause"] == "Connection refused"


def test_missing_socket(wire):
    error = wire.error(None, host="/nonexistent/mysql.sock", user="x")
    assert error["code"] == CONNECT and "/nonexistent/mysql.sock" in error["message"]


def test_connect_timeout(wire):
    with listener(backlog=0) as s:  # a full backlog drops what knocks
        held = []
        for _ in range(3):
            c = socket.socket()
            c.setblocking(False)
            c.connect_ex(s.getsockname())
            held.append(c)
        error, seconds = took(lambda: wire.error(None, host="127.0.0.1", port=s.getsockname()[1], user="x",
                                                 connect_timeout_ms=400))
        assert error["code"] == CONNECT and "timed out" in error["cause"] and seconds < 10
        for c in held:
            c.close()


def test_server_that_says_nothing(wire):
    with listener() as s:
        error, seconds = took(lambda: wire.error(None, host="127.0.0.1", port=s.getsockname()[1], user="x",
                                                 connect_timeout_ms=300))
    assert error["code"] == TIMEOUT and error["retryable"] and seconds < 10


@pytest.mark.parametrize("greeting, code", [
    (b"", CONNECT), (b"HTTP/1.1 400 Bad Request\r\n\r\n", PROTOCOL), (b"SSH-2.0-OpenSSH_9.2\r\n", PROTOCOL),
    (b"\x0a\x00\x00\x00\x0a5.7", CONNECT), (b"\x01\x00\x00\x00\x09", PROTOCOL), (b"E\x00\x00\x00\x4c", CONNECT),
])
def test_something_else_behind_the_port(wire, greeting, code):
    with FakeServer(lambda c: c.send_raw(greeting)) as s:
        assert wire.error(None, host="127.0.0.1", port=s.port, user="x")["code"] == code


def test_io_timeout(wire, any_server):
    error, seconds = took(lambda: wire.error(any_server, "rows:SELECT SLEEP(60)", "rows:SELECT 1", io_timeout_ms=300))
    assert seconds < 20
    results = wire(any_server, "rows:SELECT SLEEP(60)", io_timeout_ms=300)
    assert results[1]["error"]["code"] == TIMEOUT and not results[1]["error"]["usable"]
    assert error["code"] == LOST and not error["usable"]  # the second statement: already broken


def test_abort_from_another_thread(wire, any_server):
    for options in ({}, {"tls": "prefer"}, {"compress": "zlib"}):
        error, seconds = took(lambda o=options: wire.error(any_server, "rows:SELECT SLEEP(60)", abort_after_ms=200, **o))
        assert error["code"] == LOST and not error["usable"] and seconds < 20
        assert "abort" in error["cause"]


HUGE = "SELECT REPEAT('r', 4000) AS v FROM {d} a, {d} b, {d} c, {d} d, {d} e".format(
    d="(SELECT 0 AS n UNION ALL " + " UNION ALL ".join(f"SELECT {i}" for i in range(1, 10)) + ")")  # 400 MB


def kill_mid_result(wire, server, act, *more, **options):
    """Start a result that no buffer holds, stop the client behind its first row, act(connection id), let it go on."""
    argv = [wire.program.binary, *map(str, wire.arguments(server, ["stop:" + HUGE, *more], options))]
    env = {**os.environ, "WIRE_PASSWORD": server.password, "ASAN_OPTIONS": "exitcode=99"}
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env) as p:
        head = json.loads(p.stdout.readline())
        assert json.loads(p.stdout.readline()) == "row"
        act(head["server"]["connection_id"])
        out, _ = p.communicate("\n", timeout=120)
        assert p.returncode == 0
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize("options", [{}, {"tls": "prefer"}, {"compress": "zlib"}], ids=str)
def test_connection_killed_in_mid_result(wire, any_server, options):
    results = kill_mid_result(wire, any_server, lambda n: any_server.execute(f"KILL {n}"), "rows:SELECT 1", **options)
    assert results[0]["error"]["code"] == LOST and results[0]["error"]["retryable"]
    assert not results[0]["error"]["usable"] and results[1]["error"]["code"] == LOST


def test_statement_killed_in_mid_result(wire, any_server):
    results = kill_mid_result(wire, any_server, lambda n: any_server.execute(f"KILL QUERY {n}"), "rows:SELECT 1")
    error = results[0]["error"]
    assert error["code"] == QUERY and error["server_code"] == 1317 and error["retryable"] and error["usable"]
    assert results[1]["rows"] == [["1"]]


@pytest.mark.parametrize("how", ["kill9", "stop"])
def test_server_gone_in_mid_result(wire, how):
    server = own_server(MariaDB)
    try:
        if how == "kill9":
            act = lambda _: server.kill9()
        else:
            act = lambda _: threading.Thread(target=server.stop).start() or time.sleep(1)
        results = kill_mid_result(wire, server, act, "rows:SELECT 1")
        assert results[0]["error"]["code"] == LOST and not results[0]["error"]["usable"]
    finally:
        server.stop()


def test_idle_connection_given_up_by_the_server(wire, any_server):
    results = wire(any_server, "exec:SET SESSION wait_timeout = 1", "exec:DO SLEEP(0)", "wait:3000", "rows:SELECT 1")
    error = results[-2]["error"]
    assert error["code"] == LOST and error["retryable"] and not error["usable"]


# ---- servers that do not play fair ----


def test_clear_password_goes_only_over_tls(wire, tmp_path):
    def ask(c):
        c.greet()
        c.read_packet()
        c.send_packet(b"\xfemysql_clear_password\0")
        heard.append(c.read_packet())
        c.send_packet(b"\0\0\0\x02\0\0\0")
        c.read_packet()  # SET NAMES
        c.send_packet(b"\0\0\0\x02\0\0\0", seq=1)
        c.read_packet()

    heard = []
    with FakeServer(ask) as s:
        error = wire.error(None, host="127.0.0.1", port=s.port, user="x", password="top secret", tls="prefer")
    assert error["code"] == AUTH and heard in ([], [None])
    heard.clear()
    with FakeServer(ask, tls_dir=tmp_path / "tls") as s:
        server = says(wire(None, host="127.0.0.1", port=s.port, user="x", password="top secret", tls="require"))
    assert server["auth_plugin"] == "mysql_clear_password" and heard == [b"top secret\0"]


def test_unknown_login_method(wire):
    def ask(c):
        c.greet(plugin=b"made_up")
        c.read_packet()
        c.send_packet(b"\xfedialog\0question")

    with FakeServer(ask) as s:
        error = wire.error(None, host="127.0.0.1", port=s.port, user="x")
    assert error["code"] == AUTH and "dialog" in error["message"]


def test_data_ahead_of_the_tls_handshake(wire, tmp_path):
    """Bytes injected before TLS begins must not count as protected ones."""
    def inject(c):
        c.greet(extra=b"\x07\x00\x00\x02\x00\x00\x00\x02\x00\x00\x00")
        c.read_packet()

    with FakeServer(inject, tls_dir=tmp_path / "tls", handshake=False) as s:
        assert wire.error(None, host="127.0.0.1", port=s.port, user="x", tls="require")["code"] == PROTOCOL
