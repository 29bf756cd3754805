#!/usr/bin/env bash
# Runs every fuzz target of the rooms for FUZZTIME (default 10s) each.
set -euo pipefail
cd "$(dirname "$0")/.."

for pkg in $(go list ./internal/...); do
  for target in $(go test -list '^Fuzz' "$pkg" | grep '^Fuzz' || true); do
    echo "== $pkg $target"
    go test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-10s}" "$pkg"
  done
done
