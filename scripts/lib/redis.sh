# Sourced by the scripts that need SIP objects: livekit-server keeps them in Redis.
# shellcheck shell=bash
# shellcheck disable=SC2154 # say and need_packages come from setup.sh

# Leaves redis-server on PATH. Where it cannot be installed the tests that need it are skipped, which pytest reports.
get_redis() {
    type -P redis-server >/dev/null || (need_packages redis-server) ||
        say "no redis-server: the tests of trunks and dispatch rules will be skipped"
}
