#!/usr/bin/env bash
# Runs a command with SYMBOLON_DATABASE naming an empty PostgreSQL, which is thrown away afterwards.
#
#   build/with-postgres.sh bin/symbolon demo
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/find.sh"

if (($# == 0)); then
  echo "usage: build/with-postgres.sh COMMAND [ARGUMENT...]" >&2
  exit 2
fi
bin=$(postgres_bin) || { echo "with-postgres: no PostgreSQL server, 15 or later, is here: make setup-test" >&2; exit 1; }
home=$(mktemp -d "${TMPDIR:-/tmp}/symbolon-postgres.XXXXXX")

# The server refuses to run as root. It starts in its own folder, as it may not be allowed into ours.
as_server() (
  cd "$home"
  if ((EUID == 0)); then
    runuser -u postgres -- "$@"
  else
    "$@"
  fi
)

stop() {
  as_server "$bin/pg_ctl" -D "$home/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$home"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

start() {
  as_server "$bin/initdb" -D "$home/data" -U symbolon --auth=trust --encoding=UTF8 --locale=C --no-sync &&
    as_server "$bin/pg_ctl" -D "$home/data" -l "$home/log" -w start \
      -o "-k '$home' -c listen_addresses='' -c fsync=off -c max_connections=200"
}

((EUID != 0)) || chown postgres "$home"
# Only a socket, in a folder that nobody else may enter: no port to clash, no password to keep.
if ! said=$(start 2>&1 </dev/null); then
  printf 'with-postgres: PostgreSQL did not start\n%s\n' "$said" >&2
  cat "$home/log" >&2 2>/dev/null || true
  exit 1
fi

export SYMBOLON_DATABASE="postgres://symbolon@/postgres?host=$home"
"$@"
