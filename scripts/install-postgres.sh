#!/usr/bin/env bash
# Installs what the tests need of PostgreSQL: a server with its contrib modules, and its clients.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/apt.sh

server_is_there() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
contrib_is_there() { compgen -G '/usr/share/postgresql/*/extension/hstore.control' >/dev/null; }

if ! server_is_there || ! contrib_is_there; then
    need_packages postgresql postgresql-contrib
fi
for program in psql pg_dump pgbench; do
    command -v "$program" >/dev/null || need_packages postgresql-client postgresql-contrib
done
