#!/usr/bin/env bash
# Installs what the stories need into e2e/node_modules, unless it is there.
set -euo pipefail
cd "$(dirname "$0")/.."

installed=node_modules/.council-installed
wanted=$(cat package.json package-lock.json | sha256sum)
if [ "$wanted" != "$(cat "$installed" 2>/dev/null)" ]; then
  npm install --no-audit --no-fund
  echo "$wanted" >"$installed"
fi
