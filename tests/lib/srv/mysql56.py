"""MySQL 5.6, for what old sources do differently: no utf8mb4 by default, mysql_native_password, zero dates."""

import os
import re
import shutil

from .mysqlfamily import PASSWORD, MySQLFamily, bootstrap
from .place import Missing, cache_dir, copy_template, run

# A bootstrapping 5.6 has no GRANT. Anonymous users hide root@'%' from local logins.
ROOT_SQL = [
    f"UPDATE mysql.user SET Host = '%', Password = PASSWORD('{PASSWORD}') WHERE User = 'root' AND Host = '127.0.0.1'",
    "DELETE FROM mysql.user WHERE User = '' OR User = 'root' AND Host NOT IN ('localhost', '%')",
]


class MySQL56(MySQLFamily):
    name = "mysql56"

    @staticmethod
    def prefix():
        return cache_dir() / "mysql56"

    def mysqld(self):
        path = self.prefix() / "mysqld"
        if not path.exists():
            raise Missing("MySQL 5.6 is not in the cache (scripts/get-mysql56.sh fetches it)")
        return path

    def env(self):
        # It needs libaio of the package's own; the system's libc and libstdc++ do.
        return {**super().env(), "LD_LIBRARY_PATH": str(self.prefix())}

    def prepare(self):
        version = re.search(r"Ver (\S+)", run([self.mysqld(), "--no-defaults", "--version"], env=self.env())).group(1)
        copy_template("mysql-" + version, self._initialise, self.data_dir)

    def _tree_args(self):
        return ["--no-defaults", f"--basedir={self.prefix()}", f"--lc-messages-dir={self.prefix()}/share",
                f"--character-sets-dir={self.prefix()}/share/charsets"]

    def _initialise(self, data):
        # The package ships an initialised data directory; only root's TCP login is missing.
        shutil.copytree(self.prefix() / "data" / "mysql", data)
        self._drop_identity(data)
        user = ["--user=root"] if os.geteuid() == 0 else []
        bootstrap([self.mysqld(), *self._tree_args(), f"--datadir={data}", *user], data, ROOT_SQL, env=self.env())

    def command(self):
        return [self.mysqld(), *self._tree_args(), *self.base_args(), "--binlog-format=ROW", "--gtid-mode=ON",
                "--enforce-gtid-consistency=ON", "--log-slave-updates", *self.extra_args()]

    def gtid(self):
        return self.execute("SELECT @@global.gtid_executed")[0][0].replace("\n", "")
