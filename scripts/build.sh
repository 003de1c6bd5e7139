#!/usr/bin/env bash
# Builds scrim with its native kernel into .venv, from nothing if need be.
#
#   scripts/build.sh demo    what running it takes
#   scripts/build.sh dev     that and what testing takes
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/apt.sh
. scripts/rust.sh

extra=${1:?usage: scripts/build.sh demo|dev}

find_python() {
    local name
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return 0
        fi
    done
    return 1
}

create_environment() {
    local python version
    [ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1 && return 0
    find_python >/dev/null || need_packages python3
    python=$(find_python) || fail "Python 3.11 or newer is needed. Install one, then run make again."
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        version=$("$python" -c 'import sys; print(f"{sys.version_info[0]}.{sys.version_info[1]}")')
        need_packages "python$version-venv"
    fi
    say "Creating .venv"
    "$python" -m venv --clear .venv
}

create_environment
need_c_compiler
need_rust
.venv/bin/python -m pip install --quiet --disable-pip-version-check 'maturin>=1.9,<2'
say "Building the kernel and installing scrim[$extra] (minutes the first time, seconds later)"
PIP_QUIET=1 PIP_CONSTRAINT="$PWD/constraints.txt" PATH="$PWD/.venv/bin:$PATH" VIRTUAL_ENV="$PWD/.venv" \
    maturin develop --release --extras "$extra"
.venv/bin/python -c 'import scrim, scrim._kernel'
