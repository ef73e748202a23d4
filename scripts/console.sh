#!/bin/bash
# console.sh — the web console's build: Node, its packages, web/dist, and the C file that holds it.
#
#   console.sh modules          what web/package-lock.json names into web/node_modules
#   console.sh build            web/dist
#   console.sh embed OUTPUT.c   both, and the executable's part of it
#   console.sh run COMMAND..    in web/, with its Node and packages
#
# Everything is done once: again only when the lock file, or something under web/, has changed. Nothing here needs a network after that.
set -euo pipefail

root=$(dirname "$(dirname "$(readlink -f "$0")")")
web=$root/web
cache=${GODWIT_CACHE:-$HOME/.cache/godwit}

fail() {
    echo "console: $*" >&2
    exit 1
}

node_is_new_enough() { node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null; }

# Debian 12 has Node 18: a newer one, with its npm, comes as packages of npm into the cache.
find_node() {
    node_is_new_enough && command -v npm >/dev/null && return
    local own=$cache/node cpu
    export PATH=$own/node_modules/.bin:$PATH
    node_is_new_enough && return
    command -v npm >/dev/null || fail "neither Node nor npm is there (./dev setup build installs them)"
    case $(uname -m) in
    x86_64) cpu=x64 ;;
    aarch64) cpu=arm64 ;;
    *) fail "no Node for $(uname -m): install Node 20.19 or newer by hand" ;;
    esac
    echo "console: fetching Node 22"
    npm install --silent --no-audit --no-fund --no-update-notifier --prefix "$own" "node-linux-$cpu@22" npm@10 ||
        fail "npm cannot fetch Node 22"
    hash -r
    node_is_new_enough || fail "the Node that npm brought does not run here"
}

modules() {
    local digest
    digest=$(sha256sum <"$web/package-lock.json")
    [ "$(cat "$web/node_modules/.digest" 2>/dev/null)" != "$digest" ] || return 0
    echo "console: installing its packages"
    (cd "$web" && npm ci --loglevel=error --no-audit --no-fund --no-update-notifier) >&2 || fail "npm ci failed"
    echo "$digest" >"$web/node_modules/.digest"
}

# Of all that the result is made of.
sources_digest() {
    (cd "$root" && find web docs/openapi.json \( -path web/node_modules -o -path web/dist \) -prune -o \
        -type f ! -name schema.d.ts ! -name '*.test.ts' ! -name '*.md' ! -name .lock -print0 | sort -z | xargs -0 sha256sum | sha256sum)
}

build() {
    local digest
    digest=$(sources_digest)
    [ "$(cat "$web/dist/.digest" 2>/dev/null)" != "$digest" ] || return 0
    modules
    (cd "$web" && npm run --silent types >/dev/null && npx vite build --logLevel warn) >&2 || fail "the console does not build"
    echo "$digest" >"$web/dist/.digest"
}

# Only a new one is written: the compiler has nothing to do otherwise.
embed() { # OUTPUT.c
    local output=$1 digest
    digest=$(cat "$web/dist/.digest" "$root/scripts/embed_pages.py" | sha256sum)
    [ ! -f "$output" ] || [ "$(cat "$output.digest" 2>/dev/null)" != "$digest" ] || return 0
    "$root/scripts/embed_pages.py" "$web/dist" "$output"
    echo "$digest" >"$output.digest"
}

verb=${1:-}
[ $# -gt 0 ] && shift
exec 9>"$web/.lock"
flock 9
case $verb in
modules)
    find_node
    modules
    ;;
build | embed)
    [ "$verb" = build ] || output=$(readlink -f "$1")
    [ "$(cat "$web/dist/.digest" 2>/dev/null)" = "$(sources_digest)" ] || find_node
    build
    [ "$verb" = build ] || embed "$output"
    ;;
run)
    find_node
    modules
    exec 9>&-
    cd "$web"
    export PATH=$web/node_modules/.bin:$PATH
    exec "$@"
    ;;
*) fail "modules, build, embed or run?" ;;
esac
