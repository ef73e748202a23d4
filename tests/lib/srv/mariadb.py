"""MariaDB as Debian packages it."""

import os
import re
import shutil

from . import certs
from .mysqlfamily import ROOT_SQL, MySQLFamily, bootstrap
from .place import Missing, cache_dir, copy_template, run

MARIADBD = "/usr/sbin/mariadbd"


class MariaDB(MySQLFamily):
    name = "mariadb"

    def prepare(self):
        installer = shutil.which("mariadb-install-db")
        if not installer or not os.path.exists(MARIADBD):
            raise Missing("MariaDB is not installed (./dev setup does)")
        self.version = re.search(r"Ver (\S+)", run([MARIADBD, "--no-defaults", "--version"])).group(1)
        self._installer = installer
        copy_template("mariadb-" + self.version, self._initialise, self.data_dir)
        if self.tls:
            certs.make(self.dir / "tls")

    def _initialise(self, data):
        user = ["--user=root"] if os.geteuid() == 0 else []
        run([self._installer, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal",
             "--skip-test-db", "--skip-name-resolve", *user])
        # The installer's own root@127.0.0.1 without a password would match before root@'%'. FLUSH loads the grant
        # tables, without which a bootstrapping server refuses CREATE USER.
        statements = ["DELETE FROM mysql.global_priv WHERE User = '' OR User = 'root' AND Host <> 'localhost'",
                      "FLUSH PRIVILEGES", *ROOT_SQL]
        bootstrap([MARIADBD, "--no-defaults", f"--datadir={data}", *user], data, statements)

    def plugin_dir(self):
        """Plugins (ed25519) come from the system when the full server is installed, else from the cache."""
        for path in ("/usr/lib/mysql/plugin", f"{cache_dir()}/mariadb-plugins-{self.version.split('-')[0]}"):
            if os.path.exists(path + "/auth_ed25519.so"):
                return path
        return None

    def has_ed25519(self):
        return self.plugin_dir() is not None

    def command(self):
        args = [MARIADBD, "--no-defaults", *self.base_args(), "--binlog-format=ROW", "--gtid-strict-mode=ON",
                "--log-slave-updates"]
        if self.plugin_dir():
            args += [f"--plugin-dir={self.plugin_dir()}", "--plugin-load-add=auth_ed25519"]
        if self.tls:
            tls = self.dir / "tls"
            args += [f"--ssl-ca={tls}/ca.pem", f"--ssl-cert={tls}/server-cert.pem", f"--ssl-key={tls}/server-key.pem"]
        return args + self.extra_args()

    def gtid(self):
        return self.execute("SELECT @@global.gtid_binlog_pos")[0][0]

    @property
    def ca_path(self):
        return self.dir / "tls" / "ca.pem" if self.tls else None
