package metadata

import (
	"bytes"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/wire"
)

// TestKafkasRecords reads the metadata log of a real Kafka 4.4.0, a single node on
// which topics and configs were created, altered and deleted: one stored record a
// line, in hex. The records must apply, and each must be written here in the very
// bytes in which Kafka wrote it.
func TestKafkasRecords(t *testing.T) {
	text, err := os.ReadFile("testdata/kafka-4.4.0-records.txt")
	if err != nil {
		t.Fatal(err)
	}
	editor := NewEditor(Empty())
	for _, line := range strings.Fields(string(text)) {
		stored, err := hex.DecodeString(line)
		if err != nil {
			t.Fatal(err)
		}
		r, _, err := wire.DecodeMetadataRecord(stored)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if again := wire.AppendMetadataRecord(nil, r, RecordVersion(r, LastMetadataVersion)); !bytes.Equal(again, stored) {
			t.Errorf("%T is written as\n%x, by Kafka as\n%x", r, again, stored)
		}
		if err := editor.Apply(r); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	image, _ := editor.Publish(1, 1)
	if image.Feature(MetadataVersion) != LastMetadataVersion || !image.ELREnabled() {
		t.Errorf("features %v", image.FinalizedFeatures())
	}
	b := image.Broker(1)
	if b == nil || !b.Fenced || !b.InControlledShutdown || len(b.LogDirs) != 1 || len(b.Endpoints) != 1 || image.Controller(1) == nil {
		t.Fatalf("broker %+v", b)
	}
	created := image.TopicByName("a.b_c")
	if created == nil || created.Partition(0).Directory(1) != b.LogDirs[0] {
		t.Fatalf("topic %+v", created)
	}
	// The broker shut down: nobody leads, and it is eligible to do so again.
	if p := created.Partition(0); p.Leader != NoLeader || p.LeaderEpoch != 1 || len(p.ISR) != 0 || len(p.ELR) != 1 || len(p.LastKnownELR) != 1 {
		t.Errorf("partition %+v %+v", p, p.Placement)
	}
	if image.Config(BrokerResource, "")["min.insync.replicas"] == "" {
		t.Error("the cluster has no min.insync.replicas")
	}
}
