#!/usr/bin/env bash
# Installs the clients that are no Python: a JDK with PostgreSQL's JDBC driver, and node with `pg`.
# The driver ends in .build/clients/postgresql.jar, the node packages in .build/clients/node_modules.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/apt.sh

clients=.build/clients
mkdir -p "$clients"

# A headless JRE is not enough: the tests run their client from its source.
javac -version >/dev/null 2>&1 || need_packages default-jdk-headless

if [ ! -e "$clients/postgresql.jar" ]; then
    need_packages libpostgresql-jdbc-java
    cp -L /usr/share/java/postgresql.jar "$clients/postgresql.jar"
fi

command -v node >/dev/null || need_packages nodejs
command -v npm >/dev/null || need_packages npm
if ! cmp -s tests/support/node/package-lock.json "$clients/package-lock.json" ||
    [ ! -d "$clients/node_modules/pg" ]; then
    say "Installing node's pg"
    cp tests/support/node/package.json tests/support/node/package-lock.json "$clients/"
    npm ci --prefix "$clients" --no-audit --no-fund --loglevel error
fi
