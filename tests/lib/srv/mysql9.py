"""MySQL 9 as scripts/get-mysql.sh unpacks it. It brings its own C library, so its own loader starts it."""

import os
import re

from .mysqlfamily import ROOT_SQL, MySQLFamily
from .place import Missing, cache_dir, copy_template, run


class MySQL9(MySQLFamily):
    name = "mysql9"

    @staticmethod
    def prefix():
        return cache_dir() / "mysql9"

    @classmethod
    def launcher(cls, program="usr/sbin/mysqld"):
        """The command that starts a program of the unpacked tree: [ld-linux, --library-path, dirs, program]."""
        prefix = cls.prefix()
        loaders = sorted(prefix.glob("usr/lib*/ld-linux-*.so.*"))
        if not loaders or not (prefix / program).exists():
            raise Missing("MySQL 9 is not in the cache (./dev setup fetches it)")
        dirs = [d for triplet in sorted(prefix.glob("usr/lib/*-linux-gnu")) for d in (triplet, triplet / "private")]
        return [str(loaders[0]), "--library-path", ":".join(map(str, dirs)), str(prefix / program)]

    @classmethod
    def version(cls):
        text = run([*cls.launcher(), "--no-defaults", "--version"])
        return re.search(r"Ver (\S+)", text).group(1)

    @classmethod
    def _tree_args(cls):
        base = cls.prefix() / "usr"
        return ["--no-defaults", f"--basedir={base}", f"--plugin-dir={base}/lib/mysql/plugin",
                f"--character-sets-dir={base}/share/mysql/charsets", f"--lc-messages-dir={base}/share/mysql"]

    def prepare(self):
        copy_template("mysql-" + self.version(), self._initialise, self.data_dir)

    def _initialise(self, data):
        sql = data.with_name("init.sql")
        sql.write_text("".join(s + ";\n" for s in ROOT_SQL))
        user = ["--user=root"] if os.geteuid() == 0 else []
        run([*self.launcher(), *self._tree_args(), "--initialize-insecure", f"--datadir={data}",
             f"--init-file={sql}", "--disable-log-bin", *user])
        self._drop_identity(data)

    def command(self):
        return [*self.launcher(), *self._tree_args(), *self.base_args(), "--mysqlx=OFF", "--gtid-mode=ON",
                "--enforce-gtid-consistency=ON", "--innodb-redo-log-capacity=64M", *self.extra_args()]

    def gtid(self):
        return self.execute("SELECT @@global.gtid_executed")[0][0].replace("\n", "")

    # mysqld makes these when it starts with an empty place for them.
    @property
    def ca_path(self):
        return self.data_dir / "ca.pem"

    @property
    def cert_path(self):
        return self.data_dir / "server-cert.pem"

    @property
    def public_key_path(self):
        """For caching_sha2_password without TLS."""
        return self.data_dir / "public_key.pem"
