#!/usr/bin/env bash
# A Docker engine and the image, for the tests of test/docker.
#
#   scripts/docker.sh up      find an engine, or as root install Debian's and start it;
#                             make the base image where none can be had; build brolga/brolga
#   scripts/docker.sh bases   the build arguments of Dockerfile, one a line; images that
#                             cannot be pulled are made from Debian and this machine's Go
#   scripts/docker.sh down    stop the engine that up started, and no other
set -euo pipefail
cd "$(dirname "$0")/.."

state=${TMPDIR:-/tmp}/brolga-docker
base=debian:bookworm-slim

install() { # packages…
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >>"$state/apt.log" 2>&1 && return
  apt-get update >>"$state/apt.log" 2>&1
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >>"$state/apt.log" 2>&1
}

engine() {
  docker info >/dev/null 2>&1 && return
  if [ "$(id -u)" != 0 ]; then
    echo "no Docker engine answers, and only root may start one" >&2
    return 1
  fi
  if ! command -v dockerd >/dev/null; then
    if ! command -v apt-get >/dev/null || ! install docker.io iptables; then
      echo "there is no Docker engine, and Debian's docker.io cannot be installed" >&2
      return 1
    fi
  fi
  setsid dockerd >"$state/dockerd.log" 2>&1 </dev/null &
  echo $! >"$state/dockerd.pid"
  for _ in $(seq 100); do
    docker info >/dev/null 2>&1 && return
    sleep 0.2
  done
  echo "dockerd does not come up: $(tail -n 1 "$state/dockerd.log")" >&2
  return 1
}

compose() {
  docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null || install docker-compose
}

# The mirror from which this machine has its packages.
mirror() {
  cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2>/dev/null |
    sed -n -e 's/^URIs: *\([^ ]*\).*/\1/p' -e 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\).*/\2/p' | head -n 1
}

base_image() {
  docker image inspect "$base" >/dev/null 2>&1 && return
  timeout 60 docker pull -q "$base" >/dev/null 2>&1 && return
  base=brolga/base:bookworm
  docker image inspect "$base" >/dev/null 2>&1 && return
  command -v debootstrap >/dev/null || install debootstrap
  rm -rf "$state/base"
  debootstrap --variant=minbase bookworm "$state/base" "$(mirror)" >"$state/debootstrap.log" 2>&1
  rm -rf "$state"/base/var/cache/apt/archives/*.deb "$state"/base/var/lib/apt/lists/*
  tar -C "$state/base" -c . | docker import - "$base" >/dev/null
  rm -rf "$state/base"
}

# An image with Go as the official one has it: this machine's Go, and the authorities
# that it trusts, on the base image.
go_image() {
  local version root
  version=$(sed -n 's/^ARG GO_VERSION=//p' Dockerfile)
  go_image=golang:$version-bookworm
  docker image inspect "$go_image" >/dev/null 2>&1 && return
  timeout 60 docker pull -q "$go_image" >/dev/null 2>&1 && return
  go_image=brolga/golang:$(go env GOVERSION)
  docker image inspect "$go_image" >/dev/null 2>&1 && return
  root=$(go env GOROOT)
  rm -rf "$state/go"
  mkdir -p "$state/go"
  tar -C "$root" --transform 's,^\.,usr/local/go,' -cf "$state/go/go.tar" .
  cp /etc/ssl/certs/ca-certificates.crt "$state/go/"
  cat >"$state/go/Dockerfile" <<EOF
FROM $base
ADD go.tar /
COPY ca-certificates.crt /etc/ssl/certs/
ENV GOPATH=/go GOTOOLCHAIN=local PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
EOF
  build -t "$go_image" "$state/go"
  rm -rf "$state/go"
}

# build is docker build with the builder that every engine has.
build() {
  DOCKER_BUILDKIT=0 docker build -q "$@" >"$state/build.log" 2>&1 || { cat "$state/build.log" >&2; return 1; }
}

bases() {
  mkdir -p "$state"
  base_image
  go_image
  printf '%s\n' "GO_IMAGE=$go_image" "BASE=$base" "GOPROXY=$(go env GOPROXY)" "GOSUMDB=$(go env GOSUMDB)"
}

image() {
  base_image
  tar -c Dockerfile.binary bin/brolga deploy/image |
    build -f Dockerfile.binary --build-arg "BASE=$base" -t brolga/brolga -
  docker image prune --force --filter label=org.opencontainers.image.title=brolga >/dev/null # those of earlier builds
}

up() {
  mkdir -p "$state"
  engine
  compose
  image
}

down() {
  [ -f "$state/dockerd.pid" ] || return 0
  local pid
  pid=$(cat "$state/dockerd.pid")
  rm -f "$state/dockerd.pid"
  kill "$pid" 2>/dev/null || return 0
  for _ in $(seq 100); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.2
  done
  kill -9 "$pid"
}

case ${1:-} in
  up) up ;;
  bases) bases ;;
  down) down ;;
  *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
