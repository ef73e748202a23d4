#: work on the web console: a server of its own, and pages that change as you write
#: usage: ./dev web [--server URL] [arguments of vite]
#:   --server   a godwit serve that runs already; otherwise one is started, with its data in build/web-data
. scripts/dev.d/setup.sh build
. scripts/dev.d/compile.sh
server=
if [ "${1:-}" = --server ]; then
    server=$2
    shift 2
fi
if [ -z "$server" ]; then
    build release
    port=${GODWIT_PORT:-8765}
    server=http://127.0.0.1:$port
    build/godwit serve --listen "127.0.0.1:$port" --data build/web-data &
    trap "kill $!" EXIT
fi
GODWIT_SERVER=$server scripts/console.sh run npm run --silent dev -- "$@"
