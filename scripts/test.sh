#!/usr/bin/env bash
# Every test: lint, the Rust crates, and last pytest, whose closing line ends the output.
set -uo pipefail
cd "$(dirname "$0")/.."
. scripts/apt.sh
. scripts/rust.sh
need_rust

failed=()
scripts/lint.sh || failed+=(lint)
say "cargo test"
cargo test --quiet --no-fail-fast --locked --manifest-path rust/Cargo.toml --workspace || failed+=("cargo test")

[ "${#failed[@]}" -eq 0 ] || say "FAILED so far: ${failed[*]}; going on to pytest"
say "pytest"
# shellcheck disable=SC2086 -- several flags may come in one variable
.venv/bin/pytest -m 'not long' ${PYTEST_FLAGS:-} || failed+=(pytest)
[ "${#failed[@]}" -eq 0 ]
