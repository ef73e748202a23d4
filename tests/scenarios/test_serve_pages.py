"""The web console as the executable serves it: what comes for which address, how it is cached and compressed, what it may do."""

import gzip
import http.client
import re

import pytest

from control import Server


@pytest.fixture
def server(godwit, tmp_path):
    return Server(godwit, tmp_path / "data").start()


def fetch(server, path, method="GET", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.putrequest(method, path, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers, body


def assets(page):
    return re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.decode())


def test_every_address_of_a_page_is_the_same_page(server):
    status, headers, page = fetch(server, "/")
    assert status == 200 and headers["Content-Type"].startswith("text/html") and b'<div id="app">' in page
    assert headers["Cache-Control"] == "no-cache"
    for path in ("/tasks", "/tasks/7", "/sign-in", "/nothing/at/all", "/?next=%2Ftasks", "/index.html"):
        assert fetch(server, path)[::2] == (200, page), path


def test_what_it_names_is_there(server):
    _, _, page = fetch(server, "/")
    named = assets(page) + ["/godwit.svg"]
    assert any(x.endswith(".js") for x in named) and any(x.endswith(".css") for x in named)
    for path in named:
        status, headers, body = fetch(server, path)
        kind = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}[path.rpartition(".")[2]]
        assert status == 200 and headers["Content-Type"].startswith(kind) and body, path
    assert fetch(server, "/assets/gone-12345678.js")[0] == 404
    assert fetch(server, "/assets/../../etc/passwd")[2].find(b"root:") < 0


def test_it_comes_compressed_to_those_who_take_it(server):
    script = next(x for x in assets(fetch(server, "/")[2]) if x.endswith(".js"))
    _, headers, plain = fetch(server, script)
    assert "Content-Encoding" not in headers and headers["Vary"] == "accept-encoding"
    for wanted in ("gzip", "deflate, gzip;q=0.5, br", "*", "br, GZIP"):
        _, headers, packed = fetch(server, script, Accept_Encoding=wanted)
        assert headers["Content-Encoding"] == "gzip" and gzip.decompress(packed) == plain, wanted
        assert int(headers["Content-Length"]) == len(packed) < len(plain)
    for wanted in ("br", "gzip;q=0", "gzip; q=0.000", "xgzip"):
        assert "Content-Encoding" not in fetch(server, script, Accept_Encoding=wanted)[1], wanted


def test_it_is_kept_as_long_as_it_is_good(server):
    script = next(x for x in assets(fetch(server, "/")[2]) if x.endswith(".js"))
    for path, lasting in (("/", "no-cache"), (script, "public, max-age=31536000, immutable")):
        _, headers, _ = fetch(server, path)
        assert headers["Cache-Control"] == lasting
        for tag in (headers["ETag"], "W/" + headers["ETag"], '"other", ' + headers["ETag"], "*"):
            status, again, body = fetch(server, path, If_None_Match=tag)
            assert (status, body) == (304, b"") and again["ETag"] == headers["ETag"] and again["Cache-Control"] == lasting
        assert fetch(server, path, If_None_Match='"other"')[0] == 200


def test_it_keeps_the_connection(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    tag = fetch(server, "/")[1]["ETag"]
    for _ in range(3):
        connection.request("GET", "/", headers={"If-None-Match": tag})
        answer = connection.getresponse()
        assert answer.status == 304 and answer.read() == b""
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == 200


def test_it_may_do_little(server):
    _, headers, page = fetch(server, "/")
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy
    assert "unsafe-eval" not in policy and "script-src" not in policy  # scripts: our own files only
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "no-referrer"
    text = page.decode()
    assert "http://" not in text and "https://" not in text  # nothing from elsewhere
    assert not re.search(r"<script(?![^>]*\bsrc=)", text) and not re.search(r"\son\w+=", text)  # nothing inline


def test_the_api_is_not_a_page(server):
    for path in ("/api", "/api/", "/api/v1/nothing", "/api/v2/tasks"):
        status, headers, body = fetch(server, path)
        assert status == 404 and headers["Content-Type"].startswith("application/json") and b"GW1068" in body, path
    assert fetch(server, "/healthz")[2] == b'{"ok":true}'
    assert fetch(server, "/tasks", "POST", Content_Length="0")[0] == 404
    assert fetch(server, "/tasks", "DELETE")[0] == 404
