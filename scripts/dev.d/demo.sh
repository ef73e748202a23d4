#: see it work: a MySQL full of data moves to PostgreSQL on this machine
#: usage: ./dev demo [--once]
#:   --once   migrate once and end; otherwise the servers stay until Ctrl-C
. scripts/dev.d/setup.sh test
. scripts/dev.d/compile.sh
build release
GODWIT_BIN=${GODWIT_BIN:-$PWD/build/godwit} PYTHONPATH=$PWD/tests/lib exec $PY scripts/demo.py "$@"
