# Installing what is missing with apt; to be sourced.
#
# need_packages PACKAGE... installs those that are not installed yet, as root or with sudo, and ends
# with a message that names them where neither is possible.
# shellcheck shell=bash

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
fail() {
    printf '\033[1;31mError:\033[0m %s\n' "$*" >&2
    exit 1
}

apt_lists_are_fresh=

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "this step needs root, and sudo is not there: run as root:  $*"
    fi
}

update_package_lists() {
    [ -z "$apt_lists_are_fresh" ] || return 0
    command -v apt-get >/dev/null ||
        fail "this machine has no apt-get. Install by hand what is named above, then run make again."
    say "Refreshing the package lists"
    # Stale lists may still do; where they do not, the installation says so.
    as_root apt-get update -qq || say "apt-get update failed; going on with the lists there are"
    apt_lists_are_fresh=yes
}

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

need_packages() {
    local missing=() package
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    say "Installing ${missing[*]}"
    update_package_lists
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        "${missing[@]}" >/dev/null || fail "apt-get could not install: ${missing[*]}"
}

# at_least VERSION MINIMUM compares dotted numbers.
at_least() {
    [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}
