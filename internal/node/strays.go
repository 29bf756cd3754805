package node

import (
	"errors"
	"slices"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/planted"
	"github.com/brolga-io/brolga/internal/wire"
)

// strays settles, once, what became of this broker's partitions while no process of it
// ran. It is a publisher's step and comes before the replicas are told of the first
// image. That one holds this process' registration, so it is newer than whatever an
// earlier process was told.
type strays struct {
	n    *Node
	done bool
}

func (s *strays) step(image *metadata.Image, _ *metadata.Delta) {
	if s.done {
		return
	}
	s.done = true
	for _, tp := range s.n.dirs.All() {
		s.settle(image, tp)
	}
}

// settle removes a log whose partition has moved to other brokers, because a committed
// record says so of this topic id. One that no record speaks of is set aside, as Kafka
// does (LogManager.isStrayKraftReplica): that it is missing proves nothing.
func (s *strays) settle(image *metadata.Image, tp commitlog.TopicPartition) {
	if place, _ := s.n.dirs.Describe(tp); errors.Is(place.Err, logdir.ErrTwofold) {
		s.settleTwofold(image, tp)
		return
	}
	id, err := s.n.dirs.TopicID(tp)
	if err != nil {
		if !errors.Is(err, logdir.ErrOffline) {
			s.n.log.Warn("It is not known which topic a log is of", "topic", tp.Topic, "partition", tp.Partition, "err", err)
		}
		return
	}
	t := image.TopicByID(wire.UUID(id))
	if id == (logdir.UUID{}) {
		t = image.TopicByName(tp.Topic) // Create finds out whether it may be that one's
	}
	known := t != nil && t.Name == tp.Topic && tp.Partition < int32(t.PartitionCount())
	if known && s.isHere(t, tp.Partition) {
		return
	}
	if known && id != (logdir.UUID{}) {
		s.n.log.Info("Removing the log of a partition that has moved to other brokers", "topic", tp.Topic, "partition", tp.Partition)
		err = s.n.dirs.Delete(tp, id)
	} else {
		s.n.log.Warn("Setting aside the log of a partition that the metadata does not know", "topic", tp.Topic, "partition", tp.Partition)
		if planted.On(planted.OrphansByAbsence) {
			err = s.n.dirs.Delete(tp, id)
		} else {
			err = s.n.dirs.SetAside(tp)
		}
	}
	if err != nil && !errors.Is(err, logdir.ErrOffline) {
		s.n.log.Error("A log that is not this broker's stays where it is", "topic", tp.Topic, "partition", tp.Partition, "err", err)
	}
}

// settleTwofold leaves a partition that is in two directories to whoever opens it, or
// sets both aside if nobody will.
func (s *strays) settleTwofold(image *metadata.Image, tp commitlog.TopicPartition) {
	if t := image.TopicByName(tp.Topic); t != nil && s.isHere(t, tp.Partition) {
		return
	}
	if err := s.n.dirs.SetAside(tp); err != nil {
		s.n.log.Error("A log that is not this broker's stays where it is", "topic", tp.Topic, "partition", tp.Partition, "err", err)
	}
}

// isHere tells whether this broker has a replica of a partition.
func (s *strays) isHere(t *metadata.Topic, number int32) bool {
	return number < int32(t.PartitionCount()) && slices.Contains(t.Partition(number).Replicas, s.n.cfg.NodeID())
}
