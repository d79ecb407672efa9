#!/usr/bin/env bash
# Builds the web page twice, in different directories and at different times, and fails unless both have the same bytes:
# reproducible-ui.sh [DIST], where DIST is a third that was built before. So whoever has the sources can check what is in
# a binary.
set -euo pipefail
cd "$(dirname "$0")/.."

modules=$(realpath web/node_modules)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

build() { # build NAME: the page from a copy of its sources
  mkdir -p "$work/$1/source"
  tar --create --directory=web --exclude=./node_modules --exclude=./dist . | tar --extract --directory="$work/$1/source"
  ln -s "$modules" "$work/$1/source/node_modules"
  (cd "$work/$1/source" && npm run build >"$work/$1.log" 2>&1) || { cat "$work/$1.log" >&2; return 1; }
}
hashes() { # hashes DIRECTORY: of each file, by name
  (cd "$1" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
}

build one
TZ=Pacific/Kiritimati build a-longer/path-to/another
hashes "$work/one/source/dist" >"$work/expected"
for other in "$work/a-longer/path-to/another/source/dist" ${1:+"$1"}; do
  hashes "$other" >"$work/found"
  if ! diff "$work/expected" "$work/found" >&2; then
    echo "scripts/reproducible-ui.sh: the page in $other differs from one built from the same sources" >&2
    exit 1
  fi
done
count=$(wc -l <"$work/expected")
echo "$count files, the same each time: $(sha256sum <"$work/expected" | cut -d' ' -f1)"
