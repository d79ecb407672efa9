#!/usr/bin/env bash
# Stops, full disks, kills and clients that mean no good, against a built binary with the scripted model:
# run.sh [BINARY [PYTEST-ARGUMENT…]]
exec "$(dirname "$0")/../support/run.sh" robust "$@"
