#: build the executable: build/godwit (release), or with a sanitizer
#: usage: ./dev build [--sanitize asan|tsan] [--fuzz] [--dynamic]
#:   no option         build/        optimised with debug symbols, statically linked; installing is copying it
#:   --dynamic         build/        the same, with the machine's shared libraries
#:   --sanitize asan   build-asan/   address and undefined behaviour sanitizers, unit tests
#:   --sanitize tsan   build-tsan/   thread sanitizer, unit tests
#:   --fuzz            build-fuzz/   the libFuzzer targets of tests/fuzz
. scripts/dev.d/compile.sh
kind=release
while [ $# -gt 0 ]; do
    case $1 in
    --sanitize) kind=${2:-} && shift ;;
    --sanitize=*) kind=${1#*=} ;;
    --fuzz) kind=fuzz ;;
    --dynamic) kind=dynamic ;;
    *) die "build: unknown option $1 (./dev build --help)" ;;
    esac
    shift
done
case $kind in
fuzz) level=test ;;
*) level=build ;;
esac
. scripts/dev.d/packages.sh
install_packages $level
build "$kind"
