package logdir

import (
	"errors"
	"fmt"
	"sync"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/vfs"
)

// What Get answers for a partition that cannot be used.
var (
	// ErrUnknownPartition: there is no such partition in any directory.
	ErrUnknownPartition = errors.New("unknown partition")
	// ErrOffline: the directory of the partition failed.
	ErrOffline = errors.New("data directory is offline")
	// ErrExists: Create found the partition with another topic id.
	ErrExists = errors.New("partition exists with another topic id")
	// ErrWrongTopicID: Delete was asked for a topic id the partition does
	// not have.
	ErrWrongTopicID = errors.New("partition has another topic id")
)

// Dirs are the data directories of a broker and all logs in them.
type Dirs struct {
	cfg Config
	fs  vfs.FS
	now func() int64 // ms
	env commitlog.Env

	dirs []*dataDir // in the order of log.dirs

	stop     chan struct{}
	wg       sync.WaitGroup
	commitWg sync.WaitGroup // of runCommits; taken after wg

	mu          sync.RWMutex
	partitions  map[commitlog.TopicPartition]*partition
	twins       map[commitlog.TopicPartition][]twin // of those whose error is ErrTwofold
	closed      bool
	watermarks  func(commitlog.TopicPartition) (int64, bool)
	shortened   func(commitlog.TopicPartition)
	brokerEpoch int64

	cleanerMu    sync.Mutex   // held while cleaners start and stop; taken before mu
	cleaners     *cleaners    // nil while none run
	cleanerState cleanerState // of those that ran before

	steps   *steps // instead of goroutines; nil unless Config.Stepped
	futures *futures
	maker   maker
	makeMu  sync.Mutex // held while the directory of a partition is made; taken under the log's mutex

	rolls  chan struct{} // capacity 1: rolled has grown
	syncMu sync.Mutex    // held by syncEach; taken before a log's

	busyMu sync.Mutex
	busy   map[commitlog.TopicPartition]chan struct{} // closed when exclusive ends

	dirtyMu sync.Mutex
	dirty   map[*commitlog.Log]int64    // logs with bytes to sync, and since when (ms)
	flushed map[*commitlog.Log]int64    // when a log that has buffers was last synced, in ms
	rolled  map[*commitlog.Log]struct{} // compacted logs that began a segment since the last sync
	doomed  map[*commitlog.Log]int64    // logs with deleted segments, and when the first are to be removed (ms)
}

// partition is one partition of this broker.
type partition struct {
	tp  commitlog.TopicPartition
	dir *dataDir

	log *commitlog.Log // nil when err is set
	err error          // why the log could not be opened

	// Guarded by Dirs.mu.
	topicID   UUID // zero until asked for
	idKnown   bool
	watermark int64 // from the checkpoint at start; Unknown without one

	// Guarded by Dirs.makeMu once others know the partition.
	unmade bool // its directory is not there yet

	// Guarded by dataDir.checkpointMu.
	written int64 // recovery point in the checkpoint file
	cleaned int64 // offset up to which the log was compacted, or Unknown
}

// Get returns the log of a partition. Errors: ErrUnknownPartition, ErrOffline,
// commitlog.ErrCorrupt for a log whose flushed data is damaged (see Salvage
// and SetAside).
func (d *Dirs) Get(tp commitlog.TopicPartition) (*commitlog.Log, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	p := d.partitions[tp]
	switch {
	case p == nil:
		return nil, fmt.Errorf("%s: %w", tp, ErrUnknownPartition)
	case p.dir.offline():
		return nil, fmt.Errorf("%s: %w", tp, ErrOffline)
	}
	return p.log, p.err
}

// exclusive waits until nobody else creates, removes or salvages tp, and keeps
// others from it until the result is called.
func (d *Dirs) exclusive(tp commitlog.TopicPartition) (release func()) {
	mine := make(chan struct{})
	for {
		d.busyMu.Lock()
		other := d.busy[tp]
		if other == nil {
			d.busy[tp] = mine
		}
		d.busyMu.Unlock()
		if other == nil {
			break
		}
		<-other
	}
	return func() {
		d.busyMu.Lock()
		delete(d.busy, tp)
		d.busyMu.Unlock()
		close(mine)
	}
}

// All returns every partition, also those whose log cannot be used.
func (d *Dirs) All() []commitlog.TopicPartition {
	d.mu.RLock()
	defer d.mu.RUnlock()
	tps := make([]commitlog.TopicPartition, 0, len(d.partitions))
	for tp := range d.partitions {
		tps = append(tps, tp)
	}
	return tps
}

// Info describes a partition's place, for DescribeLogDirs and the tools.
type Info struct {
	Dir         string
	DirectoryID UUID
	Offline     bool
	Err         error // why the log cannot be used
}

// Describe says where a partition is.
func (d *Dirs) Describe(tp commitlog.TopicPartition) (Info, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	p := d.partitions[tp]
	if p == nil {
		return Info{}, false
	}
	return Info{Dir: p.dir.path, DirectoryID: p.dir.id, Offline: p.dir.offline(), Err: p.err}, true
}

// TopicID returns the topic id a partition was created with; zero if its
// partition.metadata is missing or malformed.
func (d *Dirs) TopicID(tp commitlog.TopicPartition) (UUID, error) {
	d.mu.RLock()
	p := d.partitions[tp]
	var id UUID
	known := false
	if p != nil {
		id, known = p.topicID, p.idKnown
	}
	d.mu.RUnlock()
	if p == nil {
		return UUID{}, fmt.Errorf("%s: %w", tp, ErrUnknownPartition)
	}
	if known {
		return id, nil
	}
	id, err := p.readTopicID(d.fs)
	if err != nil {
		return id, err
	}
	d.mu.Lock()
	p.topicID, p.idKnown = id, true
	d.mu.Unlock()
	return id, nil
}

// HighWatermark returns the high watermark that the checkpoint file had for a
// partition when the directories were opened.
func (d *Dirs) HighWatermark(tp commitlog.TopicPartition) (int64, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	p := d.partitions[tp]
	if p == nil || p.watermark == commitlog.Unknown {
		return 0, false
	}
	return p.watermark, true
}

// SetHighWatermarks tells where to ask for the present high watermarks, which
// bound retention and go into the checkpoint. Without it nothing is retained
// away but what lies below the log start offset.
func (d *Dirs) SetHighWatermarks(of func(commitlog.TopicPartition) (int64, bool)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.watermarks = of
}

// SetOnShortened has fn called after retention has taken the beginning off a log.
func (d *Dirs) SetOnShortened(fn func(commitlog.TopicPartition)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shortened = fn
}

// DirInfo is one data directory.
type DirInfo struct {
	Path string
	// DirectoryID is zero if the directory's identity could never be read.
	DirectoryID UUID
	Offline     bool
	Err         error // why it is offline
	Cordoned    bool  // it takes no new partitions
	// Clean says that it was closed orderly before, under BrokerEpoch
	// (UnknownBrokerEpoch if that was not written down).
	Clean       bool
	BrokerEpoch int64
}

// Dirs returns the data directories in the order of log.dirs.
func (d *Dirs) Dirs() []DirInfo {
	out := make([]DirInfo, len(d.dirs))
	for i, dd := range d.dirs {
		out[i] = DirInfo{Path: dd.path, DirectoryID: dd.id, Cordoned: dd.cordoned.Load(), Clean: dd.clean, BrokerEpoch: dd.brokerEpoch}
		if err := dd.failure.Load(); err != nil {
			out[i].Offline, out[i].Err = true, *err
		}
	}
	return out
}
