#!/usr/bin/env bash
# Fuzzes every target of rust/fuzz for some seconds each, beginning from its kept corpus.
#
#   scripts/fuzz.sh [SECONDS]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/apt.sh
. scripts/rust.sh
need_rust

seconds=${1:-60}
# libFuzzer's instrumentation takes a nightly compiler, and only rustup brings one.
if ! cargo +nightly --version >/dev/null 2>&1; then
    fail "fuzzing needs a nightly Rust. Install it:  rustup toolchain install nightly"
fi
if ! cargo +nightly fuzz --version >/dev/null 2>&1; then
    say "Installing cargo-fuzz (a minute)"
    cargo +nightly install --quiet --locked cargo-fuzz
fi

cd rust/fuzz
for target in $(cargo +nightly fuzz list --fuzz-dir .); do
    say "Fuzzing $target for $seconds s"
    # What is found goes into the first folder, so that the kept corpus changes by intent only.
    found=../../.build/fuzz/$target
    mkdir -p "$found" "corpus/$target"
    cargo +nightly fuzz run --fuzz-dir . "$target" "$found" "corpus/$target" -- \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048
done
