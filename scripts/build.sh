#!/usr/bin/env bash
# Builds the web page and the release binary: $CARGO_TARGET_DIR/release/council.
set -euo pipefail
# shellcheck source=scripts/environment.sh
. "$(dirname "$0")/environment.sh"

scripts/prepare.sh
scripts/cpu-guard.sh
scripts/build-web.sh
# The same packages as the lints and the tests: another selection can mean other features of what llama.cpp's build uses,
# and then llama.cpp is compiled again.
COUNCIL_REQUIRE_UI=1 \
  cargo build --release --locked --workspace --bins ${feature_flags[@]+"${feature_flags[@]}"}
