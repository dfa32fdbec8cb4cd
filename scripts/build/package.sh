#!/bin/bash
# Packages the application with the Electron that set-up has brought: package.sh [--dir] (all targets, or the directory only)
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
cd "$root"
scripts/setup/prepare.sh app
node=node_modules/.bin/node
electron=$($node --input-type=module -e "import { electronDirectory } from './scripts/electronPath.ts'; console.log(electronDirectory())")
case $electron in
  */node_modules/electron/dist) ;;
  *) echo "package: this Electron is the fallback for development and tests; do not publish what comes out" >&2 ;;
esac
exec $node node_modules/electron-builder/cli.js --linux "$@" --publish never --config.electronDist="$electron"
