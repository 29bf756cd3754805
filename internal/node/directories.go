package node

import (
	"log/slog"
	"sync"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

const (
	// maxAssignments bounds what one request tells the controller.
	maxAssignments = 2000
	assignPause    = 100 * time.Millisecond
)

// assignment is the directory in which this broker keeps a replica.
type assignment struct {
	topic     wire.UUID
	partition int32
}

// assigner tells the controller in which data directories replicas are (KIP-858): when
// one fails, the controller knows what was in it, and a replica whose only directory
// was exchanged may lead again.
type assigner struct {
	log    *slog.Logger
	broker int32
	dirs   *logdir.Dirs
	epoch  func() int64
	send   func(*wire.AssignReplicasToDirsRequest) (*wire.AssignReplicasToDirsResponse, error)

	wake chan struct{} // capacity 1
	stop chan struct{}
	done chan struct{}

	mu      sync.Mutex
	pending map[assignment]wire.UUID // directory of each
}

// step is a publisher's step, after the replicas have been told.
func (a *assigner) step(image *metadata.Image, delta *metadata.Delta) {
	for _, t := range delta.CreatedTopics {
		for number := range t.Partitions() {
			a.check(t, number)
		}
	}
	for _, c := range delta.ChangedTopics {
		for _, number := range c.Partitions {
			a.check(c.New, number)
		}
	}
}

// check compares where a replica is with what the metadata says.
func (a *assigner) check(t *metadata.Topic, number int32) {
	p := t.Partition(number)
	if p == nil {
		return
	}
	key := assignment{t.ID, number}
	said := p.Directory(a.broker)
	is, known := a.place(commitlog.TopicPartition{Topic: t.Name, Partition: number}, said)
	a.mu.Lock()
	defer a.mu.Unlock()
	if !known || !isReplica(p, a.broker) || said == is {
		delete(a.pending, key)
		return
	}
	a.pending[key] = is
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// place is the directory that a replica is in. One that was not opened and of which
// nobody was told where it is must be in a directory that was offline from the start:
// that one is lost (KIP-858), which keeps the replica from leading.
func (a *assigner) place(tp commitlog.TopicPartition, said wire.UUID) (wire.UUID, bool) {
	place, here := a.dirs.Describe(tp)
	if here {
		return wire.UUID(place.DirectoryID), place.DirectoryID != logdir.UUID{}
	}
	return metadata.LostDir, said == metadata.UnassignedDir || said == metadata.MigratingDir
}

func isReplica(p *metadata.Partition, broker int32) bool {
	for _, id := range p.Replicas {
		if id == broker {
			return true
		}
	}
	return false
}

// run sends what is pending until it is stopped. What the controller has taken in
// comes back in an image; what is still pending a while later is sent again.
func (a *assigner) run() {
	defer close(a.done)
	for {
		select {
		case <-a.stop:
			return
		case <-a.wake:
		}
		for a.sendPending() {
			select {
			case <-a.stop:
				return
			case <-time.After(assignPause):
			}
		}
	}
}

// sendPending sends one request and tells whether there was anything to send.
func (a *assigner) sendPending() bool {
	req := a.request()
	if req == nil {
		return false
	}
	resp, err := a.send(req)
	if err == nil && resp.ErrorCode != wire.None {
		err = resp.ErrorCode
	}
	if err != nil {
		a.log.Debug("The controller did not take in the directories of replicas", "err", err)
		return true
	}
	a.settle(resp)
	return true
}

// request tells of what is pending, nil if nothing is.
func (a *assigner) request() *wire.AssignReplicasToDirsRequest {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.pending) == 0 {
		return nil
	}
	byDir := map[wire.UUID]map[wire.UUID][]int32{}
	n := 0
	for key, dir := range a.pending {
		if n++; n > maxAssignments {
			break
		}
		if byDir[dir] == nil {
			byDir[dir] = map[wire.UUID][]int32{}
		}
		byDir[dir][key.topic] = append(byDir[dir][key.topic], key.partition)
	}
	req := &wire.AssignReplicasToDirsRequest{BrokerId: a.broker, BrokerEpoch: a.epoch()}
	for dir, topics := range byDir {
		d := wire.AssignReplicasToDirsRequestDirectoryData{Id: dir}
		for topic, numbers := range topics {
			t := wire.AssignReplicasToDirsRequestTopicData{TopicId: topic}
			for _, number := range numbers {
				t.Partitions = append(t.Partitions, wire.AssignReplicasToDirsRequestPartitionData{PartitionIndex: number})
			}
			d.Topics = append(d.Topics, t)
		}
		req.Directories = append(req.Directories, d)
	}
	return req
}

// settle forgets what was answered; the rest is sent again.
func (a *assigner) settle(resp *wire.AssignReplicasToDirsResponse) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, d := range resp.Directories {
		for _, t := range d.Topics {
			for _, p := range t.Partitions {
				key := assignment{t.TopicId, p.PartitionIndex}
				if a.pending[key] == d.Id && !p.ErrorCode.Retriable() {
					delete(a.pending, key)
				}
			}
		}
	}
}

func (a *assigner) close() {
	close(a.stop)
	<-a.done
}

// offlineDirs are the data directories that have failed, as heartbeats tell. One whose
// identity could never be read is not among them: it was not registered.
func (n *Node) offlineDirs() []wire.UUID {
	var offline []wire.UUID
	for _, d := range n.dirs.Dirs() {
		if id := wire.UUID(d.DirectoryID); d.Offline && !id.IsZero() {
			offline = append(offline, id)
		}
	}
	return offline
}

// cordonedDirs are the data directories that take no new replicas, as heartbeats tell;
// nil while this broker has not seen its configuration.
func (n *Node) cordonedDirs() []wire.UUID {
	if n.publisher.Image().EndOffset() == 0 {
		return nil
	}
	cordoned := []wire.UUID{}
	for _, d := range n.dirs.Dirs() {
		if id := wire.UUID(d.DirectoryID); d.Cordoned && !id.IsZero() {
			cordoned = append(cordoned, id)
		}
	}
	return cordoned
}
