# Sourced by scripts/test: builds livekit-server for the room level, where none is installed.
# shellcheck shell=bash
# shellcheck disable=SC2154 # root, tools, say and step come from setup.sh

livekit_server=github.com/livekit/livekit-server/cmd/server@v1.13.5
livekit_server_go=1.26

# Leaves livekit-server on PATH or in .tools. Without Go the room level is skipped, which pytest reports.
get_livekit_server() {
    local go
    type -P livekit-server >/dev/null || [[ -x $tools/livekit-server ]] && return
    go=$(type -P go || type -P /usr/local/go/bin/go) || {
        say "no livekit-server and no Go $livekit_server_go to build it with: the room level will be skipped"
        return
    }
    if ! builds_livekit_server "$go"; then
        say "Go $livekit_server_go is needed to build livekit-server, $go is older: the room level will be skipped"
        return
    fi
    mkdir -p "$tools"
    exec 9>"$tools/livekit-server.lock"
    flock 9
    [[ -x $tools/livekit-server ]] || build_livekit_server "$go"
    exec 9>&-
}

# Go 1.21 and newer fetch the version that a module asks for, unless GOTOOLCHAIN forbids it.
builds_livekit_server() {
    local have
    have=$("$1" env GOVERSION)
    at_least "$livekit_server_go" "${have#go}" || { at_least 1.21 "${have#go}" && [[ $("$1" env GOTOOLCHAIN) != local ]]; }
}

at_least() { [[ $(printf '%s\n' "$1" "$2" | sort --version-sort | head -n 1) == "$1" ]]; }

build_livekit_server() {
    if step "building livekit-server for the room level (some minutes, once)" \
        env GOBIN="$tools/go-bin" "$1" install "${livekit_server}"; then
        mv "$tools/go-bin/server" "$tools/livekit-server"
        rmdir "$tools/go-bin"
    else
        say "the room level will be skipped"
    fi
}
