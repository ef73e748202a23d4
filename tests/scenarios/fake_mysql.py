"""A server that speaks just enough of MySQL's protocol to misbehave in it."""

import socket
import ssl
import threading

from srv import certs

PROTOCOL_41, SSL, SECURE, PLUGIN_AUTH = 0x200, 0x800, 0x8000, 0x80000


class Connection:
    """What the handler of a FakeServer talks through."""

    def __init__(self, sock, context, handshake):
        self.sock = sock
        self.context = context
        self.handshake = handshake
        self.seq = 0

    def send_raw(self, data):
        self.sock.sendall(data)

    def packet(self, payload, seq=None):
        if seq is not None:
            self.seq = seq
        data = len(payload).to_bytes(3, "little") + bytes([self.seq]) + payload
        self.seq = (self.seq + 1) % 256
        return data

    def send_packet(self, payload, seq=None):
        self.send_raw(self.packet(payload, seq))

    def greet(self, plugin=b"mysql_native_password", extra=b""):
        caps = PROTOCOL_41 | SECURE | PLUGIN_AUTH | (SSL if self.context else 0)
        self.send_raw(self.packet(
            b"\x0a8.0.99-fake\0" + (7).to_bytes(4, "little") + b"A" * 8 + b"\0" + (caps & 0xffff).to_bytes(2, "little")
            + b"\x2d\x02\x00" + (caps >> 16).to_bytes(2, "little") + b"\x15" + b"\0" * 10 + b"B" * 12 + b"\0"
            + plugin + b"\0") + extra)

    def _read(self, n):
        data = b""
        while len(data) < n:
            more = self.sock.recv(n - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def read_packet(self):
        """The payload, or None when the client has left. A request for TLS is fulfilled on the way."""
        try:
            header = self._read(4)
            self.seq = (header[3] + 1) % 256
            payload = self._read(int.from_bytes(header[:3], "little"))
            if len(payload) == 32 and self.context and self.handshake and not isinstance(self.sock, ssl.SSLSocket):
                self.sock = self.context.wrap_socket(self.sock, server_side=True)
                return self.read_packet()
            return payload
        except (EOFError, OSError):
            return None


class FakeServer:
    """with FakeServer(handler) as s: ... s.port. handler(connection) runs for each client, then the server hangs up."""

    def __init__(self, handler, tls_dir=None, handshake=True):
        self.handler = handler
        self.handshake = handshake
        self.context = None
        if tls_dir:
            certs.make(tls_dir)
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(tls_dir / "server-cert.pem", tls_dir / "server-key.pem")

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()
        return self

    def _serve(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            sock.settimeout(60)
            connection = Connection(sock, self.context, self.handshake)
            try:
                self.handler(connection)
            except OSError:
                pass
            finally:
                connection.sock.close()

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(60)
