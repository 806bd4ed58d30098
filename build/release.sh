#!/usr/bin/env bash
# Builds what a release consists of, into a folder: static programs, Debian packages, an SBOM, and the checksums of all.
# The same commit, Go and pages give the same bytes, in any folder of any machine.
#
#   VERSION=v1.2.3 build/release.sh [FOLDER [GOOS/GOARCH...]]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=${VERSION:?must be the version that the program shows}
folder=${1:-out/release}
targets=("${@:2}")
((${#targets[@]} > 0)) || targets=(linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64)
# The commit's date stands for now.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}

# build GOOS/GOARCH builds one program, and adds it to the list.
build() {
  local os=${1%/*} arch=${1#*/} suffix=""
  echo "release: $1" >&2
  [[ $os != windows ]] || suffix=.exe
  local path=$folder/symbolon-$os-$arch$suffix
  CGO_ENABLED=0 GOOS=$os GOARCH=$arch GOAMD64=v1 GOARM64=v8.0 GOFLAGS=-mod=readonly \
    go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$version" -o "$path" ./cmd/symbolon
  programs+=("$path")
  [[ $os != linux ]] || build/deb.sh "$path" "$arch" "$version" "$folder" "$completions"
}

# write_completions: what completes commands, as this machine's own build of the program gives it.
write_completions() {
  local shell
  CGO_ENABLED=0 go build -trimpath -buildvcs=false -o "$completions/symbolon" ./cmd/symbolon
  for shell in bash zsh fish; do
    "$completions/symbolon" completion "$shell" >"$completions/$shell"
  done
}

rm -rf "$folder"
mkdir -p "$folder"
completions=$(mktemp -d)
trap 'rm -rf "$completions"' EXIT
write_completions
programs=()
for target in "${targets[@]}"; do
  build "$target"
done
go run ./build/sbom -version "$version" "${programs[@]}" >"$folder/symbolon.cdx.json"
cd "$folder"
sums=$(sha256sum -- *)
echo "$sums" >SHA256SUMS
