#!/usr/bin/env bash
# Runs a command beside a temporary PostgreSQL server with pgvector: with-postgres.sh COMMAND…
# The command finds the server's address in TEST_POSTGRES_URL. Where that is set already, nothing is started.
set -euo pipefail
# shellcheck source=scripts/environment.sh
. "$(dirname "$0")/environment.sh"

if [ $# -eq 0 ]; then
  echo "usage: scripts/with-postgres.sh COMMAND…" >&2
  exit 64
fi
[ -z "${TEST_POSTGRES_URL:-}" ] || exec "$@"

# The Python package brings PostgreSQL 16 and pgvector as programs; nothing of it is run by Python, so that its wheel
# for one Python version serves all.
package=pgserver==0.1.4
server=$cache/postgres
(
  # Two runs at once must not unpack it together.
  flock 9
  if [ "$(cat "$server/package" 2>/dev/null)" != "$package" ]; then
    echo "fetching PostgreSQL ($package) into $server" >&2
    rm -rf "$server"
    mkdir -p "$server/wheel"
    python3 -m venv "$server/venv"
    "$server/venv/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
      --python-version 3.11 --implementation cp --abi cp311 --dest "$server/wheel" "$package"
    python3 -m zipfile -e "$server"/wheel/*.whl "$server/files"
    chmod +x "$server"/files/pgserver/pginstall/bin/*
    rm -rf "$server/wheel" "$server/venv"
    echo "$package" >"$server/package"
  fi
) 9>"$cache/postgres.lock"

# Short, because a socket's path must fit into 107 bytes.
directory=$(mktemp -d /tmp/postgres-XXXXXX)
files=$server/files
as=()
postmaster=
stop() {
  if [ -n "$postmaster" ]; then
    # "Immediate": what is in it is thrown away.
    kill -QUIT "$postmaster" 2>/dev/null || true
    wait "$postmaster" 2>/dev/null || true
  fi
  rm -rf "$directory"
}
trap stop EXIT

# PostgreSQL refuses to run as root, and another user may not be let into root's cache.
if [ "$(id -u)" -eq 0 ]; then
  cp -r "$server/files" "$directory/files"
  files=$directory/files
  chmod -R a+rX "$directory"
  chown nobody "$directory"
  as=(setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups)
fi
programs=$files/pgserver/pginstall/bin

${as[@]+"${as[@]}"} "$programs/initdb" --pgdata "$directory/data" --username postgres --auth trust --encoding UTF8 \
  --no-locale --no-sync >"$directory/initdb.log" 2>&1 || { cat "$directory/initdb.log" >&2; exit 1; }
# Many tests at once, each with a few connections.
${as[@]+"${as[@]}"} "$programs/postgres" -D "$directory/data" -k "$directory" -c listen_addresses= \
  -c max_connections=300 -c shared_buffers=64MB >"$directory/postgres.log" 2>&1 &
postmaster=$!
for _ in $(seq 100); do
  "$programs/pg_isready" --quiet --host "$directory" --username postgres && break
  kill -0 "$postmaster" 2>/dev/null || break
  sleep 0.1
done
if ! "$programs/pg_isready" --quiet --host "$directory" --username postgres; then
  echo "scripts/with-postgres.sh: PostgreSQL did not start:" >&2
  cat "$directory/postgres.log" >&2
  exit 1
fi

TEST_POSTGRES_URL="postgres://postgres@${directory//\//%2F}/postgres" "$@"
