#!/usr/bin/env bash
# From a fresh clone to a running server: packages, build, default model, serve. Arguments go to `council serve`.
set -euo pipefail
# shellcheck source=scripts/environment.sh
. "$(dirname "$0")/environment.sh"

scripts/build.sh
# A server without a model still starts and says how to get one, so a failed download is no reason to stop.
"$binary" pull --default-only || say "the default model could not be fetched; the server starts without it"
exec "$binary" serve --set models.autopull_larger=true "$@"
