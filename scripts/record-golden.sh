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
# TARGET=ADDRESS replays against that broker instead of starting a Kafka, and
# CONTROLLER=ADDRESS says where its controller listens.
set -euo pipefail

SERVER=${SERVER:-4.4.0}
TOOLS=${TOOLS:-4.3.1}
WORK=${WORK:-${TMPDIR:-/tmp}/brolga-golden}
ROOT=$(cd "$(dirname "$0")/.." && pwd)
OUT=$ROOT/internal/cli/testdata/golden
PORT=${PORT:-$((20000 + RANDOM % 20000))}
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
  *) echo "no class for \$tool" >&2; exit 99 ;;
esac
exec java -Xmx200m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Duser.timezone=UTC -Dlog4j2.configurationFile=$WORK/log4j2.yaml -cp "\$lib/*" \$class "\$@"
TOOL
  chmod +x "$WORK/tool"
}

start_kafka() {
  rm -rf "$RUN"
  mkdir -p "$RUN"
  cat >"$RUN/server.properties" <<PROPS
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$((PORT + 1))
listeners=PLAINTEXT://127.0.0.1:$PORT,CONTROLLER://127.0.0.1:$((PORT + 1))
controller.listener.names=CONTROLLER
log.dirs=$RUN/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=5
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
PROPS
  local java=(java -Xmx400m -XX:+UseSerialGC "-Dlog4j2.configurationFile=$WORK/log4j2.yaml" -cp "$WORK/server-$SERVER/lib/*")
  "${java[@]}" kafka.tools.StorageTool format -t MkU3OEVBNTcwNTJENDM2Qg -c "$RUN/server.properties" >/dev/null
  "${java[@]}" kafka.Kafka "$RUN/server.properties" >"$RUN/server.log" 2>&1 &
  KAFKA_PID=$!
  for _ in $(seq 100); do
    kill -0 "$KAFKA_PID" 2>/dev/null || break
    if "$WORK/tool" kafka-topics --bootstrap-server "127.0.0.1:$PORT" --list >/dev/null 2>&1; then return; fi
    sleep 0.3
  done
  echo "Kafka did not start:" >&2
  tail -n 20 "$RUN/server.log" >&2
  exit 1
}

stop_kafka() {
  [ -n "${KAFKA_PID:-}" ] || return 0
  kill "$KAFKA_PID" 2>/dev/null || true
  wait "$KAFKA_PID" 2>/dev/null || true
  KAFKA_PID=
}
trap 'stop_kafka; rm -rf "$RUN" "$RUN.test"' EXIT

mkdir -p "$WORK"
jars server "$SERVER" ""
jars tools "$TOOLS" "<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>$TOOLS</version></dependency>"
launcher
(cd "$ROOT" && go test -c -o "$RUN.test" ./internal/cli)
[ $# -gt 0 ] || set -- topics get_offsets console_producer console_consumer consumer_groups storage
for scenario in "$@"; do
  addr=${TARGET:-127.0.0.1:$PORT}
  controller=${CONTROLLER:-}
  [ -n "${TARGET:-}" ] || controller=127.0.0.1:$((PORT + 1))
  [ -n "${TARGET:-}" ] || [ "$scenario" = storage ] || start_kafka
  # REPLAY=1: compare our own tools against the Kafka instead of recording.
  args=(-test.run "TestGolden/^$scenario\$" -test.timeout 20m)
  [ -n "${REPLAY:-}" ] || args+=(-record "$OUT" -record-tool "$WORK/tool")
  (cd "$ROOT/internal/cli" && BROLGA_TEST_BOOTSTRAP=$addr BROLGA_TEST_CONTROLLER=$controller "$RUN.test" "${args[@]}" ${ARGS:-}) || FAILED=1
  stop_kafka
done
exit "${FAILED:-0}"
