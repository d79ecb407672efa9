#!/usr/bin/env bash
# Load, kills and bad input against a built binary and the small model: run.sh [BINARY [PYTEST-ARGUMENT…]]
exec "$(dirname "$0")/../support/run.sh" soak "$@"
