#!/usr/bin/env bash
# Runs every test there is, to the end also where one fails. Reports and logs go to out/test; the last line counts.
# `make test` calls it, after `make setup-test build`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. build/find.sh

out=$PWD/out/test
failed=()
reports=()

# step NAME COMMAND... shows what the command says, keeps it in a log, and goes on.
step() {
  local name=$1 started=$SECONDS
  shift
  status=0
  printf '\n== %s\n' "$name"
  "$@" </dev/null 2>&1 | tee "$out/$name.log" || status=$?
  ((status == 0)) || failed+=("$name")
  printf '== %s: %ss\n' "$name" "$((SECONDS - started))"
}

# suite NAME COMMAND... is a step whose tests are counted, from the report NAME.xml that it writes.
suite() {
  step "$@"
  reports+=("$out/$1.xml=$status")
}

# The tag adds what has to be root: a Debian and a container in a folder.
go_tests() {
  CGO_ENABLED=1 go tool -modfile=tools/go.mod gotestsum --format=pkgname \
    --jsonfile="$out/go.json" --junitfile="$out/go.xml" -- -tags=chroot -race -count=1 -timeout=20m ./...
}

# node_tests NAME WORKSPACE: Node's own runner prints for people and writes a report beside it.
node_tests() {
  local reporters="--test-reporter=spec --test-reporter-destination=stdout"
  reporters+=" --test-reporter=junit --test-reporter-destination=\"$out/$1.xml\""
  NODE_OPTIONS=$reporters npm test --workspace "$2"
}

rm -rf "$out"
mkdir -p "$out"
bin=$(postgres_bin) || { echo "There is no PostgreSQL server here: make setup-test" >&2; exit 1; }
browser=$(chromium_path) || { echo "There is no Chromium here: make setup-test" >&2; exit 1; }
export PATH=$bin:$PATH CHROMIUM=$browser
# Whoever runs this may have a service configured; the tests start from none.
unset "${!SYMBOLON_@}"

step lint make --no-print-directory lint generated
suite go go_tests
suite sdk node_tests sdk sdk/web
suite node node_tests node sdk/node
suite api-node node_tests api-node examples/api-node
suite e2e node_tests e2e e2e

go build -o "$out/tally" ./build/tally
echo
echo "Reports and logs are in out/test."
((${#failed[@]} == 0)) || echo "Failed: ${failed[*]}"
"$out/tally" "${reports[@]}"
((${#failed[@]} == 0))
