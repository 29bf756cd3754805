package console

import (
	"fmt"
	"strings"

	"github.com/brolga-io/brolga/internal/console/view"
)

// why says why a group is behind, from what the protocol shows: the best
// explanation first.
func why(k *cluster, s *groupState, e *endsPart, stable map[tp]int64, v *view.Group) []view.Finding {
	if v.Lag < 0 {
		return []view.Finding{{Status: view.LevelInfo, Code: "no_bookmarks", Group: s.name,
			Sentence: "The group has no bookmarks: it never committed, or keeps them elsewhere."}}
	}
	if v.Lag == 0 {
		return []view.Finding{{Status: view.LevelGood, Code: "caught_up", Group: s.name, Sentence: "The group has read everything."}}
	}
	var all []view.Finding
	add := func(level view.Level, code, fix, sentence string, args ...any) {
		all = append(all, view.Finding{Status: level, Code: code, Group: s.name, Fix: fix, Sentence: fmt.Sprintf(sentence, args...)})
	}
	describe := k.line("kafka-consumer-groups", "--describe", "--group", s.name, "--members", "--verbose").String()
	assigned, idle := 0, 0
	for _, m := range s.members {
		assigned += len(m.assigned)
		if len(m.assigned) == 0 {
			idle++
		}
	}
	if n, where := leaderless(k, s); n > 0 {
		add(view.LevelBad, "no_leader", "Start the brokers that are down.", "%s it reads has no leader: %s.", count(n, "partition"), where)
	}
	switch {
	case len(s.members) == 0:
		add(view.LevelWarning, "no_members", "Start a consumer with this group.id.", "Nobody is reading: the group has no members.")
	case strings.Contains(s.state, "Rebalance") || s.state == "Assigning" || s.state == "Reconciling":
		add(view.LevelWarning, "rebalancing", "If this stays so, a member joins and leaves again and again: look at its log, session.timeout.ms and max.poll.interval.ms.",
			"The members are just sharing out the partitions (%s); nobody reads meanwhile.", s.state)
	case v.Out == 0:
		addNotCommitting(add, s, e, stable)
	}
	if hot, share := hotPartition(s, e, int64(v.Lag)); hot != nil && len(s.commits) > 1 {
		add(view.LevelWarning, "hot_partition", "One partition is read by one member: spread the keys, or make reading one record faster.",
			"%.0f %% of the lag is in one partition, %s-%d.", share*100, hot.topic, hot.partition)
	}
	if n := len(s.members); n > 0 && n < assigned && v.Out > 0 && v.Trend != view.TrendFalling {
		add(view.LevelInfo, "few_members", "Start more members: up to one for each partition.",
			"%s share %s; more members could read more at a time.", count(n, "member"), count(assigned, "partition"))
	}
	if v.Out > 0 && v.In > v.Out {
		add(view.LevelWarning, "too_slow", "Add members up to the number of partitions, or make reading one record faster.",
			"%.1f records a second are written, %.1f are read.", v.In, v.Out)
	}
	if idle > 0 {
		add(view.LevelInfo, "idle_members", "More members than partitions cannot read more.", "%s without a partition.", count(idle, "member"))
	}
	if v.DrainMs != nil && v.Trend == view.TrendFalling {
		add(view.LevelGood, "catching_up", "", "It is catching up: about %s at this pace.", duration(int64(*v.DrainMs)))
	}
	if len(all) == 0 {
		add(view.LevelInfo, "behind", "", "It is %d records behind and reads %.1f a second.", v.Lag, v.Out)
	}
	all[0].Command = describe
	return all
}

// addNotCommitting explains members that do not move their bookmarks.
func addNotCommitting(add func(view.Level, string, string, string, ...any), s *groupState, e *endsPart, stable map[tp]int64) {
	if at := openTransaction(s, e, stable); at != "" {
		add(view.LevelWarning, "open_transaction", "Find its producer among the topic's producers; end it, or abort it with kafka-transactions.",
			"An open transaction may hold readers with read_committed back in %s.", at)
	}
	add(view.LevelWarning, "not_committing", "Look whether the consumer processes records, and whether enable.auto.commit or its own commits work.",
		"It has %s, but the bookmarks do not move.", count(len(s.members), "member"))
}

// openTransaction finds a partition whose last stable offset is before its end
// and at the bookmark, "" where there is none.
func openTransaction(s *groupState, e *endsPart, stable map[tp]int64) string {
	for p, c := range s.commits {
		lso, ok := stable[p]
		if ok && lso < e.of(p.topic, p.partition).end && c.offset >= lso {
			return fmt.Sprintf("%s-%d", p.topic, p.partition)
		}
	}
	return ""
}

// stableEnds asks for the last stable offsets of what a group reads, where they
// may explain why it does not go on.
func (c *call) stableEnds(k *cluster, s *groupState, v *view.Group) map[tp]int64 {
	if v.Lag <= 0 || v.Out > 0 || len(s.members) == 0 {
		return nil
	}
	want := map[tp]int64{}
	for p := range s.commits {
		if len(want) < maxTimedPartitions {
			want[p] = atEnd
		}
	}
	const readCommitted = 1
	stable := map[tp]int64{}
	for p, l := range k.listOffsets(c, readCommitted, want) {
		if l.err == nil {
			stable[p] = l.offset
		}
	}
	return stable
}

func leaderless(k *cluster, s *groupState) (n int, where string) {
	m := k.meta.newest.Load()
	if m == nil {
		return 0, ""
	}
	for p := range s.commits {
		t := m.topics[p.topic]
		if t != nil && int(p.partition) < len(t.partitions) && t.partitions[p.partition].leader < 0 {
			n++
			where = fmt.Sprintf("%s-%d", p.topic, p.partition)
		}
	}
	return n, where
}

// hotPartition is a partition with most of the lag.
func hotPartition(s *groupState, e *endsPart, lag int64) (*tp, float64) {
	const most, least = 0.8, 100
	if lag < least {
		return nil, 0
	}
	for p, c := range s.commits {
		if l, ok := lagOf(e.of(p.topic, p.partition), c.offset); ok && float64(l) > most*float64(lag) {
			return &p, float64(l) / float64(lag)
		}
	}
	return nil, 0
}

// duration is a time in words.
func duration(ms int64) string {
	s := ms / 1000
	switch {
	case s < 1:
		return "a second"
	case s < 120:
		return fmt.Sprintf("%d seconds", s)
	case s < 7200:
		return fmt.Sprintf("%d minutes", s/60)
	case s < 48*3600:
		return fmt.Sprintf("%d hours", s/3600)
	}
	return fmt.Sprintf("%d days", s/86400)
}
