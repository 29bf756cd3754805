package peer

import "testing"

// WordCount starts Kafka Streams counting the words of a topic
// (test/compat/java/src/WordCount.java). State is its directory.
func WordCount(t testing.TB, address, application, state, input, output string) *Process {
	t.Helper()
	return program(t, "streams", "WordCount", address, application, state, input, output)
}

// SchemaStore starts the storage of a Schema Registry
// (test/compat/java/src/SchemaStore.java).
func SchemaStore(t testing.TB, address, topic string) *Process {
	t.Helper()
	return program(t, "broker", "SchemaStore", address, topic)
}

// ConnectStandalone starts Kafka Connect with a worker's and connectors'
// properties files.
func ConnectStandalone(t testing.TB, files ...string) *Process {
	t.Helper()
	file(t, "java/target/tools", "Kafka Connect")
	return start(t, java(t, "tools", "org.apache.kafka.connect.cli.ConnectStandalone", files...))
}

// program starts one of the programs in test/compat/java/src.
func program(t testing.TB, profile, class string, args ...string) *Process {
	t.Helper()
	file(t, "java/target/driver-"+profile+"/"+class+".class", class)
	return start(t, java(t, profile, class, args...))
}
