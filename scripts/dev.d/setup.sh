#: install what is missing: Debian packages, and MySQL 9 into the cache
#: usage: ./dev setup [build|test|bench]
#:   build   compiler and libraries
#:   test    also linters, pytest and the database servers (default)
#:   bench   also pgloader, the system we compare with
#: Needs root or sudo only when a package is missing; a repeated run uses no network.
. scripts/dev.d/packages.sh
level=${1:-test}
case $level in
build | test | bench) ;;
*) die "setup: unknown level $level (build, test or bench)" ;;
esac
install_packages "$level"
[ "$level" = build ] || fetch_servers
