#!/usr/bin/env bash
# The pictures of the README and of docs/user-guide.md, in docs/images: each page light, dark and on a phone, from a server
# of its own whose default model has answered a few questions: screenshots.sh [BINARY]
# UI_DIR names a built page to use in place of the one in the binary.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/environment.sh
. scripts/environment.sh

COUNCIL_BINARY=$(realpath "${1:-$binary}")
export COUNCIL_BINARY
if [ ! -x "$COUNCIL_BINARY" ]; then
  echo "scripts/screenshots.sh: no council binary at \`$COUNCIL_BINARY\`: name one, or run \`make build\` first" >&2
  exit 64
fi
if [ -n "${UI_DIR:-}" ]; then
  UI_DIR=$(realpath "$UI_DIR")
  export UI_DIR
fi
e2e/tools/install.sh
node e2e/tools/screenshots.mjs docs/images
