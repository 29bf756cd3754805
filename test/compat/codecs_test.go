package compat

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// Every client writes with every codec, and every client reads it all.
func TestCodecsBetweenClients(t *testing.T) {
	b := peer.Start(t)
	const perTopic = 20
	want := map[string]int{} // topic and value
	var topics []string
	for _, writer := range peer.Clients() {
		var targets []peer.Target
		for _, codec := range peer.Codecs() {
			topic := "codec-" + writer.Name() + "-" + codec
			peer.CreateTopic(t, b.Address, topic, 2)
			targets = append(targets, peer.Target{Topic: topic, Codec: codec})
			topics = append(topics, topic)
		}
		var records []peer.Record
		for i := range perTopic {
			text := fmt.Sprintf("%s writes record %d, %s", writer.Name(), i, strings.Repeat("over and over ", 40))
			records = append(records, peer.Text(fmt.Sprint(i), text))
			for _, to := range targets {
				want[to.Topic+" "+text]++
			}
		}
		peer.Send(t, writer, b.Address, targets, records)
	}
	for _, reader := range peer.Clients() {
		t.Run(reader.Name()+" reads", func(t *testing.T) {
			got := map[string]int{}
			for _, r := range reader.Consume(t, b.Address, "", topics, len(topics)*perTopic) {
				got[r.Topic+" "+string(r.Value)]++
			}
			if !maps.Equal(got, want) {
				t.Errorf("%d different records, want %d", len(got), len(want))
			}
		})
	}
	t.Run("kcat reads", func(t *testing.T) {
		for _, topic := range topics {
			r := peer.Kcat(t, "", "-b", b.Address, "-C", "-e", "-q", "-X", "fetch.wait.max.ms=10", "-o", "beginning", "-t", topic, "-f", "%s\\n")
			lines := strings.Split(strings.TrimSuffix(r.Stdout, "\n"), "\n")
			if len(lines) != perTopic || r.Code != 0 {
				t.Errorf("%s: %d lines, code %d: %s", topic, len(lines), r.Code, r.Stderr)
			}
			for _, l := range lines {
				if want[topic+" "+l] != 1 {
					t.Errorf("%s: kcat read %.60q", topic, l)
				}
			}
		}
	})
}

// kcat writes with every codec, and franz-go reads it.
func TestCodecsOfKcat(t *testing.T) {
	b := peer.Start(t)
	for _, codec := range peer.Codecs() {
		t.Run(codec, func(t *testing.T) {
			topic := "kcat-" + codec
			peer.CreateTopic(t, b.Address, topic, 1)
			var want []string
			for i := range 200 {
				want = append(want, fmt.Sprintf("%d the same words again and again", i))
			}
			r := peer.Kcat(t, strings.Join(want, "\n")+"\n", "-b", b.Address, "-P", "-t", topic, "-z", codec)
			if r.Code != 0 {
				t.Fatalf("kcat: %s", r.Stderr)
			}
			got := peer.Values(peer.Franz{}.Consume(t, b.Address, "", []string{topic}, len(want)))
			if !slices.Equal(got, want) {
				t.Errorf("read %d lines, not those that were written", len(got))
			}
		})
	}
}
