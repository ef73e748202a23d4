"""A network that can lose everything without a word: a pair of interfaces, the far one in a namespace of its own. What connects to the far end
is forwarded to a server on this machine's loopback. Needs root."""

import ctypes
import os
import socket
import subprocess
import threading

CLONE_NEWNET = 0x40000000


def possible():
    """Not for everybody, and not in every container."""
    try:
        with Network():
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


def _ip(*args):
    subprocess.run(["ip", *args], check=True, capture_output=True)


class Network:
    """with Network() as n: host, port = n.forward(server) .. n.cut() .. n.mend()"""

    def __init__(self):
        number = os.getpid() % 16384
        self.name = "gw%d" % os.getpid()
        self.near, self.far = "gwn%d" % number, "gwf%d" % number
        base = "10.213.%d.%d" % (number // 64, number % 64 * 4)
        head, tail = base.rsplit(".", 1)
        self.near_address, self.host = ("%s.%d" % (head, int(tail) + i) for i in (1, 2))
        self.listeners = []

    def __enter__(self):
        _ip("netns", "add", self.name)
        try:
            self._connect()
        except (OSError, subprocess.CalledProcessError):
            _ip("netns", "del", self.name)
            raise
        return self

    def _connect(self):
        _ip("link", "add", self.near, "type", "veth", "peer", "name", self.far, "netns", self.name)
        _ip("addr", "add", self.near_address + "/30", "dev", self.near)
        _ip("link", "set", self.near, "up")
        _ip("-n", self.name, "addr", "add", self.host + "/30", "dev", self.far)
        self.mend()

    def __exit__(self, *_):
        for listener in self.listeners:
            listener.close()
        _ip("link", "del", self.near)  # at once; what a namespace takes along goes a moment later
        _ip("netns", "del", self.name)

    def cut(self):
        """Packets are lost in both directions; neither end is told."""
        _ip("-n", self.name, "link", "set", self.far, "down")

    def mend(self):
        _ip("-n", self.name, "link", "set", self.far, "up")

    def forward(self, server):
        """The far end's address that leads to this server."""
        made = []
        thread = threading.Thread(target=self._listen, args=(made,))
        thread.start()
        thread.join()
        listener, = made
        self.listeners.append(listener)
        threading.Thread(target=self._accept, args=(listener, (server.host, server.port)), daemon=True).start()
        return self.host, listener.getsockname()[1]

    def _listen(self, made):
        """On a thread of its own, which ends in the namespace; a socket stays where it was made."""
        with open("/run/netns/" + self.name) as space:
            if ctypes.CDLL(None, use_errno=True).setns(space.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")
            made.append(socket.create_server((self.host, 0)))

    def _accept(self, listener, server):
        while True:
            try:
                far, _ = listener.accept()
            except OSError:
                return
            near = socket.create_connection(server)
            for one, other in ((far, near), (near, far)):
                threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    @staticmethod
    def _pump(one, other):
        try:
            while data := one.recv(65536):
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            for end in (one, other):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
