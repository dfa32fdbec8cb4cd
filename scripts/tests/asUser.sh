#!/bin/bash
# Runs a command in a copy of this tree as an ordinary user who owns nothing else, on a host without user namespaces.
#   scripts/tests/asUser.sh COMMAND [ARG…]        (as root)
#
# The user `umlaut-test` is made when it is missing. The copy is needed because the tree may lie where that user cannot go
# (/root), and because tests write. What they leave in test-results/ comes back as test-results/as-user/. A process that
# outlives the command is an error: nothing that Umlaut starts may stay behind. Where the host knows ptrace_scope, it is at least 1
# (only a process's ancestors may trace it) for as long as the command runs.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
user=umlaut-test
export PATH=$PATH:/usr/sbin:/sbin

[ "$(id -u)" = 0 ] || { echo 'asUser: only root can become another user' >&2; exit 2; }

# Two runs would take each other's processes for their own.
exec 8>/run/lock/umlaut-test.lock
flock -n 8 || { echo "asUser: waiting for another run as $user"; flock 8; }

id "$user" >/dev/null 2>&1 ||
  useradd --system --user-group --home-dir /nonexistent --no-create-home --shell /bin/bash "$user"
uid=$(id -u "$user")

processes_of_user() {
  local status
  for status in /proc/[0-9]*/status; do
    # A zombie has ended; only its parent can bury it.
    awk -v uid="$uid" '/^State:/ { state = $2 } /^Pid:/ { pid = $2 } /^Uid:/ && $2 == uid && state != "Z" { print pid }' \
      "$status" 2>/dev/null || true
  done
}

ptrace_scope=/proc/sys/kernel/yama/ptrace_scope
restore_ptrace_scope=:
restrict_ptrace() {
  if ! [ -e $ptrace_scope ]; then
    echo 'asUser: this host has no ptrace_scope'
  elif [ "$(cat $ptrace_scope)" != 0 ]; then
    echo "asUser: ptrace_scope is $(cat $ptrace_scope)"
  elif echo 1 2>/dev/null >$ptrace_scope; then
    echo 'asUser: ptrace_scope is 1 for this run (and 0 after it)'
    restore_ptrace_scope="echo 0 >$ptrace_scope"
  else
    echo 'asUser: ptrace_scope is 0 and cannot be changed here'
  fi
}

place=$(mktemp -d /var/tmp/umlaut-test.XXXXXX)
finish() {
  local pid
  for pid in $(processes_of_user); do kill -KILL "$pid" 2>/dev/null || true; done
  eval "$restore_ptrace_scope"
  rm -rf "$place"
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

chmod 755 "$place"
tree=$place/umlaut
mkdir -m 700 "$place/home" "$place/runtime" "$place/tmp"
mkdir -m 755 "$tree" "$tree/.cache"
tar -C "$root" --exclude=./node_modules --exclude=./.git --exclude=./.cache --exclude=./test-results --exclude=./dist -cf - . |
  tar -C "$tree" --no-same-owner -xf -
chown -R "$user:$user" "$place"

# What is only read is linked where that can be, and copied otherwise.
share() {
  [ -e "$root/$1" ] || return 0
  cp -al "$root/$1" "$tree/$1" 2>/dev/null || { rm -rf "${tree:?}/$1"; cp -a "$root/$1" "$tree/$1"; }
  chmod -R a+rX "$tree/$1"
}
share node_modules
for electron in "$root"/.cache/electron-*-linux-x64; do share ".cache/${electron##*/}"; done

gcc -O1 -o "$place/noUserNamespaces" "$root/scripts/tests/noUserNamespaces.c"

restrict_ptrace
status=0
cd "$tree"
# `setpriv` drops root for good; the environment is the user's own, with nothing of root's in it.
env -i HOME="$place/home" USER="$user" LOGNAME="$user" SHELL=/bin/bash XDG_RUNTIME_DIR="$place/runtime" TMPDIR="$place/tmp" \
  PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 CI="${CI:-}" TERM="${TERM:-dumb}" \
  "$place/noUserNamespaces" \
  setpriv --reuid "$user" --regid "$user" --clear-groups --inh-caps=-all -- "$@" </dev/null 8>&- || status=$?

if [ -d test-results ]; then
  mkdir -p "$root/test-results"
  rm -rf "$root/test-results/as-user"
  cp -r --no-preserve=ownership test-results "$root/test-results/as-user"
fi

# Whoever was told to end may need a moment for it.
for _ in 1 2 3 4 5 6 7 8 9 10; do
  left=$(processes_of_user)
  [ -n "$left" ] || break
  sleep 0.2
done
if [ -n "$left" ]; then
  echo "asUser: these processes were left behind:" >&2
  for pid in $left; do
    printf '  %s %s\n' "$pid" "$(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null)" >&2
  done
  [ "$status" != 0 ] || status=90
fi
exit "$status"
