#!/usr/bin/env bash
# How fast the pages are, in a real browser against a built binary: run.sh [BINARY [MEASURE…]]
# A measure is one of: pages lighthouse streaming thread list socket; without names, all of them. BINARY falls back to
# COUNCIL_BINARY. UI_DIR names a built page to use in place of the one in the binary, RESULT the file for the numbers
# (bench/results/web-<date>.json), NOTE what else should be known about them. Installs Lighthouse into bench/web/node_modules.
set -euo pipefail

binary=${1:-${COUNCIL_BINARY:-}}
if [ ! -x "$binary" ]; then
  echo "bench/web/run.sh: no council binary at \`$binary\`: name one, or run \`make build\` first" >&2
  exit 64
fi
COUNCIL_BINARY=$(realpath "$binary")
export COUNCIL_BINARY
shift $(($# > 0))
if [ -n "${UI_DIR:-}" ]; then
  UI_DIR=$(realpath "$UI_DIR")
  export UI_DIR
fi
RESULT=$(realpath -m "${RESULT:-$(dirname "$0")/../results/web-$(date -u +%F).json}")
export RESULT
cd "$(dirname "$0")"
../../e2e/tools/install.sh
[ -d node_modules/lighthouse ] || npm install --no-audit --no-fund
exec node measure.mjs "$@"
