# Sourced by the scripts that need PostgreSQL: the tests start one of their own in a temporary directory.
# shellcheck shell=bash
# shellcheck disable=SC2154 # say and need_packages come from setup.sh

# Has initdb and postgres where the tests look for them. Where they cannot be installed those tests are skipped, which
# pytest reports.
get_postgres() {
    type -P postgres >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null ||
        (need_packages postgresql) || say "no PostgreSQL: the tests of records in it will be skipped"
}
