package compat

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// wordCount starts Kafka Streams on state that is new or was left behind, and
// waits until it works.
func wordCount(t *testing.T, b *peer.Broker, state string) *peer.Process {
	t.Helper()
	p := peer.WordCount(t, b.Address, "wc", state, "lines", "totals")
	p.Stdout.Until(t, 60*time.Second, "running Streams", func(text string) bool {
		return strings.HasSuffix(text, "state RUNNING\n")
	})
	return p
}

func closeStreams(t *testing.T, p *peer.Process) {
	t.Helper()
	p.Stdin.Close()
	if code := p.Wait(t, 40*time.Second); code != 0 || !strings.Contains(p.Stdout.String(), "state NOT_RUNNING") {
		t.Fatalf("Streams ended with %d:\n%s%s", code, p.Stdout, p.Stderr)
	}
}

// totals waits until the last count of each word is the one that is wanted.
func totals(t *testing.T, b *peer.Broker, want map[string]int) {
	t.Helper()
	client := peer.NewFranz(t, b.Address, kgo.ConsumeTopics("totals"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	got := map[string]int{}
	for !maps.Equal(got, want) {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err0(); err != nil {
			t.Fatalf("%v: the words are counted as %v, want %v", err, got, want)
		}
		for _, r := range fetches.Records() {
			n, err := strconv.Atoi(string(r.Value))
			if err != nil {
				t.Fatal(err)
			}
			got[string(r.Key)] = n
		}
	}
}

// restored returns how many records of the counts were read from the changelog.
func restored(p *peer.Process) int {
	n := 0
	for _, m := range regexp.MustCompile(`restored counts (\d+)`).FindAllStringSubmatch(p.Stdout.String(), -1) {
		k, _ := strconv.Atoi(m[1])
		n += k
	}
	return n
}

// Kafka Streams counts words through a repartition topic into a store with a
// changelog: after restarts of Streams and of the broker it goes on counting,
// also where the store is gone and the changelog is all there is.
func TestStreamsWordCount(t *testing.T) {
	b := peer.Start(t, "group.min.session.timeout.ms=1000", "log.cleaner.backoff.ms=500")
	peer.CreateTopic(t, b.Address, "lines", 3)
	peer.CreateTopic(t, b.Address, "totals", 2)
	say := func(prefix string, n int) {
		var lines []peer.Record
		for i := range n {
			lines = append(lines, peer.Text(fmt.Sprint(i), prefix+" the heron the crane"))
		}
		peer.Send(t, peer.Franz{}, b.Address, peer.To("lines"), lines)
	}
	state := t.TempDir()

	p := wordCount(t, b, state)
	say("first", 20)
	totals(t, b, map[string]int{"first": 20, "the": 40, "heron": 20, "crane": 20})
	internalTopics(t, b)
	closeStreams(t, p)

	// On the state it left behind nothing need be read again.
	b.Stop(t)
	b.Restart(t)
	p = wordCount(t, b, state)
	say("second", 10)
	totals(t, b, map[string]int{"first": 20, "second": 10, "the": 60, "heron": 30, "crane": 30})
	if n := restored(p); n != 0 {
		t.Errorf("%d records restored to a store that was there", n)
	}
	closeStreams(t, p)

	// On an empty disk the counts come from the changelog.
	b.Kill()
	b.Restart(t)
	p = wordCount(t, b, t.TempDir())
	if n := restored(p); n < 5 {
		t.Errorf("%d records restored to an empty store", n)
	}
	say("third", 5)
	totals(t, b, map[string]int{"first": 20, "second": 10, "third": 5, "the": 70, "heron": 35, "crane": 35})
	secondInstance(t, b, p, say)
}

// internalTopics looks at what Streams created for itself, and waits until it
// has deleted what is consumed of its repartition topic.
func internalTopics(t *testing.T, b *peer.Broker) {
	t.Helper()
	admin := peer.Admin(t, b.Address)
	repartition, changelog := "wc-words-repartition", "wc-counts-changelog"
	configs, err := admin.DescribeTopicConfigs(t.Context(), repartition, changelog)
	if err != nil {
		t.Fatal(err)
	}
	policies := map[string]string{}
	for _, r := range configs {
		for _, c := range r.Configs {
			if c.Key == "cleanup.policy" {
				policies[r.Name] = c.MaybeValue()
			}
		}
	}
	if want := map[string]string{repartition: "delete", changelog: "compact"}; !maps.Equal(policies, want) {
		t.Errorf("the internal topics are %v, want %v", policies, want)
	}
	peer.Eventually(t, 30*time.Second, func() error {
		starts, err := admin.ListStartOffsets(t.Context(), repartition)
		if err != nil {
			return err
		}
		ends, err := admin.ListEndOffsets(t.Context(), repartition)
		if err != nil {
			return err
		}
		if len(ends[repartition]) != 3 {
			return fmt.Errorf("%s has %d partitions", repartition, len(ends[repartition]))
		}
		for p, end := range ends[repartition] {
			if start := starts[repartition][p]; start.Offset != end.Offset {
				return fmt.Errorf("%s-%d begins at %d and ends at %d", repartition, p, start.Offset, end.Offset)
			}
		}
		return nil
	})
}

// secondInstance lets another Streams take over half of the work, and all of it
// when the first one ends.
func secondInstance(t *testing.T, b *peer.Broker, first *peer.Process, say func(string, int)) {
	t.Helper()
	second := wordCount(t, b, t.TempDir())
	say("fourth", 5)
	want := map[string]int{"first": 20, "second": 10, "third": 5, "fourth": 5, "the": 80, "heron": 40, "crane": 40}
	totals(t, b, want)
	closeStreams(t, first)
	say("fifth", 5)
	want["fifth"], want["the"], want["heron"], want["crane"] = 5, 90, 45, 45
	totals(t, b, want)
	closeStreams(t, second)
}
