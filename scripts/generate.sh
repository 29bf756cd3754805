#!/bin/sh
# Writes the generated files of internal/wire from Kafka's own jars.
#
#   scripts/generate.sh           the release that the file KAFKA_VERSION names
#   scripts/generate.sh 4.4.1     another one
#
# Needs go, mvn and a JDK of 17 or later (the error codes are an enum in
# kafka-clients and are printed by a small Java program). The jars are kept in
# .cache/kafka-<version>, which git ignores.
set -eu

cd "$(dirname "$0")/.."
version=${1:-$(cat KAFKA_VERSION)}
cache=.cache/kafka-$version
wire=internal/wire
jackson=2.21.2 # prints the records of internal topics

mkdir -p "$cache"
echo '*' >.cache/.gitignore

fetch() { # group artifact version
	[ -f "$cache/$2-$3.jar" ] && return
	mvn -q org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
		-Dartifact="$1:$2:$3" -DoutputDirectory="$cache"
}

for artifact in kafka-clients kafka-metadata kafka-group-coordinator \
	kafka-transaction-coordinator kafka-share-coordinator kafka-storage kafka-raft; do
	fetch org.apache.kafka "$artifact" "$version"
done
fetch org.slf4j slf4j-api 1.7.36
for artifact in jackson-core jackson-databind; do
	fetch com.fasterxml.jackson.core $artifact "$jackson"
done
fetch com.fasterxml.jackson.core jackson-annotations "${jackson%.*}"

java -cp "$cache/kafka-clients-$version.jar:$cache/slf4j-api-1.7.36.jar" \
	$wire/gen/DumpErrors.java >"$cache/errors.tsv" 2>"$cache/errors.log" || {
	cat "$cache/errors.log" >&2
	exit 1
}

go run ./$wire/gen -jars "$cache" -errors "$cache/errors.tsv" -kafka "$version" -out $wire

# Kafka's own classes have the last word: they decode and encode random messages
# of every type and version, and not a byte may change.
classpath=$(ls "$cache"/*.jar | tr '\n' ':')
check() { # file [flags]
	file=$1
	shift
	go test ./$wire -count=1 -run '^TestWriteVectors$' -args -write-vectors "$file" "$@" >/dev/null
	java -cp "$classpath" $wire/gen/CheckVectors.java <"$file" >"$file.kafka" 2>"$cache/vectors.log" || {
		cat "$cache/vectors.log" >&2
		exit 1
	}
	cmp "$file" "$file.kafka"
}
check "$PWD/$cache/all.vectors"
check "$PWD/$cache/kept.vectors" -vectors-to-keep
cp "$cache/kept.vectors" $wire/testdata/kafka.vectors

# The same for what Kafka's classes print: much is checked, little is kept.
json() { # file with vectors, file with JSON
	java -cp "$classpath" $wire/gen/PrintJSON.java <"$1" >"$2"
	go test ./$wire -count=1 -run '^TestKafkaJSON$' -args -json-vectors "$2"
}
json "$PWD/$cache/all.vectors" "$PWD/$cache/all.json"
json "$PWD/$cache/kept.vectors" "$PWD/$cache/kept.json"
cp "$cache/kept.json" $wire/testdata/kafka.json
