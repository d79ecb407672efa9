#!/usr/bin/env bash
# Prints a Python that the tests use, and makes its environment first if need be: in the cache, outside the clone.
# python.sh [ENVIRONMENT]: `openai`, the usual one, or `schema`, which has schemathesis.
set -euo pipefail

name=${1:-openai}
here=$(cd "$(dirname "$0")" && pwd)
wanted=$here/requirements.txt
[ "$name" = openai ] || wanted=$here/requirements-$name.txt
cache=${COUNCIL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/council}
venv=$cache/venv-$name
mkdir -p "$cache"
(
  # Two runs at once must not build the environment together.
  flock 9
  if ! cmp -s "$wanted" "$venv/requirements.txt"; then
    echo "creating the Python environment $venv" >&2
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --requirement "$wanted" >&2
    cp "$wanted" "$venv/requirements.txt"
  fi
) 9>"$cache/venv-$name.lock"
echo "$venv/bin/python"
