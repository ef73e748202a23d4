#: start throw-away MySQL 9, MariaDB and PostgreSQL servers, print their URLs, wait for Ctrl-C
#: usage: ./dev servers [mysql9] [mariadb] [mysql56] [pg15]
. scripts/dev.d/setup.sh test
exec $PY tests/lib/servers.py "$@"
