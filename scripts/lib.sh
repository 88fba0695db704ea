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

# number TEXT: a whole number above 0, or the usage of the script and its end.
number() {
    [[ $1 =~ ^[1-9][0-9]{0,8}$ ]] || { sed -n 's/^#   \(scripts.*\)/usage: \1/p' "$0" >&2; exit 2; }
    echo "$1"
}

want_to_build() {
    want gcc command -v cc
    want libc6-dev test -e /usr/include/stdio.h
    want pkg-config command -v pkg-config
    want libpcsclite-dev pkg-config --exists libpcsclite
}

# A service with virtual readers, in namespaces.
want_pcsc() {
    want pcscd command -v pcscd
    want vsmartcard-vpcd test -e /etc/reader.conf.d/vpcd
    want util-linux command -v unshare
    want iproute2 command -v ip
}

want_to_test() {
    want_pcsc
    want pcsc-tools command -v pcsc_scan
    want opensc command -v opensc-tool
    want openssl command -v openssl
    want bsdutils command -v script
    want libxml2-utils command -v xmllint
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

want_windows() {
    want gcc-mingw-w64-x86-64 command -v x86_64-w64-mingw32-gcc
    want zip command -v zip
}

want_wine() {
    want gcc-mingw-w64-x86-64 command -v x86_64-w64-mingw32-gcc
    want wine64 test -e /usr/lib/wine/wine64
    want unzip command -v unzip
    want bsdutils command -v script
}

want_arm64() {
    want qemu-user command -v qemu-aarch64
}

# The PC/SC library of another architecture, to link with and to run with.
want_arm64_pcsc() {
    local library=/usr/lib/aarch64-linux-gnu/libpcsclite.so
    [ -e $library ] || dpkg --add-architecture arm64 >&2 || true
    want libpcsclite-dev:arm64 test -e $library
}

# zig links against any version of glibc; it comes from PyPI, into target/.
want_old_glibc() {
    local tools=$root/target/package-tools
    want binutils command -v objdump
    want python3-venv python3 -c 'import ensurepip'
    PATH=$PATH:$tools/bin
    export CARGO_ZIGBUILD_PYTHON_PATH=$tools/bin/python3
    zig=$tools
}

want_clean_root() {
    want debootstrap command -v debootstrap
}

# Installs what is missing, as root or by sudo; else names it and ends.
install_missing() {
    if ! command -v cargo >/dev/null; then
        echo "cargo is missing: install Rust 1.89 or later, see https://rustup.rs" >&2
        exit 69
    fi
    install_packages
    [ -z "${zig:-}" ] || [ -x "$zig/bin/cargo-zigbuild" ] || {
        python3 -m venv "$zig"
        "$zig/bin/pip" install --quiet ziglang==0.17.1 cargo-zigbuild==0.24.1
    } >&2
}

install_packages() {
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
