#!/usr/bin/env bash
# What CI runs of torture: short rounds, each with other families of faults, under eight
# minutes together. A round that was too short for this machine to say anything is run
# again, longer, once. What needs root is told and left out without it.
set -uo pipefail
cd "$(dirname "$0")/.."

go build -o bin/torture ./torture || exit 1
dir=$(mktemp -d)
failed=()
trap '[ ${#failed[@]} -gt 0 ] || rm -rf "$dir"' EXIT # what failed is kept
trap 'exit 130' INT TERM

round() { # seed faults [flag…]
  local seed=$1 faults=$2 seconds code
  shift 2
  for seconds in 20 45; do
    bin/torture -seconds $seconds -rate 1000 -seed "$seed" -faults "$faults" -nodes 3 -dir "$dir" "$@" &
    wait $!
    code=$?
    [ $code = 3 ] || break
  done
  [ $code = 0 ] || failed+=("$faults: exit code $code")
}

round 1 kill,pause,topics -durability os -library librdkafka
if [ "$(id -u)" = 0 ]; then
  round 2 partition,slow,kill -durability os -library franz-go
  round 3 blackout -durability fsync -library franz-go
else
  echo "torture: partitions, narrow links and power losses need root: left out"
fi
round 4 damage,proxy -durability os -library franz-go

for f in "${failed[@]}"; do
  echo "torture: $f"
done
[ ${#failed[@]} = 0 ]
