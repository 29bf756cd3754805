#!/usr/bin/env bash
# Builds brolga for every system it is given out for and packs each binary with the
# licence, the README and links for the tools. Those for Linux have the Compose files
# too, and a Dockerfile that puts the archive's own binary into an image. Ends with the
# checksums.
#
#   scripts/dist.sh [VERSION]
set -euo pipefail
cd "$(dirname "$0")/.."

version=${1:-$(git describe --tags --always 2>/dev/null || echo unversioned)}
rm -rf dist
mkdir dist
tools=$(go run ./cmd/brolga help | sed -n 's/^  \(kafka-[a-z0-9-]*\) .*/\1/p')
for system in linux/amd64 linux/arm64 darwin/amd64 darwin/arm64; do
  name=brolga-$version-${system%/*}-${system#*/}
  mkdir -p "dist/$name/bin"
  CGO_ENABLED=0 GOOS=${system%/*} GOARCH=${system#*/} go build -trimpath -ldflags '-s -w' -o "dist/$name/bin/brolga" ./cmd/brolga
  for tool in $tools; do
    ln -s brolga "dist/$name/bin/$tool"
    ln -s brolga "dist/$name/bin/$tool.sh"
  done
  cp LICENSE README.md "dist/$name/"
  if [ "${system%/*}" = linux ]; then
    cp docker-compose.yml docker-compose-multiple-kafka.yml "dist/$name/"
    cp Dockerfile.binary "dist/$name/Dockerfile"
    mkdir -p "dist/$name/deploy/image"
    cp deploy/image/install.sh "dist/$name/deploy/image/"
  fi
  tar -C dist --owner 0 --group 0 -czf "dist/$name.tar.gz" "$name"
  rm -r "dist/${name:?}"
done
cd dist
sha256sum -- *.tar.gz | tee SHA256SUMS
