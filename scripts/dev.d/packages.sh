# The Debian packages Godwit needs, and how they get here. Sourced by verbs.

packages_build='meson ninja-build pkg-config gcc libc6-dev libssl-dev zlib1g-dev libzstd-dev libxxhash-dev
    libjansson-dev libcmocka-dev libsqlite3-dev libsodium-dev libwebsockets-dev libcap-dev libssh-dev'
packages_test='clang clang-format clang-tidy cppcheck libclang-rt-14-dev openssl python3 python3-pytest
    python3-cryptography python3-jsonschema python3-psycopg2 python3-pymysql python3-pytest-timeout python3-pytest-xdist
    python3-websocket python3-websockets debian-archive-keyring openssh-server iproute2
    postgresql-common postgresql-15 mariadb-server-core mariadb-client-core
    chromium fonts-noto-cjk'
packages_bench='pgloader'

packages_of() { # LEVEL
    echo $packages_build
    # The console is built by Node; whoever has one keeps it. scripts/console.sh takes care of its age.
    command -v npm >/dev/null || echo npm
    [ "$1" = build ] || echo $packages_test
    [ "$1" != bench ] || echo $packages_bench
}

missing_packages() { # LEVEL
    local installed
    installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' 2>/dev/null | sed -n 's/ installed$//p')
    comm -23 <(packages_of "$1" | tr ' ' '\n' | sort -u) <(sort -u <<<"$installed")
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null && [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@" || die "root is needed: $*"
    fi
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
        -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 install --no-install-recommends "$@"
}

# Debian's PostgreSQL package makes and starts a cluster on its first day. The tests bring their own servers,
# and the developer's machine should not have one more, so this is turned off in the file made for it.
no_main_cluster() {
    local conf=/etc/postgresql-common/createcluster.conf
    apt_install postgresql-common
    as_root sed -i '/^[# ]*create_main_cluster *=/d; $a create_main_cluster = false' "$conf"
}

# Debian starts sshd with its package, at once and at each boot. The tests start their own; a machine that had none keeps having none.
no_system_sshd() {
    local policy=/usr/sbin/policy-rc.d made=
    [ -e $policy ] || made=$policy
    [ -z "$made" ] || printf '#!/bin/sh\nexit 101\n' | as_root install -m 755 /dev/stdin $policy
    apt_install openssh-server || { [ -z "$made" ] || as_root rm -f $policy; return 1; }
    [ -z "$made" ] || as_root rm -f $policy
    ! command -v systemctl >/dev/null || as_root systemctl --quiet disable ssh.service 2>/dev/null || true
}

install_packages() { # LEVEL
    command -v dpkg-query >/dev/null || {
        warn "not a Debian system: please install the like of $(packages_of "$1" | tr '\n' ' ')"
        return 0
    }
    local missing
    missing=$(missing_packages "$1")
    [ -n "$missing" ] || return 0
    say "installing: "$missing
    as_root apt-get -q update
    if grep -qx 'postgresql-15' <<<"$missing"; then
        no_main_cluster
    fi
    if grep -qx 'openssh-server' <<<"$missing"; then
        no_system_sshd
    fi
    apt_install $missing
}

# Servers that are no packages of this system, into the cache. Tests that need one which cannot be had are skipped and say so.
fetch_servers() {
    scripts/get-mysql.sh || warn "no MySQL 9: tests that need it will be skipped"
    scripts/get-mysql56.sh || warn "no MySQL 5.6: tests that need it will be skipped"
    scripts/get-mariadb-plugins.sh || warn "no MariaDB plugins: tests of ed25519 logins will be skipped"
}
