package history

import (
	"fmt"
	"sync"
	"time"
)

// Partition names a partition. Topics that were created anew get another name in a
// history.
type Partition struct {
	Topic  string
	Number int32
}

func (p Partition) String() string { return fmt.Sprintf("%s-%d", p.Topic, p.Number) }

// Outcome is what became of an operation.
type Outcome uint8

// The outcomes.
const (
	Unknown Outcome = iota // no answer, or one that leaves it open
	OK
	Failed // certainly not done
)

// Produce is one record that a producer sent with acks=all.
type Produce struct {
	Partition
	Producer       string
	Value          string // unique in the run
	Invoked, Ended time.Duration
	Outcome        Outcome
	Offset         int64 // if OK
	// Anew: its library takes a new epoch when an answer says that a record before it is
	// missing, and sends again under it what it does not know the fate of.
	Anew bool
}

// Poll is one record that a consumer got.
type Poll struct {
	Partition
	Consumer string
	Offset   int64
	Epoch    int32
	Value    string
	At       time.Duration
	// Session, if not 0, is the same for polls of which each goes on where the one
	// before ended: the consumer was neither assigned anything anew nor told to seek.
	Session int
}

// End is a successful ListOffsets(latest).
type End struct {
	Partition
	Invoked, Ended time.Duration
	Offset         int64
}

// Shown is a high watermark that a broker told, leader or follower, and whether it gave
// the record right below that when the same process was asked for it.
type Shown struct {
	Partition
	Node          int32
	At            time.Duration
	HighWatermark int64
	Given         bool
}

// OutOfRange is a fetch that was refused with OFFSET_OUT_OF_RANGE.
type OutOfRange struct {
	Partition
	Offset  int64
	Invoked time.Duration
}

// Batch is one record batch in a replica's log.
type Batch struct {
	Base, Last int64
	Epoch      int32
	Hash       [32]byte // of all its bytes
	Values     []string // of its records; nil for control batches
	Sender     Sender
}

// Sender is the producer id and epoch that a batch names.
type Sender struct {
	ID    int64
	Epoch int16
}

// EpochStart is an entry of the leader epoch cache.
type EpochStart struct {
	Epoch int32
	Start int64
}

// Replica is the content of a replica's log.
type Replica struct {
	Partition
	Node          int32
	When          string // "at the end", "when killed at 3.2s", …
	Final         bool   // the run is over and everything has been replicated
	Start         int64
	HighWatermark int64  // by its checkpoint: never above the real one
	TopicID       string // by its partition.metadata, "" if there is none
	Batches       []Batch
	Epochs        []EpochStart // of its checkpoint, nil if there is none
}

// State is one version of a partition in the metadata log.
type State struct {
	Partition
	Offset int64 // in the metadata log
	Leader int32 // -1: none
	Epoch  int32
	ISR    []int32
}

// Metadata is a node's metadata at an offset, in one of several ways: live, rebuilt
// from the whole log, from a snapshot and the rest.
type Metadata struct {
	Node      int32
	How       string
	EndOffset int64
	Hash      [32]byte
}

// Commit is an offset that a group's only owner committed, or (Fetched) one that
// OffsetFetch returned.
type Commit struct {
	Partition
	Group          string
	Fetched        bool
	Offset         int64 // -1: none
	Invoked, Ended time.Duration
	Outcome        Outcome
}

// History is everything that was seen in a run.
type History struct {
	mu sync.Mutex

	MinISR      int
	Produces    []Produce
	Polls       []Poll
	Final       []Poll // one read of everything at the end, by a new consumer
	Ends        []End
	Shown       []Shown
	OutOfRanges []OutOfRange
	Replicas    []Replica
	States      []State
	Metadata    []Metadata
	Commits     []Commit

	Changes    []Change
	Recoveries []Recovery
	BadReads   []BadRead
	Starts     []Start
	Deletes    []Delete
	TopicIDs   map[string]string // of the topics that exist at the end, by the metadata
	Healed     time.Duration     // when the last fault was taken back; 0: nobody said
	Waits      []Wait
	Lines      []Line // that Suspicious picks
	Samples    []Sample
	MemoryCap  int64 // bytes; 0: none
}

// Record lets f add to the history.
func (h *History) Record(f func(h *History)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f(h)
}

// Acked counts the records that were acknowledged.
func (h *History) Acked() int {
	n := 0
	for _, p := range h.Produces {
		if p.Outcome == OK {
			n++
		}
	}
	return n
}
