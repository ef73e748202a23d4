#!/bin/bash
# get-mariadb-plugins.sh — MariaDB's authentication plugins (ed25519) into $GODWIT_CACHE/mariadb-plugins-VERSION.
#
# Debian has them in mariadb-server, which would also make a running service of the machine's own. So that package
# is only downloaded and the plugins taken out of it.
set -euo pipefail

cache=${GODWIT_CACHE:-$HOME/.cache/godwit}

fail() {
    echo "get-mariadb-plugins: $*" >&2
    exit 1
}

[ -e /usr/lib/mysql/plugin/auth_ed25519.so ] && exit 0
package=$(dpkg-query -W -f '${Version}' mariadb-server-core 2>/dev/null) || fail "mariadb-server-core is not installed"
version=${package#*:}
dest=$cache/mariadb-plugins-${version%%[-+]*}
[ -d "$dest" ] && exit 0

mkdir -p "$cache"
exec 9>"$cache/mariadb-plugins.lock"
flock 9
[ -d "$dest" ] && exit 0
work=$(mktemp -d "$cache/mariadb-plugins.tmp.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -q -o APT::Sandbox::User= download "mariadb-server=$package" >log 2>&1 || {
    tail -5 log >&2
    fail "cannot download mariadb-server $package"
}
mkdir root
dpkg-deb -x ./*.deb root
chmod 755 root/usr/lib/mysql/plugin
mv -T root/usr/lib/mysql/plugin "$dest"
echo "get-mariadb-plugins: done"
