#!/usr/bin/env bash
# Makes sure that everything is there which only the tests need: Python's virtual environments, a browser, the programs
# that the sandbox can use in place of its own launcher, and what puts a Debian system together.
set -euo pipefail
# shellcheck source=scripts/packages.sh
. "$(dirname "$0")/packages.sh"

has_browser() { # the places where e2e/browser.mjs looks
  [ -x "${CHROMIUM:-}" ] || [ -x /usr/bin/chromium ] || [ -x /usr/bin/chromium-browser ] ||
    [ -x /usr/bin/google-chrome ]
}

need python3-venv python3 -c 'import ensurepip, venv'
need chromium has_browser
need bubblewrap bwrap --version
need firejail firejail --version
# Prometheus itself and promtool: alert rules and dashboards are tried out with them.
need prometheus promtool --version
need mmdebstrap mmdebstrap --version
want lintian lintian --version
install_missing
