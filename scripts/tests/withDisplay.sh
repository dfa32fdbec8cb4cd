#!/bin/bash
# Runs a command with a display: the one that is there, or a virtual one for as long as the command runs.
#   scripts/tests/withDisplay.sh COMMAND [ARG…]
set -euo pipefail

if [ -n "${DISPLAY:-}" ]; then exec "$@"; fi

directory=$(mktemp -d "${TMPDIR:-/tmp}/umlaut-display.XXXXXX")
server=
finish() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; } || true
  rm -rf "$directory"
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# The server picks a free number and writes it when it takes connections.
mkfifo "$directory/number"
Xvfb -displayfd 3 -screen 0 1600x1000x24 -nolisten tcp -noreset \
  3<>"$directory/number" >"$directory/log" 2>&1 </dev/null &
server=$!
if ! read -r -t 20 number <>"$directory/number"; then
  echo 'withDisplay: Xvfb did not start:' >&2
  cat "$directory/log" >&2
  exit 1
fi

# A child and not exec, so that the display ends with the command; waited for in the background, so that a signal is heard.
DISPLAY=:$number "$@" &
command=$!
trap 'kill -INT "$command" 2>/dev/null || true; wait "$command" || true; exit 130' INT
trap 'kill -TERM "$command" 2>/dev/null || true; wait "$command" || true; exit 143' TERM
status=0
wait "$command" || status=$?
exit "$status"
