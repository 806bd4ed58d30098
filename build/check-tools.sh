#!/usr/bin/env bash
# Says, before anything is built, whether Go and Node are here and new enough.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The oldest version that will do stands where the tool itself reads it: go.mod and package.json.
go_wanted=$(sed -n 's/^go \([0-9]*\.[0-9]*\).*/\1/p' go.mod)
node_wanted=$(sed -n 's/.*"node": *">=\([0-9.]*\)".*/\1/p' package.json)
failed=0

# at_least HAVE WANTED compares major.minor; a part that is missing counts as 0.
at_least() {
  local have_major have_minor want_major want_minor
  IFS=. read -r have_major have_minor _ <<<"$1.0.0"
  IFS=. read -r want_major want_minor _ <<<"$2.0.0"
  ((have_major > want_major || (have_major == want_major && have_minor >= want_minor)))
}

# need NAME HAVE WANTED WHERE
need() {
  if [[ -z $2 ]]; then
    echo "Symbolon needs $1 $3 or later, and there is no $1 on the PATH: $4" >&2
  elif ! at_least "$2" "$3"; then
    echo "Symbolon needs $1 $3 or later, and this one is $2: $4" >&2
  else
    return 0
  fi
  failed=1
}

# Inside the module, a Go that may fetch a newer toolchain answers with that one's version.
go_version() {
  { go env GOVERSION || GOTOOLCHAIN=local go version; } 2>/dev/null |
    sed -n 's/.*go\([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p' | head -n 1
}

node_version() {
  node --version 2>/dev/null | sed -n 's/^v\([0-9][0-9.]*\).*/\1/p'
}

need Go "$(go_version || true)" "$go_wanted" "https://go.dev/dl/"
need Node "$(node_version || true)" "$node_wanted" "https://nodejs.org/"
if ! command -v npm >/dev/null; then
  echo "Symbolon needs npm, which comes with Node: https://nodejs.org/" >&2
  failed=1
fi
exit "$failed"
