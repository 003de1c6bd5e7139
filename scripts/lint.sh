#!/usr/bin/env bash
# Everything that reads the code without running it. Runs every step, then fails if one did.
set -uo pipefail
cd "$(dirname "$0")/.."
. scripts/apt.sh
. scripts/rust.sh
need_rust_lints
need_c_compiler

# A clippy newer than this one knows lints that the code has not met: it shows them and goes on.
known_clippy=0.1.97

failed=()
step() {
    local name=$1
    shift
    say "$name"
    "$@" || failed+=("$name")
}

clippy_severity=(-D warnings)
if ! at_least "$known_clippy" "$(cargo clippy --version | awk '{print $2}')"; then
    clippy_severity=()
fi

step "ruff check" .venv/bin/ruff check --quiet .
step "ruff format" .venv/bin/ruff format --check --quiet .
step "mypy" .venv/bin/mypy
step "import layers" .venv/bin/lint-imports --no-cache
step "cargo fmt" cargo fmt --manifest-path rust/Cargo.toml --all --check
step "clippy" cargo clippy --quiet --manifest-path rust/Cargo.toml --workspace --all-targets \
    --locked -- "${clippy_severity[@]}"

if [ "${#failed[@]}" -gt 0 ]; then
    fail "lint failed: $(printf '%s; ' "${failed[@]}")see above"
fi
