# Sourced by the other scripts: where everything goes. Nothing is written inside the clone but web/node_modules,
# web/dist and e2e/node_modules.
# shellcheck shell=bash

cache="${XDG_CACHE_HOME:-$HOME/.cache}/council"
CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$cache/target}"
mkdir -p "$cache" "$CARGO_TARGET_DIR"
# Absolute, because tests go into other directories.
CARGO_TARGET_DIR=$(cd "$CARGO_TARGET_DIR" && pwd)
export CARGO_TARGET_DIR
export COUNCIL_MODELS_DIR="${COUNCIL_MODELS_DIR:-${XDG_DATA_HOME:-$HOME/.local/share}/council/models}"
tools="$cache/tools"
export PATH="$tools/bin:$PATH"
# shellcheck disable=SC2034 # used by the scripts that source this one
binary="$CARGO_TARGET_DIR/release/council"

# With ccache, llama.cpp takes seconds instead of minutes when it is compiled again: in a new build directory, after
# `cargo clean`, or for another set of features. Its build script hands CMAKE_* on.
if command -v ccache >/dev/null; then
  export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache CMAKE_CUDA_COMPILER_LAUNCHER=ccache
  # llama.cpp is compiled with -march=native, which means something else on another processor and looks the same.
  export CCACHE_EXTRAFILES="$CARGO_TARGET_DIR/instruction-sets"
  # Cargo builds in a directory with a hash in its name; what is included from there does not depend on it.
  export CCACHE_BASEDIR="$CARGO_TARGET_DIR"
fi

say() { printf '\n== %s\n' "$*" >&2; }

# A CUDA compiler means that the machine's owner wants the GPU used; FEATURES= (empty) switches that off.
if [ -z "${FEATURES+set}" ]; then
  FEATURES=
  if command -v nvcc >/dev/null; then FEATURES=cuda; fi
fi
feature_flags=()
if [ -n "$FEATURES" ]; then
  read -ra names <<<"${FEATURES//,/ }"
  # shellcheck disable=SC2034 # used by the scripts that source this one
  feature_flags=(--features "${names[*]/#/council/}")
fi
