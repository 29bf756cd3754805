package peer

import (
	"testing"
	"time"
)

// Client is a client library that writes and reads. Props are client settings,
// key=value, in the library's own words.
type Client interface {
	Name() string
	// Produce sends the records to each target in turn and returns what the
	// broker answered: one Ack a record, or one a batch or failed target where
	// the library says no more.
	Produce(t testing.TB, address string, to []Target, records []Record, props ...string) []Ack
	// Consume reads count records from the beginning of all partitions, as a
	// member of group unless that is empty.
	Consume(t testing.TB, address, group string, topics []string, count int, props ...string) []Record
}

// Target is a topic and the codec (none, gzip, snappy, lz4, zstd) to send with.
type Target struct{ Topic, Codec string }

// To is one topic without compression.
func To(topic string) []Target { return []Target{{topic, "none"}} }

// Codecs are all there are.
func Codecs() []string { return []string{"none", "gzip", "snappy", "lz4", "zstd"} }

// Ack is the broker's answer to one record.
type Ack struct {
	Topic     string
	Partition int32
	Offset    int64
	Err       string // the library's word for what went wrong
}

// clientLimit bounds one call of a client.
const clientLimit = 90 * time.Second

// Clients returns every client: franz-go, the Java clients, librdkafka, kafkajs,
// and the Java clients of the 3.1 time.
func Clients() []Client {
	return []Client{Franz{}, Java(), Librdkafka(), KafkaJS(), OldJava()}
}

// Send produces and fails the test unless every record is accepted.
func Send(t testing.TB, c Client, address string, to []Target, records []Record, props ...string) []Ack {
	t.Helper()
	acks := c.Produce(t, address, to, records, props...)
	for _, a := range acks {
		if a.Err != "" {
			t.Fatalf("%s: refused: %s", c.Name(), a.Err)
		}
	}
	if len(acks) == 0 {
		t.Fatalf("%s: no acknowledgement", c.Name())
	}
	return acks
}
