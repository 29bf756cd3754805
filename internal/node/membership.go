package node

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/quorum"
)

// errRestart ends a node that has to start again in another part: as a controller
// of the quorum that has taken it in, or without its copy of the metadata log.
var errRestart = errors.New("the node starts again")

// openMetadata opens what gives this node the committed metadata: its part in the
// quorum if it has one, else a copy that it fetches.
func (n *Node) openMetadata() error {
	switch {
	case !n.isController():
		return n.openObserver()
	case n.cfg.Alone():
		return n.openController(0, nil)
	case len(n.cfg.Voters()) > 0:
		return n.openController(quorum.InitialRaftID(n.cfg.NodeID()), initialVoters(n.cfg))
	}
	// What a crash left of a log that was being deleted must not name voters.
	if err := quorum.FinishDiscard(n.o.FS, filepath.Join(n.metadata.path, metadataLogName)); err != nil {
		return err
	}
	voters, err := formattedVoters(n.o.FS, n.metadata.path)
	if err != nil {
		return err
	}
	for _, v := range voters {
		if v.NodeID == n.cfg.NodeID() && v.DirectoryID == n.metadata.id {
			return n.openController(v.RaftID, voters)
		}
	}
	return n.openJoined()
}

func isMember(all []quorum.Member, raftID uint64) bool {
	return slices.ContainsFunc(all, func(m quorum.Member) bool { return m.RaftID == raftID })
}

// leaveQuorum is called with every image on a controller whose quorum can change.
// When it was removed, it starts again as an observer, without the log that it kept, but
// not without its votes: it may be added again.
func (n *Node) leaveQuorum(*metadata.Image) {
	if !isMember(n.quorum.Members(), n.quorum.RaftID()) {
		n.leave()
	}
}

// leave is called when this controller knows that it was removed.
func (n *Node) leave() {
	if n.removed.Swap(true) {
		return
	}
	n.log.Info("The quorum has removed this controller")
	n.fail(fmt.Errorf("%w as an observer of the quorum", errRestart))
}

// discardIfRemoved deletes the log of a controller that was removed, when it is
// closed.
func (n *Node) discardIfRemoved() error {
	if !n.removed.Load() {
		return nil
	}
	return n.quorum.Discard()
}

// openJoined opens the part of a controller that was not among the first ones. Until
// the quorum has taken it in, it observes (KIP-853).
func (n *Node) openJoined() error {
	if err := n.openObserver(); err != nil {
		return err
	}
	me := quorum.JoinedRaftID(n.metadata.id)
	known := n.metadataLog.Members()
	if !n.metadataLog.TakenIn(n.metadataLog.HighWatermark()) {
		n.log.Info("This controller is not in the quorum: it observes until it is added (kafka-metadata-quorum add-controller)",
			"directoryId", n.metadata.id.String())
		return nil
	}
	if err := n.metadataLog.Close(); err != nil {
		return err
	}
	n.source, n.metadataLog = nil, nil
	return n.openController(me, known)
}

// joinQuorum is called with every image on a controller that observes. When the
// quorum has taken it in, it starts again as a member. The snapshot tells it who the
// members were at a point of the log: the log may be further than the image, which may be
// from before there were any.
func (n *Node) joinQuorum(image *metadata.Image) {
	if !n.metadataLog.TakenIn(image.EndOffset()) || n.joined.Swap(true) {
		return
	}
	if err := n.snapshots.writeNow(image); err != nil {
		n.fail(err)
		return
	}
	n.log.Info("The quorum has taken this controller in", "raftId", quorum.JoinedRaftID(n.metadata.id))
	n.fail(fmt.Errorf("%w as a member of the quorum", errRestart))
}
