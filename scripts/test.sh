#!/usr/bin/env bash
# Runs go test and closes with one line: passed, failed, skipped. Failing tests
# are printed in full, packages and skipped tests with one line each.
#
#   scripts/test.sh ./internal/... ./test/...
#
# Tests of real clients take turns (-p 1): they start brokers and time them.
set -uo pipefail
cd "$(dirname "$0")/.."

rooms=() peers=()
for pattern in "$@"; do
  case $pattern in
    ./test/*) peers+=("$pattern") ;;
    *) rooms+=("$pattern") ;;
  esac
done

run() {
  if [ ${#rooms[@]} -gt 0 ]; then
    go test -json -timeout 10m "${rooms[@]}" || true
  fi
  if [ ${#peers[@]} -gt 0 ]; then
    go test -json -count 1 -p 1 -timeout 15m "${peers[@]}" || true
  fi
}

run | go run ./internal/tidy/summary
