#!/usr/bin/env bash
# Installs the peers that the benchmarks compare with. pgbouncer's service is not needed, so a
# machine that runs one on its own account keeps it and any other gets only the program. Presidio
# gets an environment of its own, because nothing of it belongs to scrim.
#
#   scripts/install-peers.sh [pgbouncer | presidio]    one of them, both without a name
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/apt.sh

wanted=${1:-all}
presidio=.build/peers/presidio

if [ "$wanted" != presidio ] && ! command -v pgbouncer >/dev/null && [ ! -x /usr/sbin/pgbouncer ]; then
    need_packages pgbouncer
fi
if [ "$wanted" != pgbouncer ] && ! cmp -s scripts/peers/presidio.txt "$presidio/installed.txt"; then
    say "Installing Presidio into $presidio"
    rm -rf "$presidio"
    .venv/bin/python -m venv "$presidio"
    "$presidio/bin/python" -m pip install --quiet --disable-pip-version-check -r scripts/peers/presidio.txt
    cp scripts/peers/presidio.txt "$presidio/installed.txt"
fi
