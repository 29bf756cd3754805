package compat

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// movePartition replaces the content of a partition's directory, all but the
// topic id, which is the other cluster's.
func movePartition(t *testing.T, from, to *peer.Broker, partition string) {
	t.Helper()
	source, target := filepath.Join(from.Dir, "data", partition), filepath.Join(to.Dir, "data", partition)
	if err := os.MkdirAll(target, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, file := range glob(t, filepath.Join(target, "*")) {
		if filepath.Base(file) != "partition.metadata" {
			remove(t, file)
		}
	}
	for _, file := range glob(t, filepath.Join(source, "*")) {
		if name := filepath.Base(file); name != "partition.metadata" {
			b, err := os.ReadFile(file)
			if err == nil {
				err = os.WriteFile(filepath.Join(target, name), b, 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func remove(t *testing.T, file string) {
	t.Helper()
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
}

// moveCheckpoints takes the lines about the topics over from one data
// directory's checkpoints to the other's.
func moveCheckpoints(t *testing.T, from, to *peer.Broker, topics []string) {
	t.Helper()
	for _, name := range []string{"recovery-point-offset-checkpoint", "log-start-offset-checkpoint", "replication-offset-checkpoint", "cleaner-offset-checkpoint"} {
		about := func(line string) bool {
			topic, _, _ := strings.Cut(line, " ")
			return slices.Contains(topics, topic)
		}
		lines := slices.DeleteFunc(checkpoint(t, to, name), about)
		for _, line := range checkpoint(t, from, name) {
			if about(line) {
				lines = append(lines, line)
			}
		}
		text := fmt.Sprintf("0\n%d\n", len(lines))
		for _, line := range lines {
			text += line + "\n"
		}
		if err := os.WriteFile(filepath.Join(to.Dir, "data", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// checkpoint returns the entries of a checkpoint file.
func checkpoint(t *testing.T, b *peer.Broker, name string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(b.Dir, "data", name))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if len(text) == 0 { // Kafka makes the files before it knows of anything
		return nil
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) < 2 || lines[0] != "0" || lines[1] != fmt.Sprint(len(lines)-2) {
		t.Fatalf("%s is %q", name, text)
	}
	return lines[2:]
}

// fillTransactions writes committed, aborted and other records.
func fillTransactions(t *testing.T, b *peer.Broker) {
	t.Helper()
	client := peer.NewFranz(t, b.Address, kgo.TransactionalID("writer"), kgo.DefaultProduceTopic("txns"))
	for i, end := range []kgo.TransactionEndTry{kgo.TryCommit, kgo.TryAbort, kgo.TryCommit, kgo.TryAbort} {
		if err := client.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		for j := range 5 {
			r := kgo.KeyStringRecord(fmt.Sprint(i), fmt.Sprint(j))
			if err := client.ProduceSync(t.Context(), r).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
		if err := client.EndTransaction(t.Context(), end); err != nil {
			t.Fatal(err)
		}
		peer.Send(t, peer.Franz{}, b.Address, peer.To("txns"), peer.Lines("in between"))
	}
}

// endOfEpoch asks where a leader epoch of partition 0 ends.
func endOfEpoch(t *testing.T, b *peer.Broker, topic string, epoch int32) (found int32, end int64) {
	t.Helper()
	req := kmsg.NewPtrOffsetForLeaderEpochRequest()
	rt, rp := kmsg.NewOffsetForLeaderEpochRequestTopic(), kmsg.NewOffsetForLeaderEpochRequestTopicPartition()
	rt.Topic, rp.LeaderEpoch = topic, epoch
	rt.Partitions = append(rt.Partitions, rp)
	req.Topics = append(req.Topics, rt)
	resp, err := req.RequestWith(t.Context(), peer.NewFranz(t, b.Address))
	if err != nil || resp.Topics[0].Partitions[0].ErrorCode != 0 {
		t.Fatalf("epoch %d of %s: %v %+v", epoch, topic, err, resp)
	}
	p := resp.Topics[0].Partitions[0]
	return p.LeaderEpoch, p.EndOffset
}

// goOn writes to topics that were exchanged: a producer is known again, records
// are appended, and compaction continues.
func goOn(t *testing.T, b *peer.Broker, d disk) {
	t.Helper()
	client := peer.NewFranz(t, b.Address)
	if offset, err := produce(t, client, "once", batch(d.once, "again", "again", "again")); err != nil || offset != d.last {
		t.Errorf("the producer's last batch, sent again: offset %d, %v; want %d", offset, err, d.last)
	}
	d.once.first += 3
	if offset, err := produce(t, client, "once", batch(d.once, "next")); err != nil || offset != d.last+3 {
		t.Errorf("the producer's next batch: offset %d, %v; want %d", offset, err, d.last+3)
	}
	// The other cluster's producers are known in these logs: leave out their ids.
	for newProducerID(t, client).id < d.ids {
	}
	before := peer.Held(t, b.Address, "mixed")
	fillMixed(t, b, 5, "zstd")
	after := peer.Held(t, b.Address, "mixed")
	if len(after) != len(before)+120 || after[len(before)].Offset != before[len(before)-1].Offset+1 {
		t.Errorf("%d records in mixed after 120 more, were %d", len(after), len(before))
	}
	compactionLag(t, b, 0)
	fillCompacted(t, b)
}
