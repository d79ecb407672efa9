# Sourced by the other scripts: where everything goes. Nothing is written inside the clone but web/node_modules and
# web/dist.
# shellcheck shell=bash

cache="${XDG_CACHE_HOME:-$HOME/.cache}/council"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$cache/target}"
export COUNCIL_MODELS_DIR="${COUNCIL_MODELS_DIR:-${XDG_DATA_HOME:-$HOME/.local/share}/council/models}"
tools="$cache/tools"
export PATH="$tools/bin:$PATH"
# shellcheck disable=SC2034 # used by the scripts that source this one
binary="$CARGO_TARGET_DIR/release/council"
mkdir -p "$cache" "$CARGO_TARGET_DIR"

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
