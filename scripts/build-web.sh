#!/usr/bin/env bash
# Builds the web page, unless nothing has changed since the last time.
set -euo pipefail

hash_of() { # hash_of PATH…: one hash over names and contents, generated files left out
  find "$@" -type f -not -path '*/node_modules/*' -not -path 'web/dist/*' -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}
dependencies() { hash_of web/package.json web/package-lock.json; }

installed=web/node_modules/.council-installed
if [ "$(dependencies)" != "$(cat "$installed" 2>/dev/null)" ]; then
  # Not `npm ci`, which fails where a registry does not carry the optional packages of other platforms; `npm install`
  # keeps to the lock file as well, which is checked.
  npm install --prefix web --no-audit --no-fund
  node web/build/locked.mjs
  dependencies >"$installed"
fi

built=web/node_modules/.council-built
if [ ! -f web/dist/index.html ] || [ "$(hash_of web)" != "$(cat "$built" 2>/dev/null)" ]; then
  npm run --prefix web build
  hash_of web >"$built"
fi
