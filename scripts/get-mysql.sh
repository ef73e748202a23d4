#!/bin/bash
# get-mysql.sh — MySQL 9 from Debian's unstable suite into $GODWIT_CACHE/mysql9, nothing installed into the system.
#
# Debian 12 has no MySQL server. Unstable has one, built against a newer C library, so the whole dependency
# closure (C library included) is downloaded and unpacked side by side; mysqld is then run through its own
# dynamic loader (see tests/lib). Downloads with a private apt configuration: the machine's own package lists,
# sources and status are only read. Works as any user. Does nothing when the folder is already there.
set -euo pipefail

cache=${GODWIT_CACHE:-$HOME/.cache/godwit}
dest=$cache/mysql9
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
packages='mysql-server-core mysql-client-core'

fail() {
    echo "get-mysql: $*" >&2
    exit 1
}

[ -x "$dest/usr/sbin/mysqld" ] && exit 0
for tool in apt-get dpkg-deb flock; do
    command -v $tool >/dev/null || fail "$tool is missing (this needs a Debian system)"
done
[ -r $keyring ] || fail "$keyring is missing (package debian-archive-keyring)"

mkdir -p "$cache"
exec 9>"$cache/mysql9.lock"
flock 9
[ -x "$dest/usr/sbin/mysqld" ] && exit 0 # somebody else was quicker

# The mirror this machine uses already; apt itself reads its sources, whichever form they are written in.
# Security has another tree, without unstable.
mirror=$(apt-get indextargets --format '$(TARGET_OF) $(RELEASE) $(REPO_URI)' 2>/dev/null |
    awk '$1 == "deb" && $2 !~ /security/ && $3 !~ /security/ && $3 ~ /debian/ { print $3; exit }')
[ -n "$mirror" ] || fail "no Debian mirror in this machine's apt sources"

work=$(mktemp -d "$cache/mysql9.tmp.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/apt/lists/partial "$work"/apt/archives/partial "$work/root"
: >"$work/apt/status" # nothing is "installed", so that apt fetches the closure down to the C library
echo "deb [signed-by=$keyring] $mirror sid main" >"$work/apt/sources.list"

# A few settings of the machine matter to reach the mirror at all (proxies, certificates): keep those.
apt-config dump 2>/dev/null | grep -E '^Acquire::(http|https|ftp|Retries)' >"$work/apt/conf" || true
cat >>"$work/apt/conf" <<CONF
Dir::Etc::SourceList "$work/apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Parts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State "$work/apt";
Dir::State::Lists "$work/apt/lists";
Dir::State::status "$work/apt/status";
Dir::Cache "$work/apt";
Dir::Cache::Archives "$work/apt/archives";
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Debug::NoLocking "true";
CONF
# A mirror frozen at a date is fine: this drops the date check only, signatures are still checked.
echo 'Acquire::Check-Valid-Until "false";' >>"$work/apt/conf"
export APT_CONFIG=$work/apt/conf

echo "get-mysql: fetching MySQL 9 (about 100 MB) from $mirror sid"
log=$work/log
apt-get -q update --error-on=any >"$log" 2>&1 ||
    { tail -5 "$log" >&2; fail "Debian's unstable suite cannot be reached at $mirror"; }
apt-get -q -y -d install $packages >"$log" 2>&1 ||
    { tail -5 "$log" >&2; fail "cannot download $packages"; }

for deb in "$work"/apt/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -C "$work/root" -x --no-same-owner --keep-directory-symlink
done
rm -rf "$work"/root/usr/share/{doc,man,locale,lintian,perl}
[ -x "$work/root/usr/sbin/mysqld" ] || fail "the packages hold no mysqld"

mv -T "$work/root" "$dest" # last step: the folder exists only when it is complete
echo "get-mysql: done, $(du -sh "$dest" | cut -f1) in $dest"
