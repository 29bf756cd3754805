package node

import (
	"errors"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/wire"
)

// replicaLogs gives the replicas their logs in the data directories. It
// implements replica.Logs.
type replicaLogs struct {
	dirs *logdir.Dirs
}

// OpenLog implements replica.Logs. A directory that belongs to an earlier topic
// of the same name is set aside: committed metadata says which id is right.
func (r replicaLogs) OpenLog(topic string, id wire.UUID, partition int32, cfg *commitlog.Config) (*commitlog.Log, error) {
	tp := commitlog.TopicPartition{Topic: topic, Partition: partition}
	log, err := r.dirs.Create(tp, id, cfg)
	if errors.Is(err, logdir.ErrExists) {
		if err := r.dirs.SetAside(tp); err != nil {
			return nil, err
		}
		log, err = r.dirs.Create(tp, id, cfg)
	}
	if err != nil {
		return nil, err
	}
	log.SetConfig(cfg)
	return log, nil
}

// RemoveLog implements replica.Logs.
func (r replicaLogs) RemoveLog(topic string, id wire.UUID, partition int32) error {
	err := r.dirs.Delete(commitlog.TopicPartition{Topic: topic, Partition: partition}, id)
	if errors.Is(err, logdir.ErrUnknownPartition) || errors.Is(err, logdir.ErrWrongTopicID) {
		return nil // it is gone, or a newer topic's
	}
	return err
}
