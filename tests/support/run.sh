#!/usr/bin/env bash
# Runs the tests of one directory against a built binary: run.sh DIRECTORY [BINARY [PYTEST-ARGUMENT…]]
# BINARY falls back to COUNCIL_BINARY.
set -euo pipefail

tests=$(cd "$(dirname "$0")/.." && pwd)
directory=$1
binary=${2:-${COUNCIL_BINARY:-}}
shift $(($# < 2 ? $# : 2))
if [ ! -x "$binary" ]; then
  echo "tests/$directory/run.sh: no council binary at \`$binary\`: name one, or run \`make build\` first" >&2
  exit 64
fi

# `schema` needs programs that nothing else does.
python=$("$tests/support/python.sh" "${TESTS_PYTHON:-openai}")
export COUNCIL_BINARY
COUNCIL_BINARY=$(realpath "$binary")
export PYTHONDONTWRITEBYTECODE=1
cd "$tests"
exec "$python" -m pytest -q "$directory" "$@"
