package node

import (
	"errors"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/wire"
)

// moveReplica has a replica moved to another data directory, with the errors of
// AlterReplicaLogDirs.
func (n *Node) moveReplica(topic string, partition int32, dir string) error {
	tp := commitlog.TopicPartition{Topic: topic, Partition: partition}
	err := n.dirs.MoveTo(tp, dir)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, logdir.ErrUnknownPartition):
		return wire.ReplicaNotAvailable
	case errors.Is(err, logdir.ErrUnknownDirectory):
		return wire.LogDirNotFound
	case errors.Is(err, logdir.ErrCordoned):
		return wire.InvalidReplicaAssignment
	case errors.Is(err, logdir.ErrNameTooLong):
		return wire.InvalidTopicException
	}
	n.log.Warn("Moving a replica to another data directory was refused", "topic", topic, "partition", partition, "dir", dir, "err", err)
	return wire.KafkaStorageError
}

// replicaMoved has the controller told of a replica's new directory (KIP-858).
func (n *Node) replicaMoved(tp commitlog.TopicPartition) {
	if n.assigner == nil {
		return // not a broker, or it has not begun: then the first image is compared
	}
	if t := n.publisher.Image().TopicByName(tp.Topic); t != nil {
		n.assigner.check(t, tp.Partition)
	}
}
