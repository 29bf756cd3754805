#!/usr/bin/env bash
# The console's pages: builds internal/console/ui into the dist that is embedded,
# or with "check" tests them and compares a fresh build with what is committed.
set -euo pipefail
cd "$(dirname "$0")/../internal/console/ui"

if ! command -v npm >/dev/null; then
  echo "console: npm is missing: install npm"
  [ "${CI:-}" != true ]
  exit
fi

stamp=node_modules/.stamp
lock=$(sha256sum package-lock.json | cut -d' ' -f1)
if [ ! -f $stamp ] || [ "$(cat $stamp)" != "$lock" ]; then
  npm ci --silent --ignore-scripts --no-audit --no-fund
  printf %s "$lock" >$stamp
fi

if [ "${1:-}" != check ]; then
  npm run --silent build
  exit
fi

npm run --silent check
npm run --silent test >/tmp/console-units.$$ || { cat /tmp/console-units.$$; exit 1; }
rm -f /tmp/console-units.$$

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
npx vite build --logLevel warn --outDir "$fresh" --emptyOutDir
plain() { # the file in dist as it was before it was compressed
  if [ -f "dist/$1" ]; then cat "dist/$1"; else gzip -dc "dist/$1.gz" 2>/dev/null; fi
}
(cd "$fresh" && find . -type f) | while read -r file; do
  plain "$file" | cmp -s - "$fresh/$file" || { echo "console: dist/$file is not what the sources make: make console"; exit 1; }
done
