package compat

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// earlier is a time that is not now, and not so long ago that retention counts.
func earlier() int64 { return time.Now().Add(-time.Hour).UnixMilli() }

// oddRecords are those that a client or a broker could get wrong. All are for
// partition 0 and carry their own timestamp, so that they come back exactly.
func oddRecords() []peer.Record {
	records := []peer.Record{
		{Key: nil, Value: []byte("no key")},
		{Key: []byte{}, Value: []byte("empty key")},
		{Key: []byte("no value"), Value: nil},
		{Key: []byte("empty value"), Value: []byte{}},
		{Key: nil, Value: nil},
		{Key: []byte("мой ключ"), Value: []byte("鶴は千年 🦩")},
		{Key: []byte{0, 1, 255}, Value: []byte{0, 10, 13, 9, 128, 255}},
		{Key: []byte("long"), Value: bytes.Repeat([]byte("0123456789"), 5000)},
		{Key: []byte("header"), Value: []byte("x"), Headers: []peer.Header{{Key: "trace", Value: []byte("abc")}, {Key: "empty", Value: []byte{}}}},
		{Key: []byte("same name"), Value: []byte("x"), Headers: []peer.Header{{Key: "h", Value: []byte("1")}, {Key: "h", Value: []byte{2, 0}}}},
	}
	for i := range records {
		records[i].Timestamp = earlier() + int64(i)
	}
	return records
}

// Null and empty, bytes of every kind, headers and timestamps come back as they
// were sent, from every client to every client.
func TestRecordsComeBack(t *testing.T) {
	b := peer.Start(t)
	want := oddRecords()
	var topics []string
	for _, writer := range peer.Clients() {
		topic := "odd-" + writer.Name()
		peer.CreateTopic(t, b.Address, topic, 1)
		peer.Send(t, writer, b.Address, peer.To(topic), want)
		topics = append(topics, topic)
	}
	for _, reader := range peer.Clients() {
		t.Run(reader.Name(), func(t *testing.T) {
			next := map[string]int{} // by topic
			for _, r := range reader.Consume(t, b.Address, "", topics, len(topics)*len(want)) {
				i := next[r.Topic]
				next[r.Topic]++
				if i == len(want) {
					t.Fatalf("%s: more records than were sent", r.Topic)
				}
				if r.String() != want[i].String() {
					t.Errorf("%s: record %d came back as %.200s, sent was %.200s", r.Topic, i, r, want[i])
				}
				if r.Offset != int64(i) {
					t.Errorf("%s: record %d has offset %d", r.Topic, i, r.Offset)
				}
			}
		})
	}
}

// A header without a value is null, which is not empty.
func TestNullHeader(t *testing.T) {
	b := peer.Start(t)
	for _, writer := range []peer.Client{peer.Franz{}, peer.Java(), peer.Librdkafka(), peer.OldJava()} {
		topic := "null-header-" + writer.Name()
		peer.CreateTopic(t, b.Address, topic, 1)
		sent := peer.Record{Timestamp: earlier(), Value: []byte("x"), Headers: []peer.Header{{Key: "null", Value: nil}, {Key: "empty", Value: []byte{}}}}
		peer.Send(t, writer, b.Address, peer.To(topic), []peer.Record{sent})
		for _, reader := range []peer.Client{peer.Franz{}, peer.Java(), peer.Librdkafka()} {
			got := reader.Consume(t, b.Address, "", []string{topic}, 1)
			if got[0].String() != sent.String() {
				t.Errorf("%s to %s: %s, sent was %s", writer.Name(), reader.Name(), got[0], sent)
			}
		}
	}
}

// With LogAppendTime the broker's clock replaces the producer's.
func TestLogAppendTime(t *testing.T) {
	b := peer.Start(t)
	for _, c := range peer.Clients() {
		topic := "append-time-" + c.Name()
		peer.CreateTopic(t, b.Address, topic, 1, "message.timestamp.type=LogAppendTime")
		sent := peer.Record{Timestamp: earlier(), Value: []byte("x")}
		peer.Send(t, c, b.Address, peer.To(topic), []peer.Record{sent, sent})
		for _, r := range c.Consume(t, b.Address, "", []string{topic}, 2) {
			if r.Timestamp < sent.Timestamp+1_000_000 {
				t.Errorf("%s read timestamp %d", c.Name(), r.Timestamp)
			}
		}
	}
}

// bigProps let the clients send and read big records, in their own words.
var bigProps = map[string][2][]string{
	"java":       {{"max.request.size=8388608"}, {"max.partition.fetch.bytes=1048576"}},
	"java-3.1":   {{"max.request.size=8388608"}, {"max.partition.fetch.bytes=1048576"}},
	"librdkafka": {{"message.max.bytes=8388608"}, {"fetch.message.max.bytes=1048576", "receive.message.max.bytes=100000000"}},
}

// A record may be larger than what a consumer asks for at once (KIP-74).
func TestBigRecords(t *testing.T) {
	b := peer.Start(t)
	value := []byte(strings.Repeat("All mimsy were the borogoves. ", 100_000)) // 3 MB
	for _, c := range peer.Clients() {
		t.Run(c.Name(), func(t *testing.T) {
			topic := "big-" + c.Name()
			peer.CreateTopic(t, b.Address, topic, 1, "max.message.bytes=5000000")
			props := bigProps[c.Name()]
			records := []peer.Record{peer.Text("small", "x"), peer.Text("big", string(value)), peer.Text("small", "y")}
			for i := range records {
				peer.Send(t, c, b.Address, peer.To(topic), records[i:i+1], props[0]...)
			}
			got := c.Consume(t, b.Address, "", []string{topic}, 3, props[1]...)
			if !slices.Equal(peer.Values(got), []string{"x", string(value), "y"}) {
				t.Errorf("sizes %d %d %d came back", len(got[0].Value), len(got[1].Value), len(got[2].Value))
			}
		})
	}
}

// A batch over max.message.bytes is refused, and the client names the reason.
func TestTooBigRecords(t *testing.T) {
	b := peer.Start(t)
	names := map[string]string{
		"franz-go":   "MESSAGE_TOO_LARGE",
		"java":       "RecordTooLargeException",
		"java-3.1":   "RecordTooLargeException",
		"librdkafka": "MSG_SIZE_TOO_LARGE",
		"kafkajs":    "MESSAGE_TOO_LARGE",
	}
	for _, c := range peer.Clients() {
		topic := "too-big-" + c.Name()
		peer.CreateTopic(t, b.Address, topic, 1, "max.message.bytes=10000")
		acks := c.Produce(t, b.Address, peer.To(topic), []peer.Record{peer.Text("k", strings.Repeat("x", 20_000))})
		if len(acks) != 1 || !strings.Contains(acks[0].Err, names[c.Name()]) {
			t.Errorf("%s: answered %s, want %s", c.Name(), fmt.Sprint(acks), names[c.Name()])
		}
		peer.Send(t, c, b.Address, peer.To(topic), peer.Lines("small"))
	}
}
