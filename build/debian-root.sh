#!/usr/bin/env bash
# Makes a small Debian in a folder, for tests to copy and install packages into. What is there already stays.
#
#   build/debian-root.sh FOLDER
set -euo pipefail

folder=${1:?must be where to make it}
[[ ! -e $folder/made ]] || exit 0
echo "debian-root: making a Debian in $folder, which takes some minutes"
mkdir -p "$folder"
rm -rf "$folder/root"
# One that was cut off is not taken for whole.
if ! debootstrap --variant=minbase --include=adduser bookworm "$folder/root" >"$folder/log" 2>&1; then
  tail -n 20 "$folder/log" >&2
  exit 1
fi
rm -f "$folder"/root/var/cache/apt/archives/*.deb
touch "$folder/made"
