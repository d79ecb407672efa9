#!/usr/bin/env bash
# What the program and its page are made of, with versions, hashes and licences, as CycloneDX 1.5: dist/council.cdx.json.
# sbom.sh [FEATURES [DIRECTORY]], where FEATURES are those that the program was built with beyond the usual ones, such as cuda.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/environment.sh
. scripts/environment.sh
# shellcheck source=scripts/tools.sh
. scripts/tools.sh

features=${1:-}
out=${2:-dist}
mkdir -p "$out"
install_tool cargo-cyclonedx

# The tool writes a file beside each manifest of the workspace.
name=council-sbom-$$
work=$(mktemp -d)
clean() { rm -rf "$work" crates/*/"$name.json" "xtask/$name.json"; }
trap clean EXIT
cargo cyclonedx --quiet --format json --spec-version 1.5 --override-filename "$name" \
  --manifest-path crates/council/Cargo.toml ${features:+--features "$features"}
mv "crates/council/$name.json" "$work/program.json"
python3 scripts/merge_sbom.py "$work/program.json" web/package-lock.json "$PWD" >"$out/council.cdx.json"
echo "$out/council.cdx.json"
