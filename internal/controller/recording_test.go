package controller

import (
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/wire"
)

const recordingFile = "testdata/kafka-4.4.0.txt"

// kafkaAddress makes the test record from a real Kafka instead of comparing: a
// single fresh node with node.id=1, num.partitions=2, log.retention.hours=100 and
// otherwise defaults.
var kafkaAddress = flag.String("kafka", "", "address of a Kafka to record "+recordingFile+" from")

// exchange is one request; of what it needs of answers before it, it is told the
// ids of topics.
type exchange struct {
	name    string
	version int16
	request func(topicID func(name string) wire.UUID) wire.Request
}

// TestAnswersAreKafkas sends a list of requests, one after the other, and compares
// the answers with those that a real Kafka gave.
func TestAnswersAreKafkas(t *testing.T) {
	ask := askController
	if *kafkaAddress != "" {
		ask = askKafka
	}
	answer := ask(t)
	ids := map[string]wire.UUID{}
	var out strings.Builder
	for _, e := range exchanges() {
		req := e.request(func(name string) wire.UUID { return ids[name] })
		resp := answer(req, e.version)
		if created, ok := resp.(*wire.CreateTopicsResponse); ok && !req.(*wire.CreateTopicsRequest).ValidateOnly {
			for _, topic := range created.Topics {
				if topic.ErrorCode == wire.None {
					ids[topic.Name] = topic.TopicId
				}
			}
		}
		fmt.Fprintf(&out, "# %s (v%d)\n%s\n\n", e.name, e.version, describe(resp))
	}
	if *kafkaAddress != "" {
		if err := os.WriteFile(recordingFile, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(recordingFile)
	if err != nil {
		t.Fatal(err)
	}
	compareSections(t, out.String(), string(want))
}

func compareSections(t *testing.T, got, want string) {
	t.Helper()
	gotParts, wantParts := strings.Split(got, "\n\n"), strings.Split(want, "\n\n")
	if len(gotParts) != len(wantParts) {
		t.Fatalf("%d exchanges, the recording has %d", len(gotParts), len(wantParts))
	}
	for i := range wantParts {
		if gotParts[i] != wantParts[i] {
			t.Errorf("brolga answers\n%s\nKafka answers\n%s", gotParts[i], wantParts[i])
		}
	}
}

type answerFunc func(req wire.Request, version int16) wire.Message

func askController(t *testing.T) answerFunc {
	f := newFixture(t, "num.partitions=2", "log.retention.hours=100")
	f.start(1)
	t.Cleanup(f.check)
	return func(req wire.Request, version int16) wire.Message {
		caller := Caller{Broker: 1, Version: version}
		var resp wire.Message
		var err error
		switch req := req.(type) {
		case *wire.CreateTopicsRequest:
			resp, err = f.c.CreateTopics(caller, req)
		case *wire.CreatePartitionsRequest:
			resp, err = f.c.CreatePartitions(caller, req)
		case *wire.DeleteTopicsRequest:
			resp, err = f.c.DeleteTopics(caller, req)
		case *wire.IncrementalAlterConfigsRequest:
			resp, err = f.c.IncrementalAlterConfigs(caller, req)
		case *wire.AlterConfigsRequest:
			resp, err = f.c.AlterConfigs(caller, req)
		case *wire.ListPartitionReassignmentsRequest:
			resp, err = f.c.ListPartitionReassignments(caller, req)
		}
		if err != nil {
			t.Fatal(err)
		}
		return overTheWire(t, resp, req.APIKey(), version)
	}
}

// overTheWire gives a response the form in which a client of that version sees it.
func overTheWire(t *testing.T, resp wire.Message, key, version int16) wire.Message {
	seen := wire.NewResponse(key)
	r := wire.NewReader(resp.Append(nil, version))
	seen.Decode(r, version)
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return seen
}

func askKafka(t *testing.T) answerFunc {
	conn, err := net.Dial("tcp", *kafkaAddress)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return func(req wire.Request, version int16) wire.Message {
		clientID := "recorder"
		header := wire.RequestHeader{APIKey: req.APIKey(), APIVersion: version, ClientID: &clientID}
		frame := req.Append(header.Append(make([]byte, 4)), version)
		binary.BigEndian.PutUint32(frame, uint32(len(frame)-4))
		if _, err := conn.Write(frame); err != nil {
			t.Fatal(err)
		}
		var size [4]byte
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			t.Fatalf("%T: %v", req, err)
		}
		body := make([]byte, binary.BigEndian.Uint32(size[:]))
		if _, err := io.ReadFull(conn, body); err != nil {
			t.Fatal(err)
		}
		r := wire.NewReader(body)
		if _, err := wire.DecodeResponseHeader(r, req.APIKey(), version); err != nil {
			t.Fatal(err)
		}
		resp := wire.NewResponse(req.APIKey())
		resp.Decode(r, version)
		if r.Err() != nil {
			t.Fatal(r.Err())
		}
		return resp
	}
}
