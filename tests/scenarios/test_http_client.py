"""The HTTP client (src/net/http_client.c) against servers that behave, and servers that do not."""

import http.server
import json
import os
import socket
import socketserver
import ssl
import subprocess
import threading
import time
from pathlib import Path

import pytest

BUILT = Path(os.environ.get("GODWIT_BIN") or Path(__file__).resolve().parents[2] / "build-asan/godwit").parent
TOOL = BUILT / "tests/unit/net/http_call"


def call(url, **more):
    if "any_name" in more:
        more["any_name"] = bool(more["any_name"])
    run = subprocess.run([TOOL], input=json.dumps({"url": url, **more}), capture_output=True, text=True, timeout=60,
                         env={"ASAN_OPTIONS": "exitcode=99", "UBSAN_OPTIONS": "halt_on_error=1", "PATH": os.environ["PATH"]})
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def refused(url, text, **more):
    got = call(url, **more)
    assert not got["ok"] and got["error"]["code"] == more.pop("code", "GW4010"), got
    told = json.dumps(got["error"])
    assert text in told, told
    return got["error"]


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers with what it was asked, as JSON."""
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        text = json.dumps({"method": self.command, "path": self.path, "headers": dict(self.headers), "body": body}).encode()
        self.send_response(int(self.headers.get("X-Want") or 200))
        if self.path.startswith("/chunked"):
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for i in range(0, len(text), 7):
                part = text[i:i + 7]
                self.wfile.write(b"%x;name=value\r\n%s\r\n" % (len(part), part))
            self.wfile.write(b"0\r\nTrailer: x\r\n\r\n")
        elif self.path.startswith("/until-close"):
            self.end_headers()
            self.wfile.write(text)
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer

    def log_message(self, *_):
        pass


class Quiet(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass  # handshakes that fail on purpose


def serve(context=None, address="127.0.0.1"):
    kind = type("V6", (Quiet,), {"address_family": socket.AF_INET6}) if ":" in address else Quiet
    server = kind((address, 0), Echo)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


@pytest.fixture(scope="module")
def plain():
    server = serve()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Two self-signed certificates: `here` for 127.0.0.1 and localhost, `away` for another name."""
    d = tmp_path_factory.mktemp("tls")
    for name, names in (("here", "IP:127.0.0.1,DNS:localhost"), ("away", "DNS:console.example")):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/CN=test", "-addext", f"subjectAltName={names}", "-keyout", d / f"{name}.key",
                        "-out", d / f"{name}.pem"], check=True, capture_output=True)
    return d


@pytest.fixture(scope="module")
def secure(certificates):
    servers = {}
    for name in ("here", "away"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates / f"{name}.pem", certificates / f"{name}.key")
        servers[name] = serve(context)
    yield {name: s.server_port for name, s in servers.items()}
    for s in servers.values():
        s.shutdown()


@pytest.fixture
def raw():
    """raw(bytes or function of the socket): a server that sends just that; its URL."""
    servers = []

    def begin(what):
        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                if callable(what):
                    what(self.request)
                else:
                    self.request.recv(65536)
                    self.request.sendall(what)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass

        server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}/"

    yield begin
    for server in servers:
        server.shutdown()
        server.server_close()


# ---- what is said and heard ----


def test_what_arrives(plain):
    got = call(plain + "/a/b?c=d%20e", bearer="a-token", headers=["X-One: 1", "X-Want: 418"], method="POST", body='{"x": "é"}')
    assert got["ok"] and got["status"] == 418
    asked = json.loads(got["body"])
    assert (asked["method"], asked["path"], asked["body"]) == ("POST", "/a/b?c=d%20e", '{"x": "é"}')
    headers = asked["headers"]
    assert headers["Authorization"] == "Bearer a-token" and headers["X-One"] == "1"
    assert headers["Content-Type"] == "application/json" and headers["Content-Length"] == "11"
    assert headers["Host"] == plain.removeprefix("http://") and headers["Connection"] == "close"


@pytest.mark.parametrize("method", ["GET", "DELETE", "POST", "PUT"])
def test_without_a_body(plain, method):
    asked = json.loads(call(plain, method=method)["body"])
    assert (asked["method"], asked["path"]) == (method, "/")
    assert asked["headers"].get("Content-Length") == ("0" if method in ("POST", "PUT") else None)
    assert "Authorization" not in asked["headers"] and "Content-Type" not in asked["headers"]


def test_only_a_query(plain):
    assert json.loads(call(plain + "?a=1")["body"])["path"] == "/?a=1"


@pytest.mark.parametrize("path", ["/chunked", "/until-close"])
def test_kinds_of_bodies(plain, path):
    got = call(plain + path, method="POST", body="x" * 100_000)
    assert json.loads(got["body"])["body"] == "x" * 100_000


def test_over_ipv6():
    server = serve(address="::1")
    got = call(f"http://[::1]:{server.server_port}/")
    assert json.loads(got["body"])["headers"]["Host"] == f"[::1]:{server.server_port}"
    server.shutdown()


def test_a_header_that_is_wanted(raw):
    answer = b"HTTP/1.1 200 OK\r\nset-COOKIE:  a=b; Path=/ \r\nSet-Cookie: second\r\nX-Long: " + b"y" * 1024 + b"\r\nContent-Length: 0\r\n\r\n"
    assert call(raw(answer), wanted="Set-Cookie")["value"] == "a=b; Path=/"
    assert call(raw(answer), wanted="X-Long")["value"] == call(raw(answer), wanted="X")["value"] == call(raw(answer))["value"] == ""


def test_redirects_are_not_followed(raw):
    got = call(raw(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 2\r\n\r\nno"))
    assert (got["status"], got["body"]) == (302, "no")


def test_without_content(raw):
    assert call(raw(b"HTTP/1.1 204 No Content\r\n\r\n"))["status"] == 204
    assert call(raw(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.0 200\nContent-Length: 3\n\nyes"))["body"] == "yes"


def test_an_early_answer_counts(raw):
    """A server that refuses a large body without reading it."""
    def handle(s):
        s.recv(100)
        s.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\n\r\nmuch")
        s.shutdown(socket.SHUT_WR)
        time.sleep(0.3)
    got = call(raw(handle), method="POST", body="x" * 8_000_000)
    assert (got["ok"], got["status"], got["body"]) == (True, 413, "much")


# ---- TLS ----


def test_tls(secure, certificates):
    for host in ("127.0.0.1", "localhost"):
        assert call(f"https://{host}:{secure['here']}/x", ca_file=str(certificates / "here.pem"))["status"] == 200


def test_tls_of_somebody_else(secure, certificates):
    url = f"https://127.0.0.1:{secure['here']}/"
    refused(url, "certificate")  # the system's authorities do not know it
    refused(url, "certificate", ca_file=str(certificates / "away.pem"))
    refused(url, "certificate", ca_file=str(certificates / "away.pem"), any_name=True)
    refused(url, "nowhere.pem", ca_file=str(certificates / "nowhere.pem"))


def test_tls_of_another_name(secure, certificates):
    url = f"https://127.0.0.1:{secure['away']}/"
    refused(url, "mismatch", ca_file=str(certificates / "away.pem"))
    assert call(url, ca_file=str(certificates / "away.pem"), any_name=True)["status"] == 200


def test_tls_where_there_is_none(plain):
    refused(plain.replace("http:", "https:"), "TLS")


# ---- time and size ----


def test_nobody_listens():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    error = refused(f"http://127.0.0.1:{port}/secret?token=abc", "refused")
    assert error["where"] == f"http://127.0.0.1:{port}"
    assert "secret" not in json.dumps(error) and error["retryable"]


def drip(first, every_s):
    def handle(s):
        s.recv(65536)
        s.sendall(first)
        for _ in range(400):
            time.sleep(every_s)
            s.sendall(b"x")
    return handle


@pytest.mark.parametrize("what", [
    lambda s: time.sleep(20),
    drip(b"HTTP/1.1 200 OK\r\nX: ", 0.05),
    drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", 0.05),
    drip(b"HTTP/1.1 200 OK\r\n\r\n", 0.05),
], ids=["silent", "head", "body", "until-close"])
def test_slow(raw, what):
    begin = time.monotonic()
    refused(raw(what), "within 1 s", timeout_s=1)
    assert 0.9 < time.monotonic() - begin < 4


def test_slow_handshake(raw):
    begin = time.monotonic()
    def handle(s):
        s.recv(65536)
        s.sendall(b"\x16\x03\x03\x40\x00")  # a record of 16 kB begins
        for _ in range(400):
            time.sleep(0.05)
            s.sendall(b"\x02")
    refused(raw(handle).replace("http:", "https:"), "within 1 s", timeout_s=1)
    assert time.monotonic() - begin < 4


def test_a_server_that_does_not_read(raw):
    begin = time.monotonic()
    refused(raw(lambda s: time.sleep(20)), "within 1 s", timeout_s=1, method="POST", body="x" * 20_000_000)
    assert time.monotonic() - begin < 6


@pytest.mark.parametrize("head", ["Content-Length: 1001", "Transfer-Encoding: chunked", "X: y"])
def test_too_large(raw, head):
    body = b"x" * 1001
    body = b"3e9\r\n" + body + b"\r\n0\r\n\r\n" if "chunked" in head else body
    answer = b"HTTP/1.1 200 OK\r\n" + head.encode() + b"\r\n\r\n" + body
    refused(raw(answer), "more than 1000 bytes", answer_max=1000)
    got = call(raw(answer), answer_max=1001)
    assert got["ok"] and got["bytes"] == 1001


# ---- garbage ----


@pytest.mark.parametrize("answer", [
    b"", b"\r\n", b"\0" * 100, b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/2 200\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 99\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
    b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nab", b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nX: " + b"y" * 10000 + b"\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n",
    b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 100 C\r\n\r\n" * 100, b"x" * 100_000,
])
def test_no_http(raw, answer):
    refused(raw(answer), "127.0.0.1")


@pytest.mark.parametrize("url", [
    "", "example.com", "ftp://example.com/", "http://", "http:///x", "http://u:p@example.com/", "http://example.com:0/",
    "http://example.com:65536/", "http://example.com:1x/", "http://example.com:/", "http://[::1/", "http://[::1]x/", "http://a b/",
    "http://a/\r\nX: y", "http://a/#b", "http://" + "a" * 300 + "/",
])
def test_no_url(url):
    refused(url, "the address cannot be used", code="GW1001")


@pytest.mark.parametrize("more", [{"headers": ["X: a\r\nY: b"]}, {"bearer": "a\nb"}, {"method": "GET /x"}, {"method": ""}])
def test_nothing_is_smuggled(plain, more):
    assert call(plain, **more)["error"]["code"] == "GW1001"
