#!/bin/bash
# unit_wrapper.sh PROGRAM [ARGS...]: run one unit test program so that cmocka leaves a JUnit file in $RESULTS.
# meson calls it (--wrapper). The file *.unfinished.xml stays when the program crashes or is killed by a timeout.
set -u
name=$SUITE.$(basename "$1")
rm -f "$RESULTS/$name".*
unfinished=$RESULTS/$name.unfinished.xml
log=$RESULTS/$name.log
printf '<testsuite name="%s"><testcase classname="%s" name="%s"><failure message="%s"/></testcase></testsuite>\n' \
    "$SUITE" "$SUITE" "$(basename "$1")" "no orderly end: a crash, a timeout, a leak or a race" >"$unfinished"

export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:detect_stack_use_after_return=1:print_legend=0}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1:second_deadlock_stack=1}
export CMOCKA_MESSAGE_OUTPUT=XML CMOCKA_XML_FILE=$RESULTS/$name.%g.xml

# A constant address layout: with a large random one the thread sanitizer finds no room for its shadow.
run=(setarch -R)
"${run[@]}" true 2>/dev/null || run=()
"${run[@]}" "$@" >"$log" 2>&1
rc=$?
cat "$log"

# cmocka tells its failures itself; a crash, a leak or a race it does not.
if [ $rc = 0 ] || { [ $rc -lt 99 ] && grep -qs '<failure' "$RESULTS/$name".*.xml --exclude="*.unfinished.xml"; }; then
    rm "$unfinished"
fi
# A program that is no cmocka test counts as one test.
if [ $rc = 0 ] && ! ls "$RESULTS/$name".*.xml >/dev/null 2>&1; then
    printf '<testsuite name="%s"><testcase classname="%s" name="%s"/></testsuite>\n' \
        "$SUITE" "$SUITE" "$(basename "$1")" >"$RESULTS/$name.xml"
fi
exit $rc
