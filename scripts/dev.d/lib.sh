# What several verbs share. Sourced by ./dev, in the repository's root.

# Debian's own Python: the one that has Debian's pytest, pymysql and psycopg2. Another may be first on PATH.
PY=/usr/bin/python3
JOBS=$(nproc)
export GODWIT_CACHE=${GODWIT_CACHE:-$HOME/.cache/godwit}

say() { printf '== %s\n' "$*"; }
warn() { printf 'dev: %s\n' "$*" >&2; }
die() {
    warn "$@"
    exit 1
}

# The lines "#: text" at a verb's top are its help; the first is the summary.
help_of() { sed -n 's/^#: \{0,1\}//p' "scripts/dev.d/$1.sh"; }
