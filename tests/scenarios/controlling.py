"""A control plane for tests of the agent: a WebSocket server that says what the test tells it to, and keeps what it hears."""

import asyncio
import http
import json
import ssl
import threading
import time

import websockets

from moving import wait_until

TOKEN = "machine-0123456789abcdef"


class Control:
    """With `with`: listens on a loopback port. heard: all messages; say(message); cut(); mute: beats are not answered."""

    def __init__(self, port=0, lease_s=30, certificate=None, auto_forget=True, auto_welcome=True):
        self.port, self.lease_s, self.certificate = port, lease_s, certificate
        self.auto_forget, self.auto_welcome = auto_forget, auto_welcome
        self.heard, self.times, self.connections, self.refuse, self.mute = [], [], 0, False, False
        self.enrolments, self.enrol_answers = [], []  # (path, body); (status, body), of which the last one stays
        self.sockets = set()

    # ---- life ----

    def __enter__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self._do(self._listen())
        return self

    def __exit__(self, *_):
        self._do(self._end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    def _do(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(20)

    async def _listen(self):
        context = None
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.certificate)
        self.server = await websockets.serve(self._serve, "127.0.0.1", 0, max_size=1 << 20,
                                             process_request=self._request, ping_interval=None)
        self.inner_port = self.server.sockets[0].getsockname()[1]
        self.front = await asyncio.start_server(self._pass_on, "127.0.0.1", self.port, ssl=context)
        self.port = self.front.sockets[0].getsockname()[1]

    async def _end(self):
        self.front.close()
        self.server.close()
        await self.server.wait_closed()

    async def _request(self, path, headers):
        if path != "/api/v1/agent":
            return http.HTTPStatus.NOT_FOUND, [], b"not here"
        if self.refuse or headers.get("Authorization") != "Bearer " + TOKEN:
            return http.HTTPStatus.UNAUTHORIZED, [], b"who are you?"
        return None

    # ---- enrolments: requests of another kind, which the WebSocket library does not take ----

    async def _pass_on(self, reader, writer):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            if head.startswith(b"POST "):
                await self._enrol(head.decode(), reader, writer)
                return
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self.inner_port)
            inner_writer.write(head)
            await asyncio.gather(self._pump(reader, inner_writer), self._pump(inner_reader, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    @staticmethod
    async def _pump(reader, writer):
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def _enrol(self, head, reader, writer):
        length = next(int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length"))
        self.enrolments.append((head.split()[1], json.loads(await reader.readexactly(length))))
        answers = self.enrol_answers
        status, body = answers.pop(0) if len(answers) > 1 else answers[0] if answers else (
            201, {"machine": 7, "token": TOKEN})
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        writer.write(b"HTTP/1.1 %d Said\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                     % (status, len(text), text))
        await writer.drain()

    @property
    def url(self):
        return "%s://127.0.0.1:%d" % ("https" if self.certificate else "http", self.port)

    # ---- talk ----

    async def _serve(self, socket, path=None):
        self.connections += 1
        self.sockets.add(socket)
        try:
            async for text in socket:
                message = json.loads(text)
                self.heard.append(message)
                self.times.append(time.monotonic())
                await self._answer(socket, message)
        except websockets.ConnectionClosed:
            pass
        finally:
            self.sockets.discard(socket)

    async def _answer(self, socket, message):
        if self.mute:
            return
        if message["type"] == "hello" and self.auto_welcome:
            await socket.send(json.dumps({"type": "welcome", "machine": 7, "lease_s": self.lease_s}))
        elif message["type"] == "beat":
            await socket.send(json.dumps({"type": "beat"}))
        elif message["type"] == "ended" and self.auto_forget:
            await socket.send(json.dumps({"type": "forget", "subtask": message["subtask"], "fence": message["fence"]}))

    def say(self, message):
        text = message if isinstance(message, str) else json.dumps(message)

        async def send():
            for socket in list(self.sockets):
                await socket.send(text)
        self._do(send())

    def cut(self, code=1011):
        async def close():
            for socket in list(self.sockets):
                await socket.close(code, "cut")
        self._do(close())

    # ---- what was heard ----

    def of_type(self, kind, since=0):
        return [m for m in self.heard[since:] if m["type"] == kind]

    def events(self, kind, subtask, fence=None, since=0):
        return [m["event"] for m in self.of_type("event", since) if m["subtask"] == subtask
                and fence in (None, m["fence"]) and m["event"]["event"] == kind]

    def stages(self, subtask, fence=None, since=0):
        return [e["stage"] for e in self.events("stage", subtask, fence, since)]

    def wait_for(self, kind, n=1, since=0, timeout=60, alive=None, where=lambda m: True):
        def found():
            matching = [m for m in self.of_type(kind, since) if where(m)]
            return matching[-1] if len(matching) >= n else None
        return wait_until(found, "%d %s from the agent" % (n, kind), timeout, alive)

    def wait_for_stage(self, subtask, stage, timeout=120, fence=None):
        wait_until(lambda: stage in self.stages(subtask, fence), "stage %s of %d" % (stage, subtask), timeout)
