#!/usr/bin/env bash
# The build is for the processor that it runs on (.cargo/config.toml). A build directory that comes from a machine
# with other instruction sets holds code that this one may not be able to run, and cargo does not notice: both say
# `target-cpu=native`. So the instruction sets are remembered, and a change starts the build afresh.
set -euo pipefail
# shellcheck source=scripts/environment.sh
. "$(dirname "$0")/environment.sh"

instruction_sets() {
  if [ -r /proc/cpuinfo ]; then
    # Only what compilers use: a new kernel adds other flags.
    grep -m1 -E '^(flags|Features)' /proc/cpuinfo | tr ' ' '\n' |
      grep -E '^(ss?se|avx|amx|fma|f16c|bmi|abm|adx|v?aes|v?pclmul|gfni|sha|movbe|popcnt|asimd|sve|sme($|[0-9])|i8mm|bf16)' |
      sort -u
  fi
  uname -m
}

stamp="$CARGO_TARGET_DIR/instruction-sets"
now=$(instruction_sets)
if [ -d "$CARGO_TARGET_DIR/release" ] && [ -f "$stamp" ] && [ "$now" != "$(cat "$stamp")" ]; then
  echo "this processor differs from the one that $CARGO_TARGET_DIR was built on: building afresh" >&2
  # Rust code is compiled for the processor too, so llama-cpp-sys-2 alone would not do.
  cargo clean --release
fi
printf '%s\n' "$now" >"$stamp"
