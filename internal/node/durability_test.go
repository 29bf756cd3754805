package node

import (
	"errors"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/metadata"
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

// TestDurabilityIsTheClusters: the first setting that a node's file has is recorded, is
// what kafka-configs shows, and wins over files that say something else; it is changed
// for all and at run time.
func TestDurabilityIsTheClusters(t *testing.T) {
	dir := t.TempDir()
	n := start(t, dir)
	if n.fsyncs() || n.Image().Config(metadata.BrokerResource, "")[durabilityKey] != "" {
		t.Fatal("something was recorded that nobody said")
	}
	n.stop()

	n = start(t, dir, "log.durability=fsync") // the first to say something
	recorded := func(want string) {
		t.Helper()
		eventually(t, "it is recorded", func() bool {
			return n.Image().Config(metadata.BrokerResource, "")[durabilityKey] == want && n.fsyncs() == (want == "fsync")
		})
		described := must(n.client().DescribeBrokerConfigs(limit(t), 1))(t)
		for _, c := range described[0].Configs {
			if c.Key == durabilityKey && (c.MaybeValue() != want || c.Source != kmsg.ConfigSourceDynamicDefaultBrokerConfig) {
				t.Errorf("described as %s from %s", c.MaybeValue(), c.Source)
			}
		}
	}
	recorded("fsync")
	n.stop()

	n = start(t, dir, "log.durability=os")
	recorded("fsync")
	if !strings.Contains(n.text.String(), "log.durability=os in this node's configuration does not count: the cluster has fsync.") {
		t.Errorf("nobody was told that the file does not count:\n%s", n.text)
	}
	alter := func(op kadm.IncrementalOp, value *string, broker ...int32) error {
		c := []kadm.AlterConfig{{Op: op, Name: durabilityKey, Value: value}}
		resps, err := n.client().AlterBrokerConfigs(limit(t), c, broker...)
		for _, r := range resps {
			err = errors.Join(err, r.Err, errors.New(r.ErrMessage))
		}
		return err
	}
	if err := alter(kadm.SetConfig, kadm.StringPtr("os"), 1); err == nil || !strings.Contains(err.Error(), "holds for the whole cluster") {
		t.Errorf("for one broker: %v", err)
	}
	if err := alter(kadm.DeleteConfig, nil); err == nil || !strings.Contains(err.Error(), "cannot be removed") {
		t.Errorf("removed: %v", err)
	}
	if err := alter(kadm.SetConfig, kadm.StringPtr("os")); err != nil && strings.TrimSpace(err.Error()) != "" {
		t.Fatal(err)
	}
	recorded("os")
	n.stop()

	n = start(t, t.TempDir(), "log.durability=fsync") // a new cluster has it in its first records
	defer n.stop()
	recorded("fsync")
}
