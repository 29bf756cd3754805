package controller

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/shard/shardtest"
	"github.com/brolga-io/brolga/internal/wire"
)

// TestFirstRecords: one batch, with the very records that Kafka 4.4 writes, but for
// the name of the transaction, which holds the cluster id.
func TestFirstRecords(t *testing.T) {
	f := newFixture(t)
	batches := f.log.Batches()
	if len(batches) != 1 {
		t.Fatalf("%d batches", len(batches))
	}
	var got []string
	for _, r := range batches[0] {
		got = append(got, hex.EncodeToString(r.Value))
	}
	name := metadata.BootstrapName("test-cluster")
	begin := wire.AppendMetadataRecord(nil, &wire.BeginTransactionRecord{Name: &name}, 0)
	want := []string{
		hex.EncodeToString(begin),
		"010c00116d657461646174612e76657273696f6e002100",
		"010c0021656c696769626c652e6c65616465722e7265706c696361732e76657273696f6e000100",
		"010c000e67726f75702e76657273696f6e000100",
		"010c000e73686172652e76657273696f6e000200",
		"010c001073747265616d732e76657273696f6e000100",
		"010c00147472616e73616374696f6e2e76657273696f6e000200",
		"0104000401146d696e2e696e73796e632e7265706c69636173023100",
		"01180000",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if id := f.image().ClusterID(); id != "test-cluster" {
		t.Errorf("cluster id %q", id)
	}
	f.check()
}

// TestSecondStart: a log that has the first records gets no others.
func TestSecondStart(t *testing.T) {
	f := newFixture(t)
	end := f.log.End()
	f.c.Resign()
	f.c.Lead(2)
	<-f.active
	if f.log.End() != end {
		t.Fatalf("%d records became %d", end, f.log.End())
	}
}

// TestFirstRecordsFailed: if the first records are lost the next leader writes them.
func TestFirstRecordsFailed(t *testing.T) {
	f := newFixture(t)
	log := shardtest.NewLog()
	o := f.options()
	o.MetadataLog = log
	log.FailAppends(shard.ErrNotLeader)
	c := New(o)
	t.Cleanup(c.Close)
	c.Lead(1)
	if _, err := c.CreateTopics(Caller{}, &wire.CreateTopicsRequest{}); err == nil {
		t.Fatal("a decision was taken before the first records")
	}
	log.FailAppends(nil)
	c.Lead(2)
	<-f.active
	if log.End() == 0 {
		t.Fatal("no records")
	}
}

// TestGivenFirstRecords: the levels that `kafka-storage format` was told count, and
// records are written as these levels demand.
func TestGivenFirstRecords(t *testing.T) {
	f := newFixture(t)
	for _, c := range []struct {
		level   int16
		minISR  bool
		cluster string
		dirs    wire.UUID
	}{
		{33, true, "test-cluster", wire.UUID{2, 1}},
		{25, false, "test-cluster", wire.UUID{2, 1}},
		{7, false, "", metadata.MigratingDir},
	} {
		o := f.options()
		o.MetadataLog = shardtest.NewLog()
		o.Bootstrap = append(DefaultFeatures(c.level), &wire.UserScramCredentialRecord{Name: "u", Mechanism: 1, Salt: []byte{1}})
		g := &fixture{t: t, c: New(o), log: o.MetadataLog.(*shardtest.Log), static: f.static, active: f.active, rt: f.rt}
		t.Cleanup(g.c.Close)
		g.c.Lead(1)
		<-f.active
		image := g.image()
		if _, ok := image.Config(metadata.BrokerResource, "")[minISRKey]; ok != c.minISR || image.ELREnabled() != c.minISR {
			t.Errorf("level %d: configs %v, features %v", c.level, image.Config(metadata.BrokerResource, ""), image.FinalizedFeatures())
		}
		if image.ClusterID() != c.cluster || image.ScramCredential(metadata.ScramKey{User: "u", Mechanism: 1}) == nil {
			t.Errorf("level %d: cluster id %q", c.level, image.ClusterID())
		}
		g.start(1)
		if dir := g.create("t", 1, 1).Partition(0).Directory(1); dir != c.dirs {
			t.Errorf("level %d: directory %v", c.level, dir)
		}
		g.check()
	}
}
