package console

import (
	"cmp"
	"slices"
	"strings"

	"github.com/brolga-io/brolga/internal/console/view"
)

// groupsNow returns the newest of what groups need.
func (c *call) groupsNow(k *cluster) (*groupsPart, *endsPart, error) {
	g := k.groups.fresh(c, k.now, liveAge)
	if g == nil {
		if err := k.groups.problem(); err != nil {
			return nil, nil, err
		}
		return nil, nil, c.notYet()
	}
	return g, k.ends.newest.Load(), nil
}

// notYet is the answer while a cluster has not been looked at.
func (c *call) notYet() error {
	return &failure{status: 503, code: codeOffline, message: "The cluster has not answered yet.", hint: "Try again in a moment."}
}

func (c *call) listGroups(q view.GroupQuery) (view.GroupPage, error) {
	k, err := c.cluster()
	if err != nil {
		return view.GroupPage{}, err
	}
	g, e, err := c.groupsNow(k)
	if err != nil {
		return view.GroupPage{}, err
	}
	rows, states := k.groupRows(g, e, q)
	if q.Sort == "timeBehind" {
		c.addTimes(k, g, rows)
	}
	sortGroups(rows, q.Sort, q.Desc)
	page := view.GroupPage{Total: len(g.names), Matched: len(rows), States: states, AsOf: view.Millis(g.at.UnixMilli())}
	page.Groups = slice(rows, q.Offset, q.Limit)
	if q.Sort != "timeBehind" {
		c.addTimes(k, g, page.Groups)
	}
	return page, nil
}

// topicGroups are the groups with something to do with a topic; their lag is that
// in the topic.
func (c *call) topicGroups(q view.GroupQuery) (view.GroupPage, error) {
	k, _, t, err := c.topicMeta()
	if err != nil {
		return view.GroupPage{}, err
	}
	g, e, err := c.groupsNow(k)
	if err != nil {
		return view.GroupPage{}, err
	}
	q.Topic = t.name
	rows, states := k.groupRows(g, e, q)
	for i := range rows {
		rows[i].Lag = view.Int64(g.groups[rows[i].Name].lag(e, t.name))
	}
	c.addTimes(k, g, rows[:min(len(rows), pageSize)])
	sortGroups(rows, q.Sort, q.Desc)
	return view.GroupPage{Total: len(rows), Matched: len(rows), States: states, AsOf: view.Millis(g.at.UnixMilli()),
		Groups: slice(rows, q.Offset, q.Limit)}, nil
}

// groupRows finds the groups that match, by name, and the states of all.
func (k *cluster) groupRows(g *groupsPart, e *endsPart, q view.GroupQuery) (rows []view.GroupRow, states []string) {
	words := strings.Fields(strings.ToLower(q.Search))
	for _, name := range g.names {
		s := g.groups[name]
		if s.state != "" && !slices.Contains(states, s.state) {
			states = append(states, s.state)
		}
		topics := s.topics()
		if !hasAll(name, words) || q.State != "" && !strings.EqualFold(q.State, s.state) ||
			q.Type != "" && q.Type != s.kind || q.Topic != "" && !slices.Contains(topics, q.Topic) {
			continue
		}
		row := groupRow(s, e, k.history.trendOf(name))
		row.Topics = len(topics)
		rows = append(rows, row)
	}
	slices.Sort(states)
	return rows, states
}

func groupRow(s *groupState, e *endsPart, trend view.Trend) view.GroupRow {
	return view.GroupRow{Name: s.name, Type: s.kind, State: s.state, Protocol: s.protocolType, Coordinator: s.coordinator,
		Members: len(s.members), Topics: len(s.topics()), Lag: view.Int64(s.lag(e, "")), Trend: trend}
}

func sortGroups(rows []view.GroupRow, by view.GroupSort, desc bool) {
	behind := func(r view.GroupRow) int64 {
		if r.TimeBehind == nil {
			return -1
		}
		return int64(*r.TimeBehind)
	}
	column := func(a, b view.GroupRow) int {
		switch by {
		case "state":
			return cmp.Compare(a.State, b.State)
		case "members":
			return cmp.Compare(a.Members, b.Members)
		case "topics":
			return cmp.Compare(a.Topics, b.Topics)
		case "lag":
			return cmp.Compare(a.Lag, b.Lag)
		case "timeBehind":
			return cmp.Compare(behind(a), behind(b))
		}
		return cmp.Compare(a.Name, b.Name)
	}
	slices.SortStableFunc(rows, func(a, b view.GroupRow) int {
		if desc {
			return column(b, a)
		}
		return column(a, b)
	})
}

// maxTimedGroups is how many groups of a list are told how old their next record
// is: each costs a look at a record.
const maxTimedGroups = 100

// addTimes adds how long ago the next record of the partition that is furthest
// behind was written.
func (c *call) addTimes(k *cluster, g *groupsPart, rows []view.GroupRow) {
	e := k.ends.newest.Load()
	want := map[tp]int64{}
	worst := map[string]tp{}
	for _, r := range rows {
		if r.Lag <= 0 || len(worst) >= maxTimedGroups {
			continue
		}
		s := g.groups[r.Name]
		most := int64(0)
		for p, commit := range s.commits {
			if l, ok := lagOf(e.of(p.topic, p.partition), commit.offset); ok && l > most {
				most = l
				worst[r.Name] = p
			}
		}
	}
	for name, p := range worst {
		want[p] = g.groups[name].commits[p].offset
	}
	ages := k.recordAges(c, want)
	for i, r := range rows {
		if p, ok := worst[r.Name]; ok {
			if age, ok := ages[p]; ok {
				rows[i].TimeBehind = &age
			}
		} else if r.Lag == 0 {
			zero := view.Millis(0)
			rows[i].TimeBehind = &zero
		}
	}
}

func (c *call) exportGroups(q view.GroupQuery) error {
	k, err := c.cluster()
	if err != nil {
		return err
	}
	g, e, err := c.groupsNow(k)
	if err != nil {
		return err
	}
	rows, _ := k.groupRows(g, e, q)
	sortGroups(rows, q.Sort, q.Desc)
	w := c.csv("groups")
	_ = w.Write([]string{"group", "type", "state", "protocol", "coordinator", "members", "topics", "lag"})
	for _, r := range rows {
		_ = w.Write([]string{safeCell(r.Name), r.Type, r.State, safeCell(r.Protocol), text(r.Coordinator), text(r.Members), text(r.Topics), text(r.Lag)})
	}
	w.Flush()
	return ignoreGone(w.Error())
}
