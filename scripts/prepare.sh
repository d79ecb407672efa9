#!/usr/bin/env bash
# Makes sure that everything is there which the build needs and cargo does not bring.
set -euo pipefail

missing=()
need() { # need PACKAGE COMMAND…: the Debian package, and a command that fails without it
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}
has_libclang() {
  [ -n "${LIBCLANG_PATH:-}" ] || ldconfig -p 2>/dev/null | grep -q 'libclang[-.]' ||
    compgen -G '/usr/lib/llvm-*/lib/libclang*.so*' || compgen -G '/opt/homebrew/opt/llvm/lib/libclang*'
}

if ! command -v cargo >/dev/null; then
  echo "cargo is missing: install Rust from https://rustup.rs, then run this again" >&2
  exit 1
fi
if [ -f web/package.json ] && ! command -v npm >/dev/null; then
  echo "npm is missing: install Node.js 20 or newer from https://nodejs.org, then run this again" >&2
  exit 1
fi

need cmake cmake --version
need g++ c++ --version
need make make --version
need libclang-dev has_libclang
need pkg-config pkg-config --version
need python3-pip python3 -m pip --version
[ ${#missing[@]} -eq 0 ] && exit 0

install=(apt-get install --yes --no-install-recommends "${missing[@]}")
if ! command -v apt-get >/dev/null; then
  echo "missing: ${missing[*]} (names of the Debian packages); install them, then run this again" >&2
  exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif sudo --non-interactive true 2>/dev/null; then
  as_root=(sudo)
else
  echo "missing packages; run this, then start again:" >&2
  echo "  sudo apt-get update && sudo ${install[*]}" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update
"${as_root[@]}" "${install[@]}"
