# Sourced by prepare.sh and prepare-tests.sh: which Debian packages are missing, and how they get here.
# shellcheck shell=bash

missing=()
optional=()

need() { # need PACKAGE COMMAND…: the Debian package, and a command that fails without it
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}

want() { # want PACKAGE COMMAND…: the same for what only saves time; not being able to install it is no failure
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || optional+=("$package")
}

install_missing() {
  local all=(${missing[@]+"${missing[@]}"} ${optional[@]+"${optional[@]}"}) as_root=()
  [ ${#all[@]} -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null; then
    [ ${#missing[@]} -gt 0 ] || return 0
    echo "missing: ${missing[*]} (names of the Debian packages); install them, then run this again" >&2
    return 1
  fi
  if [ "$(id -u)" -ne 0 ]; then
    if ! sudo --non-interactive true 2>/dev/null; then
      [ ${#missing[@]} -gt 0 ] || return 0
      echo "missing packages; run this, then start again:" >&2
      echo "  sudo apt-get update && sudo apt-get install --yes --no-install-recommends ${all[*]}" >&2
      return 1
    fi
    as_root=(sudo --non-interactive)
  fi
  local install=(${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get)
  "${install[@]}" update
  if [ ${#missing[@]} -gt 0 ]; then
    "${install[@]}" install --yes --no-install-recommends "${missing[@]}" || return 1
  fi
  if [ ${#optional[@]} -gt 0 ]; then
    "${install[@]}" install --yes --no-install-recommends "${optional[@]}" ||
      echo "${optional[*]} could not be installed; everything works without, but slower" >&2
  fi
}
