#!/usr/bin/env bash
# Builds the web page, where there is one, unless nothing has changed since the last time.
set -euo pipefail
[ -f web/package.json ] || exit 0

hash_of() { # hash_of PATH…: one hash over names and contents
  find "$@" -type f -not -path '*/node_modules/*' -not -path 'web/dist/*' -not -name '.*stamp' -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}
locks=(web/package.json)
[ -f web/package-lock.json ] && locks+=(web/package-lock.json)

installed=$(hash_of "${locks[@]}")
if [ ! -d web/node_modules ] || [ "$installed" != "$(cat web/node_modules/.council-stamp 2>/dev/null)" ]; then
  if [ -f web/package-lock.json ]; then npm ci --prefix web --no-audit --no-fund; else npm install --prefix web --no-audit --no-fund; fi
  echo "$installed" >web/node_modules/.council-stamp
fi
built=$(hash_of web)
if [ ! -d web/dist ] || [ "$built" != "$(cat web/node_modules/.council-dist-stamp 2>/dev/null)" ]; then
  npm run --prefix web build
  echo "$built" >web/node_modules/.council-dist-stamp
fi
