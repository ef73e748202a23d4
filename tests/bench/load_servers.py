"""Servers for load.py: settings as one would give them for a migration, data directories kept in the cache between runs."""
import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

from servers import MariaDB, MySQL9, Postgres, cache_dir

SOURCE_SETTINGS = {"innodb-flush-log-at-trx-commit": 2, "innodb-flush-method": "O_DIRECT", "max-connections": 200}
TARGET_SETTINGS = {
    "fsync": "on", "synchronous_commit": "on", "wal_level": "replica", "shared_buffers": "1GB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "32GB", "min_wal_size": "2GB", "checkpoint_timeout": "1h", "wal_buffers": "64MB",
    "max_connections": 100,
    "max_worker_processes": 8, "autovacuum": "off", "max_replication_slots": 4, "max_wal_senders": 4,
}


def _kept(base, label, extra):
    class Kept(base):
        """A server whose data outlives it."""
        start_timeout_s = 300
        stop_timeout_s = 300

        def __init__(self, scale, buffer_mib):
            super().__init__(settings={**SOURCE_SETTINGS, "innodb-buffer-pool-size": "%dM" % buffer_mib,
                                       **extra(buffer_mib)})
            self.home = cache_dir() / "bench" / ("%s-scale-%g" % (label, scale))

            self.prepared = False

        @property
        def data_dir(self):
            return self.home / "data" if self.prepared else self.dir / "data"

        def prepare(self):
            """A new data directory is made as for any test, and kept when there is none yet."""
            super().prepare()
            made = self.data_dir
            self.prepared = True
            if not self.data_dir.exists():
                self.home.mkdir(parents=True, exist_ok=True)
                shutil.move(str(made), str(self.data_dir))

        def has(self, name, version):
            return (self.home / ("%s.%s" % (name, version))).exists()

        def mark(self, name, version):
            (self.home / ("%s.%s" % (name, version))).touch()

    Kept.__name__ = "Bench" + base.__name__
    return Kept


BenchMySQL = _kept(MySQL9, "mysql9", lambda mib: {"innodb-redo-log-capacity": "4G"})
BenchMariaDB = _kept(MariaDB, "mariadb", lambda mib: {"innodb-log-file-size": "2G"})


def target():
    return Postgres(settings=TARGET_SETTINGS)


# ---- the programs of the floors ----

ROOMS = {"read_drop": ["mysql", "net", "base"], "copy_files": ["gauss", "net", "base"],
         "copy_drop": ["gauss", "net", "base"]}


def build_tools(root):
    """Compile them straight from the sources of the clients they use; {name: path}."""
    out = cache_dir() / "bench"
    out.mkdir(parents=True, exist_ok=True)
    made = {}
    for name, rooms in ROOMS.items():
        sources = [Path(root, "tests", "bench", name + ".c")] + [f for r in rooms
                                                                 for f in sorted(Path(root, "src", r).glob("*.c"))]
        headers = [f for r in rooms for f in Path(root, "src", r).glob("*.h")]
        program = out / name
        if not program.exists() or any(f.stat().st_mtime > program.stat().st_mtime for f in sources + headers):
            libraries = subprocess.run(["pkg-config", "--libs", "libssl", "libcrypto", "zlib", "libzstd", "jansson"],
                                       check=True,
                                       capture_output=True, text=True).stdout.split()
            subprocess.run(["cc", "-O2", "-g", "-std=gnu11", "-D_GNU_SOURCE", '-DGODWIT_VERSION="bench"', "-I",
                            str(Path(root, "src")), "-o",
                            str(program), *map(str, sources), *libraries, "-lpthread", "-lm"], check=True)
        made[name] = str(program)
    return made


# ---- what a server has used ----

TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid):
    with open("/proc/%d/stat" % pid) as f:
        return f.read().rpartition(")")[2].split()


def cpu_seconds(pid):
    """Of a server: its own, its living children's and those of the children it has reaped (PostgreSQL's backends)."""
    fields = _stat(pid)
    ticks = sum(int(x) for x in fields[11:15])
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                other = _stat(int(entry))
            except OSError:
                continue
            if int(other[1]) == pid:
                ticks += int(other[11]) + int(other[12])
    return ticks / TICK


def machine_cpu_seconds():
    """What all processors together have spent on anything since boot, also on other guests of the host (steal)."""
    with open("/proc/stat") as f:
        user, nice, system, _idle, _wait, irq, softirq, steal = (int(x) for x in f.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / TICK


# ---- the cache ----

def hold_cache(homes):
    """Two benchmarks must not start servers on one data directory. Keep the result as long as they run."""
    held = []
    for home in homes:
        home.parent.mkdir(parents=True, exist_ok=True)
        held.append(open(home.with_name(home.name + ".lock"), "w"))
        try:
            fcntl.flock(held[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sys.exit("bench: another benchmark is using %s; wait for it, or set GODWIT_CACHE" % home)
    return held


def drop_cache(home):
    shutil.rmtree(home, ignore_errors=True)
