# Sourced by the scripts here: finds out what is missing and installs it. Nothing
# of this prints to standard output.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PATH=$PATH:/usr/sbin:/sbin:${HOME:-}/.cargo/bin
missing=()

# want PACKAGE PROBE…: the package is missing where the probe fails.
want() {
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}

want_to_build() {
    want gcc command -v cc
    want libc6-dev test -e /usr/include/stdio.h
    want pkg-config command -v pkg-config
    want libpcsclite-dev pkg-config --exists libpcsclite
}

want_to_test() {
    want pcscd command -v pcscd
    want vsmartcard-vpcd test -e /etc/reader.conf.d/vpcd
    want pcsc-tools command -v pcsc_scan
    want opensc command -v opensc-tool
    want openssl command -v openssl
    want util-linux command -v unshare
    want bsdutils command -v script
    want libxml2-utils command -v xmllint
    want iproute2 command -v ip
    want tmux command -v tmux
}

want_spark() {
    want default-jre-headless command -v java
    want python3-venv python3 -c 'import ensurepip, venv'
}

want_browser() {
    want chromium command -v chromium
    want fonts-noto-cjk test -e /usr/share/fonts/opentype/noto
}

# Installs what is missing, as root or by sudo; else names it and ends.
install_missing() {
    if ! command -v cargo >/dev/null; then
        echo "cargo is missing: install Rust 1.89 or later, see https://rustup.rs" >&2
        exit 69
    fi
    [ "${#missing[@]}" -gt 0 ] || return 0
    local as_root=env
    [ "$(id -u)" = 0 ] || as_root=sudo
    if ! command -v apt-get >/dev/null || ! command -v "$as_root" >/dev/null; then
        echo "please install (Debian's names): ${missing[*]}" >&2
        exit 69
    fi
    echo "installing: ${missing[*]}" >&2
    "$as_root" apt-get update -qq >&2
    "$as_root" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -qq -y --no-install-recommends "${missing[@]}" >&2
}
