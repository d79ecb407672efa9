#!/usr/bin/env bash
# Everything that `make test` checks; ends with one line that counts it all, and fails when anything failed.
set -uo pipefail
# shellcheck source=scripts/environment.sh
. "$(dirname "$0")/environment.sh"
# shellcheck source=scripts/tools.sh
. "$(dirname "$0")/tools.sh"

passed=0
failed=0
failures=()
log=$(mktemp)
begun=$(mktemp)
trap 'rm -f "$log" "$begun"' EXIT
export COUNCIL_REQUIRE_UI=1

# The test programs count themselves in their own words; read them: cargo test, vitest, pytest, and plain
# `3 passed, 0 failed`.
count() { # count WORD LOG: sum of the numbers before WORD in summary lines
  sed 's/\x1b\[[0-9;]*m//g' "$2" | awk -v word="$1" '
    /^test result: / || /^ *Tests  / || /^=+ .* in [0-9.]+s/ || /^[0-9]+ (passed|failed).* in [0-9.]+s/ ||
      /^[0-9]+ passed, [0-9]+ failed$/ {
      for (i = 2; i <= NF; i++) { field = $i; gsub(/[^a-z]/, "", field); if (field == word) sum += $(i - 1) }
    }
    END { print sum + 0 }'
}

# One check: passed or failed as a whole.
check() { # check NAME COMMAND…
  local name=$1
  shift
  say "$name"
  if "$@"; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    failures+=("$name")
  fi
}

# A test program: its own tests are counted. One that fails without a failed test of its own counts as one.
tests() { # tests NAME COMMAND…
  local name=$1 status=0 bad good
  shift
  say "$name"
  "$@" 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
  good=$(count passed "$log")
  bad=$(count failed "$log")
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  # A run without tests is a mistake in the command, not a success.
  if [ "$status" -eq 0 ] && [ "$good" -eq 0 ]; then bad=1; fi
  passed=$((passed + good))
  failed=$((failed + bad))
  if [ "$bad" -gt 0 ]; then failures+=("$name"); fi
}

deny() { install_tool cargo-deny && cargo deny --locked check licenses bans sources; }
advisories() { install_tool cargo-deny && cargo deny --locked check advisories; }
advisory_database=https://github.com/RustSec/advisory-db

# The Rust tests are run in two parts, by name; a program with another name would be run in neither.
test_programs_are_known() {
  local others
  others=$(find crates xtask -path '*/tests/*.rs' -not -path '*/src/*' -not -path '*/tests/it/*' \
    -not -path '*/tests/engine/*')
  [ -z "$others" ] || { echo "scripts/test.sh runs only tests/it and tests/engine, not: $others" >&2; return 1; }
}

# Minutes on two cores, so that a second time is a defect: see "The llama.cpp trap" in docs/development.md.
llama_cpp_was_compiled_once() {
  local builds
  builds=$(find "$CARGO_TARGET_DIR/release/build" -path '*/llama-cpp-sys-2-*/invoked.timestamp' -newer "$begun")
  [ "$(grep -c . <<<"$builds")" -le 1 ] || { echo "compiled more than once: $builds" >&2; return 1; }
}

scripts/prepare.sh && scripts/cpu-guard.sh && scripts/build-web.sh || exit 1
features=(${feature_flags[@]+"${feature_flags[@]}"})

check "what only the tests need" scripts/prepare-tests.sh
check "formatting" cargo fmt --all --check
check "clippy" cargo clippy --release --locked --workspace --all-targets ${features[@]+"${features[@]}"} -- -D warnings
check "licences, bans and sources of dependencies" deny
if timeout 10 git ls-remote --quiet --heads "$advisory_database" >/dev/null 2>&1; then
  check "advisories about dependencies" advisories
else
  say "$advisory_database cannot be reached from here: advisories about dependencies are not checked, and not counted"
fi
check "release binary" scripts/build.sh
check "models for the tests" "$binary" pull smollm2-135m-instruct qwen2.5-coder-0.5b-instruct \
  all-minilm-l6-v2
check "every test program is run" test_programs_are_known
tests "Rust tests" scripts/with-postgres.sh cargo test --release --locked --workspace --no-fail-fast ${features[@]+"${features[@]}"} \
  --lib --bins --test it
# One at a time: each starts worker processes with a thread for every core, which would wait for one another.
tests "real models" cargo test --release --locked --workspace --no-fail-fast ${features[@]+"${features[@]}"} \
  --test engine -- --test-threads=1
check "llama.cpp was compiled once" llama_cpp_was_compiled_once
# Not exported: the program refuses variables of its own family that it does not know.
with_binary=(env "COUNCIL_BINARY=$binary" "COUNCIL_CACHE=$cache")
tests "the official OpenAI client" "${with_binary[@]}" tests/openai/run.sh
tests "load, kills and bad input" "${with_binary[@]}" tests/soak/run.sh
tests "deployment" "${with_binary[@]}" tests/deploy/run.sh
tests "stops, full disks, kills and hostile clients" "${with_binary[@]}" tests/robust/run.sh
tests "the OpenAPI document against the server" "${with_binary[@]}" tests/schema/run.sh
check "web types" npm run --prefix web typecheck
check "web lint" npm run --prefix web lint
tests "web tests" npm test --prefix web
check "the page's build has the same bytes each time" scripts/reproducible-ui.sh web/dist
tests "the page in a browser" e2e/run.sh "$binary"

say "result"
for name in ${failures[@]+"${failures[@]}"}; do echo "failed: $name"; done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
