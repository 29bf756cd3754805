package wire

import (
	"errors"
	"reflect"
	"testing"
)

func TestSubscription(t *testing.T) {
	rack := "r"
	s := ConsumerProtocolSubscription{
		Topics:          []string{"a", "b"},
		UserData:        []byte{1},
		OwnedPartitions: []ConsumerProtocolSubscriptionTopicPartition{{Topic: "a", Partitions: []int32{1}}},
		GenerationId:    4,
		RackId:          &rack,
	}
	back, err := DecodeSubscription(AppendSubscription(nil, &s, 3))
	if err != nil || !reflect.DeepEqual(back, s) {
		t.Errorf("%+v, %v", back, err)
	}
	back, err = DecodeSubscription(AppendSubscription(nil, &s, 0))
	if err != nil || back.GenerationId != -1 || back.RackId != nil || len(back.OwnedPartitions) != 0 {
		t.Errorf("version 0: %+v, %v", back, err)
	}
}

// A client that is newer than we are is read as far as we know.
func TestSubscriptionOfTheFuture(t *testing.T) {
	s := ConsumerProtocolSubscription{Topics: []string{"a"}, GenerationId: 4}
	b := AppendSubscription(nil, &s, 3)
	b[1] = 9
	back, err := DecodeSubscription(append(b, "news"...))
	if err != nil || back.GenerationId != 4 {
		t.Errorf("%+v, %v", back, err)
	}
}

func TestAssignment(t *testing.T) {
	a := ConsumerProtocolAssignment{
		AssignedPartitions: []ConsumerProtocolAssignmentTopicPartition{{Topic: "a", Partitions: []int32{0, 1}}},
	}
	back, err := DecodeAssignment(AppendAssignment(nil, &a, 1))
	if err != nil || !reflect.DeepEqual(back, a) {
		t.Errorf("%+v, %v", back, err)
	}
}

// Row 96: bytes that are not the embedded protocol at all.
func TestRow96MalformedEmbeddedProtocol(t *testing.T) {
	for _, b := range [][]byte{nil, {0}, {0xff, 0xff}, {0, 1, 0x7f, 0xff, 0xff, 0xff}, []byte("not a subscription")} {
		if _, err := DecodeSubscription(b); !errors.Is(err, ErrMalformed) {
			t.Errorf("subscription % x: %v", b, err)
		}
		if _, err := DecodeAssignment(b); !errors.Is(err, ErrMalformed) {
			t.Errorf("assignment % x: %v", b, err)
		}
	}
}

// The newest versions of the definitions are the ones that are read.
func TestEmbeddedProtocolVersions(t *testing.T) {
	if high := lookupMessage(t, "ConsumerProtocolSubscription").high; high != maxSubscriptionVersion {
		t.Errorf("subscription %d", high)
	}
	if high := lookupMessage(t, "ConsumerProtocolAssignment").high; high != maxAssignmentVersion {
		t.Errorf("assignment %d", high)
	}
}
