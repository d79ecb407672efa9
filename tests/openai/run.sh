#!/usr/bin/env bash
# The official OpenAI client against a built binary and the default model: run.sh [BINARY [PYTEST-ARGUMENT…]]
exec "$(dirname "$0")/../support/run.sh" openai "$@"
