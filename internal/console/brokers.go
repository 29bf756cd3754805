package console

import (
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/console/view"
)

func (c *call) listBrokers() (view.BrokerList, error) {
	k, err := c.cluster()
	if err != nil {
		return view.BrokerList{}, err
	}
	m, err := k.metadata(c)
	if err != nil {
		return view.BrokerList{}, err
	}
	return view.BrokerList{Brokers: k.brokerRows(m), Controller: m.controller, ClusterID: m.clusterID,
		Version: k.versionGuess(), AsOf: view.Millis(m.at.UnixMilli())}, nil
}

func (k *cluster) brokerRows(m *metaPart) []view.BrokerRow {
	e, d := k.ends.newest.Load(), k.dirs.newest.Load()
	rows := make([]view.BrokerRow, 0, len(m.brokers))
	at := map[int32]int{}
	for i, tile := range brokerTiles(m, d) {
		row := view.BrokerRow{BrokerTile: tile, FreeBytes: -1, TotalBytes: -1}
		if online := m.online(); online > 0 && m.partitions > 0 {
			row.LeaderShare = float64(tile.Leaders) * float64(online) / float64(m.partitions)
		}
		if d != nil {
			addDirs(&row, d.brokers[tile.ID])
		}
		if !tile.Online {
			row.Problem = "The broker is down."
		}
		at[tile.ID] = i
		rows = append(rows, row)
	}
	for _, t := range m.topics {
		for number, p := range t.partitions {
			if i, ok := at[p.leader]; ok {
				rows[i].In += e.of(t.name, int32(number)).in
			}
			if len(p.replicas) > 0 {
				if i, ok := at[p.replicas[0]]; ok {
					rows[i].Preferred++
				}
			}
		}
	}
	return rows
}

func addDirs(row *view.BrokerRow, b brokerDirs) {
	row.LogDirs = len(b.dirs)
	if b.err != nil {
		f, _ := explain(b.err)
		row.Problem = f.message
	}
	for _, dir := range b.dirs {
		if dir.err != nil {
			row.Problem = fmt.Sprintf("The directory %s is offline.", dir.path)
		}
		if dir.total >= 0 && dir.free >= 0 {
			row.FreeBytes = max(0, row.FreeBytes) + view.Int64(dir.free)
			row.TotalBytes = max(0, row.TotalBytes) + view.Int64(dir.total)
		}
	}
}

func (c *call) broker() (view.Broker, error) {
	k, m, id, err := c.brokerMeta()
	if err != nil {
		return view.Broker{}, err
	}
	rows := k.brokerRows(m)
	i := slices.IndexFunc(rows, func(r view.BrokerRow) bool { return r.ID == id })
	v := view.Broker{BrokerRow: rows[i], AsOf: view.Millis(m.at.UnixMilli())}
	d := k.dirs.newest.Load()
	if d == nil {
		return v, nil
	}
	const largest = 50
	for _, dir := range d.brokers[id].dirs {
		row := view.LogDir{Path: dir.path, FreeBytes: view.Int64(dir.free), TotalBytes: view.Int64(dir.total), Replicas: len(dir.logs)}
		if dir.err != nil {
			f, _ := explain(dir.err)
			row.Problem = f.message
		}
		for n, l := range dir.logs {
			row.Bytes += view.Int64(l.bytes)
			if n < largest {
				row.Largest = append(row.Largest, view.LogDirLog{Topic: l.topic, Partition: l.partition, Bytes: view.Int64(l.bytes), Lag: view.Int64(l.lag), Future: l.future})
			}
		}
		v.LogDirList = append(v.LogDirList, row)
	}
	return v, nil
}

// brokerMeta finds the broker in the path.
func (c *call) brokerMeta() (*cluster, *metaPart, int32, error) {
	k, err := c.cluster()
	if err != nil {
		return nil, nil, 0, err
	}
	id, err := c.brokerID()
	if err != nil {
		return nil, nil, 0, err
	}
	m, err := k.metadata(c)
	if err != nil {
		return nil, nil, 0, err
	}
	if _, ok := m.broker(id); !ok {
		return nil, nil, 0, notFound(fmt.Sprintf("There is no broker %d.", id))
	}
	return k, m, id, nil
}

func (c *call) brokerPartitions(q view.BrokerPartitionQuery) (view.BrokerPartitions, error) {
	_, m, id, err := c.brokerMeta()
	if err != nil {
		return view.BrokerPartitions{}, err
	}
	words := strings.Fields(strings.ToLower(q.Search))
	var all []view.BrokerPartition
	for _, name := range m.names {
		if !hasAll(name, words) {
			continue
		}
		for number, p := range m.topics[name].partitions {
			if slices.Contains(p.replicas, id) && inRole(p, id, q.Role) {
				all = append(all, view.BrokerPartition{Topic: name, Partition: int32(number), Leader: p.leader, Replicas: p.replicas, ISR: p.isr})
			}
		}
	}
	return view.BrokerPartitions{Partitions: slice(all, q.Offset, q.Limit), Matched: len(all)}, nil
}

func inRole(p partitionMeta, id int32, role string) bool {
	switch role {
	case "leader":
		return p.leader == id
	case "follower":
		return p.leader != id
	case "out-of-sync":
		return !slices.Contains(p.isr, id)
	}
	return true
}

// brokerResource is the name of a broker's configs; default names those of all.
func (c *call) brokerResource() (*cluster, string, error) {
	if c.vars("broker") == "default" {
		k, err := c.cluster()
		return k, "", err
	}
	k, _, id, err := c.brokerMeta()
	return k, fmt.Sprint(id), err
}

func (c *call) brokerConfigs() (view.ConfigList, error) {
	k, name, err := c.brokerResource()
	if err != nil {
		return view.ConfigList{}, err
	}
	return k.resourceConfigs(c, kmsg.ConfigResourceTypeBroker, name)
}

func (c *call) changeBrokerConfigs(in view.ConfigChange) (view.Done, error) {
	k, name, err := c.brokerResource()
	if err != nil {
		return view.Done{}, err
	}
	if err := checkChange(in); err != nil {
		return view.Done{}, err
	}
	if err := k.alterConfigs(c, kmsg.ConfigResourceTypeBroker, name, in, c.dryRun); err != nil {
		return view.Done{}, err
	}
	who, entity := "broker "+name, []string{"--entity-type", "brokers", "--entity-name", name}
	if name == "" {
		who, entity = "all brokers", []string{"--entity-type", "brokers", "--entity-default"}
	}
	done := view.Done{DryRun: c.dryRun, Command: k.alterCommand(in, entity...).String(),
		Message: fmt.Sprintf("%s of %s can be changed.", count(len(in.Set)+len(in.Unset), "config"), who)}
	if !c.dryRun {
		done.Message = fmt.Sprintf("%s of %s changed.", count(len(in.Set)+len(in.Unset), "config"), who)
		c.changed(k, view.Event{Sentence: done.Message})
	}
	return done, nil
}
