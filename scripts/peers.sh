#!/usr/bin/env bash
# Installs the clients and tools that the tests in ./test use, each once:
#
#   nft, ip                                           Debian packages (as root only)
#   kcat, python3-venv, a JDK and Maven, Node.js      Debian packages (as root only)
#   Kafka's broker, tools, clients, Streams, Connect  Maven, test/compat/java/target
#   kafkajs                                           npm, test/compat/kafkajs/node_modules
#   librdkafka's Python binding                       pip, test/compat/python/venv
#   Chromium, Playwright, axe                         Debian package; npm, test/console/browser/node_modules
#
# What cannot be installed is told in one line and left out: its tests are
# skipped then. With CI=true that is an error.
set -uo pipefail
cd "$(dirname "$0")/../test/compat"

missing=()
miss() {
  echo "peers: $1 is missing: $2"
  missing+=("$1")
}

# have COMMAND PACKAGE…: makes sure that a command is there.
have() {
  local command=$1
  shift
  command -v "$command" >/dev/null && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -q >/dev/null 2>&1
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q "$@" >/dev/null 2>&1
  fi
  command -v "$command" >/dev/null || miss "$command" "install $*"
}

# once STAMP COMMAND…: runs a command unless it succeeded with the same inputs.
once() {
  local stamp=$1
  shift
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$inputs" ] && return
  rm -f "$stamp"
  "$@" && mkdir -p "$(dirname "$stamp")" && printf %s "$inputs" >"$stamp"
}

digest() { cat "$@" | sha256sum | cut -d' ' -f1; }

jars() { # profile
  rm -rf "java/target/$1"
  (cd java && mvn -q -B -Dstyle.color=never -P "$1" dependency:copy-dependencies -DincludeScope=runtime "-DoutputDirectory=target/$1")
}

# The programs of the tests that run on each profile's jars.
declare -A programs=(
  [broker]="java/src/Driver.java java/src/AdminDriver.java java/src/SchemaStore.java"
  [tools]=""
  [streams]="java/src/WordCount.java"
  [old]="java/src/Driver.java java/src/AdminDriver.java"
  [testcontainers]="java/src/Containers.java"
)

classes() { # profile source…
  local profile=$1
  shift
  rm -rf "java/target/driver-$profile"
  javac -nowarn -Xlint:none -cp "java/target/$profile/*" -d "java/target/driver-$profile" "$@"
}

java_peers() {
  have mvn maven
  have javac default-jdk-headless
  for profile in broker tools streams old testcontainers; do
    inputs=$(digest java/pom.xml)
    once "java/target/$profile.stamp" jars "$profile" || { miss "java $profile" "Maven failed"; continue; }
    read -ra sources <<<"${programs[$profile]}"
    [ ${#sources[@]} -gt 0 ] || continue
    inputs=$(digest java/pom.xml "${sources[@]}")
    once "java/target/driver-$profile.stamp" classes "$profile" "${sources[@]}" || miss "java driver" "javac failed"
  done
}

node_peer() {
  have npm npm
  inputs=$(digest kafkajs/package-lock.json)
  once kafkajs/node_modules/.stamp npm --prefix kafkajs ci --silent --ignore-scripts || miss kafkajs "npm failed"
}

install_python() {
  python3 -m venv python/venv && python/venv/bin/pip install -q --disable-pip-version-check -r python/requirements.txt
}

python_peer() {
  have python3 python3 python3-venv
  inputs=$(digest python/requirements.txt)
  once python/venv/.stamp install_python || miss "librdkafka's Python binding" "pip failed"
}

browser_peer() {
  have chromium chromium
  local dir=../console/browser
  inputs=$(digest $dir/package-lock.json)
  once $dir/node_modules/.stamp npm --prefix $dir ci --silent --ignore-scripts || miss "the console's browser tests" "npm failed"
}

# peers.sh NAME… installs some of them only.
if [ $# -gt 0 ]; then
  for peer in "$@"; do "$peer"; done
else
  have kcat kcat
if [ "$(id -u)" = 0 ]; then # torture cuts links
  have ip iproute2
  have nft nftables
fi
  java_peers
  node_peer
  python_peer
  browser_peer
fi

if [ ${#missing[@]} -gt 0 ] && [ "${CI:-}" = true ]; then
  exit 1
fi
exit 0
