#!/usr/bin/env bash
# The Debian package: deb.sh [BINARY [DIRECTORY]] packs BINARY into DIRECTORY, by default dist/. Without BINARY one is built that
# runs on every processor with AVX2 (Intel and AMD since 2013 or so), or on any 64-bit Arm; CPU=native is for this one alone.
# FAST=1 packs in less time, and larger.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/environment.sh
. scripts/environment.sh
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

if [ $# -eq 0 ]; then
  case $(uname -m) in x86_64) cpu=x86-64-v3 ;; *) cpu=generic ;; esac
  # Apart from the build for this processor, which the next `make` would otherwise begin afresh.
  RUSTFLAGS="-C target-cpu=${CPU:-$cpu}" CARGO_TARGET_DIR="$CARGO_TARGET_DIR/portable" scripts/build.sh
  set -- "$CARGO_TARGET_DIR/portable/release/council"
fi
program=$(realpath "$1")
mkdir -p "${2:-dist}"
out=$(realpath "${2:-dist}")
if [ ! -x "$program" ]; then
  echo "scripts/deb.sh: no council binary at \`$program\`" >&2
  exit 64
fi
install_tool cargo-deb

# What cargo-deb takes for a build directory: the program, and what it says of itself.
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$stage/release/deb/man"
cp "$program" "$stage/release/council"
"$program" man --dir "$stage/release/deb/man"
gzip --best --no-name "$stage"/release/deb/man/*
for shell in bash zsh fish; do
  "$program" completions "$shell" >"$stage/release/deb/council.$shell"
done
python3 scripts/third_party.py >"$stage/release/deb/THIRD-PARTY"
# The same files in, the same package out.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || date +%s)
export SOURCE_DATE_EPOCH
CARGO_TARGET_DIR="$stage" cargo deb --quiet --no-build --locked ${FAST:+--fast} --package council --output "$out/"
ls "$out"/council_*.deb
