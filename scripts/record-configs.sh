#!/usr/bin/env bash
# Records what the pinned Kafka says about its config keys into
# internal/config/testdata. Needs the Java peers of scripts/peers.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
java -cp 'test/compat/java/target/broker/*' test/compat/java/src/RecordConfigs.java internal/config/testdata
wc -l internal/config/testdata/*.tsv
