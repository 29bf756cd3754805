package cli

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/wire"
)

// written returns the batches that a broker stores for the given values, each a
// batch of its own.
func written(t *testing.T, values ...string) []byte {
	t.Helper()
	addr := startStandIn(t)
	cl, err := kgo.NewClient(kgo.SeedBrokers(addr), kgo.DefaultProduceTopic("t"), kgo.AllowAutoTopicCreation(), kgo.DisableIdempotentWrite())
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	for _, v := range values {
		r := kgo.StringRecord(v)
		r.Timestamp = time.UnixMilli(1)
		if err := cl.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	env, _, stderr := testEnv("")
	a, err := newAdmin(env, clientProps{}, addr)
	if err != nil {
		t.Fatal(err, stderr)
	}
	defer a.Close()
	v := &replicaVerifier{env: env, admin: a, fetchBytes: 1 << 20, maxWaitMs: 1, offsets: map[topicPartition]int64{},
		replicas: map[int32][]topicPartition{1: {{"t", 0}}}, ids: map[string][16]byte{}}
	resp, err := a.metadata("listTopics", nil)
	if err != nil {
		t.Fatal(err)
	}
	v.ids["t"] = resp.Topics[0].TopicID
	fetched, err := v.fetchAll(t.Context(), nil)
	if err != nil || len(fetched[topicPartition{"t", 0}]) != 1 {
		t.Fatal(fetched, err)
	}
	return fetched[topicPartition{"t", 0}][0].records
}

func TestAgree(t *testing.T) {
	three, changed := written(t, "a", "b", "c"), written(t, "a", "x", "c")
	for _, c := range []struct {
		name     string
		replicas []fetchedReplica
		next     int64
		prints   string
		exit     bool
	}{
		{"equal", []fetchedReplica{{1, 3, nil, three}, {2, 3, nil, three}}, 3, "", false},
		{"one alone", []fetchedReplica{{1, 3, nil, three}}, 3, "", false},
		{"one behind", []fetchedReplica{{1, 3, nil, three}, {2, 2, nil, three}}, 2, "", false},
		{"cut short", []fetchedReplica{{1, 3, nil, three}, {2, 3, nil, three[:len(three)-5]}}, 2, "", false},
		{"nothing", []fetchedReplica{{1, 0, nil, nil}, {2, 0, nil, nil}}, 0, "", false},
		{"another value", []fetchedReplica{{1, 3, nil, three}, {2, 3, nil, changed}}, 3, "t-0 has unmatched checksum at offset 1; replica 1's checksum ", false},
		{"another offset", []fetchedReplica{{1, 3, nil, three}, {2, 3, nil, three[len(three)/3:]}}, 0, "t-0: replica 1's offset 0 doesn't match replica 2's offset 1", true},
	} {
		env, stdout, _ := testEnv("")
		next, err := (&replicaVerifier{env: env}).agree(topicPartition{"t", 0}, c.replicas, 0)
		var exit *exitError
		if next != c.next || errors.As(err, &exit) != c.exit || !strings.Contains(stdout.String(), c.prints) || (c.prints == "") != (stdout.Len() == 0) {
			t.Errorf("%s: next %d, %v, printed %q", c.name, next, err, stdout)
		}
	}
	env, _, _ := testEnv("")
	_, err := (&replicaVerifier{env: env}).agree(topicPartition{"t", 0}, []fetchedReplica{{broker: 2, err: brokerError(int16(wire.KafkaStorageError), nil)}}, 7)
	if err == nil || err.Error() != "Error in processing replica 2 in partition t-0 at offset 7" {
		t.Errorf("a replica that failed: %v", err)
	}
}
