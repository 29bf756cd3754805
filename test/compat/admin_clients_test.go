package compat

import (
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// The admin clients of every language do the same and are answered the same.
func TestAdminClients(t *testing.T) {
	b := peer.Start(t)
	for _, c := range []peer.Client{peer.Java(), peer.OldJava(), peer.Librdkafka(), peer.KafkaJS()} {
		t.Run(c.Name(), func(t *testing.T) {
			given, fresh, group := "given-"+c.Name(), "fresh-"+c.Name(), "readers-"+c.Name()
			peer.CreateTopic(t, b.Address, given, 1)
			peer.Send(t, peer.Franz{}, b.Address, peer.To(given), peer.Lines(strings.Split("abcdefghij", "")...))
			peer.Franz{}.Consume(t, b.Address, group, []string{given}, 10)
			var plain kadm.Offsets // franz-go's own commit has metadata
			plain.AddOffset(given, 0, 10, -1)
			if err := peer.Admin(t, b.Address).CommitAllOffsets(t.Context(), group, plain); err != nil {
				t.Fatal(err)
			}
			metadata, unknown := "", "UNKNOWN_TOPIC_OR_PARTITION"
			switch c.Name() {
			case "java", "java-3.1":
				metadata = "moved" // kafkajs sends none, librdkafka's binding reads beyond its end
			case "librdkafka":
				unknown = "UNKNOWN_TOPIC_OR_PART" // its own name of it
			}
			want := []string{
				"cluster\t1\t1",
				"create\tok",
				"create\tTOPIC_ALREADY_EXISTS",
				"config\t12345678\tfalse",
				"alter\tok",
				"config\t7654321\tfalse",
				"grow\tok",
				"grow\tINVALID_PARTITIONS",
				"listed\ttrue",
				"group\ttrue\tEmpty",
				"offsets\t{" + given + "-0=10}",
				"reset\tok",
				"offsets\t{" + given + "-0=4" + metadata + "}",
				"records\t3",
				"delete group\tok",
				"delete group\tGROUP_ID_NOT_FOUND",
				"delete\tok",
				"delete\t" + unknown,
			}
			got := peer.AdminLines(t, c, b.Address, given, fresh, group)
			for i := range min(len(got), len(want)) {
				if got[i] != want[i] {
					t.Errorf("line %d: %q, want %q", i, got[i], want[i])
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%d lines, want %d", len(got), len(want))
			}
		})
	}
}
