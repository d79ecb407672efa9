# Sourced by the scripts that need a program which cargo installs: install_tool NAME puts the version below into $tools.
# Needs scripts/environment.sh.
# shellcheck shell=bash

# shellcheck disable=SC2154 # cache and tools are of scripts/environment.sh
install_tool() {
  local version features='' build=$cache/tools-build
  case $1 in
    cargo-about) version=0.9.3 features=cli ;;
    cargo-cyclonedx) version=0.5.9 ;;
    cargo-deb) version=3.8.0 ;;
    cargo-deny) version=0.20.2 ;;
    *) echo "scripts/tools.sh: no version of \`$1\` is named" >&2; return 64 ;;
  esac
  [ -x "$tools/bin/$1" ] && grep -qsF "\"$1 $version " "$tools/.crates2.json" && return
  say "installing $1 $version into $tools (once, some minutes)"
  CARGO_TARGET_DIR="$build" RUSTFLAGS='' \
    cargo install --locked --root "$tools" --version "=$version" ${features:+--features "$features"} "$1" &&
    rm -rf "$build"
}
