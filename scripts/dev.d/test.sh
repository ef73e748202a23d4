#: run the tests: unit tests under sanitizers, fuzzers for a few seconds, scenarios with real servers
#: usage: ./dev test [SUITE...] [-- arguments for pytest]
#:   includes    the rooms of src/ include each other in one direction only
#:   unit        unit and golden tests under the address and undefined behaviour sanitizers; those with threads under the thread sanitizer, too
#:   fuzz        every libFuzzer target of tests/fuzz for FUZZ_SECONDS (2) each
#:   tools       the test library and the scripts themselves
#:   web         the web console: types, unit tests, words in both languages, size
#:   scenarios   the executable against real servers
#:   e2e         the web console in a browser, with a real server and real databases
#: All of them by default. Examples:
#:   ./dev test unit
#:   ./dev test scenarios -- -k resume -x
#:   ./dev test scenarios -- tests/scenarios/test_follow.py
#: JUnit files are left in test-results/ (or $RESULTS). The last line sums them up.
. scripts/dev.d/compile.sh
. scripts/dev.d/suites.sh

suites=
while [ $# -gt 0 ]; do
    case $1 in
    includes | unit | fuzz | tools | web | scenarios | e2e) suites+=" $1" ;;
    --)
        shift
        break
        ;;
    *) die "test: no such suite: $1 (./dev test --help)" ;;
    esac
    shift
done

exec </dev/null
export RESULTS=${RESULTS:-$PWD/test-results}
rm -rf "$RESULTS"
mkdir -p "$RESULTS"
. scripts/dev.d/packages.sh
install_packages test
# They are needed later than the compiler is.
fetch_servers >"$RESULTS/fetch.log" 2>&1 &
fetching=$!
for suite in ${suites:-includes unit fuzz tools web scenarios e2e}; do
    "suite_$suite" "$@"
done
await_servers
$PY scripts/tally.py "$RESULTS"
