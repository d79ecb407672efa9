#!/usr/bin/env bash
# Builds the web page, where there is one, unless nothing has changed since the last time.
set -euo pipefail
[ -f web/package.json ] || exit 0

hash_of() { # hash_of PATH…: one hash over names and contents, generated files left out
  find "$@" -type f -not -path '*/node_modules/*' -not -path 'web/dist/*' -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}
dependencies() {
  local files=(web/package.json)
  [ -f web/package-lock.json ] && files+=(web/package-lock.json)
  hash_of "${files[@]}"
}

installed=web/node_modules/.council-installed
if [ "$(dependencies)" != "$(cat "$installed" 2>/dev/null)" ]; then
  # Without a lock file npm writes one.
  if [ -f web/package-lock.json ]; then verb=ci; else verb=install; fi
  npm "$verb" --prefix web --no-audit --no-fund
  mkdir -p web/node_modules
  dependencies >"$installed"
fi

built=web/node_modules/.council-built
if [ ! -d web/dist ] || [ "$(hash_of web)" != "$(cat "$built" 2>/dev/null)" ]; then
  npm run --prefix web build
  hash_of web >"$built"
fi
