#: check without running: formatting, includes, cppcheck, clang-tidy
#: usage: ./dev lint [format] [includes] [cppcheck] [tidy]
. scripts/dev.d/packages.sh
install_packages test
. scripts/dev.d/compile.sh

lint_format() { find src tests -name '*.[ch]' -print0 | xargs -0 -r clang-format --dry-run -Werror; }
lint_includes() { $PY scripts/check_includes.py; }

lint_cppcheck() {
    cppcheck --quiet -j "$JOBS" --std=c11 --enable=warning,performance,portability --inline-suppr \
        --suppress=missingInclude --suppress=unknownMacro --error-exitcode=1 -I src src
}

lint_tidy() {
    configure asan || return 1
    # Some headers and tables are made by the build.
    ninja -C build-asan --quiet || return 1
    find src -name '*.c' -print0 | xargs -0 -r -n 4 -P "$JOBS" \
        clang-tidy --quiet -p build-asan --extra-arg=-Wno-unknown-warning-option 2>/dev/null
}

failed=
for check in ${*:-format includes cppcheck tidy}; do
    declare -F "lint_$check" >/dev/null || die "lint: no such check: $check (./dev lint --help)"
    say "$check"
    "lint_$check" || failed+=" $check"
done
[ -z "$failed" ] || die "lint: not clean:$failed"
