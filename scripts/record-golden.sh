#!/usr/bin/env bash
# Records internal/cli/testdata/golden from Apache Kafka's own tools.
#
#   scripts/record-golden.sh [scenario…]        e.g. scripts/record-golden.sh topics storage
#
# Needs a JDK, Maven and Go. Kafka's jars come through Maven into WORK (kept
# between runs; default: a directory under the system's temporary one). A single
# Kafka of version SERVER runs on loopback while a scenario is recorded; the
# tools are of version TOOLS because SERVER's tools jar is not published. Only
# kafka-storage, which lives in the server jar, is of version SERVER itself.
# The scenario lab is recorded a second time with both of version 3.1.2, which
# its text was written for: SERVER=3.1.2 TOOLS=3.1.2 scripts/record-golden.sh lab
# The word segments stands for the log segments that scenario dump_log reads.
# TARGET=ADDRESS replays against that broker instead of starting a Kafka, and
# CONTROLLER=ADDRESS says where its controller listens.
set -euo pipefail

SERVER=${SERVER:-4.4.0}
TOOLS=${TOOLS:-4.3.1}
WORK=${WORK:-${TMPDIR:-/tmp}/brolga-golden}
ROOT=$(cd "$(dirname "$0")/.." && pwd)
OUT=$ROOT/internal/cli/testdata/golden
PORT=${PORT:-$((20000 + RANDOM % 20000))}
LOGGING="-Dlog4j2.configurationFile=$WORK/log4j2.yaml -Dlog4j.configuration=file:$WORK/log4j.properties"
RUN=$WORK/run-$PORT # this run's own, so that several may go on at once

pom() { # artifactId version extra-dependency
  cat <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>golden</groupId><artifactId>$1</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$2</version></dependency>
$3
<dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.25.4</version></dependency>
<dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-core</artifactId><version>2.25.4</version></dependency>
<dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-1.2-api</artifactId><version>2.25.4</version></dependency>
<dependency><groupId>com.fasterxml.jackson.dataformat</groupId><artifactId>jackson-dataformat-yaml</artifactId><version>2.21.2</version></dependency>
</dependencies></project>
POM
}

jars() { # name version extra-dependency
  local dir=$WORK/$1-$2
  [ -d "$dir/lib" ] && return
  mkdir -p "$dir"
  pom "$1" "$2" "$3" >"$dir/pom.xml"
  (cd "$dir" && mvn -q -B dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=lib)
  # Up to 3.9 Kafka brings a logger of its own.
  if ls "$dir"/lib/slf4j-reload4j-* >/dev/null 2>&1; then rm -f "$dir"/lib/log4j-*; fi
}

launcher() {
  # The log configuration of Kafka's own tools: WARN and above to stderr.
  cat >"$WORK/log4j2.yaml" <<'YAML'
Configuration:
  Appenders:
    Console: {name: STDERR, target: SYSTEM_ERR, PatternLayout: {pattern: "[%d] %p %m (%c)%n"}}
  Loggers:
    Root: {level: WARN, AppenderRef: [{ref: STDERR}]}
YAML
  cat >"$WORK/log4j.properties" <<'PROPERTIES'
log4j.rootLogger=WARN, stderr
log4j.appender.stderr=org.apache.log4j.ConsoleAppender
log4j.appender.stderr.layout=org.apache.log4j.PatternLayout
log4j.appender.stderr.layout.ConversionPattern=[%d] %p %m (%c)%n
log4j.appender.stderr.Target=System.err
PROPERTIES
  cat >"$WORK/tool" <<TOOL
#!/bin/sh
tool=\$1; shift
lib=$WORK/tools-$TOOLS/lib
case \$tool in
  kafka-topics) class=org.apache.kafka.tools.TopicCommand ;;
  kafka-console-producer) class=org.apache.kafka.tools.ConsoleProducer ;;
  kafka-console-consumer) class=org.apache.kafka.tools.consumer.ConsoleConsumer ;;
  kafka-consumer-groups) class=org.apache.kafka.tools.consumer.group.ConsumerGroupCommand ;;
  kafka-get-offsets) class=org.apache.kafka.tools.GetOffsetShell ;;
  kafka-configs) class=kafka.admin.ConfigCommand ;;
  kafka-delete-records) class=org.apache.kafka.tools.DeleteRecordsCommand ;;
  kafka-broker-api-versions) class=org.apache.kafka.tools.BrokerApiVersionsCommand ;;
  kafka-cluster)
    class=org.apache.kafka.tools.ClusterTool
    [ "\$1" = api-versions ] && class=$ROOT/scripts/golden/ApiVersionsOf.java && lib=$WORK/server-$SERVER/lib ;;
  kafka-log-dirs) class=org.apache.kafka.tools.LogDirsCommand ;;
  kafka-groups) class=org.apache.kafka.tools.GroupsCommand ;;
  kafka-dump-log) class=org.apache.kafka.tools.DumpLogSegments ;;
  kafka-producer-perf-test) class=org.apache.kafka.tools.ProducerPerformance ;;
  kafka-consumer-perf-test) class=org.apache.kafka.tools.ConsumerPerformance ;;
  kafka-verifiable-producer) class=org.apache.kafka.tools.VerifiableProducer ;;
  kafka-verifiable-consumer) class=org.apache.kafka.tools.VerifiableConsumer ;;
  kafka-e2e-latency) class=org.apache.kafka.tools.EndToEndLatency ;;
  kafka-run-class) class=\$1; shift; [ \$class = kafka.tools.GetOffsetShell ] && class=org.apache.kafka.tools.GetOffsetShell ;;
  kafka-storage) class=kafka.tools.StorageTool; lib=$WORK/server-$SERVER/lib ;;
  kafka-reassign-partitions) class=org.apache.kafka.tools.reassign.ReassignPartitionsCommand ;;
  kafka-leader-election) class=org.apache.kafka.tools.LeaderElectionCommand ;;
  kafka-metadata-quorum) class=org.apache.kafka.tools.MetadataQuorumCommand ;;
  kafka-features) class=org.apache.kafka.tools.FeatureCommand ;;
  kafka-replica-verification) class=org.apache.kafka.tools.ReplicaVerificationTool ;;
  *) echo "no class for \$tool" >&2; exit 99 ;;
esac
# Where the tools of 3.x lived.
case $TOOLS/\$class in
  3.*/org.apache.kafka.tools.TopicCommand | 3.*/*.ConsumerGroupCommand) class=kafka.admin.\${class##*.} ;;
  3.*/*.ConsoleProducer | 3.*/*.ConsoleConsumer | 3.*/*.GetOffsetShell) class=kafka.tools.\${class##*.} ;;
esac
exec java -Xmx200m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Duser.timezone=UTC $LOGGING -cp "\$lib/*" \$class "\$@"
TOOL
  chmod +x "$WORK/tool"
}

node_properties() { # node-id brokers directory
  local voters="" i
  for i in $(seq "$2"); do voters=$voters,$i@127.0.0.1:$((PORT + 10 * i - 9)); done
  cat <<PROPS
process.roles=broker,controller
node.id=$1
controller.quorum.voters=${voters#,}
listeners=PLAINTEXT://127.0.0.1:$((PORT + 10 * $1 - 10)),CONTROLLER://127.0.0.1:$((PORT + 10 * $1 - 9))
controller.listener.names=CONTROLLER
log.dirs=$3/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=5
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=2
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=2
group.initial.rebalance.delay.ms=0
PROPS
}

start_kafka() { # brokers
  local brokers=${1:-1} i node
  # shellcheck disable=SC2206 # LOGGING is two words
  local java=(java -Xmx$((brokers > 1 ? 300 : 400))m -XX:+UseSerialGC $LOGGING -cp "$WORK/server-$SERVER/lib/*")
  rm -rf "$RUN"
  KAFKA_PIDS=()
  for i in $(seq "$brokers"); do
    node=$RUN
    [ "$brokers" = 1 ] || node=$RUN/$i
    mkdir -p "$node"
    node_properties "$i" "$brokers" "$node" >"$node/server.properties"
    "${java[@]}" kafka.tools.StorageTool format -t MkU3OEVBNTcwNTJENDM2Qg -c "$node/server.properties" >/dev/null
    "${java[@]}" kafka.Kafka "$node/server.properties" >"$node/server.log" 2>&1 &
    KAFKA_PIDS+=($!)
  done
  for _ in $(seq 100); do
    kill -0 "${KAFKA_PIDS[0]}" 2>/dev/null || break
    if "$WORK/tool" kafka-cluster list-endpoints --bootstrap-server "127.0.0.1:$PORT" 2>/dev/null | grep -q "^$brokers "; then return; fi
    # 3.1.2 has no list-endpoints.
    if [ "$brokers" = 1 ] && "$WORK/tool" kafka-topics --bootstrap-server "127.0.0.1:$PORT" --list >/dev/null 2>&1; then return; fi
    sleep 0.3
  done
  echo "Kafka did not start:" >&2
  tail -n 20 "$RUN"/server.log "$RUN"/*/server.log >&2
  exit 1
}

stop_kafka() {
  local pid
  for pid in "${KAFKA_PIDS[@]:-}"; do
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
  done
  for pid in "${KAFKA_PIDS[@]:-}"; do
    [ -z "$pid" ] || wait "$pid" 2>/dev/null || true
  done
  KAFKA_PIDS=()
}
KAFKA_PIDS=()
trap 'stop_kafka; rm -rf "$RUN" "$RUN.test"' EXIT

# record_segments makes the files that the scenario dump_log reads: the scenario
# must be recorded anew afterwards.
record_segments() {
  local to=$ROOT/internal/cli/testdata/segments
  rm -rf "$to"
  mkdir -p "$to"
  start_kafka
  java "-Dlog4j2.configurationFile=$WORK/log4j2.yaml" -cp "$WORK/server-$SERVER/lib/*" \
    "$ROOT/scripts/golden/MakeLogs.java" "127.0.0.1:$PORT" "$to"
  stop_kafka
  for dir in "$WORK"/data/*-*/; do
    find "$dir" -size +0 -size -100k \( -name '*.log' -o -name '*index' -o -name '*.snapshot' -o -name '*.checkpoint' \) |
      while read -r file; do
        mkdir -p "$to/$(basename "$dir")"
        cp "$file" "$to/$(basename "$dir")/"
      done
  done
  damage "$to" "$to/damaged-0"
}

# damage makes files that do not fit together from good ones: a changed value, a
# batch cut short, wrong entries in the indexes.
damage() { # good damaged
  local zero=00000000000000000000 one=00000000000000000001
  mkdir -p "$2"
  head -c -7 "$1/mail-0/$zero.log" >"$2/$zero.log"
  poke "$2/$zero.log" 120 'X'
  cp "$1/mail-0/$zero.index" "$2/$zero.index"
  poke "$2/$zero.index" 3 '\011'
  cp "$1/mail-0/$zero.timeindex" "$2/$zero.timeindex"
  poke "$2/$zero.timeindex" 0 '\001'
  poke "$2/$zero.timeindex" 23 '\003'
  cp "$1/mail-0/"*.snapshot "$2/$zero.snapshot"
  poke "$2/$zero.snapshot" 20 'X'
  cp "$1/txn-0/$zero.txnindex" "$2/$zero.txnindex"
  poke "$2/$zero.txnindex" 0 '\001'
  cp "$1/mail-0/$zero.log" "$2/$one.log"
  head -c 13 "$1/mail-0/$zero.index" >"$2/$one.index"
  head -c 13 "$1/mail-0/$zero.timeindex" >"$2/$one.timeindex"
}

poke() { # file position byte
  # shellcheck disable=SC2059 # the byte may be an escape
  printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

mkdir -p "$WORK"
jars server "$SERVER" ""
jars tools "$TOOLS" "<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>$TOOLS</version></dependency>"
launcher
(cd "$ROOT" && go test -c -o "$RUN.test" ./internal/cli)
[ $# -gt 0 ] || set -- topics get_offsets console_producer console_consumer consumer_groups storage
for scenario in "$@"; do
  if [ "$scenario" = segments ]; then
    record_segments
    continue
  fi
  addr=${TARGET:-127.0.0.1:$PORT}
  controller=${CONTROLLER:-}
  [ -n "${TARGET:-}" ] || controller=127.0.0.1:$((PORT + 1))
  [ -n "${TARGET:-}" ] || [ "$scenario" = storage ] || start_kafka "$([ "$scenario" != three_brokers ] || echo 3)"
  # REPLAY=1: compare our own tools against the Kafka instead of recording.
  args=(-test.run "TestGolden/^$scenario\$" -test.timeout 20m)
  [ -n "${REPLAY:-}" ] || args+=(-record "$OUT" -record-tool "$WORK/tool")
  [ "$scenario-$TOOLS" != lab-3.1.2 ] || args+=(-record-version 3.1.2)
  (cd "$ROOT/internal/cli" && BROLGA_TEST_BOOTSTRAP=$addr BROLGA_TEST_CONTROLLER=$controller "$RUN.test" "${args[@]}" ${ARGS:-}) || FAILED=1
  stop_kafka
done
exit "${FAILED:-0}"
