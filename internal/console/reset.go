package console

import (
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/brolga-io/brolga/internal/console/view"
)

// resetGroup moves the bookmarks of a group; with dryRun it says where from and
// where to. A group that does not exist yet can be given bookmarks.
func (c *call) resetGroup(in view.Reset) (view.ResetResult, error) {
	k, err := c.cluster()
	if err != nil {
		return view.ResetResult{}, err
	}
	if c.vars("group") == "" {
		return view.ResetResult{}, invalid("", "The group needs a name.")
	}
	k.settle(c, k.groups, k.meta)
	g, _, err := c.groupsNow(k)
	if err != nil {
		return view.ResetResult{}, err
	}
	s := g.of(c.vars("group"))
	if s == nil {
		s = &groupState{name: c.vars("group"), state: "Empty", commits: map[tp]commit{}}
	}
	places, err := c.resetPlaces(k, s, in)
	if err != nil {
		return view.ResetResult{}, err
	}
	r := &reset{c: c, k: k, s: s, in: in, places: places}
	if err := r.find(); err != nil {
		return view.ResetResult{}, err
	}
	result := r.result()
	if len(s.members) > 0 {
		result.Blocked = busyGroup(s).(*failure).message
	}
	switch {
	case c.dryRun:
		return result, nil
	case len(s.members) > 0:
		return view.ResetResult{}, busyGroup(s)
	}
	return result, r.commit(&result)
}

// reset is a reset under way.
type reset struct {
	c      *call
	k      *cluster
	s      *groupState
	in     view.Reset
	places []tp
	bounds map[tp]bounds
	after  map[tp]int64
	notes  map[tp]string
}

// resetPlaces are the partitions that are meant.
func (c *call) resetPlaces(k *cluster, s *groupState, in view.Reset) ([]tp, error) {
	m, err := k.metadata(c)
	if err != nil {
		return nil, err
	}
	scope := in.Scope
	if in.To == view.ResetPlan {
		scope = nil
		for _, o := range in.Offsets {
			scope = append(scope, view.TopicPartitions{Topic: o.Topic, Partitions: []int32{o.Partition}})
		}
		if len(scope) == 0 {
			return nil, invalid("offsets", "The plan is empty.")
		}
	}
	set := map[tp]bool{}
	if len(scope) == 0 {
		for p := range s.commits {
			set[p] = true
		}
		if len(set) == 0 {
			return nil, invalid("scope", "The group has no bookmarks: name the topics.")
		}
	}
	for _, part := range scope {
		t, err := m.topic(part.Topic)
		if err != nil {
			return nil, err
		}
		chosen, err := choosePartitions(t, part.Partitions)
		if err != nil {
			return nil, err
		}
		for _, p := range chosen {
			set[tp{t.name, p}] = true
		}
	}
	return sortedPlaces(set), nil
}

// find chooses the new offsets.
func (r *reset) find() error {
	r.after, r.notes, r.bounds = map[tp]int64{}, map[tp]string{}, map[tp]bounds{}
	starts, ends := r.listAt(atStart), r.listAt(atEnd)
	for _, p := range r.places {
		for _, l := range []listed{starts[p], ends[p]} {
			if l.err != nil {
				return partitionError(p.topic, p.partition, l.err)
			}
		}
		r.bounds[p] = bounds{starts[p].offset, ends[p].offset}
	}
	want, err := r.wanted()
	if err != nil {
		return err
	}
	for _, p := range r.places {
		offset, ok := want[p]
		if !ok {
			continue
		}
		if inside := clamp(offset, r.bounds[p]); inside != offset {
			r.notes[p] = fmt.Sprintf("%d is not in the log; its nearer end is taken.", offset)
			offset = inside
		}
		r.after[p] = offset
	}
	return nil
}

func (r *reset) listAt(timestamp int64) map[tp]listed {
	want := map[tp]int64{}
	for _, p := range r.places {
		want[p] = timestamp
	}
	return r.k.listOffsets(r.c, 0, want)
}

// wanted is where each partition is to go, before it is kept inside of its log.
func (r *reset) wanted() (map[tp]int64, error) {
	in := r.in
	switch in.To {
	case view.ResetEarliest:
		return r.each(func(p tp) int64 { return r.bounds[p].start }), nil
	case view.ResetLatest:
		return r.each(func(p tp) int64 { return r.bounds[p].end }), nil
	case view.ResetCurrent:
		return r.each(func(p tp) int64 {
			if c, ok := r.s.commits[p]; ok {
				return c.offset
			}
			return r.bounds[p].end
		}), nil
	case view.ResetOffset:
		if in.Offset == nil {
			return nil, invalid("offset", "Say the offset.")
		}
		return r.each(func(tp) int64 { return int64(*in.Offset) }), nil
	case view.ResetShift:
		return r.shifted()
	case view.ResetTime:
		if in.Timestamp == nil || *in.Timestamp < 0 {
			return nil, invalid("timestamp", "Say the time.")
		}
		return r.atTime(int64(*in.Timestamp))
	case view.ResetDuration:
		if in.DurationMs == nil || *in.DurationMs < 0 {
			return nil, invalid("durationMs", "Say how long ago.")
		}
		return r.atTime(max(0, r.c.s.now().UnixMilli()-int64(*in.DurationMs)))
	case view.ResetGroup:
		return r.asGroup()
	case view.ResetPlan:
		want := map[tp]int64{}
		for _, o := range in.Offsets {
			want[tp{o.Topic, o.Partition}] = int64(o.Offset)
		}
		return want, nil
	}
	return nil, invalid("to", "It is none of "+strings.Join(in.To.Values(), ", ")+".")
}

func (r *reset) each(offset func(tp) int64) map[tp]int64 {
	want := map[tp]int64{}
	for _, p := range r.places {
		want[p] = offset(p)
	}
	return want
}

func (r *reset) shifted() (map[tp]int64, error) {
	if r.in.Shift == nil {
		return nil, invalid("shift", "Say by how many records.")
	}
	want := map[tp]int64{}
	for _, p := range r.places {
		c, ok := r.s.commits[p]
		if !ok {
			return nil, invalid("scope", fmt.Sprintf("%s-%d has no bookmark to be shifted.", p.topic, p.partition))
		}
		want[p] = c.offset + int64(*r.in.Shift)
	}
	return want, nil
}

// atTime takes the first record from that time on, the end where there is none.
func (r *reset) atTime(timestamp int64) (map[tp]int64, error) {
	want := map[tp]int64{}
	for p, l := range r.listAt(timestamp) {
		switch {
		case l.err != nil:
			return nil, partitionError(p.topic, p.partition, l.err)
		case l.offset < 0:
			want[p] = r.bounds[p].end
			r.notes[p] = "Nothing is that new: the end is taken."
		default:
			want[p] = l.offset
		}
	}
	return want, nil
}

func (r *reset) asGroup() (map[tp]int64, error) {
	g, _, err := r.c.groupsNow(r.k)
	if err != nil {
		return nil, err
	}
	other := g.of(r.in.FromGroup)
	if other == nil {
		return nil, invalid("fromGroup", "There is no such group.")
	}
	want := map[tp]int64{}
	for _, p := range r.places {
		if c, ok := other.commits[p]; ok {
			want[p] = c.offset
		} else {
			r.notes[p] = "The other group has no bookmark here: this one stays as it is."
		}
	}
	if len(want) == 0 {
		return nil, invalid("fromGroup", "That group has no bookmarks in these partitions.")
	}
	return want, nil
}

// result puts before and after side by side.
func (r *reset) result() view.ResetResult {
	v := view.ResetResult{Done: view.Done{DryRun: r.c.dryRun, Command: r.command()}}
	for _, p := range r.places {
		after, moves := r.after[p]
		row := view.ResetRow{Topic: p.topic, Partition: p.partition, Start: view.Int64(r.bounds[p].start), End: view.Int64(r.bounds[p].end), Note: r.notes[p]}
		before, had := r.s.commits[p]
		if had {
			at := view.Int64(before.offset)
			row.Before = &at
			v.Undo = append(v.Undo, view.PlannedOffset{Topic: p.topic, Partition: p.partition, Offset: at})
		}
		if !moves {
			if !had {
				continue
			}
			after = before.offset
		}
		row.After, row.Lag = view.Int64(after), view.Int64(max(0, r.bounds[p].end-after))
		if had {
			row.Change = view.Int64(after - before.offset)
			if row.Change > 0 {
				v.Skip += row.Change
			} else {
				v.Reread -= row.Change
			}
		}
		v.Partitions = append(v.Partitions, row)
	}
	v.Message = fmt.Sprintf("%s would be set: %d records read again, %d skipped.", count(len(r.after), "bookmark"), v.Reread, v.Skip)
	return v
}

// commit writes the bookmarks.
func (r *reset) commit(v *view.ResetResult) error {
	offsets := kadm.Offsets{}
	for p, at := range r.after {
		offsets.AddOffset(p.topic, p.partition, at, -1)
	}
	answers, err := r.k.admin.CommitOffsets(r.c, r.s.name, offsets)
	if err != nil {
		return err
	}
	failed := 0
	for i, row := range v.Partitions {
		if o, ok := answers.Lookup(row.Topic, row.Partition); ok && o.Err != nil {
			f, _ := explain(o.Err)
			v.Partitions[i].Problem = f.message
			failed++
		}
	}
	if failed > 0 && failed == len(r.after) {
		return answers.Error()
	}
	v.Message = fmt.Sprintf("%s set: %d records will be read again, %d skipped.", count(len(r.after)-failed, "bookmark"), v.Reread, v.Skip)
	r.c.changed(r.k, view.Event{Group: r.s.name, Sentence: "Group " + r.s.name + ": " + v.Message})
	r.k.settle(r.c, r.k.groups)
	return nil
}

// command is the kafka-consumer-groups line; forms that the tool does not have go
// through a plan in a file.
func (r *reset) command() string {
	line := r.k.line("kafka-consumer-groups", "--reset-offsets", "--group", r.s.name)
	if r.in.To != view.ResetPlan && r.in.To != view.ResetGroup {
		if len(r.in.Scope) == 0 {
			line.add("--all-topics")
		}
		for _, part := range r.in.Scope {
			name := part.Topic
			for i, p := range part.Partitions {
				name += map[bool]string{true: ":", false: ","}[i == 0] + fmt.Sprint(p)
			}
			line.add("--topic", name)
		}
	}
	switch r.in.To {
	case view.ResetEarliest, view.ResetLatest, view.ResetCurrent:
		line.add("--to-" + string(r.in.To))
	case view.ResetOffset:
		line.add("--to-offset", fmt.Sprint(*r.in.Offset))
	case view.ResetShift:
		line.add("--shift-by", fmt.Sprint(*r.in.Shift))
	case view.ResetTime:
		line.add("--to-datetime", time.UnixMilli(int64(*r.in.Timestamp)).UTC().Format("2006-01-02T15:04:05.000"))
	case view.ResetDuration:
		line.add("--by-duration", fmt.Sprintf("PT%.3fS", float64(*r.in.DurationMs)/1000))
	default:
		var plan strings.Builder
		for _, p := range r.places {
			if at, ok := r.after[p]; ok {
				fmt.Fprintf(&plan, "%s,%d,%d\n", p.topic, p.partition, at)
			}
		}
		return "printf '%s' " + shellQuote(plan.String()) + " > plan.csv && " + line.add("--from-file", "plan.csv", "--execute").String()
	}
	return line.add("--execute").String()
}

func sortedPlaces(set map[tp]bool) []tp {
	all := make([]tp, 0, len(set))
	for p := range set {
		all = append(all, p)
	}
	return sortPlaces(all)
}
