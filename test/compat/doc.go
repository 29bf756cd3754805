// Package compat holds the tests of real clients against the built binary:
// franz-go, the Java clients (today's and those of the 3.1 time), librdkafka,
// kcat and kafkajs, Kafka Streams, Connect and the way a Schema Registry stores.
//
//	make test-peers                       against bin/brolga
//	COMPAT_TARGET=kafka make test-peers   the same tests against Apache Kafka
package compat
