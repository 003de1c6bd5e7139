#!/usr/bin/env bash
# Installs the peer that the benchmarks compare with. Its service is not needed, so a machine that
# runs one on its own account keeps it and any other gets only the program.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/apt.sh

if ! command -v pgbouncer >/dev/null && [ ! -x /usr/sbin/pgbouncer ]; then
    need_packages pgbouncer
fi
