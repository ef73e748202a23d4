# What a server runs on an execution machine. /bin/sh reads variables, this file, and the name of one of its functions (kit_script.c).
# It needs a POSIX shell, coreutils and /proc; nothing here needs root. Answers are lines "godwit KEY VALUE".
#
#   DIR     where the kit lies        MARK  what says that the directory holds a kit of this server
#   NEW     the name under which the executable was copied         DIGEST  its SHA-256
#   URL     the server's address for the agent        CA, ANY_NAME  not empty: ca.pem is there, its names do not matter

set -u
umask 077
LC_ALL=C
export LC_ALL

answer() { printf 'godwit %s %s\n' "$1" "$2"; }

refuse() { # KIND TEXT
    printf 'godwit refused %s %s\n' "$1" "$2"
    exit 3
}

pause() { sleep 0.2 2>/dev/null || sleep 1; }

# What runs from this directory, also when its executable was replaced meanwhile: "PID VERB".
running() {
    ls -l /proc/[0-9]*/exe 2>/dev/null | sed -n 's|.* /proc/\([0-9]*\)/exe -> \(.*\)$|\1 \2|p' |
        while read -r pid exe; do
            case $exe in
            "$DIR/godwit" | "$DIR/godwit (deleted)")
                printf '%s %s\n' "$pid" "$(tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | sed -n 2p)"
                ;;
            esac
        done
}

agents() { running | sed -n 's/ agent$//p'; }

mark_of_directory() { cat "$DIR/.godwit-machine" 2>/dev/null; }

is_empty() { [ -z "$(ls -A "$1" 2>/dev/null)" ]; }

# Nothing is written to a directory, and nothing removed from it, that is not a kit of this server.
own_directory() {
    found=$(mark_of_directory)
    [ "$found" = "$MARK" ] && return
    [ -z "$found" ] || refuse directory "$DIR holds the kit of another server ($found)"
    is_empty "$DIR" || refuse directory "$DIR has files in it that are not godwit's: choose a new or an empty one"
}

# ---- what the machine is ----

look() {
    answer system "$(uname -s)"
    answer arch "$(uname -m)"
    answer kernel "$(uname -r)"
    answer hostname "$(uname -n)"
    answer user "$(id -un)"
    answer uid "$(id -u)"
    answer os "$(sed -n 's/^PRETTY_NAME="\{0,1\}\([^"]*\).*/\1/p' /etc/os-release 2>/dev/null)"
    answer cores "$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null)"
    sed -n 's/^MemTotal: *\([0-9]*\) kB/godwit memory_kib \1/p; s/^MemAvailable: *\([0-9]*\) kB/godwit memory_free_kib \1/p' \
        /proc/meminfo 2>/dev/null
    answer load_1 "$(sed 's/ .*//' /proc/loadavg 2>/dev/null)"
    look_at_directory
}

look_at_directory() {
    case $DIR in
    /*) ;;
    *) DIR=$HOME/$DIR ;;
    esac
    there=$DIR rest=
    while [ ! -e "$there" ]; do
        rest=/${there##*/}$rest
        there=${there%/*}
        [ -n "$there" ] || there=/
    done
    [ -d "$there" ] || refuse directory "$there is not a directory"
    [ -w "$there" ] && [ -x "$there" ] || refuse directory "$(id -un) may not write to $there"
    real=$(cd "$there" && pwd -P) || refuse directory "$(id -un) may not enter $there"
    DIR=${real%/}$rest
    answer directory "$DIR"
    df -Pk "$real" 2>/dev/null | {
        read -r heads
        read -r device blocks used free others
        answer disk_kib "$blocks"
        answer disk_free_kib "$free"
    }
    [ -n "$rest" ] || own_directory
    if [ -f "$DIR/godwit" ]; then
        answer digest "$(sha256sum <"$DIR/godwit" 2>/dev/null | sed 's/ .*//')"
    fi
    if [ -s "$DIR/agent/agent.token" ]; then
        answer token yes
    fi
    answer agents "$(agents | tr '\n' ' ')"
}

# ---- putting it there ----

prepare() {
    mkdir -p "$DIR" || refuse directory "$DIR cannot be made"
    own_directory
    printf '%s\n' "$MARK" >"$DIR/.godwit-machine" || refuse directory "$DIR cannot be written to"
    rm -f "$DIR"/godwit.new.*
}

place() {
    digest=$(sha256sum <"$DIR/$NEW") || refuse broken "sha256sum does not run there"
    [ "${digest%% *}" = "$DIGEST" ] || refuse broken "the copy differs from the original: ${digest%% *} instead of $DIGEST"
    version=$("$DIR/$NEW" version 2>&1 </dev/null) || refuse broken "the executable does not run there: $version"
    mv -f "$DIR/$NEW" "$DIR/godwit" || refuse directory "$DIR/godwit cannot be replaced"
    answer version "${version#godwit }"
}

clear_way() { rm -f "$DIR/enrol.token" "$DIR/ca.pem"; }

forget_token() { rm -f "$DIR/agent/agent.token"; }

# ---- the agent ----

start() {
    cd "$DIR" || refuse directory "$DIR is not there"
    [ -x godwit ] || refuse directory "$DIR/godwit is not there: install it again"
    size=$(wc -c <agent.log 2>/dev/null) && [ "$size" -gt 10000000 ] && mv -f agent.log agent.log.1
    set -- agent --server "$URL" --token-file "$DIR/enrol.token" --directory "$DIR/agent" --log "$DIR/agent.log"
    [ -z "$CA" ] || set -- "$@" --ca "$DIR/ca.pem"
    [ -z "$ANY_NAME" ] || set -- "$@" --any-name
    # A session of its own: it outlives this one.
    own=setsid
    command -v setsid >/dev/null 2>&1 || own=nohup
    $own "$DIR/godwit" "$@" </dev/null >agent.out 2>&1 &
    answer pid $!
}

alive() { answer agents "$(agents | tr '\n' ' ')"; }

last_words() {
    { tail -n 15 "$DIR/agent.log"; tail -c 2000 "$DIR/agent.out"; } 2>/dev/null | sed 's/^/godwit line /'
}

settled() { rm -f "$DIR/enrol.token"; }

# In an orderly way: the agent ends its workers; what takes too long is ended by force.
stop() {
    pids=$(agents)
    [ -z "$pids" ] || kill -TERM $pids 2>/dev/null
    end_rest 150
    answer stopped "$(echo $pids)"
}

end_rest() { # TURNS
    turn=0
    while [ -n "$(running)" ]; do
        if [ $turn -ge "$1" ]; then
            running | while read -r pid verb; do kill -KILL "$pid" 2>/dev/null; done
        fi
        [ $turn -lt $(($1 + 50)) ] || refuse broken "processes of $DIR/godwit cannot be ended: $(running | tr '\n' ' ')"
        turn=$((turn + 1))
        pause
    done
}

kill_all() {
    end_rest 0
}

# ---- taking it away ----

erase() {
    [ -d "$DIR" ] || return 0
    own_directory
    rm -rf "$DIR/agent" &&
        rm -f "$DIR"/godwit.new.* "$DIR/godwit" "$DIR/enrol.token" "$DIR/ca.pem" "$DIR/agent.log" "$DIR/agent.log.1" \
            "$DIR/agent.out" || refuse directory "files in $DIR cannot be removed"
    rm -f "$DIR/.godwit-machine"
    rmdir "$DIR" 2>/dev/null || answer left "$(ls -A "$DIR" | head -n 20 | tr '\n' ' ')"
}
