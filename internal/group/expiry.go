package group

import (
	"github.com/brolga-io/brolga/internal/shard"
)

// sweepGroups and sweepRecords bound one step of the look for expired offsets: how
// many groups it looks at and how many records it writes. Between two steps the
// loop serves others.
const (
	sweepGroups  = 1_000
	sweepRecords = 1_000
)

// expiryKey is the key of the timer of the look for expired offsets.
type expiryKey struct{}

// expirySweep is a look for expired offsets that is under way: the groups that it
// has still to visit.
type expirySweep struct {
	left []string
}

// scheduleExpiry starts the next look when it is due.
func (m *machine) scheduleExpiry() {
	m.shard.Schedule(expiryKey{}, m.config.OffsetsRetentionCheckIntervalMs, m.decision(nil, func(t *turn) {
		for id := range m.state.groups {
			m.expiry.left = append(m.expiry.left, id)
		}
		m.sweep(t)
	}))
}

// sweep visits some of the groups that are left and comes back for the others.
func (m *machine) sweep(t *turn) {
	batch := tombstones{t: t, bytes: batchOverheadBytes, most: m.maxBytes()}
	for visited := 0; len(m.expiry.left) > 0 && visited < sweepGroups && !batch.full; visited++ {
		id := m.expiry.left[0]
		m.expireGroup(id, &batch)
		if !batch.full {
			m.expiry.left = m.expiry.left[1:]
		}
	}
	if n := batch.offsets; n > 0 {
		m.log.Info("offsets have expired", "count", n)
		t.then(func(err error) {
			if err == nil {
				m.metrics.ExpiredGroups.Add(int64(n))
			}
		})
	}
	if len(m.expiry.left) == 0 {
		m.expiry.left = nil
		m.scheduleExpiry()
		return
	}
	m.shard.Schedule(expiryKey{}, 0, m.decision(nil, m.sweep))
}

// expireGroup deletes the expired offsets of a group, and the group if it is empty
// and keeps none.
func (m *machine) expireGroup(id string, batch *tombstones) {
	g, gs := m.group(id), m.state.group(id)
	if gs == nil {
		return
	}
	kept := 0
	for topic, partitions := range gs.offsets {
		if g.subscribesTo(topic) {
			kept += len(partitions)
			continue
		}
		for partition, c := range partitions {
			if !m.expired(g, &c, batch.t.nowMs) {
				kept++
			} else if !batch.offset(id, topic, partition) {
				return
			}
		}
	}
	if kept == 0 && g.state == empty && len(g.pendingJoins) == 0 {
		batch.group(id)
	}
}

// expired says whether an offset has outlived its retention: counted from when its
// group became empty, or from the commit if there is no group behind it or the
// group is alive and does not subscribe to the topic. A timestamp of the client's
// own, which only old clients send, wins.
func (m *machine) expired(g *classicGroup, c *committedOffset, nowMs int64) bool {
	since := c.commitMs
	switch {
	case g.protocolType == nil:
	case g.state == empty:
		// Records before version 2 do not say when the group became empty (KAFKA-8069).
		if g.stateMs >= 0 {
			since = g.stateMs
		}
	case g.state == stable && g.knowsTopics():
	default:
		return false
	}
	if c.expireMs != noExpiry {
		return nowMs >= c.expireMs
	}
	return nowMs-since >= m.config.OffsetsRetentionMs
}

// tombstones gathers tombstones for one batch.
type tombstones struct {
	t       *turn
	bytes   int
	most    int
	offsets int
	full    bool
}

// offset adds the tombstone of an offset, unless the batch is full.
func (b *tombstones) offset(groupID, topic string, partition int32) bool {
	if !b.add(offsetTombstone(groupID, topic, partition)) {
		return false
	}
	b.offsets++
	return true
}

// group adds the tombstone of a group, unless the batch is full.
func (b *tombstones) group(id string) bool { return b.add(groupTombstone(id)) }

func (b *tombstones) add(r shard.Record) bool {
	size := recordBytes(r)
	if n := len(b.t.records); n > 0 && (b.bytes+size > b.most || n >= sweepRecords) {
		b.full = true
		return false
	}
	b.bytes += size
	b.t.append(r)
	return true
}
