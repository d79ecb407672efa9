#!/usr/bin/env bash
# What is in deploy/, and what is made with it of a built binary: run.sh [BINARY [PYTEST-ARGUMENT…]]
exec "$(dirname "$0")/../support/run.sh" deploy "$@"
