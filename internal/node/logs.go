package node

import (
	"errors"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/logdir"
)

// replicaLogs gives the replicas their logs in the data directories and settles
// what only committed metadata can: whose a directory is. It implements
// replica.Logs.
type replicaLogs struct {
	*logdir.Dirs
}

// Create implements replica.Logs. A directory that belongs to another topic of
// the same name is set aside, never deleted: the metadata says which id is right.
func (r replicaLogs) Create(tp commitlog.TopicPartition, topicID [16]byte, home logdir.Home, cfg *commitlog.Config) (*commitlog.Log, error) {
	log, err := r.Dirs.Create(tp, topicID, home, cfg)
	if errors.Is(err, logdir.ErrExists) {
		if err := r.Dirs.SetAside(tp); err != nil {
			return nil, err
		}
		log, err = r.Dirs.Create(tp, topicID, home, cfg)
	}
	if err != nil {
		return nil, err
	}
	log.SetConfig(cfg)
	return log, nil
}

// Delete implements replica.Logs.
func (r replicaLogs) Delete(tp commitlog.TopicPartition, topicID [16]byte) error {
	err := r.Dirs.Delete(tp, topicID)
	if errors.Is(err, logdir.ErrUnknownPartition) || errors.Is(err, logdir.ErrWrongTopicID) {
		return nil // it is gone, or a newer topic's
	}
	return err
}
