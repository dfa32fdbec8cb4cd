# The steps of prepare.sh after the system packages, each of which does nothing when its result is there. Sourced.

export NODE_USE_ENV_PROXY=1
node=node_modules/.bin/node

hash_of() { cat -- "$@" | sha256sum | cut -d ' ' -f 1; }

# Packages run no scripts of their own while they are installed: none that we use needs to.
ensure_node_modules() {
  local stamp=node_modules/.umlaut-lock wanted
  wanted=$(hash_of package-lock.json)
  [ "$(cat $stamp 2>/dev/null)" != "$wanted" ] || return 0
  # Somebody's own `npm install` is as good.
  if ! [ node_modules/.package-lock.json -nt package-lock.json ]; then
    say 'installing npm packages (npm ci, about 600 MB)'
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error || fail 'npm could not install the packages'
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

ensure_guest_image() {
  [ -x assets/image/build ] || return 0
}

# Newer than its sources, by file times: the bundles are the one thing that changes with each edit.
ensure_bundles() {
  local stamp=out/.built
  if [ -e $stamp ] && [ -z "$(find engine main renderer bin scripts/build package.json \
    -newer $stamp ! -name '*.test.ts' ! -name '*.test.tsx' -print -quit)" ]; then
    return 0
  fi
  say 'building the application (out/)'
  $node scripts/build/build.ts || fail 'the application could not be built'
}

ensure_conformance_programs() {
  ! make -q -C e2e/conformance >/dev/null 2>&1 || return 0
  say 'compiling the conformance programs'
  make -s -j "$(nproc)" -C e2e/conformance || fail 'the conformance programs could not be compiled'
}
