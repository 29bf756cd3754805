package metadata

import (
	"errors"
	"testing"

	"github.com/brolga-io/brolga/internal/wire"
)

func ptr[T any](v T) *T { return &v }

// small is an image with one topic "t" of one partition and one broker 1.
func small(t *testing.T) *Image {
	t.Helper()
	image, _, err := Empty().Apply([]wire.Record{
		&wire.RegisterBrokerRecord{BrokerId: 1, BrokerEpoch: 5, Fenced: true},
		&wire.TopicRecord{Name: "t", TopicId: wire.UUID{1}},
		&wire.PartitionRecord{TopicId: wire.UUID{1}, Replicas: []int32{1}, Isr: []int32{1}, Leader: 1},
		&wire.ProducerIdsRecord{NextProducerId: 1000},
	}, 4, 1)
	if err != nil {
		t.Fatal(err)
	}
	return image
}

// TestMisfits: a record that does not fit is an error and leaves the image as it was.
func TestMisfits(t *testing.T) {
	for name, r := range map[string]wire.Record{
		"topic name twice":        &wire.TopicRecord{Name: "t", TopicId: wire.UUID{2}},
		"topic id twice":          &wire.TopicRecord{Name: "u", TopicId: wire.UUID{1}},
		"remove unknown topic":    &wire.RemoveTopicRecord{TopicId: wire.UUID{2}},
		"partition of no topic":   &wire.PartitionRecord{TopicId: wire.UUID{2}},
		"partition after a gap":   &wire.PartitionRecord{TopicId: wire.UUID{1}, PartitionId: 2},
		"negative partition":      &wire.PartitionRecord{TopicId: wire.UUID{1}, PartitionId: -1},
		"too few directories":     &wire.PartitionRecord{TopicId: wire.UUID{1}, PartitionId: 1, Replicas: []int32{1, 2}, Directories: []wire.UUID{{9}}},
		"change of no topic":      &wire.PartitionChangeRecord{TopicId: wire.UUID{2}},
		"change of no partition":  &wire.PartitionChangeRecord{TopicId: wire.UUID{1}, PartitionId: 1},
		"change of directories":   &wire.PartitionChangeRecord{TopicId: wire.UUID{1}, Directories: []wire.UUID{{9}, {8}}},
		"clear ELR of no topic":   &wire.ClearElrRecord{TopicName: "u"},
		"unregister no broker":    &wire.UnregisterBrokerRecord{BrokerId: 2, BrokerEpoch: 5},
		"unregister old epoch":    &wire.UnregisterBrokerRecord{BrokerId: 1, BrokerEpoch: 4},
		"fence no broker":         &wire.FenceBrokerRecord{Id: 2, Epoch: 5},
		"unfence old epoch":       &wire.UnfenceBrokerRecord{Id: 1, Epoch: 4},
		"change old epoch":        &wire.BrokerRegistrationChangeRecord{BrokerId: 1, BrokerEpoch: 4},
		"change unknown fencing":  &wire.BrokerRegistrationChangeRecord{BrokerId: 1, BrokerEpoch: 5, Fenced: 2},
		"change unknown shutdown": &wire.BrokerRegistrationChangeRecord{BrokerId: 1, BrokerEpoch: 5, InControlledShutdown: -1},
		"unregister controller":   &wire.UnregisterControllerRecord{ControllerId: 1},
		"metadata.version old":    &wire.FeatureLevelRecord{Name: MetadataVersion, FeatureLevel: 6},
		"metadata.version new":    &wire.FeatureLevelRecord{Name: MetadataVersion, FeatureLevel: 34},
		"producer ids again":      &wire.ProducerIdsRecord{NextProducerId: 1000},
		"end of no transaction":   &wire.EndTransactionRecord{},
		"abort of no transaction": &wire.AbortTransactionRecord{},
		"remove no ACL":           &wire.RemoveAccessControlEntryRecord{},
		"remove no credential":    &wire.RemoveUserScramCredentialRecord{Name: "u", Mechanism: 1},
		"remove no token":         &wire.RemoveDelegationTokenRecord{TokenId: "x"},
		"a group record":          &wire.OffsetCommitKey{},
	} {
		t.Run(name, func(t *testing.T) {
			image := small(t)
			before := imageBytes(image)
			if _, _, err := image.Apply([]wire.Record{r}, 5, 1); !errors.Is(err, ErrMismatch) {
				t.Fatalf("err = %v", err)
			}
			if string(imageBytes(image)) != string(before) {
				t.Fatal("the image changed")
			}
		})
	}
}

func TestTransactionWithinTransaction(t *testing.T) {
	begin := &wire.BeginTransactionRecord{}
	if _, _, err := small(t).Apply([]wire.Record{begin, begin}, 6, 1); !errors.Is(err, ErrMismatch) {
		t.Fatalf("err = %v", err)
	}
}

// TestTransactionIsInvisibleUntilItEnds (KIP-868).
func TestTransactionIsInvisibleUntilItEnds(t *testing.T) {
	open, delta, err := small(t).Apply([]wire.Record{
		&wire.BeginTransactionRecord{Name: ptr("x")},
		&wire.TopicRecord{Name: "u", TopicId: wire.UUID{2}},
	}, 6, 1)
	if err != nil {
		t.Fatal(err)
	}
	if open.TopicByName("u") != nil || !delta.Empty() {
		t.Fatal("the topic is visible before the transaction has ended")
	}
	for end, want := range map[wire.Record]bool{&wire.EndTransactionRecord{}: true, &wire.AbortTransactionRecord{}: false} {
		done, delta, err := open.Apply([]wire.Record{end}, 7, 1)
		if err != nil {
			t.Fatal(err)
		}
		if got := done.TopicByName("u") != nil; got != want || delta.Empty() == want {
			t.Errorf("after %T the topic is visible: %v", end, got)
		}
	}
}

// TestTransactionThatDoesNotFit fails when it ends.
func TestTransactionThatDoesNotFit(t *testing.T) {
	_, _, err := small(t).Apply([]wire.Record{
		&wire.BeginTransactionRecord{}, &wire.RemoveTopicRecord{TopicId: wire.UUID{2}}, &wire.EndTransactionRecord{},
	}, 7, 1)
	if !errors.Is(err, ErrMismatch) {
		t.Fatalf("err = %v", err)
	}
}

// TestConfigWrittenAgain: the same value again is in the delta, so that a broker
// loads a key store anew (KAFKA-14136).
func TestConfigWrittenAgain(t *testing.T) {
	r := &wire.ConfigRecord{ResourceType: BrokerResource, ResourceName: "1", Name: "ssl.keystore.location", Value: ptr("/k")}
	first, _, err := small(t).Apply([]wire.Record{r}, 5, 1)
	if err != nil {
		t.Fatal(err)
	}
	second, delta, err := first.Apply([]wire.Record{r}, 6, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(delta.Configs) != 1 || delta.Configs[0] != (Resource{BrokerResource, "1"}) {
		t.Fatalf("delta %v", delta.Configs)
	}
	if !Diff(first, second).Empty() {
		t.Fatal("the images differ")
	}
}

// TestTopicRecreated: the name has a new id and none of the old configs.
func TestTopicRecreated(t *testing.T) {
	image, _, err := small(t).Apply([]wire.Record{
		&wire.ConfigRecord{ResourceType: TopicResource, ResourceName: "t", Name: "retention.ms", Value: ptr("1")},
	}, 5, 1)
	if err != nil {
		t.Fatal(err)
	}
	again, delta, err := image.Apply([]wire.Record{
		&wire.RemoveTopicRecord{TopicId: wire.UUID{1}},
		&wire.TopicRecord{Name: "t", TopicId: wire.UUID{2}},
		&wire.PartitionRecord{TopicId: wire.UUID{2}, Replicas: []int32{1}, Isr: []int32{1}, Leader: 1},
	}, 8, 1)
	if err != nil {
		t.Fatal(err)
	}
	if again.Config(TopicResource, "t") != nil {
		t.Error("the configs of the deleted topic are still there")
	}
	if again.TopicByName("t").ID != (wire.UUID{2}) || again.TopicByID(wire.UUID{1}) != nil {
		t.Error("the topic has its old id")
	}
	if len(delta.CreatedTopics) != 1 || len(delta.DeletedTopics) != 1 || len(delta.ChangedTopics) != 0 || len(delta.Configs) != 1 {
		t.Errorf("delta %+v", delta)
	}
}
