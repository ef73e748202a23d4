"""A web shell as a client has it: what is typed, what is printed, how it ends."""

import json
import re
import time

import websocket


class Shell:
    """A WebSocket of a machine's shell. printed: all bytes so far; said: the texts; code: of the close."""

    def __init__(self, client, machine, query="", origin=None, timeout=30, **options):
        headers = ["Cookie: godwit_session=" + client.cookie] if client.cookie else []
        headers += ["Authorization: Bearer " + client.token] if client.token else []
        self.printed, self.said, self.code, self.at = b"", [], None, 0
        self.ws = websocket.create_connection("ws://127.0.0.1:%d/api/v1/machines/%s/shell%s" % (client.server.port, machine, query),
                                              header=headers, origin=origin or "", suppress_origin=origin is None, timeout=timeout, **options)

    def type(self, text):
        self.ws.send_binary(text.encode() if isinstance(text, str) else text)

    def run(self, command):
        self.type(command + "\n")

    def resize(self, cols, rows):
        self.ws.send(json.dumps({"resize": [cols, rows]}))

    def take(self):
        """One message; False: it is closed."""
        op, data = self.ws.recv_data(control_frame=True)
        if op == websocket.ABNF.OPCODE_BINARY:
            self.printed += data
        elif op == websocket.ABNF.OPCODE_TEXT:
            self.said.append(json.loads(data))
        elif op == websocket.ABNF.OPCODE_CLOSE:
            self.code = int.from_bytes(data[:2], "big")
        return self.code is None

    def until(self, pattern, deadline_s=30):
        """What was printed since the last call, up to and with this; a match."""
        pattern = re.compile(pattern.encode() if isinstance(pattern, str) else pattern, re.S)
        end = time.monotonic() + deadline_s
        while True:
            found = pattern.search(self.printed, self.at)
            if found:
                self.at = found.end()
                return found
            assert time.monotonic() < end, "not printed within %d s: %r; %r" % (deadline_s, pattern.pattern, self.printed[self.at:][-2000:])
            assert self.take(), "closed with %s, %s before it printed %r: %r" % (self.code, self.said, pattern.pattern, self.printed[self.at:])

    def opened(self, deadline_s=30):
        end = time.monotonic() + deadline_s
        while not self.said:
            assert time.monotonic() < end and self.take(), (self.code, self.said)
        assert "opened" in self.said[0], self.said
        return self

    def end(self):
        """Reads to the close; its code."""
        while self.code is None and self.take():
            pass
        return self.code

    @property
    def error(self):
        return next((s["error"]["code"] for s in self.said if "error" in s), None)

    @property
    def exit(self):
        return next((s["exit"] for s in self.said if "exit" in s), "not told")

    def vanish(self):
        """Like a client that is killed: the connection, and nothing said."""
        self.ws.sock.close()
