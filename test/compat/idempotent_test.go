package compat

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// A batch that was written already is answered with its first offset and not
// written again, also by a broker that was killed or stopped in between. After a
// restart Kafka remembers a producer's last batch only: earlier ones may be
// refused then.
func TestDuplicatesAreRemembered(t *testing.T) {
	b := peer.Start(t)
	peer.CreateTopic(t, b.Address, "once", 1)
	client := peer.NewFranz(t, b.Address)
	s := newProducerID(t, client)
	var want []string
	write := func(first int32, offset int64) {
		t.Helper()
		values := []string{fmt.Sprint(first), fmt.Sprint(first + 1), fmt.Sprint(first + 2)}
		got, err := produce(t, client, "once", batch(sequence{s.id, s.epoch, first}, values...))
		if err != nil || got != offset {
			t.Errorf("sequence %d: offset %d, %v; want %d", first, got, err, offset)
		}
		if int(offset) == len(want) {
			want = append(want, values...)
		}
	}
	older := func(first int32, offset int64) {
		t.Helper()
		got, err := produce(t, client, "once", batch(sequence{s.id, s.epoch, first}, "again", "again", "again"))
		if !errors.Is(err, kerr.OutOfOrderSequenceNumber) && (err != nil || got != offset) {
			t.Errorf("sequence %d: offset %d, %v; want %d or a refusal", first, got, err, offset)
		}
	}
	write(0, 0)
	write(3, 3)
	write(0, 0) // again
	write(3, 3)

	b.Kill()
	b.Restart(t)
	write(3, 3)
	older(0, 0)
	write(6, 6)

	b.Stop(t)
	b.Restart(t)
	write(6, 6)
	older(3, 3)
	write(9, 9)

	got := peer.Values(peer.Franz{}.Consume(t, b.Address, "", []string{"once"}, len(want)))
	if !slices.Equal(got, want) {
		t.Errorf("the topic holds %v, want %v", got, want)
	}
}

func TestSequencesAreChecked(t *testing.T) {
	b := peer.Start(t)
	peer.CreateTopic(t, b.Address, "checked", 1)
	client := peer.NewFranz(t, b.Address)
	s := newProducerID(t, client)
	send := func(epoch int16, first int32) (int64, error) {
		t.Helper()
		return produce(t, client, "checked", batch(sequence{s.id, epoch, first}, "x"))
	}
	for first := range int32(7) {
		if offset, err := send(0, first); err != nil || offset != int64(first) {
			t.Fatalf("sequence %d: offset %d, %v", first, offset, err)
		}
	}
	tests := []struct {
		name   string
		epoch  int16
		first  int32
		offset int64
		err    error
	}{
		{"the fifth batch back is remembered", 0, 2, 2, nil},
		{"the sixth is not", 0, 1, -1, kerr.OutOfOrderSequenceNumber},
		{"a gap", 0, 9, -1, kerr.OutOfOrderSequenceNumber},
		{"the next one after all", 0, 7, 7, nil},
		{"a new epoch must begin with 0", 1, 5, -1, kerr.OutOfOrderSequenceNumber},
		{"a new epoch", 1, 0, 8, nil},
		{"the old epoch", 0, 8, -1, kerr.InvalidProducerEpoch},
	}
	for _, tt := range tests {
		offset, err := send(tt.epoch, tt.first)
		if offset != tt.offset || !errors.Is(err, tt.err) {
			t.Errorf("%s: offset %d, %v; want %d, %v", tt.name, offset, err, tt.offset, tt.err)
		}
	}
}

// Every client's idempotent producer works as it comes.
func TestIdempotentClients(t *testing.T) {
	b := peer.Start(t)
	for _, c := range peer.Clients() {
		topic := "idempotent-" + c.Name()
		peer.CreateTopic(t, b.Address, topic, 3)
		var values []string
		for i := range 300 {
			values = append(values, fmt.Sprintf("%03d", i))
		}
		peer.Send(t, c, b.Address, peer.To(topic), peer.Lines(values...), "enable.idempotence=true")
		got := peer.Values(peer.Franz{}.Consume(t, b.Address, "", []string{topic}, len(values)))
		slices.Sort(got)
		if !slices.Equal(got, values) {
			t.Errorf("%s: %d records, not those that were sent", c.Name(), len(got))
		}
	}
}
