package console

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/console/view"
)

// consume reads n records in a group and commits them.
func (w *world) consume(group, topic string, n int) *kgo.Client {
	w.t.Helper()
	c := w.client(kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic), kgo.DisableAutoCommit(), kgo.ClientID("reader"))
	ctx, cancel := context.WithTimeout(w.t.Context(), 20*time.Second)
	defer cancel()
	var got []*kgo.Record
	for len(got) < n {
		f := c.PollRecords(ctx, n-len(got))
		if err := f.Err(); err != nil {
			w.t.Fatal(err)
		}
		got = append(got, f.Records()...)
	}
	if err := c.CommitRecords(ctx, got...); err != nil {
		w.t.Fatal(err)
	}
	return c
}

func TestGroups(t *testing.T) {
	w := newWorld(t)
	w.topic("t", 2)
	w.fill("t", 2, 40, strconv.Itoa)
	c := w.consume("Pizza", "t", 30)
	var g view.Group
	eventually(t, "the group is behind by 10", func() bool {
		status, _ := w.send("GET", "groups/Pizza", nil)
		if status != 200 {
			return false
		}
		g = get[view.Group](w, "GET", "groups/Pizza", nil)
		return g.Lag == 10 && len(g.MemberList) == 1
	})
	m := g.MemberList[0]
	if g.State != "Stable" || m.ClientID != "reader" || m.Partitions != 2 || m.Lag != 10 || len(g.Offsets) != 2 || g.Offsets[0].Member != m.ID {
		t.Errorf("group %+v", g)
	}
	if g.TimeBehind == nil || *g.TimeBehind < view.Millis(time.Since(time.Unix(1_700_000_040, 0)).Milliseconds()) {
		t.Errorf("time behind %v", g.TimeBehind)
	}
	if !slices.ContainsFunc(g.Why, func(f view.Finding) bool {
		return f.Code == "not_committing" || f.Code == "behind" || f.Code == "catching_up" || f.Code == "few_members"
	}) {
		t.Errorf("why: %+v", g.Why)
	}
	w.refused("POST", "groups/Pizza/reset", view.Reset{To: view.ResetEarliest}, 409, "NON_EMPTY_GROUP")
	w.refused("DELETE", "groups/Pizza", nil, 409, "NON_EMPTY_GROUP")
	if r := get[view.ResetResult](w, "POST", "groups/Pizza/reset?dryRun=true", view.Reset{To: view.ResetEarliest}); r.Blocked == "" || r.Reread != 30 {
		t.Errorf("the preview is %+v", r)
	}
	c.CloseAllowingRebalance()
	eventually(t, "the group is empty", func() bool { return get[view.Group](w, "GET", "groups/Pizza", nil).State == "Empty" })
	g = get[view.Group](w, "GET", "groups/Pizza", nil)
	if g.Why[0].Code != "no_members" || !strings.Contains(g.Why[0].Command, "kafka-consumer-groups") {
		t.Errorf("why: %+v", g.Why)
	}
	page := get[view.GroupPage](w, "GET", "groups?q=PIZ&state=empty&topic=t", nil)
	if page.Matched != 1 || page.Groups[0].Lag != 10 || page.States[0] != "Empty" || page.Groups[0].TimeBehind == nil {
		t.Errorf("page %+v", page)
	}
	if of := get[view.GroupPage](w, "GET", "topics/t/groups", nil); of.Matched != 1 || of.Groups[0].Lag != 10 {
		t.Errorf("of the topic %+v", of)
	}
	if h := get[view.GroupHistory](w, "GET", "groups/Pizza/history", nil); len(h.Lag.Times) == 0 || len(h.Partitions) == 0 {
		t.Errorf("history %+v", h)
	}
	_, _, csv := w.raw("GET", "/api/v1/clusters/fake/groups.csv", "")
	if !strings.Contains(csv, "Pizza,classic,Empty") {
		t.Errorf("CSV %s", csv)
	}
	if r := get[view.DeletedOffsets](w, "POST", "groups/Pizza/delete-offsets", view.DeleteOffsets{Topic: "t", Partitions: []int32{1}}); len(r.Partitions) != 1 || !r.Partitions[0].OK {
		t.Errorf("deleted %+v", r)
	}
	if g := get[view.Group](w, "GET", "groups/Pizza", nil); len(g.Offsets) != 1 {
		t.Errorf("after it %+v", g.Offsets)
	}
	get[view.Done](w, "DELETE", "groups/Pizza", nil)
	w.refused("GET", "groups/Pizza", nil, 404, "GROUP_ID_NOT_FOUND")
}

func TestResetForms(t *testing.T) {
	w := newWorld(t)
	w.topic("t", 2)
	w.fill("t", 2, 40, strconv.Itoa) // 20 in each, one each two seconds
	w.consume("other", "t", 40).CloseAllowingRebalance()
	base := []view.PlannedOffset{{Topic: "t", Partition: 0, Offset: 10}, {Topic: "t", Partition: 1, Offset: 12}}
	number := func(n int64) *view.Int64 { v := view.Int64(n); return &v }
	for name, form := range map[string]struct {
		in      view.Reset
		after   string
		command string
	}{
		"earliest": {view.Reset{To: view.ResetEarliest}, "[0 0]", "--all-topics --to-earliest --execute"},
		"latest":   {view.Reset{To: view.ResetLatest}, "[20 20]", "--to-latest"},
		"current":  {view.Reset{To: view.ResetCurrent}, "[10 12]", "--to-current"},
		"offset":   {view.Reset{To: view.ResetOffset, Offset: number(7)}, "[7 7]", "--to-offset 7"},
		"beyond":   {view.Reset{To: view.ResetOffset, Offset: number(700)}, "[20 20]", "--to-offset 700"},
		"shift":    {view.Reset{To: view.ResetShift, Shift: number(-3)}, "[7 9]", "--shift-by -3"},
		"time":     {view.Reset{To: view.ResetTime, Timestamp: number(1_700_000_010_000)}, "[5 5]", "--to-datetime 2023-11-14T22:13:30.000"},
		"duration": {view.Reset{To: view.ResetDuration, DurationMs: number(0)}, "[5 5]", "--by-duration PT"},
		"group":    {view.Reset{To: view.ResetGroup, FromGroup: "other"}, "[20 20]", "--from-file plan.csv --execute"},
		"plan":     {view.Reset{To: view.ResetPlan, Offsets: base[:1]}, "[10]", "t,0,10"},
		"scope":    {view.Reset{To: view.ResetLatest, Scope: []view.TopicPartitions{{Topic: "t", Partitions: []int32{1}}}}, "[20]", "--topic t:1 --to-latest"},
	} {
		get[view.ResetResult](w, "POST", "groups/g/reset", view.Reset{To: view.ResetPlan, Offsets: base})
		if form.in.To == view.ResetDuration { // it falls between two seconds, with most of one to spare
			form.in.DurationMs = number(time.Since(time.UnixMilli(1_700_000_009_050)).Milliseconds())
		}
		preview := get[view.ResetResult](w, "POST", "groups/g/reset?dryRun=true", form.in)
		done := get[view.ResetResult](w, "POST", "groups/g/reset", form.in)
		var after []view.Int64
		for _, row := range done.Partitions {
			after = append(after, row.After)
			if row.Before == nil || row.Change != row.After-*row.Before {
				t.Errorf("%s: row %+v", name, row)
			}
		}
		if fmt.Sprint(after) != form.after || fmt.Sprint(preview.Partitions[0].After) != fmt.Sprint(done.Partitions[0].After) {
			t.Errorf("%s: %v, not %s", name, after, form.after)
		}
		if !strings.Contains(done.Command, form.command) {
			t.Errorf("%s: %s", name, done.Command)
		}
		if !preview.DryRun || len(done.Undo) != len(done.Partitions) {
			t.Errorf("%s: preview %v, undo %v", name, preview.DryRun, done.Undo)
		}
		g := get[view.Group](w, "GET", "groups/g", nil)
		for _, o := range g.Offsets {
			for _, row := range done.Partitions {
				if row.Partition == o.Partition && *o.Committed != row.After {
					t.Errorf("%s: partition %d is at %d", name, o.Partition, *o.Committed)
				}
			}
		}
	}
	for field, in := range map[string]view.Reset{
		"to": {To: "somewhere"}, "offset": {To: view.ResetOffset}, "shift": {To: view.ResetShift}, "timestamp": {To: view.ResetTime},
		"durationMs": {To: view.ResetDuration}, "fromGroup": {To: view.ResetGroup, FromGroup: "nobody"}, "offsets": {To: view.ResetPlan},
		"partitions": {To: view.ResetLatest, Scope: []view.TopicPartitions{{Topic: "t", Partitions: []int32{9}}}},
	} {
		if p := w.refused("POST", "groups/g/reset", in, 400, "INVALID_REQUEST"); p.Field != field {
			t.Errorf("field %q, not %q", p.Field, field)
		}
	}
	if p := w.refused("POST", "groups/new/reset", view.Reset{To: view.ResetLatest}, 400, "INVALID_REQUEST"); p.Field != "scope" {
		t.Errorf("a new group: %+v", p)
	}
}

// Why a group is behind, from what the protocol shows.
func TestWhy(t *testing.T) {
	k := &cluster{bootstrap: []string{"x:1"}, meta: newPoller[metaPart](time.Second, time.Second, nil)}
	k.meta.newest.Store(&metaPart{topics: map[string]*topicMeta{"t": {name: "t", partitions: []partitionMeta{{leader: 1}, {leader: 1}, {leader: -1}}}}})
	ends := func(values ...int64) *endsPart {
		e := &endsPart{topics: map[string][]partitionEnds{}}
		for _, v := range values {
			e.topics["t"] = append(e.topics["t"], partitionEnds{start: 0, end: v})
		}
		return e
	}
	at := func(values ...int64) map[tp]commit {
		m := map[tp]commit{}
		for p, v := range values {
			m[tp{"t", int32(p)}] = commit{offset: v}
		}
		return m
	}
	members := []groupMember{{id: "m", assigned: []tp{{"t", 0}, {"t", 1}}}}
	for name, c := range map[string]struct {
		s      groupState
		e      *endsPart
		stable map[tp]int64
		v      view.Group
		want   string
	}{
		"no bookmarks": {groupState{}, ends(5), nil, view.Group{GroupRow: view.GroupRow{Lag: -1}}, "no_bookmarks"},
		"caught up":    {groupState{}, ends(5), nil, view.Group{}, "caught_up"},
		"no members":   {groupState{state: "Empty", commits: at(0)}, ends(5), nil, view.Group{GroupRow: view.GroupRow{Lag: 5}}, "no_members"},
		"rebalancing":  {groupState{state: "PreparingRebalance", members: members, commits: at(0)}, ends(5), nil, view.Group{GroupRow: view.GroupRow{Lag: 5}}, "rebalancing"},
		"silent":       {groupState{state: "Stable", members: members, commits: at(0, 0)}, ends(5, 5), nil, view.Group{GroupRow: view.GroupRow{Lag: 10}}, "not_committing"},
		"transaction": {groupState{state: "Stable", members: members, commits: at(3)}, ends(5), map[tp]int64{{"t", 0}: 3},
			view.Group{GroupRow: view.GroupRow{Lag: 2}}, "open_transaction"},
		"hot":       {groupState{state: "Stable", members: members, commits: at(0, 0)}, ends(1000, 5), nil, view.Group{GroupRow: view.GroupRow{Lag: 1005}, Out: 5}, "hot_partition"},
		"few":       {groupState{state: "Stable", members: members, commits: at(0, 0)}, ends(50, 50), nil, view.Group{GroupRow: view.GroupRow{Lag: 100}, Out: 5}, "few_members"},
		"slow":      {groupState{state: "Stable", members: members, commits: at(0, 0)}, ends(50, 50), nil, view.Group{GroupRow: view.GroupRow{Lag: 100}, Out: 5, In: 10}, "too_slow"},
		"no leader": {groupState{state: "Stable", members: members, commits: at(0, 0, 0)}, ends(50, 50, 50), nil, view.Group{GroupRow: view.GroupRow{Lag: 150}, Out: 5}, "no_leader"},
	} {
		found := why(k, &c.s, c.e, c.stable, &c.v)
		if !slices.ContainsFunc(found, func(f view.Finding) bool { return f.Code == c.want && f.Sentence != "" }) {
			t.Errorf("%s: %+v", name, found)
		}
	}
}
