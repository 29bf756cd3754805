package console

import (
	"cmp"
	"slices"

	"github.com/brolga-io/brolga/internal/console/view"
)

// overview is how the cluster is; it asks no broker but for what is too old.
func (c *call) overview() (view.Overview, error) {
	k, err := c.cluster()
	if err != nil {
		return view.Overview{}, err
	}
	m, err := k.metadata(c)
	if err != nil {
		return view.Overview{}, err
	}
	e, d, g := k.ends.newest.Load(), k.dirs.newest.Load(), k.groups.newest.Load()
	v := view.Overview{ClusterID: m.clusterID, Version: k.versionGuess(), Controller: m.controller,
		InternalTopics: m.internal, Topics: len(m.names) - m.internal, Partitions: m.partitions,
		Brokers: brokerTiles(m, d), Bytes: -1, AsOf: view.Millis(m.at.UnixMilli())}
	for _, name := range m.names {
		t := m.topics[name]
		v.UnderReplicated += t.under
		v.Offline += t.offline
		records, in, _ := e.records(name, len(t.partitions))
		v.Records += view.Int64(records)
		if in > 0 {
			v.TopTopics = append(v.TopTopics, view.TopicRate{Topic: name, In: in})
		}
	}
	const top = 5
	slices.SortStableFunc(v.TopTopics, func(a, b view.TopicRate) int { return cmp.Compare(b.In, a.In) })
	v.TopTopics = v.TopTopics[:min(top, len(v.TopTopics))]
	if d != nil {
		v.Bytes = 0
		for id := range d.brokers {
			v.Bytes += view.Int64(max(0, d.brokerBytes(id)))
		}
	}
	if g != nil {
		v.Groups = len(g.names)
		v.LaggingGroups = k.lagging(g, e, top)
	}
	v.In, v.Out, v.InBytes, v.Lag = k.history.cluster()
	const newest = 20
	v.Events = k.events.page(view.EventQuery{Limit: newest}).Events
	v.FirstRun = v.Topics == 0
	v.Verdict = c.verdict(k, m, g, e)
	return v, nil
}

// cluster are the lines of the cluster's charts.
func (h *history) cluster() (in, out, inBytes, lag view.Series) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.in.series(), h.out.series(), h.inBytes.series(), h.lag.series()
}

// lagging are the groups that are behind most.
func (k *cluster) lagging(g *groupsPart, e *endsPart, top int) []view.GroupLag {
	var all []view.GroupLag
	for _, name := range g.names {
		s := g.groups[name]
		if lag := s.lag(e, ""); lag > 0 {
			all = append(all, view.GroupLag{Group: name, State: s.state, Lag: view.Int64(lag), Trend: k.history.trendOf(name)})
		}
	}
	slices.SortStableFunc(all, func(a, b view.GroupLag) int { return cmp.Compare(b.Lag, a.Lag) })
	return all[:min(top, len(all))]
}

// brokerTiles counts what each broker has.
func brokerTiles(m *metaPart, d *dirsPart) []view.BrokerTile {
	at := map[int32]*view.BrokerTile{}
	tiles := make([]view.BrokerTile, len(m.brokers))
	for i, b := range m.brokers {
		tiles[i] = view.BrokerTile{ID: b.id, Host: b.host, Port: b.port, Rack: b.rack, Online: b.online,
			Controller: b.id == m.controller, Bytes: view.Int64(d.brokerBytes(b.id))}
		at[b.id] = &tiles[i]
	}
	for _, t := range m.topics {
		for _, p := range t.partitions {
			if b := at[p.leader]; b != nil {
				b.Leaders++
			}
			for _, id := range p.replicas {
				if b := at[id]; b != nil {
					b.Replicas++
					if !slices.Contains(p.isr, id) {
						b.OutOfSync++
					}
				}
			}
		}
	}
	return tiles
}

func (c *call) listEvents(q view.EventQuery) (view.EventPage, error) {
	k, err := c.cluster()
	if err != nil {
		return view.EventPage{}, err
	}
	return k.events.page(q), nil
}
