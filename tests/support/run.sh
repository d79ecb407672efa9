#!/usr/bin/env bash
# Runs the tests of one directory against a built binary: run.sh DIRECTORY [BINARY [PYTEST-ARGUMENT…]]
# BINARY falls back to COUNCIL_BINARY. The Python environment lives in the cache, outside the clone.
set -euo pipefail

tests=$(cd "$(dirname "$0")/.." && pwd)
directory=$1
binary=${2:-${COUNCIL_BINARY:-}}
shift $(($# < 2 ? $# : 2))
if [ ! -x "$binary" ]; then
  echo "tests/$directory/run.sh: no council binary at \`$binary\`: name one, or run \`make build\` first" >&2
  exit 64
fi

cache=${COUNCIL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/council}
venv=$cache/venv-openai
wanted=$tests/support/requirements.txt
mkdir -p "$cache"
(
  # Two runs at once must not build the environment together.
  flock 9
  if ! cmp -s "$wanted" "$venv/requirements.txt"; then
    echo "creating the Python environment $venv" >&2
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --requirement "$wanted"
    cp "$wanted" "$venv/requirements.txt"
  fi
) 9>"$cache/venv-openai.lock"

export COUNCIL_BINARY
COUNCIL_BINARY=$(realpath "$binary")
export PYTHONDONTWRITEBYTECODE=1
cd "$tests"
exec "$venv/bin/python" -m pytest -q "$directory" "$@"
