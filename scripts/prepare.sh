#!/usr/bin/env bash
# Makes sure that everything is there which the build needs and cargo does not bring.
set -euo pipefail
# shellcheck source=scripts/packages.sh
. "$(dirname "$0")/packages.sh"

# Not libclang-cpp.so, which other packages bring and which has another interface.
has_libclang() {
  [ -n "${LIBCLANG_PATH:-}" ] || ldconfig -p 2>/dev/null | grep -q 'libclang\(-[0-9.]*\)\?\.so' ||
    compgen -G '/usr/lib/llvm-*/lib/libclang.so*' || compgen -G '/usr/lib/llvm-*/lib/libclang-[0-9]*.so*' ||
    compgen -G '/opt/homebrew/opt/llvm/lib/libclang.dylib'
}

if ! command -v cargo >/dev/null; then
  echo "cargo is missing: install Rust from https://rustup.rs, then run this again" >&2
  exit 1
fi
if ! command -v npm >/dev/null; then
  echo "npm is missing: install Node.js 20.19 or newer from https://nodejs.org, then run this again" >&2
  exit 1
fi

need cmake cmake --version
need g++ c++ --version
need make make --version
# Configures OpenSSL, of which SQLCipher has its ciphers. A part of Perl may be packaged apart (perl-IPC-Cmd of Fedora).
need perl perl -MIPC::Cmd -MData::Dumper -e 1
need libclang-dev has_libclang
need pkg-config pkg-config --version
need python3-pip python3 -m pip --version
want ccache ccache --version
install_missing
