package cluster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/test/cluster/fleet"
	"github.com/brolga-io/brolga/test/compat/peer"
)

// TestBrokenDirectory: a broker of two data directories comes back with one broken. It
// goes on with the other; what was in the broken one is led by others, takes
// acknowledged records meanwhile, and catches up when the directory is repaired.
func TestBrokenDirectory(t *testing.T) {
	f := fleet.New(t, 3)
	broken := f.Nodes[2]
	bad := filepath.Join(broken.Dir, "bad")
	broken.Set("log.dirs=" + filepath.Join(broken.Dir, "data") + "," + bad)
	for _, n := range f.Nodes {
		f.Format(t, n)
		n.Start(t)
	}
	f.AwaitBrokers(t, 3)
	admin := f.Admin(t, kgo.SeedBrokers(f.Nodes[0].Address))
	const topic, partitions = "spread", 6
	if _, err := admin.CreateTopic(limit(t), partitions, 3, map[string]*string{"min.insync.replicas": kadm.StringPtr("2")}, topic); err != nil {
		t.Fatal(err)
	}
	produced := 0
	client := f.Client(t, kgo.SeedBrokers(f.Nodes[0].Address), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	produce := func() {
		t.Helper()
		for p := range int32(partitions) {
			if err := client.ProduceSync(limit(t), &kgo.Record{Topic: topic, Partition: p, Value: []byte("x")}).FirstErr(); err != nil {
				t.Fatalf("partition %d: %v", p, err)
			}
		}
		produced++
	}
	produce()
	inBad, err := filepath.Glob(filepath.Join(bad, topic+"-*"))
	if err != nil || len(inBad) == 0 || len(inBad) == partitions {
		t.Fatalf("in the directory that breaks: %v, %v", inBad, err)
	}
	broken.Stop(t)
	meta := filepath.Join(bad, "meta.properties")
	good, err := os.ReadFile(meta)
	if err != nil {
		t.Fatal(err)
	}
	for what, breaks := range map[string]func() error{
		"no identity":      func() error { return os.Remove(meta) },
		"damaged identity": func() error { return os.WriteFile(meta, []byte("\x00\x00"), 0o600) },
		"no directory at its place": func() error {
			return errors.Join(os.Rename(bad, bad+"2"), os.WriteFile(bad, nil, 0o600))
		},
	} {
		if err := breaks(); err != nil {
			t.Fatal(err)
		}
		broken.Start(t)
		f.AwaitBrokers(t, 3)
		awaitInSync(t, admin, topic, 3, partitions-len(inBad), what)
		produce()
		if made, err := filepath.Glob(filepath.Join(broken.Dir, "data", topic+"-*")); err != nil || len(made) != partitions-len(inBad) {
			t.Errorf("%s: in the good directory are %v, %v", what, made, err)
		}
		broken.Stop(t)
		if _, err := os.Stat(bad + "2"); err == nil {
			if err := errors.Join(os.Remove(bad), os.Rename(bad+"2", bad)); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(meta, good, 0o600); err != nil {
			t.Fatal(err)
		}
		broken.Start(t)
		awaitInSync(t, admin, topic, 3, partitions, what+", repaired")
		broken.Stop(t)
	}
	broken.Start(t)
	f.AwaitBrokers(t, 3)
	ends, err := admin.ListEndOffsets(limit(t), topic)
	if err != nil {
		t.Fatal(err)
	}
	ends.Each(func(o kadm.ListedOffset) {
		if o.Err != nil || o.Offset != int64(produced) {
			t.Errorf("partition %d ends at %d, %v; want %d", o.Partition, o.Offset, o.Err, produced)
		}
	})
	r := peer.BrolgaTools().Run(t, "", "kafka-log-dirs", "--bootstrap-server", f.Nodes[0].Address, "--describe", "--broker-list", "3")
	if r.Code != 0 || strings.Contains(r.Stdout, "KafkaStorageException") {
		t.Errorf("kafka-log-dirs: %s%s", r.Stdout, r.Stderr)
	}
}

// awaitInSync waits until a broker is in sync with exactly that many partitions of a
// topic, and every partition has a leader.
func awaitInSync(t *testing.T, admin *kadm.Client, topic string, broker int32, want int, what string) {
	t.Helper()
	peer.Eventually(t, 20*time.Second, func() error {
		topics, err := admin.ListTopics(limit(t), topic)
		if err != nil {
			return err
		}
		in := 0
		for _, p := range topics[topic].Partitions {
			if p.Leader < 0 {
				return fmt.Errorf("%s: partition %d has no leader", what, p.Partition)
			}
			for _, id := range p.ISR {
				if id == broker {
					in++
				}
			}
		}
		if in != want {
			return fmt.Errorf("%s: broker %d is in sync with %d partitions, want %d", what, broker, in, want)
		}
		return nil
	})
}
