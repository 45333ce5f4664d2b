# Sourced by the scripts in the directory above: finds Python, keeps .venv in step with requirements.lock, and gets
# what else is needed. Exit status 3: something is missing that only an administrator can install.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
venv=$root/.venv
tools=$root/.tools
me=${0##*/}

unset PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE

say() { printf '%s: %s\n' "$me" "$*" >&2; }

# step WHAT COMMAND...: says what is being done and keeps the output for the case that it fails.
step() {
    local what=$1 log=$tools/$me.log
    shift
    say "$what"
    mkdir -p "$tools"
    "$@" >"$log" 2>&1 && return
    say "failed: $what"
    tail -n 40 "$log" >&2
    return 1
}

# need_packages PACKAGE...: installs Debian packages as root, else says what an administrator has to run.
need_packages() {
    if ! type -P apt-get >/dev/null; then
        say "this system lacks: $*"
        exit 3
    elif [[ $(id -u) != 0 ]]; then
        say "an administrator has to run: apt-get install --yes $*"
        exit 3
    fi
    export DEBIAN_FRONTEND=noninteractive
    step "updating the package lists" apt-get update
    step "installing $*" apt-get install --yes --no-install-recommends "$@"
}

usable_python() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; }

makes_venvs() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

# Sets `python`: $PYTHON, or the newest of the supported ones that can make virtual environments, or one that cannot yet.
find_python() {
    local name path names=(python3.13 python3.12 python3.11 python3)
    [[ -z ${PYTHON:-} ]] || names=("$PYTHON")
    python=
    for name in "${names[@]}"; do
        path=$(type -P "$name") || continue
        usable_python "$path" || continue
        python=${python:-$path}
        if makes_venvs "$path"; then
            python=$path
            return
        fi
    done
    [[ -n $python ]]
}

need_python() {
    if ! find_python && [[ -n ${PYTHON:-} ]]; then
        say "PYTHON=$PYTHON is not a Python 3.11 to 3.14"
        exit 3
    elif [[ -z $python ]]; then
        need_packages python3 python3-venv
        find_python || { say "this system's Python is too old: 3.11 to 3.14 is needed, PYTHON may name it" && exit 3; }
    fi
    makes_venvs "$python" || need_packages "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
}

fingerprint() {
    { cat "$root/requirements.lock" "$root/pyproject.toml" && printf '%s\n' "$root"; } | sha256sum
}

# An environment that exists keeps its Python, unless $PYTHON asks for another one.
venv_fits() {
    local version='import sys; print(sys.version)'
    [[ -x $venv/bin/python ]] && usable_python "$venv/bin/python" || return
    [[ -z ${PYTHON:-} || $("$PYTHON" -c "$version" 2>/dev/null) == "$("$venv/bin/python" -c "$version")" ]]
}

venv_is_ready() { [[ -f $venv/.ready && $(<"$venv/.ready") == "$(fingerprint)" ]] && venv_fits; }

make_venv() {
    need_python
    rm -rf "$venv"
    step "creating .venv with $("$python" --version)" "$python" -m venv "$venv"
}

# uv, pinned in the lock like everything else.
get_uv() {
    sed -n '/^uv==/,/^[^ ]*==/{/^uv==/p;/^    --hash/p}' "$root/requirements.lock" >"$venv/uv.txt"
    "$venv/bin/python" -m pip install --require-hashes -r "$venv/uv.txt"
}

pip_setting() { "$venv/bin/python" -m pip config list | sed -n "s/^[^=]*\.$1='\(.*\)'\$/\1/p" | tail -n 1; }

# uv does not read pip's configuration, so what pip is told goes along.
tell_uv() {
    local index extra cert
    index=${PIP_INDEX_URL:-$(pip_setting index-url)}
    extra=${PIP_EXTRA_INDEX_URL:-$(pip_setting extra-index-url)}
    cert=${PIP_CERT:-$(pip_setting cert)}
    [[ -z $index ]] || export UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-$index}
    [[ -z $extra ]] || export UV_INDEX=${UV_INDEX:-$extra}
    [[ -z $cert ]] || export SSL_CERT_FILE=${SSL_CERT_FILE:-$cert}
    export VIRTUAL_ENV=$venv
}

install_with_uv() {
    get_uv && tell_uv &&
        "$venv/bin/uv" pip sync --require-hashes "$root/requirements.lock" &&
        "$venv/bin/uv" pip install --no-deps --no-build-isolation --editable "$root"
}

install_with_pip() {
    "$venv/bin/python" -m pip install --require-hashes -r "$root/requirements.lock" &&
        "$venv/bin/python" -m pip install --no-deps --no-build-isolation --editable "$root"
}

# Makes .venv what requirements.lock and pyproject.toml say. Of several scripts at once the first does it.
setup() {
    venv_is_ready && return
    mkdir -p "$tools"
    exec 9>"$tools/setup.lock"
    flock --nonblock 9 || { say "waiting for another script to finish the set-up" && flock 9; }
    if ! venv_is_ready; then
        venv_fits || make_venv
        rm -f "$venv/.ready"
        step "installing callagent and what requirements.lock names into .venv" install_with_uv ||
            step "trying the same with pip" install_with_pip
        fingerprint >"$venv/.ready"
    fi
    exec 9>&-
}
