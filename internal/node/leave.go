package node

import (
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
)

// A stop is over two seconds after the signal, the end of the process included. Each
// part of it has its time, counted from the first moment of the stop, so that one that
// takes long leaves less to the next.
const (
	// stopLimit is when a process that was told to stop ends, whatever is left.
	stopLimit = 1700 * time.Millisecond
	// leavePatience is how long a broker waits for others to take its leaderships
	// over.
	leavePatience = 900 * time.Millisecond
	// answersUntil is when answers under way are cut off.
	answersUntil = 1100 * time.Millisecond
	// answersLeast is what they have in any case.
	answersLeast = 100 * time.Millisecond
	// leaversUntil is how long a controller stays for brokers that are about to be
	// let go.
	leaversUntil = 1300 * time.Millisecond
	// syncUntil is when the last log begins to be synced.
	syncUntil = 1300 * time.Millisecond
	// syncLeast is what the logs have in any case: the last broker of a cluster to
	// stop has waited in vain for somebody to take its leaderships over.
	syncLeast = 200 * time.Millisecond
	// leaveLook lies between two looks whether waiting is of any use.
	leaveLook = 100 * time.Millisecond
	// leaveTogether is how much later a node may be told to stop that is stopped
	// together with this one.
	leaveTogether = 50 * time.Millisecond
)

// leave gives this broker's leaderships away and waits until the controller lets it
// go (controlled shutdown), but not longer than the given time, and not when there is
// no controller: then nobody takes them over. It tells whether it was let go.
func (r *registrar) leave(most time.Duration) bool {
	close(r.leaving)
	begin := time.Now()
	look := time.NewTicker(leaveLook)
	defer look.Stop()
	for {
		select {
		case <-r.left:
			r.log.Info("The controller lets this broker go", "broker", r.request.BrokerId)
			return true
		case <-r.done:
			return false
		case <-look.C:
		}
		silent := time.Since(r.begin) - time.Duration(r.aliveNs.Load())
		if waited := time.Since(begin); waited > most || waited > heartbeatTimeout && silent > heartbeatTimeout {
			r.log.Warn("Stopping without having given all leaderships away", "broker", r.request.BrokerId, "waited", waited)
			return false
		}
	}
}

// reportLeaving is a step of the publisher. A broker that leaves is let go when all
// others have said that they know who leads in its place: that does not wait for their
// next heartbeat.
func (n *Node) reportLeaving(image *metadata.Image, _ *metadata.Delta) {
	if othersLeave(image, n.cfg.NodeID()) {
		n.hurryHeartbeat()
	}
}

// hurryHeartbeat lets the next heartbeat leave at once.
func (n *Node) hurryHeartbeat() {
	select {
	case n.hurry <- struct{}{}:
	default:
	}
}

// awaitLeaving keeps this controller in the quorum while other brokers are leaving
// too: whoever stops a whole cluster at once would else leave the last of them
// without a quorum that lets it go.
func (n *Node) awaitLeaving(most time.Duration) {
	together, late := time.NewTimer(leaveTogether), time.NewTimer(most)
	defer together.Stop()
	defer late.Stop()
	early := true
	for {
		changed := n.publisher.nextChange()
		if !early && !othersLeave(n.publisher.told.Load(), n.cfg.NodeID()) {
			return
		}
		select {
		case <-changed:
		case <-together.C:
			early = false
		case <-late.C:
			return
		}
	}
}

// othersLeave tells whether a broker beside this one is in its controlled shutdown.
func othersLeave(image *metadata.Image, self int32) bool {
	for b := range image.Brokers() {
		if b.ID != self && b.InControlledShutdown && !b.Fenced {
			return true
		}
	}
	return false
}
