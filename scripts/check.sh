#!/usr/bin/env bash
# What must hold before a commit: format, vet, the console's pages as their sources
# make them, the rules of the house (internal/tidy), and the rooms' tests under the race detector, fuzz seeds
# included. A few minutes.
set -euo pipefail
cd "$(dirname "$0")/.."

unformatted=$(gofmt -l bench cmd internal test torture)
if [ -n "$unformatted" ]; then
  printf 'not formatted by gofmt:\n%s\n' "$unformatted"
  exit 1
fi
go vet ./...
GOOS=darwin GOARCH=arm64 CGO_ENABLED=0 go vet ./cmd/... # what make dist also builds for
scripts/console.sh check
go test ./internal/tidy/...
go test -json -race -timeout 10m ./cmd/... ./internal/... | go run ./internal/tidy/summary
