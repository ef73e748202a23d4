#: pictures of every page of the web console, in both themes and languages, into build/shots
#: usage: ./dev shots [WORD] [--widths 1280,1920,768]
#:   WORD   only pages with that in their name: tasks, subtask-running, ..
. scripts/dev.d/setup.sh test
. scripts/dev.d/compile.sh
while [ $# -gt 0 ]; do
    case $1 in
    --widths) export SHOTS_WIDTHS=$2 && shift ;;
    *) export SHOTS_ONLY=$1 ;;
    esac
    shift
done
build release
E2E_ONLY=shots.ts RESULTS=$PWD/build/shots $PY tests/e2e/run.py scripts/console.sh run npx vitest run --config vitest.e2e.config.ts
say "pictures: build/shots"
ls build/shots
