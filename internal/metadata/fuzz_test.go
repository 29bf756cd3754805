package metadata

import (
	"encoding/binary"
	"testing"

	"github.com/brolga-io/brolga/internal/wire"
)

// FuzzRecords applies arbitrary stored records, each behind a two-byte length: an
// error at most. What was applied must make the same image by way of a snapshot.
func FuzzRecords(f *testing.F) {
	var seed []byte
	for _, r := range []wire.Record{
		&wire.TopicRecord{Name: "t", TopicId: wire.UUID{1}},
		&wire.PartitionRecord{TopicId: wire.UUID{1}, Replicas: []int32{1}, Isr: []int32{1}, Leader: 1, Directories: []wire.UUID{{7}}},
		&wire.PartitionChangeRecord{TopicId: wire.UUID{1}, Isr: []int32{}, Leader: -1, LeaderRecoveryState: -1},
		&wire.RegisterBrokerRecord{BrokerId: 1, BrokerEpoch: 2},
		&wire.BeginTransactionRecord{Name: ptr(BootstrapName("c"))},
		&wire.FeatureLevelRecord{Name: GroupVersion, FeatureLevel: 1},
		&wire.EndTransactionRecord{},
		&wire.UserScramCredentialRecord{Name: "u", Mechanism: 1, Salt: []byte{1}},
		&wire.ClientQuotaRecord{Entity: userEntity("u"), Key: "k", Value: 1},
	} {
		stored := appendLatest(nil, r)
		seed = append(binary.BigEndian.AppendUint16(seed, uint16(len(stored))), stored...)
	}
	f.Add(seed)
	f.Fuzz(func(t *testing.T, data []byte) {
		editor := NewEditor(Empty())
		for len(data) >= 2 {
			n := min(int(binary.BigEndian.Uint16(data)), len(data)-2)
			r, _, err := wire.DecodeMetadataRecord(data[2 : 2+n])
			data = data[2+n:]
			if err != nil {
				continue
			}
			if err := editor.Apply(r); err != nil {
				return
			}
		}
		image, _ := editor.Publish(1, 1)
		again := NewEditor(Empty())
		for r := range image.Records() {
			if err := again.Apply(r); err != nil {
				t.Fatalf("the snapshot does not apply: %v", err)
			}
		}
		loaded, _ := again.Publish(1, 1)
		if string(imageBytes(loaded)) != string(imageBytes(image)) {
			t.Fatal("the snapshot is another image")
		}
	})
}
