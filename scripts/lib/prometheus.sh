# Sourced by the scripts that need Prometheus: it reads the worker's metrics, promtool checks the rules of the stack.
# shellcheck shell=bash
# shellcheck disable=SC2154 # say and need_packages come from setup.sh

# Leaves prometheus and promtool on PATH. Where they cannot be installed the tests that need them are skipped.
get_prometheus() {
    type -P promtool >/dev/null || (need_packages prometheus) ||
        say "no prometheus: the tests of metrics and alerts against it will be skipped"
}
