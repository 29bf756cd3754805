package console

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/brolga-io/brolga/internal/console/view"
)

// groupState finds the group in the path.
func (c *call) groupState() (*cluster, *groupState, *endsPart, error) {
	k, err := c.cluster()
	if err != nil {
		return nil, nil, nil, err
	}
	g, e, err := c.groupsNow(k)
	if err != nil {
		return nil, nil, nil, err
	}
	s := g.of(c.vars("group"))
	if s == nil {
		return nil, nil, nil, &failure{status: 404, code: kerr.GroupIDNotFound.Message, message: "There is no group " + clip(c.vars("group"), 200) + "."}
	}
	return k, s, e, nil
}

func (c *call) group() (view.Group, error) {
	k, s, e, err := c.groupState()
	if err != nil {
		return view.Group{}, err
	}
	v := view.Group{GroupRow: groupRow(s, e, k.history.trendOf(s.name)), Assignor: s.assignor, Epoch: s.epoch,
		Out: s.out(), AsOf: view.Millis(s.at.UnixMilli())}
	v.Offsets = c.groupOffsets(k, s, e)
	v.MemberList = memberViews(s, e)
	oldest := view.Millis(-1)
	for _, o := range v.Offsets {
		v.In += o.In
		if o.TimeBehind != nil {
			oldest = max(oldest, *o.TimeBehind)
		}
	}
	if oldest >= 0 {
		v.TimeBehind = &oldest
	}
	if pace := v.Out - v.In; v.Lag > 0 && pace > 0 {
		drain := view.Millis(float64(v.Lag) / pace * 1000)
		v.DrainMs = &drain
	}
	k.history.mu.Lock()
	if gh := k.history.byGroup[s.name]; gh != nil {
		v.History = gh.lag.series()
	}
	k.history.mu.Unlock()
	v.Why = why(k, s, e, c.stableEnds(k, s, &v), &v)
	return v, nil
}

// maxTimedPartitions is how many partitions of one group are told how old their
// next record is.
const maxTimedPartitions = 200

// groupOffsets has a row for each partition that the group has a bookmark in or
// a member for.
func (c *call) groupOffsets(k *cluster, s *groupState, e *endsPart) []view.GroupOffset {
	owner := map[tp]groupMember{}
	places := map[tp]bool{}
	for _, m := range s.members {
		for _, p := range m.assigned {
			owner[p] = m
			places[p] = true
		}
	}
	for p := range s.commits {
		places[p] = true
	}
	all := make([]tp, 0, len(places))
	for p := range places {
		all = append(all, p)
	}
	slices.SortFunc(all, comparePartitions)
	want := map[tp]int64{}
	var rows []view.GroupOffset
	for _, p := range all {
		ends := e.of(p.topic, p.partition)
		row := view.GroupOffset{Topic: p.topic, Partition: p.partition, Start: view.Int64(ends.start), End: view.Int64(ends.end), In: ends.in}
		if m, ok := owner[p]; ok {
			row.Member, row.ClientID, row.Host = m.id, m.clientID, m.host
		}
		if commit, ok := s.commits[p]; ok {
			at := view.Int64(commit.offset)
			row.Committed, row.Metadata, row.Out = &at, clip(commit.metadata, 200), commit.out
			if lag, ok := lagOf(ends, commit.offset); ok {
				v := view.Int64(lag)
				row.Lag = &v
				if lag > 0 && len(want) < maxTimedPartitions {
					want[p] = max(commit.offset, ends.start)
				}
			}
			row.Problem = bookmarkProblem(ends, commit.offset)
		}
		rows = append(rows, row)
	}
	ages := k.recordAges(c, want)
	for i, r := range rows {
		if age, ok := ages[tp{r.Topic, r.Partition}]; ok {
			rows[i].TimeBehind = &age
		} else if r.Lag != nil && *r.Lag == 0 {
			zero := view.Millis(0)
			rows[i].TimeBehind = &zero
		}
	}
	return rows
}

func bookmarkProblem(e partitionEnds, committed int64) string {
	switch {
	case e.start >= 0 && committed < e.start:
		return fmt.Sprintf("The bookmark is before the first record that is left: %s were deleted unread.", count(int(e.start-committed), "record"))
	case e.end >= 0 && committed > e.end:
		return "The bookmark is beyond the end: the topic was made anew, or the leader lost records."
	}
	return ""
}

func memberViews(s *groupState, e *endsPart) []view.Member {
	var all []view.Member
	for _, m := range s.members {
		v := view.Member{ID: m.id, InstanceID: m.instance, ClientID: m.clientID, Host: m.host, Rack: m.rack, Partitions: len(m.assigned)}
		for _, p := range m.assigned {
			if n := len(v.Assignment); n == 0 || v.Assignment[n-1].Topic != p.topic {
				v.Assignment = append(v.Assignment, view.TopicPartitions{Topic: p.topic})
			}
			last := &v.Assignment[len(v.Assignment)-1]
			last.Partitions = append(last.Partitions, p.partition)
			if commit, ok := s.commits[p]; ok {
				lag, _ := lagOf(e.of(p.topic, p.partition), commit.offset)
				v.Lag += view.Int64(lag)
			}
		}
		all = append(all, v)
	}
	return all
}

func (c *call) groupHistory() (view.GroupHistory, error) {
	k, s, _, err := c.groupState()
	if err != nil {
		return view.GroupHistory{}, err
	}
	k.history.mu.Lock()
	defer k.history.mu.Unlock()
	gh := k.history.byGroup[s.name]
	if gh == nil {
		return view.GroupHistory{}, nil
	}
	v := view.GroupHistory{Lag: gh.lag.series(), Members: gh.members.series(), Out: gh.out.series()}
	for p, r := range gh.partitions {
		v.Partitions = append(v.Partitions, view.PartitionLags{Topic: p.topic, Partition: p.partition, Lag: r.series()})
	}
	slices.SortFunc(v.Partitions, func(a, b view.PartitionLags) int {
		return comparePartitions(tp{a.Topic, a.Partition}, tp{b.Topic, b.Partition})
	})
	return v, nil
}

func (c *call) deleteGroup() (view.Done, error) {
	k, s, _, err := c.groupState()
	if err != nil {
		return view.Done{}, err
	}
	done := view.Done{DryRun: c.dryRun, Command: k.line("kafka-consumer-groups", "--delete", "--group", s.name).String(),
		Message: fmt.Sprintf("Group %s was deleted.", s.name)}
	if len(s.members) > 0 {
		return view.Done{}, busyGroup(s)
	}
	if c.dryRun {
		done.Message = fmt.Sprintf("Group %s with %s would be deleted.", s.name, count(len(s.commits), "bookmark"))
		return done, nil
	}
	r, err := k.admin.DeleteGroup(c, s.name)
	if err == nil {
		err = withWords(r.Err, r.ErrMessage)
	}
	if err != nil {
		return view.Done{}, err
	}
	c.changed(k, view.Event{Group: s.name, Sentence: done.Message})
	k.settle(c, k.groups)
	return done, nil
}

// busyGroup refuses what members would undo.
func busyGroup(s *groupState) error {
	return &failure{status: 409, code: kerr.NonEmptyGroup.Message,
		message: fmt.Sprintf("Group %s has %s.", s.name, count(len(s.members), "member")),
		hint:    "Stop them first: their next commit would undo it."}
}

func (c *call) deleteGroupOffsets(in view.DeleteOffsets) (view.DeletedOffsets, error) {
	k, s, _, err := c.groupState()
	if err != nil {
		return view.DeletedOffsets{}, err
	}
	set := kadm.TopicsSet{}
	line := in.Topic
	for i, p := range in.Partitions {
		line += map[bool]string{true: ":", false: ","}[i == 0] + strconv.Itoa(int(p))
	}
	for p := range s.commits {
		if p.topic == in.Topic && (len(in.Partitions) == 0 || slices.Contains(in.Partitions, p.partition)) {
			set.Add(p.topic, p.partition)
		}
	}
	if len(set) == 0 {
		return view.DeletedOffsets{}, invalid("topic", "The group has no bookmark there.")
	}
	result := view.DeletedOffsets{Done: view.Done{DryRun: c.dryRun,
		Command: k.line("kafka-consumer-groups", "--delete-offsets", "--group", s.name, "--topic", line).String()}}
	if c.dryRun {
		result.Message = fmt.Sprintf("%s would be removed.", count(len(set[in.Topic]), "bookmark"))
		return result, nil
	}
	answers, err := k.admin.DeleteOffsets(c, s.name, set)
	if err != nil {
		return view.DeletedOffsets{}, err
	}
	removed := 0
	for _, p := range sortedInts(set[in.Topic]) {
		row := view.PartitionResult{Topic: in.Topic, Partition: p, OK: true}
		if err := answers[in.Topic][p]; err != nil {
			f, _ := explain(err)
			row.OK, row.Problem = false, f.message
		} else {
			removed++
		}
		result.Partitions = append(result.Partitions, row)
	}
	result.Message = fmt.Sprintf("%s of %s removed.", count(removed, "bookmark"), s.name)
	c.changed(k, view.Event{Group: s.name, Topic: in.Topic, Sentence: result.Message})
	k.settle(c, k.groups)
	return result, nil
}
