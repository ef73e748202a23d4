# The suites of ./dev test. Each leaves JUnit files in $RESULTS and returns 0: scripts/tally.py judges.

# record SUITE NAME COMMAND...: one test that passes when the command does.
record() { $PY scripts/record.py "$RESULTS" "$@"; }

# A build that fails is a failed test; one that succeeds is not counted.
build_or_fail() { # KIND [TARGET...]
    build "$@" && return 0
    record build "$1" false >/dev/null || true
    return 1
}

suite_includes() {
    say "includes"
    record includes check_includes $PY scripts/check_includes.py || true
}

# cmocka itself writes one JUnit file per test program, named by the wrapper.
run_units() { # KIND [TEST...]
    local kind=$1
    shift
    say "unit tests, $kind"
    SUITE=unit-$kind meson test -C build-$kind --no-rebuild --wrapper "$PWD/scripts/unit_wrapper.sh" --timeout-multiplier 5 "$@" \
        >"$RESULTS/unit-$kind.log" 2>&1 ||
        grep -qs '<failure\|<error' "$RESULTS/unit-$kind".*.xml ||
        record "unit-$kind" meson-test false || true
    tail -12 "$RESULTS/unit-$kind.log"
}

# Tests wait more than they compute, compilers do not: the second build goes on beside the first's tests.
suite_unit() {
    local threaded running=
    threaded=$(cat tests/unit/threaded)
    if build_or_fail asan; then
        run_units asan &
        running=$!
    fi
    if build_or_fail tsan $(unit_programs $threaded); then
        [ -z "$running" ] || wait "$running" || true
        run_units tsan $threaded
    fi
    [ -z "$running" ] || wait "$running" || true
}

fuzz_one() { # TARGET
    local name=${1##*/} seeds=()
    mkdir -p "build-fuzz/corpus/$name" build-fuzz/crashes
    [ -d "tests/fuzz/corpus/$name" ] && seeds=("tests/fuzz/corpus/$name")
    record fuzz "$name" "build-fuzz/$1" -max_total_time="${FUZZ_SECONDS:-2}" -timeout=10 -rss_limit_mb=2048 \
        -verbosity=0 -print_final_stats=1 -artifact_prefix=build-fuzz/crashes/"$name"- \
        "build-fuzz/corpus/$name" "${seeds[@]}" || true
}

suite_fuzz() {
    local -x ASAN_OPTIONS=${ASAN_OPTIONS:-print_legend=0}
    build_or_fail fuzz || return 0
    say "fuzz targets"
    ( # a shell whose only children they are
        for target in $(fuzz_targets); do
            [ "$(jobs -rp | wc -l)" -lt "$JOBS" ] || wait -n
            fuzz_one "$target" &
        done
        wait
    )
}

run_pytest() { # SUITE PATH [pytest arguments, which may name files instead]
    local suite=$1 path=$2 rc=0 arg
    shift 2
    for arg in "$@"; do
        [ ! -e "${arg%%::*}" ] || path=
    done
    $PY -m pytest ${path:+"$path"} --junitxml="$RESULTS/$suite.xml" -o junit_suite_name="$suite" "$@" || rc=$?
    # 1: tests failed, which the file tells; 5: there are none. All else means that the file does not tell.
    [ $rc = 0 ] || [ $rc = 1 ] || [ $rc = 5 ] || record "$suite" pytest false || true
}

# Wait for the servers that test.sh fetches meanwhile.
await_servers() {
    [ -n "${fetching:-}" ] || return 0
    wait "$fetching" || true
    fetching=
    cat "$RESULTS/fetch.log"
}

suite_tools() {
    await_servers
    say "tools"
    run_pytest tools tests/lib
}

# Each process has servers of its own; a file's tests stay together, as they share what they made on them. One more than
# there are cores, as many tests wait for leases and deadlines.
parallel() {
    local cores
    cores=$(nproc)
    echo $((cores >= 4 ? 4 : cores + 1))
}

# Temporary files of what follows, data directories among them: in memory, where there is plenty; else on the disk, as ever.
work_in_memory() {
    local place=/dev/shm free_kib
    [ -z "${scratch:-}" ] && [ "$(stat -f -c %T $place 2>/dev/null)" = tmpfs ] || return 0
    free_kib=$({ df --output=avail -k $place | tail -1 && sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo; } | sort -n | head -1)
    [ "$free_kib" -ge $((8 << 20)) ] || return 0
    scratch=$(mktemp -d $place/godwit-test-XXXXXX)
    trap 'rm -rf "$scratch"' EXIT
    chmod 755 "$scratch" # PostgreSQL runs as a user of its own
    # Tests start programs there, which a mount may forbid.
    if cp /bin/true "$scratch" && "$scratch/true" 2>/dev/null; then
        export TMPDIR=$scratch
    fi
}

suite_scenarios() {
    [ -n "$(find tests/scenarios -name 'test_*.py' 2>/dev/null)" ] || return 0
    build_or_fail release || return 0
    build_or_fail asan || return 0
    await_servers
    work_in_memory
    say "scenarios"
    GODWIT_BIN=${GODWIT_BIN:-$PWD/build-asan/godwit} GODWIT_BIN_RELEASE=$PWD/build/godwit \
        run_pytest scenarios tests/scenarios -n "$(parallel)" --dist loadfile "$@"
}

suite_web() {
    say "web console: types, units, words, size"
    record web build scripts/console.sh build || return 0
    record web types scripts/console.sh run npm run --silent typecheck || true
    record web words scripts/console.sh run npm run --silent check:i18n || true
    record web size scripts/console.sh run npm run --silent check:size || true
    # vitest itself writes a JUnit file with each test.
    scripts/console.sh run npx vitest run --reporter=default --reporter=junit --outputFile.junit="$RESULTS/web-unit.xml" ||
        grep -qs '<failure\|<error' "$RESULTS/web-unit.xml" || record web vitest false || true
}

suite_e2e() {
    build_or_fail release || return 0
    await_servers
    work_in_memory
    say "web console in a browser"
    $PY tests/e2e/run.py scripts/console.sh run npx vitest run --config vitest.e2e.config.ts \
        --reporter=default --reporter=junit --outputFile.junit="$RESULTS/e2e.xml" ||
        grep -qs '<failure\|<error' "$RESULTS/e2e.xml" || record e2e vitest false || true
}
