#!/usr/bin/env bash
# Sees to what only the tests need: a PostgreSQL server, Chromium, nginx and Caddy, a C compiler for the race detector,
# promtool, openssl and, on Linux, what packages are tested with.
# Installs what is missing where it may (root, with apt-get); else says what to install, and fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. build/find.sh

# look fills `missing` (for people) and `packages` (Debian's names).
look() {
  missing=() packages=()
  if ! postgres_bin >/dev/null; then
    missing+=("a PostgreSQL server, 15 or later (initdb, pg_ctl and postgres)")
    packages+=(postgresql)
  elif ((EUID == 0)) && ! id postgres >/dev/null 2>&1; then
    missing+=("a user named postgres, as the server refuses to run as root")
    packages+=(postgresql-common)
  fi
  if ! chromium_path >/dev/null; then
    missing+=("Chromium${CHROMIUM:+ at CHROMIUM=$CHROMIUM}")
    packages+=(chromium)
  fi
  if ! c_compiler_works; then
    missing+=("a C compiler with its headers, for Go's race detector")
    packages+=(gcc libc6-dev)
  fi
  need nginx "nginx, with its module auth_request" nginx
  need caddy "Caddy, 2.6 or later" caddy
  need openssl "openssl, for certificates" openssl
  need promtool "promtool, for the alert rules" prometheus
  [[ $(uname) != Linux ]] || look_for_packaging
}

look_for_packaging() {
  need systemd-analyze "systemd-analyze, for the service's unit" systemd
  need dpkg-deb "dpkg-deb, to make Debian packages" dpkg
  need debootstrap "debootstrap, for a Debian to install them into" debootstrap debian-archive-keyring
}

# need PROGRAM DESCRIPTION PACKAGE...
need() {
  command -v "$1" >/dev/null && return
  missing+=("$2")
  packages+=("${@:3}")
}

install() {
  echo "setup-test: installing ${packages[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${packages[@]}"
}

explain() {
  echo "setup-test: the tests need, and this machine lacks:" >&2
  printf '  - %s\n' "${missing[@]}" >&2
  if command -v apt-get >/dev/null; then
    echo "Install it with: sudo apt-get install ${packages[*]}" >&2
  elif command -v brew >/dev/null; then
    echo "Install it with: xcode-select --install; brew install postgresql@17 nginx caddy openssl prometheus; brew install --cask google-chrome" >&2
  fi
  echo "A program in an unusual place is found through PATH (PostgreSQL), CHROMIUM and CC." >&2
}

look
if ((${#missing[@]} > 0 && EUID == 0)) && command -v apt-get >/dev/null; then
  install </dev/null || echo "setup-test: apt-get failed" >&2
  look
fi
if ((${#missing[@]} > 0)); then
  explain
  exit 1
fi
if [[ $(uname) == Linux ]] && ((EUID == 0)); then
  build/debian-root.sh out/debian
fi
