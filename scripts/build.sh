#!/usr/bin/env bash
# Builds the web page and the release binary: $CARGO_TARGET_DIR/release/council.
set -euo pipefail
# shellcheck source=scripts/environment.sh
. "$(dirname "$0")/environment.sh"

scripts/prepare.sh
scripts/cpu-guard.sh
scripts/build-web.sh
cargo build --release --locked --package council ${feature_flags[@]+"${feature_flags[@]}"}
