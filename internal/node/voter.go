package node

import (
	"cmp"
	"errors"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/brolga-io/brolga/internal/peer"
	"github.com/brolga-io/brolga/internal/quorum"
	"github.com/brolga-io/brolga/internal/wire"
)

// voter brings this controller's place in a quorum that can change (KIP-853) in line
// with what it is: a voter that listens elsewhere than the quorum believes says so, and
// with controller.quorum.auto.join.enable one that only observes asks to be taken in
// (KIP-1186). One that hears of no leader asks whether it is a voter at all: who is
// removed while it cannot hear of it is sent nothing any more.
type voter struct {
	node      *Node
	endpoints []quorum.Endpoint // of this controller

	stop chan struct{}
	done chan struct{}

	silent int // looks in a row at which no leader was known

	mu     sync.Mutex
	conn   *peer.Conn // of the request under way, nil without
	closed bool
}

// voterPause lies between two looks. Kafka's is as long as
// controller.quorum.fetch.timeout.ms.
const voterPause = 2 * time.Second

// silentLooks is how often no leader is known before this controller doubts its place:
// longer than an election.
const silentLooks = 5

// newVoter returns nil where the quorum cannot change.
func (n *Node) newVoter(listeners []wire.ControllerRegistrationRequestListener) *voter {
	if !n.isController() || n.cfg.Alone() || len(n.cfg.Voters()) > 0 {
		return nil
	}
	v := &voter{node: n, stop: make(chan struct{}), done: make(chan struct{})}
	for _, l := range listeners {
		v.endpoints = append(v.endpoints, quorum.Endpoint{Name: l.Name, Host: l.Host, Port: l.Port})
	}
	return v
}

// run looks as long as this controller is a voter or wants to be one. An observer that is
// taken in starts again, which ends it too.
func (v *voter) run() {
	defer close(v.done)
	for {
		if settled, err := v.settle(); err != nil {
			v.node.log.Debug("The quorum was asked for this controller's place in it and refused", "err", err)
		} else if settled {
			return
		}
		select {
		case <-v.stop:
			return
		case <-time.After(voterPause):
		}
	}
}

func (v *voter) close() {
	close(v.stop)
	v.mu.Lock()
	v.closed = true
	if v.conn != nil {
		_ = v.conn.Close() // ends the request under way
	}
	v.mu.Unlock()
	<-v.done
}

// ask sends a request to a controller. These are so rare that each has a connection of
// its own.
func (v *voter) ask(address string, req wire.Request, resp wire.Message) error {
	conn := peer.NewConn(v.node.peerOptions("voter", forwardTimeout), func() (string, bool) { return address, true })
	v.mu.Lock()
	if v.closed {
		v.mu.Unlock()
		return errStopped
	}
	v.conn = conn
	v.mu.Unlock()
	err := conn.RoundTrip(req, newest(req), resp)
	v.mu.Lock()
	v.conn = nil
	v.mu.Unlock()
	_ = conn.Close() // nothing is lost with it
	return err
}

// askLeader sends a request to the active controller, if it is known.
func (v *voter) askLeader(req wire.Request, resp wire.Message, code *wire.ErrorCode) error {
	address, ok := v.node.channel.address()
	if !ok {
		return wire.NotController
	}
	err := v.ask(address, req, resp)
	if err == nil && *code != wire.None {
		err = *code
	}
	return err
}

// settle asks for one step, if one is missing.
func (v *voter) settle() (settled bool, err error) {
	n := v.node
	leader, epoch := n.metadataLog.Leader()
	switch {
	case n.quorum == nil && !n.cfg.Bool("controller.quorum.auto.join.enable"):
		return true, nil
	case n.quorum == nil:
		return false, v.join()
	}
	if v.silent++; leader >= 0 {
		v.silent = 0
	}
	for _, m := range n.quorum.Members() {
		if m.RaftID == n.quorum.RaftID() && (!sameEndpoints(m.Endpoints, v.endpoints) || v.silent >= silentLooks) {
			return false, v.update(leader, epoch)
		}
	}
	return false, nil
}

func sameEndpoints(a, b []quorum.Endpoint) bool {
	order := func(list []quorum.Endpoint) []quorum.Endpoint {
		return slices.SortedFunc(slices.Values(list), func(a, b quorum.Endpoint) int { return cmp.Compare(a.Name, b.Name) })
	}
	return slices.Equal(order(a), order(b))
}

// update tells where this voter listens. One that has moved hears from nobody who leads:
// the leader looks for it where it was. So it asks around, and each answer says who leads.
func (v *voter) update(leader, epoch int32) (err error) {
	n := v.node
	if leader == n.cfg.NodeID() {
		n.quorum.Update(n.quorum.RaftID(), v.endpoints, func(e error) { err = e })
		return err
	}
	addresses, known := n.controllerCandidates(), epoch
	if address, ok := n.channel.address(); ok {
		addresses = []string{address}
	}
	for _, address := range addresses {
		var next string
		for range 3 { // whom it was sent to, and those who lead since
			if next, epoch, err = v.updateAt(address, epoch); err == nil || next == "" {
				break
			}
			address = next
		}
		if err == nil {
			return nil
		}
		// A leader from before what this controller knows may not know it yet.
		if errors.Is(err, wire.VoterNotFound) && v.silent >= silentLooks && epoch >= known {
			n.leave()
			return nil
		}
	}
	return err
}

// updateAt asks one controller. Of another one's refusal comes who leads, and since when.
func (v *voter) updateAt(address string, epoch int32) (leaderAt string, leaderEpoch int32, err error) {
	n := v.node
	req := &wire.UpdateRaftVoterRequest{ClusterId: &n.clusterID, CurrentLeaderEpoch: epoch,
		VoterId: n.cfg.NodeID(), VoterDirectoryId: n.metadata.id}
	req.KRaftVersionFeature.MaxSupportedVersion = 1
	for _, e := range v.endpoints {
		req.Listeners = append(req.Listeners, wire.UpdateRaftVoterRequestListener{Name: e.Name, Host: e.Host, Port: e.Port})
	}
	var resp wire.UpdateRaftVoterResponse
	if err = v.ask(address, req, &resp); err != nil {
		return "", epoch, err
	}
	if resp.ErrorCode == wire.None {
		return "", epoch, nil
	}
	if l := &resp.CurrentLeader; l.LeaderId >= 0 && l.Host != "" {
		leaderAt, epoch = net.JoinHostPort(l.Host, strconv.Itoa(int(l.Port))), l.LeaderEpoch
	}
	return leaderAt, epoch, resp.ErrorCode
}

// join asks to be taken in. An earlier self, which had another metadata directory, has to
// go first: it will never vote again.
func (v *voter) join() error {
	n := v.node
	for _, m := range n.metadataLog.Members() {
		if m.NodeID == n.cfg.NodeID() && m.DirectoryID != n.metadata.id && !m.DirectoryID.IsZero() && !m.Learner {
			return v.removeFormer(m)
		}
	}
	req := &wire.AddRaftVoterRequest{ClusterId: &n.clusterID, TimeoutMs: int32(forwardTimeout.Milliseconds()),
		VoterId: n.cfg.NodeID(), VoterDirectoryId: n.metadata.id}
	for _, e := range v.endpoints {
		req.Listeners = append(req.Listeners, wire.AddRaftVoterRequestListener{Name: e.Name, Host: e.Host, Port: e.Port})
	}
	var resp wire.AddRaftVoterResponse
	err := v.askLeader(req, &resp, &resp.ErrorCode)
	if err == nil {
		n.log.Info("This controller has asked the quorum to take it in, and may", "directoryId", n.metadata.id.String())
	}
	return err
}

func (v *voter) removeFormer(m quorum.Member) error {
	n := v.node
	n.log.Info("Removing the controller that this node was with an earlier metadata directory from the quorum", "directoryId", m.DirectoryID.String())
	req := &wire.RemoveRaftVoterRequest{ClusterId: &n.clusterID, VoterId: m.NodeID, VoterDirectoryId: m.DirectoryID}
	var resp wire.RemoveRaftVoterResponse
	return v.askLeader(req, &resp, &resp.ErrorCode)
}
