# Sourced by scripts/test: gets a browser for the tests that look at the call reports and the console in one.
# shellcheck shell=bash
# shellcheck disable=SC2154 # say and need_packages come from setup.sh

# Leaves chromium and chromedriver on PATH where that can be done; without them the tests are skipped, which pytest
# reports.
get_browser() {
    type -P chromium >/dev/null && type -P chromedriver >/dev/null && return
    [[ $(id -u) == 0 ]] && (need_packages chromium chromium-driver) && return
    say "no chromium with chromedriver: the tests of the call report and the console in a browser will be skipped"
}
