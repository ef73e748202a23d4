#: format the C sources in place (.clang-format)
#: usage: ./dev fmt [FILE...]
. scripts/dev.d/packages.sh
install_packages test
if [ $# -gt 0 ]; then
    clang-format -i "$@"
else
    find src tests -name '*.[ch]' -print0 | xargs -0 -r clang-format -i
fi
