"""What MySQL and MariaDB servers have in common: arguments, login, URLs."""

import os
import random
import shutil

import pymysql

from .place import run
from .server import Server

PASSWORD = "Root-pass-1"

# TCP logins come from 127.0.0.1, which with skip_name_resolve is not "localhost".
ROOT_SQL = [
    f"CREATE USER 'root'@'%' IDENTIFIED BY '{PASSWORD}'",
    "GRANT ALL PRIVILEGES ON *.* TO 'root'@'%' WITH GRANT OPTION",
    "FLUSH PRIVILEGES",
]


def bootstrap(mysqld, data, statements, **kw):
    """Run statements in a server without network or grant checks, which then ends."""
    sql = data.with_name("init.sql")
    sql.write_text("".join(s + ";\n" for s in statements))
    with open(sql) as stdin:
        run([*mysqld, "--bootstrap"], stdin=stdin, **kw)


class MySQLFamily(Server):
    user = "root"
    password = PASSWORD

    @property
    def socket_path(self):
        return self.dir / "s.sock"

    def base_args(self):
        """Surviving kill -9 needs the writes to reach the kernel, not the disk: no fsync per commit."""
        args = [
            f"--datadir={self.data_dir}", f"--tmpdir={self.dir}", f"--socket={self.socket_path}",
            f"--pid-file={self.dir}/s.pid", f"--port={self.port}", f"--bind-address={self.host}",
            f"--server-id={random.randrange(1, 2**31)}", "--log-bin=binlog",
            "--skip-name-resolve", "--local-infile=ON", "--secure-file-priv=",
            "--innodb-buffer-pool-size=128M", "--innodb-flush-log-at-trx-commit=2", "--sync-binlog=0",
        ]
        if os.geteuid() == 0:
            args.append("--user=root")
        return args

    def extra_args(self):
        return [f"--{k.replace('_', '-')}={v}" for k, v in self.settings.items()] + self.args

    def connect(self, database=None, **kw):
        return pymysql.connect(host=self.host, port=self.port, user=kw.pop("user", self.user),
                               password=kw.pop("password", self.password), database=database, charset="utf8mb4",
                               autocommit=True, connect_timeout=kw.pop("connect_timeout", 10), **kw)

    def ping(self):
        self.connect(connect_timeout=2).close()

    def url_for(self, database="", user=None, password=None):
        return f"mysql://{user or self.user}:{password or self.password}@{self.host}:{self.port}/{database}"

    @property
    def url(self):
        return self.url_for()

    def gtid(self):
        raise NotImplementedError

    def _drop_identity(self, data):
        """Each copy of a template must make a server UUID of its own."""
        (data / "auto.cnf").unlink(missing_ok=True)
        shutil.rmtree(data / "test", ignore_errors=True)
