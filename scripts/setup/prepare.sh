#!/bin/bash
# Sets up what is missing, and only that: prepare.sh app | test
#
# Says each thing that it does. When nothing is missing it says nothing and is done in a fraction of a second: system
# packages are looked for as files, everything else carries a stamp with the hash of what it was made from.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
cd "$root"

say() { printf 'set-up: %s\n' "$1"; shift; [ $# -eq 0 ] || printf '%s\n' "$@"; }
fail() { printf 'set-up: %s\n' "$*" >&2; exit 1; }

. scripts/setup/packages.sh
. scripts/setup/steps.sh

purpose=${1:-}
case $purpose in
  app) needs=$build_packages$window_packages ;;
  test) needs=$build_packages$window_packages$test_packages ;;
  *) fail 'say what for: prepare.sh app, or prepare.sh test' ;;
esac
[ "$(uname -sm)" = 'Linux x86_64' ] || fail "Umlaut runs on Linux on x86-64, and this is $(uname -sm)"

# Two set-ups at once (two terminals, a test beside a window) take turns.
mkdir -p .cache
exec 9>.cache/setup.lock
if ! flock -n 9; then
  say 'another set-up is at work here; waiting for it'
  flock 9
fi

ensure_packages "$needs"
ensure_node_modules
ensure_electron
ensure_native
ensure_guest_image
ensure_bundles
[ "$purpose" != test ] || ensure_conformance_programs
