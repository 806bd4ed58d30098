#!/usr/bin/env bash
# Makes a Debian package of a built program. The same input gives the same bytes.
#
#   build/deb.sh PROGRAM ARCHITECTURE VERSION FOLDER [COMPLETIONS]
#
# VERSION is git's, such as v1.2.3, v1.2.3-rc.1 or v1.2.3-4-gabcdef0. COMPLETIONS is a folder with what completes commands
# in bash, zsh and fish, a file of that name each. SOURCE_DATE_EPOCH dates the files.
set -euo pipefail

if (($# < 4 || $# > 5)); then
  echo "usage: build/deb.sh PROGRAM ARCHITECTURE VERSION FOLDER [COMPLETIONS]" >&2
  exit 2
fi
command -v dpkg-deb >/dev/null || { echo "deb: there is no dpkg-deb here: make setup-test" >&2; exit 1; }
program=$(realpath "$1") arch=$2 folder=$(realpath "$4") completions=${5:+$(realpath "$5")}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:?must be the seconds since 1970 that the files are dated by}

# debian_version GIT_VERSION: a pre-release sorts before its release (~), commits after a tag behind it (+), and what was never
# tagged before everything.
debian_version() {
  case $1 in
    v[0-9]* | [0-9]*.*) sed -E 's/^v//; s/-([0-9]+)-g([0-9a-f]+)/+\1.\2/; s/-dirty$/+dirty/; s/-/~/; s/-/./g' <<<"$1" ;;
    *) sed 's/-/./g; s/^/0~/' <<<"$1" ;;
  esac
}

# place MODE SOURCE TARGET, the latter below the package's root
place() {
  install -D -m "$1" "$2" "$root/$3"
}

files() {
  place 755 "$program" usr/bin/symbolon
  place 644 packaging/systemd/symbolon.service usr/lib/systemd/system/symbolon.service
  place 644 packaging/debian/symbolon.yaml etc/symbolon/symbolon.yaml
  place 600 packaging/debian/symbolon.env etc/symbolon/symbolon.env
  place 644 packaging/debian/copyright usr/share/doc/symbolon/copyright
  gzip -9n <CHANGELOG.md | place 644 /dev/stdin usr/share/doc/symbolon/changelog.gz
  place 644 packaging/monitoring/alerts.yaml usr/share/doc/symbolon/examples/alerts.yaml
  place 644 packaging/monitoring/dashboard.json usr/share/doc/symbolon/examples/dashboard.json
  [[ -z $completions ]] || completion_files
}

completion_files() {
  place 644 "$completions/bash" usr/share/bash-completion/completions/symbolon
  place 644 "$completions/zsh" usr/share/zsh/vendor-completions/_symbolon
  place 644 "$completions/fish" usr/share/fish/vendor_completions.d/symbolon.fish
}

control() {
  local size
  size=$(du -sk --apparent-size "$root" | cut -f 1)
  mkdir "$root/DEBIAN"
  sed "s/@VERSION@/$version/; s/@ARCHITECTURE@/$arch/; s/@SIZE@/$size/" packaging/debian/control.in >"$root/DEBIAN/control"
  (cd "$root" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
  install -m 644 packaging/debian/conffiles "$root/DEBIAN"
  install -m 755 packaging/debian/{postinst,prerm,postrm} "$root/DEBIAN"
}

umask 022
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
version=$(debian_version "$3")
files
control
dpkg-deb --root-owner-group --threads-max=1 -Zxz --build "$root" "$folder/symbolon_${version}_$arch.deb" >/dev/null
