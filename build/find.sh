# Where the programs that only tests need are kept. Sourced by the scripts beside it.
# shellcheck shell=bash

# Debian keeps nginx off the PATH of all but root.
PATH=$PATH:/usr/sbin

# is_postgres FOLDER: a whole PostgreSQL server, 15 or later, is in it.
is_postgres() {
  local major
  [[ -x $1/initdb && -x $1/pg_ctl && -x $1/postgres ]] || return 1
  major=$("$1/postgres" --version | sed -n 's/.* \([0-9][0-9]*\).*/\1/p')
  [[ -n $major ]] && ((major >= 15))
}

# postgres_bin prints the folder of PostgreSQL's server programs. Debian, Red Hat and Homebrew keep them off the PATH.
postgres_bin() {
  local on_path folder
  on_path=$(command -v postgres || true)
  for folder in "${on_path%/*}" /usr/lib/postgresql/*/bin /usr/pgsql-*/bin {/opt/homebrew,/usr/local}/opt/postgresql@*/bin; do
    is_postgres "$folder" && echo "$folder" && return
  done
  return 1
}

# chromium_path prints the browser; CHROMIUM, where it is set, is the only one tried.
chromium_path() {
  local name
  local names=(chromium chromium-browser google-chrome "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
  [[ -z ${CHROMIUM:-} ]] || names=("$CHROMIUM")
  for name in "${names[@]}"; do
    "$name" --version >/dev/null 2>&1 && command -v "$name" && return
  done
  return 1
}

# c_compiler_works: it must find its headers and link, not only be there. `go env CC` may hold arguments too.
c_compiler_works() {
  local program status=0
  program=$(mktemp)
  printf '%s\n' '#include <stdlib.h>' 'int main(void) { return EXIT_SUCCESS; }' |
    $(go env CC) -x c - -o "$program" >/dev/null 2>&1 || status=1
  rm -f "$program"
  return "$status"
}
