"""PostgreSQL 15 as Debian packages it. It refuses to run as root, so as root it runs as the user postgres."""

import os
import signal

import psycopg2

from . import certs
from .place import Missing, as_user, copy_template, run
from .server import Server

BIN = "/usr/lib/postgresql/15/bin"
PASSWORD = "Super-pass-1"


class Postgres(Server):
    name = "pg15"
    user = "postgres"
    password = PASSWORD
    run_as = "postgres"
    stop_signal = signal.SIGINT  # "fast": ends sessions instead of waiting for them
    last_signal = signal.SIGQUIT  # "immediate": as sudden as SIGKILL, but gives the shared memory back

    def __init__(self, args=(), settings=None, tls=False, encoding="UTF8", locale="C.UTF-8"):
        super().__init__(args, settings, tls)
        self.encoding = encoding
        self.locale = locale

    @property
    def owner(self):
        return self.run_as if os.geteuid() == 0 else None

    def prepare(self):
        if not os.path.exists(BIN + "/initdb"):
            raise Missing("PostgreSQL 15 is not installed (./dev setup does)")
        version = run([BIN + "/postgres", "--version"]).split()[2]
        key = f"postgresql-{version}-{self.encoding}-{self.locale}"
        copy_template(key, self._initialise, self.data_dir, owner=self.owner)
        if self.owner:
            run(["chown", self.owner, self.dir])
        if self.tls:
            certs.make(self.dir / "tls", self.owner)

    def _initialise(self, data):
        data.mkdir()
        password = data.with_name("password")
        password.write_text(self.password)
        if self.owner:
            run(["chown", self.owner, data, password])
        run([BIN + "/initdb", "-D", data, "-U", self.user, "-A", "scram-sha-256", f"--pwfile={password}",
             "-E", self.encoding, f"--locale={self.locale}", "--no-sync"], cwd=data, env=self.env(),
            **as_user(self.run_as))

    def command(self):
        # A killed postmaster loses nothing that reached the kernel, so fsync is off. Its shared memory would stay in
        # /dev/shm for ever; as files in the data directory it goes with the directory.
        settings = {
            "listen_addresses": self.host, "port": self.port, "unix_socket_directories": str(self.dir),
            "fsync": "off", "wal_level": "logical", "max_connections": 100, "max_wal_senders": 10,
            "max_replication_slots": 100, "max_prepared_transactions": 10, "dynamic_shared_memory_type": "mmap",
            "log_min_messages": "warning",
        }
        if self.tls:
            tls = self.dir / "tls"
            settings |= {"ssl": "on", "ssl_ca_file": f"{tls}/ca.pem", "ssl_cert_file": f"{tls}/server-cert.pem",
                         "ssl_key_file": f"{tls}/server-key.pem"}
        settings |= self.settings
        options = [a for k, v in settings.items() for a in ("-c", f"{k}={v}")]
        return [BIN + "/postgres", "-D", self.data_dir, *options, *self.args]

    def stop(self):
        """Orderly (it takes 40 ms): a killed postmaster leaves a System V segment in the kernel."""
        self.shutdown()
        self.remove()

    def connect(self, database=None, **kw):
        connection = psycopg2.connect(host=self.host, port=self.port, user=kw.pop("user", self.user),
                                      password=kw.pop("password", self.password), dbname=database or "postgres",
                                      connect_timeout=kw.pop("connect_timeout", 10), **kw)
        connection.autocommit = True
        return connection

    def ping(self):
        self.connect(connect_timeout=2).close()

    def url_for(self, database="postgres", user=None, password=None):
        return f"postgresql://{user or self.user}:{password or self.password}@{self.host}:{self.port}/{database}"

    @property
    def url(self):
        return self.url_for()

    def lsn(self):
        return self.execute("SELECT pg_current_wal_lsn()")[0][0]

    @property
    def ca_path(self):
        return self.dir / "tls" / "ca.pem" if self.tls else None
