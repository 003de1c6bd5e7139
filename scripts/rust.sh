# Finding a Rust toolchain that is new enough, or installing one; to be sourced after apt.sh.
#
# need_rust puts a good cargo first in PATH; need_rust_lints adds clippy and rustfmt.
# shellcheck shell=bash

rust_minimum=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$(dirname "${BASH_SOURCE[0]}")/../rust/Cargo.toml")

cargo_version() { "$1/cargo" --version 2>/dev/null | awk '{print $2}'; }

# A rustup without a default toolchain leaves a cargo in PATH that cannot run, so each is asked.
find_rust() {
    local directory directories
    IFS=: read -r -a directories <<<"$PATH:$HOME/.cargo/bin:/usr/bin"
    for directory in "${directories[@]}"; do
        [ -x "$directory/cargo" ] || continue
        if at_least "$(cargo_version "$directory")" "$rust_minimum"; then
            export PATH="$directory:$PATH"
            return 0
        fi
    done
    return 1
}

# The newest version that apt offers of a package, without its Debian part.
candidate() { apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: \([0-9.]*\).*/\1/p'; }

need_rust() {
    find_rust && return 0
    say "No cargo $rust_minimum or newer found: looking for one to install"
    update_package_lists
    # Debian carries a current Rust as *-web beside the one that it froze.
    local package
    for package in cargo-web cargo; do
        if at_least "$(candidate $package)" "$rust_minimum"; then
            need_packages "$package"
            find_rust && return 0
        fi
    done
    fail "apt has no cargo $rust_minimum or newer. Install one from https://rustup.rs, then run make again."
}

need_rust_lints() {
    need_rust
    if ! cargo clippy --version >/dev/null 2>&1 || ! cargo fmt --version >/dev/null 2>&1; then
        if is_installed cargo-web; then
            need_packages rust-web-clippy rustfmt-web
        elif is_installed cargo; then
            need_packages rust-clippy rustfmt
        else
            fail "clippy or rustfmt is missing. Install them:  rustup component add clippy rustfmt"
        fi
    fi
}

need_c_compiler() {
    command -v gcc >/dev/null || need_packages gcc libc6-dev
    # The binding of PostgreSQL's parser is generated from its C headers, which takes libclang.
    # libclang-cpp is another library, and some machines have it alone.
    if ! { ldconfig -p | awk '{ print $1 }'; compgen -G '/usr/lib/llvm-*/lib/libclang*' || true; } |
        grep -v libclang-cpp | grep -Eq 'libclang(-[0-9.]+)?\.so'; then
        need_packages libclang-dev
    fi
}
