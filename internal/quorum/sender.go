package quorum

import (
	"sync"
	"time"

	"github.com/brolga-io/brolga/internal/peer"
	"github.com/brolga-io/brolga/internal/wire"
	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"
)

const (
	// maxQueuedMessages and maxQueuedBytes bound what waits for one controller;
	// raft repeats what is dropped.
	maxQueuedMessages = 1024
	maxQueuedBytes    = 64 << 20
	// sendBytes is about how much goes into one request.
	sendBytes = 1 << 20
	// A dial that failed is tried again after these pauses.
	minRedial = 50 * time.Millisecond
	maxRedial = 500 * time.Millisecond
	// proofPause lies between the two refused dials that prove a death.
	proofPause = 100 * time.Millisecond
)

// sender sends raft's messages to one controller, in order.
type sender struct {
	net  *Network
	to   uint64
	wake chan struct{} // capacity 1

	// Used by the sender's goroutine only.
	pipe     *peer.Pipe
	redial   time.Duration
	notUntil time.Time

	mu    sync.Mutex
	queue []*raftpb.Message
	bytes int
	told  string // the last refusal that was logged
}

// push takes a message along, or drops it when too much waits.
func (s *sender) push(m *raftpb.Message) {
	size := proto.Size(m)
	s.mu.Lock()
	full := len(s.queue) >= maxQueuedMessages || s.bytes+size > maxQueuedBytes
	if !full {
		s.queue = append(s.queue, m)
		s.bytes += size
	}
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// run sends what is pushed until the network is closed.
func (s *sender) run() {
	defer s.net.running.Done()
	defer s.hangUp()
	for {
		var over <-chan struct{}
		if s.pipe != nil {
			over = s.pipe.Done()
		}
		select {
		case <-s.net.stop:
			return
		case <-over:
			s.broken()
		case <-s.wake:
			s.sendAll()
		}
	}
}

func (s *sender) hangUp() {
	if s.pipe != nil {
		s.pipe.Close()
		s.pipe = nil
	}
}

// sendAll sends what has queued up, or drops it while the controller cannot be
// reached.
func (s *sender) sendAll() {
	for {
		msgs := s.take()
		if len(msgs) == 0 {
			return
		}
		if s.pipe == nil && !s.connect() {
			s.net.o.Unreachable(s.to)
			continue
		}
		if err := s.write(msgs); err != nil {
			s.broken()
		}
	}
}

// take takes about one request full of messages off the queue.
func (s *sender) take() []*raftpb.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, bytes := 0, 0
	for n < len(s.queue) && (n == 0 || bytes < sendBytes) {
		bytes += proto.Size(s.queue[n])
		n++
	}
	msgs := s.queue[:n:n]
	s.queue = s.queue[n:]
	s.bytes -= bytes
	return msgs
}

func (s *sender) write(msgs []*raftpb.Message) error {
	req := &wire.RaftMessagesRequest{
		ClusterId: s.net.o.ClusterID, NodeId: s.net.o.NodeID, DirectoryId: s.net.o.DirectoryID,
		Messages: make([][]byte, len(msgs)),
	}
	for i, m := range msgs {
		b, err := proto.Marshal(m)
		if err != nil {
			panic("BUG: raft's message cannot be encoded: " + err.Error())
		}
		req.Messages[i] = b
	}
	return s.pipe.Write(req)
}

// connect dials unless the last failure is too recent.
func (s *sender) connect() bool {
	if time.Now().Before(s.notUntil) {
		return false
	}
	return s.open() == nil
}

// open dials and notes how it went.
func (s *sender) open() error {
	address, ok := s.net.o.Address(s.to)
	if !ok {
		return peer.ErrNoAddress
	}
	pipe, err := peer.OpenPipe(s.net.o.Peer, address, wire.APIKeyRaftMessages, 0, s.answered)
	if err != nil {
		s.redial = min(max(2*s.redial, minRedial), maxRedial)
		s.notUntil = time.Now().Add(s.redial)
		return err
	}
	s.pipe, s.redial = pipe, 0
	return nil
}

// answered looks at an answer, which tells nothing but refusals. It runs on the
// pipe's goroutine.
func (s *sender) answered(r *wire.Reader) error {
	var resp wire.RaftMessagesResponse
	resp.Decode(r, 0)
	if err := r.Err(); err != nil || resp.ErrorCode == wire.None || resp.ErrorCode == wire.NotController {
		return err // a controller that is stopping, or has not started, is no news
	}
	why := resp.ErrorCode.Error()
	if resp.ErrorMessage != nil {
		why = *resp.ErrorMessage
	}
	s.mu.Lock()
	news := why != s.told
	s.told = why
	s.mu.Unlock()
	if news {
		s.net.o.Logger.Error("Another controller refuses this one's messages", "raftId", s.to, "err", why)
	}
	return nil
}

// broken gives the connection up. If the other end closed it, two more dials tell
// whether the process is gone: a frozen one still accepts.
func (s *sender) broken() {
	s.pipe.Close()
	wasLost := s.pipe.Lost()
	s.pipe = nil
	s.net.o.Unreachable(s.to)
	if !wasLost {
		return
	}
	if !peer.Refused(s.open()) || !s.net.sleep(proofPause) || !peer.Refused(s.open()) {
		return
	}
	s.net.o.Dead(s.to)
}
