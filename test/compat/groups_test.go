package compat

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// quick makes a lost member noticed in seconds.
var quick = []string{"session.timeout.ms=3000", "heartbeat.interval.ms=300"}

// spread makes n records for each of the partitions.
func spread(partitions, n int, text string) []peer.Record {
	var records []peer.Record
	for p := range partitions {
		for i := range n {
			r := peer.Text("", fmt.Sprintf("%s %d/%d", text, p, i))
			r.Partition = int32(p)
			records = append(records, r)
		}
	}
	return records
}

// shares waits until the members have so many partitions each, and together
// each partition once.
func shares(t *testing.T, members []*peer.Member, sizes ...int) {
	t.Helper()
	peer.Eventually(t, 30*time.Second, func() error {
		var all []string
		var got []int
		for _, m := range members {
			p, _ := m.Assigned()
			all = append(all, p...)
			got = append(got, len(p))
		}
		slices.Sort(all)
		if distinct := len(slices.Compact(all)); !slices.Equal(got, sizes) || distinct != len(all) {
			return fmt.Errorf("the members have %v partitions, %d different ones, want %v", got, distinct, sizes)
		}
		return nil
	})
}

// reads waits until the members have read the records, each exactly once.
func reads(t *testing.T, members []*peer.Member, prefix string, n int) {
	t.Helper()
	peer.Eventually(t, 20*time.Second, func() error {
		times := map[string]int{}
		for _, m := range members {
			for _, r := range m.Records(t) {
				if strings.HasPrefix(string(r.Value), prefix) {
					times[string(r.Value)]++
				}
			}
		}
		for value, k := range times {
			if k > 1 {
				t.Fatalf("%q was read %d times", value, k)
			}
		}
		if len(times) < n {
			return fmt.Errorf("%d of %d records read", len(times), n)
		}
		return nil
	})
}

func TestGroupSplitsAndRejoins(t *testing.T) {
	b := peer.Start(t, "group.min.session.timeout.ms=1000")
	for _, c := range []peer.Client{peer.Java(), peer.OldJava(), peer.Librdkafka(), peer.KafkaJS()} {
		t.Run(c.Name(), func(t *testing.T) {
			topic, group := "split-"+c.Name(), "group-"+c.Name()
			peer.CreateTopic(t, b.Address, topic, 4)
			join := func() *peer.Member { return peer.Join(t, c, b.Address, group, []string{topic}, quick...) }

			peer.Send(t, peer.Franz{}, b.Address, peer.To(topic), spread(4, 5, "first"))
			one := join()
			shares(t, []*peer.Member{one}, 4)
			reads(t, []*peer.Member{one}, "first", 20)

			two := join()
			shares(t, []*peer.Member{one, two}, 2, 2)
			peer.Send(t, peer.Franz{}, b.Address, peer.To(topic), spread(4, 5, "second"))
			reads(t, []*peer.Member{one, two}, "second", 20)

			two.Crash()
			shares(t, []*peer.Member{one}, 4)

			three := join()
			shares(t, []*peer.Member{one, three}, 2, 2)
			three.Leave(t)
			shares(t, []*peer.Member{one}, 4)
			peer.Send(t, peer.Franz{}, b.Address, peer.To(topic), spread(4, 5, "third"))
			reads(t, []*peer.Member{one}, "third", 20)
			one.Leave(t)
		})
	}
}

// Members written in different languages agree on an assignor that all know.
func TestMixedGroup(t *testing.T) {
	b := peer.Start(t, "group.min.session.timeout.ms=1000")
	peer.CreateTopic(t, b.Address, "mixed", 6)
	javaRange := "partition.assignment.strategy=org.apache.kafka.clients.consumer.RangeAssignor"
	members := []*peer.Member{
		peer.Join(t, peer.Java(), b.Address, "mixed", []string{"mixed"}, append(quick, javaRange)...),
		peer.Join(t, peer.OldJava(), b.Address, "mixed", []string{"mixed"}, append(quick, javaRange)...),
		peer.Join(t, peer.Librdkafka(), b.Address, "mixed", []string{"mixed"}, append(quick, "partition.assignment.strategy=range")...),
	}
	shares(t, members, 2, 2, 2)
	peer.Send(t, peer.Franz{}, b.Address, peer.To("mixed"), spread(6, 10, "x"))
	reads(t, members, "x", 60)
	for _, m := range members {
		m.Leave(t)
	}
}

// A static member (KIP-345) that comes back in time gets its partitions without
// a rebalance; a second one under the same name fences the first.
func TestStaticMembers(t *testing.T) {
	b := peer.Start(t, "group.min.session.timeout.ms=1000")
	fenced := map[string]string{"java": "FencedInstanceId", "librdkafka": "_FATAL"}
	for _, c := range []peer.Client{peer.Java(), peer.Librdkafka()} {
		t.Run(c.Name(), func(t *testing.T) {
			topic, group := "static-"+c.Name(), "static-"+c.Name()
			peer.CreateTopic(t, b.Address, topic, 4)
			join := func(instance string) *peer.Member {
				return peer.Join(t, c, b.Address, group, []string{topic}, "session.timeout.ms=20000", "heartbeat.interval.ms=300", "group.instance.id="+instance)
			}
			one := join("one")
			shares(t, []*peer.Member{one}, 4)
			two := join("two")
			shares(t, []*peer.Member{one, two}, 2, 2)

			before, _ := two.Assigned()
			events := one.Events()
			two.Crash()
			again := join("two")
			shares(t, []*peer.Member{one, again}, 2, 2)
			if after, _ := again.Assigned(); !slices.Equal(after, before) {
				t.Errorf("two had %v and came back to %v", before, after)
			}
			if one.Events() != events {
				t.Error("the return of a static member disturbed the other one")
			}

			usurper := join("two")
			if said := again.Ended(t, 30*time.Second); !strings.Contains(said, fenced[c.Name()]) {
				t.Errorf("the fenced member said %s", said)
			}
			shares(t, []*peer.Member{one, usurper}, 2, 2)
		})
	}
}

// A group continues where it stopped, whatever wrote its offsets.
func TestGroupContinues(t *testing.T) {
	b := peer.Start(t, "group.min.session.timeout.ms=1000")
	for _, c := range peer.Clients() {
		t.Run(c.Name(), func(t *testing.T) {
			topic, group := "continue-"+c.Name(), "continue-"+c.Name()
			peer.CreateTopic(t, b.Address, topic, 1)
			peer.Send(t, c, b.Address, peer.To(topic), peer.Lines("a", "b", "c"))
			if got := peer.Values(c.Consume(t, b.Address, group, []string{topic}, 3)); !slices.Equal(got, []string{"a", "b", "c"}) {
				t.Fatalf("read %v", got)
			}
			peer.Send(t, c, b.Address, peer.To(topic), peer.Lines("d", "e"))
			if got := peer.Values(c.Consume(t, b.Address, group, []string{topic}, 2)); !slices.Equal(got, []string{"d", "e"}) {
				t.Fatalf("read %v after the offsets were committed", got)
			}
			lags, err := peer.Admin(t, b.Address).Lag(t.Context(), group)
			if err != nil {
				t.Fatal(err)
			}
			l := lags[group]
			if l.Error() != nil || l.State != "Empty" || l.Lag.Total() != 0 {
				t.Errorf("state %s, lag %d, error %v", l.State, l.Lag.Total(), l.Error())
			}
		})
	}
}
