#!/usr/bin/python3
"""openGauss's login in front of a PostgreSQL server.

No package of openGauss exists for Debian, so tests that need its login run against PostgreSQL through this relay: it
speaks openGauss's startup and sha256 exchange (code 10; minors 51, 50 and 0) to the client, logs in to PostgreSQL behind,
and then forwards bytes. What the client sees after the login is PostgreSQL, but for the parameters openGauss adds. Cancel
requests are forwarded too (the key is PostgreSQL's own), TLS is declined as by a server with ssl off, and ten wrong
passwords lock the role as there.

    og_relay.py --user gaussdb --password Secret@123 --server 127.0.0.1:5432 [--listen-port 0] [--server-database D]

OG_RELAY_SERVER_USER and OG_RELAY_SERVER_PASSWORD are what PostgreSQL is told (default: the client's user, no
password). Prints "listening on PORT" once it is ready; ends with SIGTERM or SIGINT.
"""

import argparse
import asyncio
import base64
import hashlib
import hmac
import os
import secrets
import signal
import struct
import sys

PIECE = 256 * 1024
ITERATIONS = 10000
WRONG_LIMIT = 10
SSL_REQUEST, GSS_REQUEST, CANCEL_REQUEST = 80877103, 80877104, 80877102

# What openGauss reports and PostgreSQL does not.
EXTRA_PARAMETERS = {
    "b_format_behavior_compat_options": "", "behavior_compat_options": "", "cgroup_name": "",
    "character_set_connection": "UTF8", "collation_connection": "", "connection_info": "",
    "d_format_behavior_compat_options": "", "disable_keyword_options": "", "enable_record_nettime": "off",
    "is_sysadmin": "off", "memory_detail_tracking": "", "plsql_compile_check_options": "", "query_band": "",
    "session_respool": "invalid_pool", "uppercase_attribute_name": "off",
}
# What PostgreSQL reports and openGauss does not.
HIDDEN_PARAMETERS = {"is_superuser", "default_transaction_read_only", "in_hot_standby"}


class Refused(Exception):
    """The login ends here; the argument is the message to send to the client."""


def message(kind, body=b""):
    return kind + struct.pack("!i", len(body) + 4) + body


def fatal(sqlstate, text):
    """An ErrorResponse as openGauss writes it: its own fields c and d, the SQLSTATE behind the message."""
    fields = {"S": "FATAL", "c": "0", "M": text, "C": sqlstate, "d": "BACKEND"}
    return message(b"E", b"".join(k.encode() + v.encode() + b"\0" for k, v in fields.items()) + b"\0")


def parameter(name, value):
    return message(b"S", name.encode() + b"\0" + value.encode() + b"\0")


def hmac256(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


class Account:
    """The role of the relay, with its password in openGauss's stored form."""

    def __init__(self, user, password):
        self.user = user
        self.salt = secrets.token_bytes(32)
        k = hashlib.pbkdf2_hmac("sha1", password.encode(), self.salt, ITERATIONS, 32)
        self.stored_key = hashlib.sha256(hmac256(k, b"Client Key")).digest()
        self.server_key = hmac256(k, b"Sever Key")
        self.wrong = 0

    def request(self, minor, token):
        body = struct.pack("!ii", 10, 2) + self.salt.hex().encode() + token.hex().encode()
        if minor >= 51:
            body += struct.pack("!i", ITERATIONS)
        elif minor < 50:
            body += hmac256(self.server_key, token).hex().encode()
        return message(b"R", body)

    def check(self, user, token, reply):
        if self.wrong >= WRONG_LIMIT:
            raise Refused(fatal("28000", "The account has been locked."))
        try:
            client_key = xor(bytes.fromhex(reply.rstrip(b"\0").decode()), hmac256(self.stored_key, token))
        except ValueError:
            client_key = b""
        if user != self.user or hashlib.sha256(client_key).digest() != self.stored_key:
            self.wrong += user == self.user
            raise Refused(fatal("28P01", "Invalid username/password,login denied."))
        self.wrong = 0


async def read_message(reader):
    head = await reader.readexactly(5)
    return head[:1], await reader.readexactly(struct.unpack("!i", head[1:])[0] - 4)


# ---- the client's side ----


async def read_startup(reader, writer):
    """(minor, parameters) or, for a cancel request, (None, its 16 bytes)."""
    while True:
        length, code = struct.unpack("!ii", await reader.readexactly(8))
        if not 8 <= length <= 10000:
            raise asyncio.IncompleteReadError(b"", None)
        body = await reader.readexactly(length - 8)
        if code in (SSL_REQUEST, GSS_REQUEST):
            writer.write(b"N")
            continue
        if code == CANCEL_REQUEST:
            return None, struct.pack("!ii", length, code) + body
        major, minor = code >> 16, code & 0xFFFF
        if major != 3 or minor > 51:
            raise Refused(fatal("0A000", f"unsupported frontend protocol {major}.{minor}."))
        words = [w.decode("utf-8", "replace") for w in body.split(b"\0")]
        return minor, dict(zip(words[0::2], words[1::2]))


async def login_client(account, reader, writer):
    minor, parameters = await read_startup(reader, writer)
    if minor is None:
        return None, parameters
    token = secrets.token_bytes(4)
    writer.write(account.request(minor, token))
    kind, reply = await read_message(reader)
    if kind != b"p":
        raise Refused(fatal("08P01", f"expected password response, got message type {kind[0]}"))
    account.check(parameters.get("user", ""), token, reply)
    writer.write(message(b"R", struct.pack("!i", 0)))
    return minor, parameters


# ---- PostgreSQL's side ----


def scram_first():
    nonce = base64.b64encode(secrets.token_bytes(18)).decode()
    bare = f"n=,r={nonce}"
    first = ("n,," + bare).encode()
    return bare, message(b"p", b"SCRAM-SHA-256\0" + struct.pack("!i", len(first)) + first)


def scram_proof(password, bare, server_first):
    nonce, salt, count = (part[2:] for part in server_first.split(",")[:3])
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(salt), int(count), 32)
    client_key = hmac256(salted, b"Client Key")
    final = f"c=biws,r={nonce}"
    signed = ",".join((bare, server_first, final)).encode()
    proof = xor(client_key, hmac256(hashlib.sha256(client_key).digest(), signed))
    return message(b"p", f"{final},p={base64.b64encode(proof).decode()}".encode())


async def answer_server(body, user, password, state, writer):
    code = struct.unpack("!i", body[:4])[0]
    if code in (0, 12):
        return
    if code == 3:
        writer.write(message(b"p", password.encode() + b"\0"))
    elif code == 5:
        inner = hashlib.md5((password + user).encode()).hexdigest().encode()
        writer.write(message(b"p", b"md5" + hashlib.md5(inner + body[4:]).hexdigest().encode() + b"\0"))
    elif code == 10:
        state["bare"], reply = scram_first()
        writer.write(reply)
    elif code == 11:
        writer.write(scram_proof(password, state["bare"], body[4:].decode()))
    else:
        raise Refused(fatal("28000", f"the server behind the relay asks for login kind {code}"))


async def login_server(options, parameters):
    """Returns the connection and what the client is to see of the login: parameters, key, ready."""
    user = os.environ.get("OG_RELAY_SERVER_USER") or parameters.get("user", "")
    password = os.environ.get("OG_RELAY_SERVER_PASSWORD", "")
    told = {**parameters, "user": user, "database": options.server_database or parameters.get("database") or user}
    host, port = options.server.rsplit(":", 1)
    reader, writer = await asyncio.open_connection(host, int(port), limit=4 * PIECE)
    body = b"".join(k.encode() + b"\0" + v.encode() + b"\0" for k, v in told.items() if k) + b"\0"
    writer.write(struct.pack("!ii", len(body) + 8, 3 << 16) + body)
    seen, state = [parameter(k, v) for k, v in EXTRA_PARAMETERS.items()], {}
    try:
        while True:
            kind, body = await read_message(reader)
            if kind == b"R":
                await answer_server(body, user, password, state, writer)
            elif kind == b"E":
                raise Refused(message(kind, body))
            elif kind != b"S" or body.split(b"\0")[0].decode() not in HIDDEN_PARAMETERS:
                seen.append(message(kind, body))
            if kind == b"Z":
                return reader, writer, b"".join(seen)
    except BaseException:
        writer.close()
        raise


# ---- both ----


async def pump(reader, writer):
    try:
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
    except (ConnectionError, TimeoutError):
        pass
    finally:
        try:
            writer.write_eof()
        except (OSError, RuntimeError):
            pass


async def forward_cancel(options, request):
    host, port = options.server.rsplit(":", 1)
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    await reader.read()  # until the server has dealt with it and closes
    writer.close()


async def serve(options, account, reader, writer):
    behind = None
    try:
        minor, parameters = await login_client(account, reader, writer)
        if minor is None:
            await forward_cancel(options, parameters)
            return
        server_reader, behind, seen = await login_server(options, parameters)
        writer.write(seen)
        up = asyncio.create_task(pump(reader, behind))
        await pump(server_reader, writer)
        up.cancel()
    except Refused as e:
        writer.write(e.args[0])
    except (asyncio.IncompleteReadError, OSError):
        pass
    finally:
        for w in (writer, behind):
            if w is not None:
                w.close()


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listen-port", type=int, default=0, help="0: any free one, printed")
    parser.add_argument("--user", required=True)
    parser.add_argument("--password", help="default: OG_RELAY_PASSWORD")
    parser.add_argument("--server", required=True, metavar="HOST:PORT")
    parser.add_argument("--server-database", help="default: what the client asks for")
    options = parser.parse_args()
    account = Account(options.user, options.password or os.environ.get("OG_RELAY_PASSWORD", ""))
    tasks = set()

    async def accepted(reader, writer):
        tasks.add(asyncio.current_task())
        try:
            await serve(options, account, reader, writer)
        finally:
            tasks.discard(asyncio.current_task())

    server = await asyncio.start_server(accepted, "127.0.0.1", options.listen_port, limit=4 * PIECE)
    print("listening on", server.sockets[0].getsockname()[1], flush=True)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    server.close()
    for task in list(tasks):
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
