# System packages: finds what is missing by looking for the thing itself, so that nothing is asked of the package manager
# when all is there. Sourced by prepare.sh. A line is: what is looked for, and the package that brings it.

libraries=''

has() {
  case $1 in
    lib*.so*) [[ $libraries == *"$1 "* ]] ;;
    /*) [ -e "$1" ] ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
  esac
}

build_packages='
  npm                                 nodejs npm
  /etc/ssl/certs/ca-certificates.crt  ca-certificates
  gcc                                 gcc
  make                                make
  ld                                  binutils
  /usr/include/stdio.h                libc6-dev
'

# What ldd finds in Electron's program and what brings the rest along.
window_packages='
  libgtk-3.so.0        libgtk-3-0/t64
  libnss3.so           libnss3
  libgbm.so.1          libgbm1
  libasound.so.2       libasound2/t64
  libcups.so.2         libcups2/t64
  libatspi.so.0        libatspi2.0-0/t64
  libXcomposite.so.1   libxcomposite1
  libXdamage.so.1      libxdamage1
  libXrandr.so.2       libxrandr2
  libxkbcommon.so.0    libxkbcommon0
'

test_packages='
  Xvfb      xvfb
  strace    strace
  setpriv   util-linux
  useradd   passwd
'

# Prints the packages whose things are not on this machine.
missing_packages() {
  libraries=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | sed 's/$/ /') || true
  local thing names
  while read -r thing names; do
    [ -n "$thing" ] && ! PATH=$PATH:/usr/sbin:/sbin has "$thing" && printf '%s ' $names
  done <<<"$1"
  true
}

# Since 2024 some libraries carry their 64-bit time in their package's name; the tables mark them with /t64. Where there are
# no lists of packages to ask, the installed ones tell which time this system lives in.
with_current_names() {
  local name
  for name in "$@"; do
    if [[ $name == */t64 ]]; then
      name=${name%/t64}
      if apt-cache show "${name}t64" >/dev/null 2>&1; then
        name=${name}t64
      elif ! apt-cache show "$name" >/dev/null 2>&1 && grep -q '^Package: lib.*t64$' /var/lib/dpkg/status; then
        name=${name}t64
      fi
    fi
    printf '%s ' "$name"
  done
}

# $1: empty, or the program that gives root's rights.
apt_install() {
  local as_root=$1 log=$2
  shift 2
  if ! apt-cache show gcc >/dev/null 2>&1; then
    say 'fetching the lists of packages (apt-get update)'
    $as_root apt-get -q update >>"$log" 2>&1 || return 1
  fi
  # shellcheck disable=SC2046
  set -- $(with_current_names "$@")
  say "installing system packages: $*"
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
    -o DPkg::Lock::Timeout=300 "$@" >>"$log" 2>&1
}

ensure_packages() {
  local missing log=$root/.cache/setup-packages.log
  missing=$(missing_packages "$1")
  [ -n "$missing" ] || return 0
  if ! command -v apt-get >/dev/null; then
    fail "these Debian packages, or what this system calls them, are missing: ${missing//\/t64/}"
  fi

  local as_root=none
  if [ "$(id -u)" = 0 ]; then
    as_root=''
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root='sudo -n'
  fi
  if [ "$as_root" = none ]; then
    # shellcheck disable=SC2046,SC2086
    say 'these system packages are missing, and only root may install them:' \
      '' "  sudo apt-get update && sudo apt-get install -y --no-install-recommends $(echo $(with_current_names $missing))" ''
    exit 1
  fi

  mkdir -p "$root/.cache"
  : >"$log"
  # Old lists name files that the mirror no longer has: a second try with new lists mends that.
  # shellcheck disable=SC2086
  if ! apt_install "$as_root" "$log" $missing; then
    say 'that failed; once more with new lists of packages'
    if ! { $as_root apt-get -q update >>"$log" 2>&1 && apt_install "$as_root" "$log" $missing; }; then
      tail -n 20 "$log" >&2
      fail "the system packages could not be installed; the whole story is in ${log#"$root"/}"
    fi
  fi
}
