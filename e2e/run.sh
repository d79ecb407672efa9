#!/usr/bin/env bash
# The user stories in a real browser against a built binary, each with a fresh server: run.sh [BINARY [STORY…]]
# A story is a file beside this one, named without `.mjs`; without names, all of them. BINARY falls back to
# COUNCIL_BINARY. SHOTS names a folder for screenshots, UI_DIR a built page to use in place of the one in the binary.
set -uo pipefail

binary=${1:-${COUNCIL_BINARY:-}}
if [ ! -x "$binary" ]; then
  echo "e2e/run.sh: no council binary at \`$binary\`: name one, or run \`make build\` first" >&2
  exit 64
fi
COUNCIL_BINARY=$(realpath "$binary")
export COUNCIL_BINARY
if [ -n "${SHOTS:-}" ]; then SHOTS=$(realpath -m "$SHOTS"); fi
if [ -n "${UI_DIR:-}" ]; then
  UI_DIR=$(realpath "$UI_DIR")
  export UI_DIR
fi
shift $(($# > 0))
cd "$(dirname "$0")" || exit 1
tools/install.sh || exit 1
# For the programs that /explore writes.
PYTHON=${PYTHON:-$(../tests/support/python.sh)} || exit 1
export PYTHON

if [ $# -eq 0 ]; then
  for file in *.mjs; do
    # The only one that tells no story: what they share.
    [ "$file" = browser.mjs ] || set -- "$@" "${file%.mjs}"
  done
fi
status=0
for story in "$@"; do
  echo "-- $story"
  node "$story.mjs" ${SHOTS:+"" "$SHOTS"} || status=1
done
exit $status
