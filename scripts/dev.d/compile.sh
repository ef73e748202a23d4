# build KIND: configure and compile one of the build folders. Sourced by verbs.

build_dir() { # KIND
    case $1 in
    release | dynamic) echo build ;;
    asan | tsan | fuzz) echo "build-$1" ;;
    *) die "unknown kind of build: $1" ;;
    esac
}

build_options() { # KIND
    case $1 in
    release) echo --buildtype=debugoptimized -Dstatic=true -Dtests=false ;;
    dynamic) echo --buildtype=debugoptimized -Dtests=false ;;
    # -O1, as the sanitizer's own manual says: without any optimisation scenarios take twice as long.
    asan) echo --buildtype=debug -Doptimization=1 -Db_sanitize=address,undefined ;;
    # -Og: without any optimisation the thread sanitizer makes threads too slow to meet.
    tsan) echo --buildtype=debug -Doptimization=g -Db_sanitize=thread ;;
    # fuzzer-no-link: coverage in every object; the targets themselves link with -fsanitize=fuzzer.
    # Warnings are judged in the other builds, by the compiler that makes what users get.
    fuzz) echo --buildtype=debugoptimized -Dwerror=false -Dfuzz=true -Db_lundef=false -Db_sanitize=address,undefined \
        -Dc_args=-fsanitize=fuzzer-no-link ;;
    esac
}

configure() { # KIND
    local dir options
    dir=$(build_dir "$1")
    options=$(build_options "$1")
    if [ "$(cat "$dir/.options" 2>/dev/null)" != "$options" ] || [ ! -f "$dir/build.ninja" ]; then
        rm -rf "$dir"
        [ "$1" = fuzz ] && local -x CC=clang
        meson setup $options "$dir" >"$dir.log" 2>&1 || {
            cat "$dir.log"
            rm -rf "$dir" "$dir.log"
            return 1
        }
        mv "$dir.log" "$dir/setup.log"
        echo "$options" >"$dir/.options"
    fi
}

build() { # KIND [TARGET...]
    say "building $(build_dir "$1")"
    # One at a time in a folder: neither meson nor ninja expects company.
    (flock 8 && build_alone "$@") 8>".$(build_dir "$1").lock"
}

build_alone() { # KIND [TARGET...]
    local dir targets=${*:2}
    dir=$(build_dir "$1")
    configure "$1" || return 1
    if [ "$1" = fuzz ]; then
        targets=$(fuzz_targets)
        [ -n "$targets" ] || return 0
    fi
    ninja -C "$dir" --quiet $targets || return 1
    # One place to find it, whichever meson.build makes it.
    local made
    for made in "$dir"/src/godwit "$dir"/src/*/godwit; do
        [ -f "$made" ] && [ -x "$made" ] && ln -f "$made" "$dir/godwit"
    done
    return 0
}

# Where the programs of unit tests are, by the names that meson has for them.
unit_programs() { # ROOM-NAME...
    local test
    for test in "$@"; do
        echo "tests/unit/${test%%-*}/test_${test//-/_}"
    done
}

fuzz_targets() {
    ninja -C build-fuzz -t targets all | sed -n 's/^\(tests\/fuzz\/fuzz_[a-z0-9_]*\): .*/\1/p'
}
