#: measure: run tests/bench/NAME.py with the release build
#: usage: ./dev bench NAME [--json FILE] [--scale S] [other arguments of that benchmark]
#: Without a name: lists the benchmarks.
if [ $# = 0 ]; then
    help_of bench | tail -n +2
    for file in tests/bench/*.py; do
        [ -x "$file" ] || grep -q '__main__' "$file" || continue
        printf '  %-16s %s\n' "$(basename "$file" .py)" "$(sed -n 's/^"""\(.*\)/\1/p' "$file" | head -1)"
    done
    exit 0
fi
name=$1
shift
[[ $name =~ ^[a-z0-9_]+$ && -f tests/bench/$name.py ]] || die "bench: there is no tests/bench/$name.py"
. scripts/dev.d/setup.sh bench
. scripts/dev.d/compile.sh
build release
GODWIT_BIN=${GODWIT_BIN:-$PWD/build/godwit} PYTHONPATH=$PWD/tests/lib exec $PY "tests/bench/$name.py" "$@"
