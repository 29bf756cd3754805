package console

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// groupsPart is what is known of the groups at a moment. It is not changed once
// made.
type groupsPart struct {
	at     time.Time
	groups map[string]*groupState
	names  []string // sorted
	next   int      // where the next round of details begins
}

// groupState is one group.
type groupState struct {
	name         string
	kind         string // classic, consumer, share, streams; "": the broker does not say
	state        string
	protocolType string
	assignor     string
	epoch        *int32
	coordinator  int32
	members      []groupMember
	commits      map[tp]commit
	at           time.Time // when members and commits were asked for
	err          error
}

type groupMember struct {
	id, instance, clientID, host, rack string
	assigned                           []tp
}

type commit struct {
	offset   int64
	metadata string
	out      float64 // records per second
}

// groupsPerRound is how many groups are asked for their details at a time.
const groupsPerRound = 300

// askGroups lists the groups and asks for the details of some, all where they
// are not too many.
func (k *cluster) askGroups(ctx context.Context, prev *groupsPart) (*groupsPart, error) {
	g := &groupsPart{at: k.now(), groups: map[string]*groupState{}}
	if err := k.listInto(ctx, g, prev); err != nil {
		return nil, err
	}
	g.names = sortedKeys(g.groups)
	round := g.names
	if len(round) > groupsPerRound {
		from := 0
		if prev != nil {
			from = prev.next % len(round)
		}
		round = append(slices.Clone(round[from:]), round[:from]...)[:groupsPerRound]
		g.next = from + groupsPerRound
	}
	k.describeInto(ctx, g, round)
	k.commitsInto(ctx, g, prev, round)
	return g, nil
}

func (k *cluster) listInto(ctx context.Context, g, prev *groupsPart) error {
	var failed error
	answered := 0
	for _, shard := range k.client.RequestSharded(ctx, kmsg.NewPtrListGroupsRequest()) {
		err := shard.Err
		if err == nil {
			err = kerr.ErrorForCode(shard.Resp.(*kmsg.ListGroupsResponse).ErrorCode)
		}
		if err != nil {
			failed = err
			continue
		}
		answered++
		for _, l := range shard.Resp.(*kmsg.ListGroupsResponse).Groups {
			s := &groupState{name: l.Group, kind: strings.ToLower(l.GroupType), state: l.GroupState,
				protocolType: l.ProtocolType, coordinator: shard.Meta.NodeID}
			if was := prev.of(l.Group); was != nil {
				s.commits, s.members, s.at, s.assignor = was.commits, was.members, was.at, was.assignor
			}
			g.groups[l.Group] = s
		}
	}
	if answered == 0 {
		return errors.Join(failed, ctx.Err())
	}
	if failed != nil && prev != nil {
		// A coordinator that is down took its groups along; they are still there.
		for name, was := range prev.groups {
			if g.groups[name] == nil {
				kept := *was
				kept.err = failed
				g.groups[name] = &kept
			}
		}
	}
	return nil
}

// describeInto fills in the members.
func (k *cluster) describeInto(ctx context.Context, g *groupsPart, names []string) {
	var classic, modern []string
	for _, name := range names {
		switch g.groups[name].kind {
		case "", "classic":
			classic = append(classic, name)
		case "consumer":
			modern = append(modern, name)
		}
	}
	if len(classic) > 0 {
		described, err := k.admin.DescribeGroups(ctx, classic...)
		for _, name := range classic {
			d, ok := described[name]
			g.groups[name].classic(d, ok, err)
		}
	}
	if len(modern) > 0 {
		described, err := k.admin.DescribeConsumerGroups(ctx, modern...)
		for _, name := range modern {
			d, ok := described[name]
			g.groups[name].modern(d, ok, err)
		}
	}
}

func (s *groupState) classic(d kadm.DescribedGroup, ok bool, err error) {
	if !ok || d.Err != nil {
		s.err = errors.Join(err, d.Err)
		return
	}
	s.state, s.assignor, s.protocolType = d.State, d.Protocol, d.ProtocolType
	s.members = make([]groupMember, 0, len(d.Members))
	for _, m := range d.Members {
		member := groupMember{id: m.MemberID, clientID: m.ClientID, host: m.ClientHost}
		if m.InstanceID != nil {
			member.instance = *m.InstanceID
		}
		if a, ok := m.Assigned.AsConsumer(); ok {
			for _, t := range a.Topics {
				for _, p := range t.Partitions {
					member.assigned = append(member.assigned, tp{t.Topic, p})
				}
			}
		}
		slices.SortFunc(member.assigned, comparePartitions)
		s.members = append(s.members, member)
	}
}

func (s *groupState) modern(d kadm.DescribedConsumerGroup, ok bool, err error) {
	if !ok || d.Err != nil {
		s.err = errors.Join(err, d.Err)
		return
	}
	s.state, s.assignor, s.epoch = d.State, d.AssignorName, &d.Epoch
	s.members = make([]groupMember, 0, len(d.Members))
	for _, m := range d.Members {
		member := groupMember{id: m.MemberID, clientID: m.ClientID, host: m.ClientHost}
		if m.InstanceID != nil {
			member.instance = *m.InstanceID
		}
		if m.RackID != nil {
			member.rack = *m.RackID
		}
		for topic, partitions := range m.Assignment {
			for p := range partitions {
				member.assigned = append(member.assigned, tp{topic, p})
			}
		}
		slices.SortFunc(member.assigned, comparePartitions)
		s.members = append(s.members, member)
	}
}

// commitsInto fills in the bookmarks and how fast they move.
func (k *cluster) commitsInto(ctx context.Context, g, prev *groupsPart, names []string) {
	var ask []string
	for _, name := range names {
		if kind := g.groups[name].kind; kind != "share" {
			ask = append(ask, name)
		}
	}
	if len(ask) == 0 {
		return
	}
	now := k.now()
	for name, r := range k.admin.FetchManyOffsets(ctx, ask...) {
		s := g.groups[name]
		if s == nil {
			continue
		}
		if r.Err != nil {
			s.err = r.Err
			continue
		}
		was := prev.of(name)
		s.commits, s.at = map[tp]commit{}, now
		r.Fetched.Each(func(o kadm.OffsetResponse) {
			if o.Err != nil || o.At < 0 {
				return
			}
			at := tp{o.Topic, o.Partition}
			s.commits[at] = nextCommit(was, at, o, now)
		})
	}
}

func nextCommit(was *groupState, at tp, o kadm.OffsetResponse, now time.Time) commit {
	c := commit{offset: o.At, metadata: o.Metadata}
	if was == nil {
		return c
	}
	if before, ok := was.commits[at]; ok {
		c.out = smoothRate(before.out, before.offset, o.At, now.Sub(was.at))
	}
	return c
}

// of finds a group, nil where it is not known.
func (g *groupsPart) of(name string) *groupState {
	if g == nil {
		return nil
	}
	return g.groups[name]
}

// topics lists the topics that a group has to do with.
func (s *groupState) topics() []string {
	set := map[string]bool{}
	for p := range s.commits {
		set[p.topic] = true
	}
	for _, m := range s.members {
		for _, p := range m.assigned {
			set[p.topic] = true
		}
	}
	return sortedKeys(set)
}

// lag is how many records the group is behind in all, or in one topic; -1 where
// it has no bookmark.
func (s *groupState) lag(e *endsPart, topic string) int64 {
	sum, any := int64(0), false
	for p, c := range s.commits {
		if topic != "" && p.topic != topic {
			continue
		}
		any = true
		if l, ok := lagOf(e.of(p.topic, p.partition), c.offset); ok {
			sum += l
		}
	}
	if !any {
		return -1
	}
	return sum
}

// lagOf is how far a bookmark is behind; a bookmark beyond the end is not behind.
func lagOf(e partitionEnds, committed int64) (int64, bool) {
	if e.end < 0 {
		return 0, false
	}
	return max(0, e.end-committed), true
}

// out is how many records the group commits per second.
func (s *groupState) out() float64 {
	sum := 0.0
	for _, c := range s.commits {
		sum += c.out
	}
	return sum
}
