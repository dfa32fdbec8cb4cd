# The steps of prepare.sh after the system packages, each of which does nothing when its result is there. Sourced.

export NODE_USE_ENV_PROXY=1
node=node_modules/.bin/node

# By file times, tests aside: no source is newer than the stamp. Deleted sources show in their directory's time.
unchanged_since() {
  local stamp=$1
  shift
  [ -e "$stamp" ] && [ -z "$(find "$@" -newer "$stamp" ! -name '*.test.ts' ! -name '*.test.tsx' -print -quit)" ]
}

hash_of() { cat -- "$@" | sha256sum | cut -d ' ' -f 1; }

# npm leaves out optional packages, among them the compiled halves of our tools, whose wish for a newer Node the Node that it
# runs on does not meet. So an older one installs a newer one first, and a newer npm with it, and these do the rest.
npm_path() {
  local bootstrap=.cache/bootstrap wanted
  if node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major * 100 + +minor >= 2212 ? 0 : 1)'; then
    echo "$PATH"
    return
  fi
  wanted=$(hash_of scripts/setup/bootstrap/package-lock.json)
  if [ "$(cat $bootstrap/.umlaut-lock 2>/dev/null)" != "$wanted" ]; then
    say "bringing a newer Node and npm than $(node --version) and $(npm --version 2>/dev/null)" >&2
    rm -rf $bootstrap
    mkdir -p $bootstrap
    cp scripts/setup/bootstrap/package*.json $bootstrap/
    (cd $bootstrap && npm ci "${npm_quietly[@]}" >&2) || return 1
    echo "$wanted" >$bootstrap/.umlaut-lock
  fi
  echo "$root/$bootstrap/node_modules/.bin:$PATH"
}

# Packages run no scripts of their own while they are installed: none that we use needs to.
npm_quietly=(--ignore-scripts --no-audit --no-fund --loglevel=error)

ensure_node_modules() {
  local stamp=node_modules/.umlaut-lock wanted path
  wanted=$(hash_of package-lock.json)
  [ "$(cat $stamp 2>/dev/null)" != "$wanted" ] || return 0
  # Somebody's own `npm install` is as good.
  if ! [ node_modules/.package-lock.json -nt package-lock.json ]; then
    path=$(npm_path) || fail 'npm could not install Node'
    say 'installing npm packages (npm ci, about 600 MB)'
    PATH=$path npm ci "${npm_quietly[@]}" || fail 'npm could not install the packages'
  fi
  echo "$wanted" >$stamp
}

ensure_electron() {
  local version directory
  version=$(sed -n 's/.*"electron": "\(.*\)".*/\1/p' package.json)
  for directory in node_modules/electron/dist .cache/electron-"$version"-linux-x64; do
    case $(cat "$directory/version" 2>/dev/null) in "$version" | "v$version") return 0 ;; esac
  done
  say "bringing Electron $version"
  $node scripts/setup/fetchElectron.ts || fail 'Electron could not be installed'
}

ensure_native() {
  ! make -q -C native >/dev/null 2>&1 || return 0
  say 'building the stub and its launcher (native/)'
  make -s -C native || fail 'native/ could not be built'
}

# Where the Debian packages cannot be had, the image of the host's own tools serves, and another try follows an hour later.
ensure_guest_image() {
  local built=.cache/guest-image.built refused=.cache/guest-image.refused status=0
  unchanged_since $built assets/image engine/fs/image && [ -e assets/images/standard.img ] && return 0
  unchanged_since $refused assets/image engine/fs/image && [ -n "$(find $refused -mmin -60)" ] && return 0
  say 'building the root file systems of machines (assets/images/)'
  touch .cache/guest-image.begun
  $node assets/image/build.ts || status=$?
  case $status in
    0) mv .cache/guest-image.begun $built ;;
    3) mv .cache/guest-image.begun $refused ;;
    *) fail 'the root file systems could not be built' ;;
  esac
}

ensure_bundles() {
  unchanged_since out/.built engine main renderer bin scripts/build package.json && return 0
  say 'building the application (out/)'
  $node scripts/build/build.ts || fail 'the application could not be built'
}

# The Makefile asks each program how it wants to be built, so even to learn that all is well takes it a while.
ensure_conformance_programs() {
  local stamp=.cache/conformance.built
  unchanged_since $stamp e2e/conformance && [ -d build/conformance ] && return 0
  touch .cache/conformance.begun
  say 'compiling the conformance programs'
  make -s -j "$(nproc)" -C e2e/conformance || fail 'the conformance programs could not be compiled'
  mv .cache/conformance.begun $stamp
}
