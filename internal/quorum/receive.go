package quorum

import (
	"errors"
	"fmt"

	"github.com/brolga-io/brolga/internal/wire"
	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"
)

// Receive takes the messages of one RaftMessages request, in order, from the
// controller in that metadata directory. Messages that are refused do not keep the
// others out. See Step.
func (q *Quorum) Receive(from wire.UUID, encoded [][]byte) error {
	var errs []error
	msgs := make([]*raftpb.Message, 0, len(encoded))
	for _, b := range encoded {
		m := new(raftpb.Message)
		err := proto.Unmarshal(b, m)
		if err != nil {
			err = fmt.Errorf("%w: %w", errMessage, err)
		} else {
			err = checkMessage(m)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		msgs = append(msgs, m)
	}
	if len(msgs) > 0 {
		errs = append(errs, q.drive(func() error {
			var refused []error
			for _, m := range msgs {
				refused = append(refused, q.receiveLocked(from, m))
				q.pumpLocked()
			}
			return errors.Join(refused...)
		}))
	}
	return errors.Join(errs...)
}

// Unreachable tells raft that messages to a controller may have been lost, so that
// it does not wait for their answers.
func (q *Quorum) Unreachable(raftID uint64) {
	_ = q.drive(func() error { // a quorum that is over has nothing to learn
		q.rn.ReportUnreachable(raftID)
		if raftID == q.handingTo {
			q.handedLocked() // it stops too
		}
		return nil
	})
}
