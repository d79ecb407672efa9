#!/usr/bin/env bash
# schemathesis against a built binary with the scripted model: run.sh [BINARY [PYTEST-ARGUMENT…]]
export TESTS_PYTHON=schema
exec "$(dirname "$0")/../support/run.sh" schema "$@"
