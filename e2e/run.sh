#!/usr/bin/env bash
# The user stories in a real browser against a built binary that answers with the labelled fake: run.sh [BINARY]
# BINARY falls back to COUNCIL_BINARY.
set -euo pipefail

binary=${1:-${COUNCIL_BINARY:-}}
if [ ! -x "$binary" ]; then
  echo "e2e/run.sh: no council binary at \`$binary\`: name one, or run \`make build\` first" >&2
  exit 64
fi
binary=$(realpath "$binary")
cd "$(dirname "$0")"

installed=node_modules/.council-installed
wanted=$(cat package.json package-lock.json | sha256sum)
if [ "$wanted" != "$(cat "$installed" 2>/dev/null)" ]; then
  npm install --no-audit --no-fund
  echo "$wanted" >"$installed"
fi

home=$(mktemp -d)
server=
finish() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$home"
}
trap finish EXIT

mkfifo "$home/ready"
env -u COUNCIL_CONFIG -u COUNCIL_BINARY -u COUNCIL_CACHE XDG_CONFIG_HOME="$home/config" "$binary" serve --scripted --host 127.0.0.1 --port 0 \
  --data-dir "$home/data" --models-dir "$home/models" >"$home/ready" 2>"$home/log" &
server=$!
# Kept open: a server whose reader has gone would be told so when it writes again.
exec 3<"$home/ready"
read -r line <&3 || true
url=$(sed -n 's/.* at \(http:[^ ,]*\),.*/\1/p' <<<"$line")
if [ -z "$url" ]; then
  echo "the server did not say where it is: \`$line\`" >&2
  cat "$home/log" >&2
  exit 1
fi
node chat.mjs "$url"
node admin.mjs "$url"
