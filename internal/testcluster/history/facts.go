package history

import "time"

// Change is an operation on one resource of the metadata: a topic, a configuration. The
// value of a resource that is not there is "".
type Change struct {
	Resource       string // "topic t", "config t/retention.ms"
	Client         string
	Op             ChangeOp
	Value          string
	Invoked, Ended time.Duration
	Outcome        Outcome
}

// ChangeOp is what a Change does. One that was refused because of what is there, such as
// TOPIC_ALREADY_EXISTS, has seen something and is a Read or an Exists that is OK.
type ChangeOp uint8

// The operations.
const (
	Write  ChangeOp = iota // Value takes the place of whatever is there
	Create                 // only if nothing is there
	Remove                 // only if something is there
	Read                   // by the active controller, or after the end: Value is there
	Exists                 // something is there
)

// Recovery is a node's start on the files that a process left.
type Recovery struct {
	Partition
	Node    int32
	When    string
	Start   int64 // of the log
	Synced  int64 // what the checkpoint says is on disk: the recovery point
	End     int64 // of the log after recovery
	Refused bool  // the log is called damaged: it leads nothing until it is copied anew
}

// BadRead is a batch with a wrong CRC that a client was served.
type BadRead struct {
	Partition
	Consumer string
	Offset   int64
	At       time.Duration
}

// Start is a successful ListOffsets(earliest).
type Start struct {
	Partition
	Invoked, Ended time.Duration
	Offset         int64
}

// Delete is a DeleteRecords up to an offset.
type Delete struct {
	Partition
	Before         int64
	Invoked, Ended time.Duration
	Outcome        Outcome
}

// Wait is how long something took that must happen by itself after all faults.
type Wait struct {
	What        string
	Took, Limit time.Duration
	Done        bool // false: it had not happened when nobody waited any more
}

// Line is a line of a node's log.
type Line struct {
	Node int32
	Text string
}

// Sample is what a process of a node uses.
type Sample struct {
	Node, Life  int32 // the how manieth process of the node
	At          time.Duration
	Quiet       bool // nothing had been done to it for a while: a baseline, or the end
	Goroutines  int  // 0: nobody knows
	Files       int  // descriptors, but one for each file of its logs
	MemoryBytes int64
}
