package node

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/commitlog"
)

// TestFsyncAcknowledgesWhatTheDiskHas: with log.durability=fsync, an acknowledgement
// comes after the sync, also when the log was written by a process without it.
func TestFsyncAcknowledgesWhatTheDiskHas(t *testing.T) {
	dir, ctx := t.TempDir(), limit(t)
	tp := commitlog.TopicPartition{Topic: "t"}
	send := func(n *running) {
		t.Helper()
		client, err := kgo.NewClient(kgo.SeedBrokers(n.address()), kgo.DefaultProduceTopic("t"), kgo.AllowAutoTopicCreation())
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		for range 20 {
			if err := client.ProduceSync(ctx, kgo.StringRecord("v")).FirstErr(); err != nil {
				t.Fatal(err)
			}
			log, err := n.dirs.Get(tp)
			if err != nil {
				t.Fatal(err)
			}
			if durable, end := log.RecoveryPoint(), log.EndOffset(); n.fsyncs() && durable < end {
				t.Fatalf("acknowledged up to %d, durable up to %d", end, durable)
			}
		}
	}
	n := start(t, dir)
	send(n)
	if err := n.dirs.Close(false); err != nil { // as after a crash
		t.Fatal(err)
	}
	_ = n.Close() // its logs are closed already

	n = start(t, dir, "log.durability=fsync")
	defer n.stop()
	log, err := n.dirs.Get(tp)
	if err != nil {
		t.Fatal(err)
	}
	if durable, end := log.RecoveryPoint(), log.EndOffset(); durable < end || end != 20 {
		t.Errorf("started with the log up to %d, durable up to %d", end, durable)
	}
	send(n)
}
