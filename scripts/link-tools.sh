#!/bin/sh
# Makes a relative link for each tool beside the binary, named as Confluent's
# and as Apache's packages name it. The binary itself says which tools it has.
set -eu

cd "${1:?usage: scripts/link-tools.sh DIRECTORY}"
./brolga help | sed -n 's/^  \(kafka-[a-z0-9-]*\) .*/\1/p' | while read -r tool; do
	ln -sf brolga "$tool"
	ln -sf brolga "$tool.sh"
done
