package node

import (
	"errors"
	"fmt"
	"slices"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/quorum"
)

// Restarts tells of an error of a node after whose Close another one is to be started in
// its place, by the same process.
func Restarts(err error) bool {
	return errors.Is(err, errRestart) || errors.Is(err, quorum.ErrDiverged)
}

// logDamaged is told of a log in which the disk has changed what was flushed. Where others
// have the partition too, the log is set aside and the node starts again without it: only
// a broker that comes back and does not claim to have everything is taken out of each
// in-sync set, before it copies the partition anew. That waits until nobody depends on
// this broker alone.
func (n *Node) logDamaged(tp commitlog.TopicPartition, err error) (settled bool) {
	if !n.othersHave(tp) {
		n.log.Error("A log is damaged, and no other broker is in sync that it could be copied from", "topic", tp.Topic, "partition", tp.Partition, "err", err)
		return false
	}
	n.log.Error("A log is damaged: it is set aside and copied anew", "topic", tp.Topic, "partition", tp.Partition, "err", err)
	n.metrics.Replica.SalvagedLogs.Inc()
	if err := n.dirs.Disown(); err != nil {
		return true // the directory has failed as a whole
	}
	if err := n.dirs.SetAside(tp); err != nil {
		n.log.Error("A damaged log stays where it is", "topic", tp.Topic, "partition", tp.Partition, "err", err)
		return true
	}
	n.fail(fmt.Errorf("%w without the damaged log of %v", errRestart, tp))
	return true
}

// othersHave tells whether a partition, and every other one that this broker is in sync
// with, has another broker in sync that is alive.
func (n *Node) othersHave(tp commitlog.TopicPartition) bool {
	image, me := n.publisher.Image(), n.cfg.NodeID()
	if image == nil {
		return false
	}
	another := func(p *metadata.Partition) bool {
		return slices.ContainsFunc(p.ISR, func(id int32) bool {
			b := image.Broker(id)
			return id != me && b != nil && !b.Fenced
		})
	}
	found := false
	for t := range image.Topics() {
		for number, p := range t.Partitions() {
			mine := t.Name == tp.Topic && number == tp.Partition
			found = found || mine
			if (mine || slices.Contains(p.ISR, me)) && !another(p) {
				return false
			}
		}
	}
	return found
}
