package logdir

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/brolga-io/brolga/internal/commitlog"
)

// What MoveTo answers.
var (
	// ErrUnknownDirectory: the path is none of log.dirs.
	ErrUnknownDirectory = errors.New("unknown data directory")
	// ErrCordoned: the directory takes no new partitions.
	ErrCordoned = errors.New("data directory is cordoned")
	// ErrNameTooLong: the name of the partition leaves no room for "-future".
	ErrNameTooLong = errors.New("the topic name is too long")
)

// maxPreferences bounds how many partitions that are not here yet have a directory
// waiting for them.
const maxPreferences = 10_000

// futures are the partitions that move to another directory (the future replicas of
// KIP-113).
type futures struct {
	wake chan struct{} // capacity 1: there is one more
	rate atomic.Int64  // bytes per second of all moves

	mu        sync.Mutex
	moving    map[commitlog.TopicPartition]*future
	preferred map[commitlog.TopicPartition]*dataDir // of partitions that are not here yet
	onMoved   func(commitlog.TopicPartition)
}

// future is one move.
type future struct {
	tp     commitlog.TopicPartition
	dir    *dataDir
	name   string // of the directory in it
	copy   *commitlog.Future
	cancel chan struct{} // closed when it is not wanted any more
}

// Future describes a move.
type Future struct {
	commitlog.TopicPartition
	Dir   string
	End   int64 // offset up to which the log was copied
	Bytes int64
}

func newFutures() *futures {
	f := &futures{wake: make(chan struct{}, 1), moving: map[commitlog.TopicPartition]*future{},
		preferred: map[commitlog.TopicPartition]*dataDir{}}
	f.rate.Store(math.MaxInt64)
	return f
}

// SetMoveRate limits the bytes per second of moves between directories
// (replica.alter.log.dirs.io.max.bytes.per.second); with 0 they stand still.
func (d *Dirs) SetMoveRate(bytesPerSecond int64) { d.futures.rate.Store(bytesPerSecond) }

// SetOnMoved has fn called after a partition has changed its directory.
func (d *Dirs) SetOnMoved(fn func(commitlog.TopicPartition)) {
	d.futures.mu.Lock()
	defer d.futures.mu.Unlock()
	d.futures.onMoved = fn
}

// Futures returns the moves that are under way.
func (d *Dirs) Futures() []Future {
	d.futures.mu.Lock()
	defer d.futures.mu.Unlock()
	out := make([]Future, 0, len(d.futures.moving))
	for tp, f := range d.futures.moving {
		out = append(out, Future{TopicPartition: tp, Dir: f.dir.path, End: f.copy.End(), Bytes: f.copy.Bytes()})
	}
	return out
}

// MoveTo has a partition moved to the data directory at path while it is used. A
// move elsewhere ends; one to where the partition is only does that. A partition that
// is not here is ErrUnknownPartition, and will be created there. Other errors:
// ErrUnknownDirectory, ErrCordoned, ErrNameTooLong, and ErrOffline, also while any directory is
// offline: the partition may be moving to that one already (Kafka's
// ReplicaManager.alterReplicaLogDirs).
func (d *Dirs) MoveTo(tp commitlog.TopicPartition, path string) error {
	if len(tp.String())+len(retiredTail(UUID{}, futureSuffix)) > maxDirName {
		return fmt.Errorf("%s: %w", tp, ErrNameTooLong)
	}
	target := d.dirAt(path)
	switch {
	case target == nil:
		return fmt.Errorf("%s: %w", path, ErrUnknownDirectory)
	case target.offline():
		return fmt.Errorf("%s: %w", path, ErrOffline)
	case target.cordoned.Load():
		return fmt.Errorf("%s: %w", path, ErrCordoned)
	}
	defer d.exclusive(tp)()
	d.mu.RLock()
	p := d.partitions[tp]
	d.mu.RUnlock()
	switch {
	case p == nil:
		d.futures.prefer(tp, target)
		return fmt.Errorf("%s: %w", tp, ErrUnknownPartition)
	case p.dir.offline():
		return fmt.Errorf("%s: %w", tp, ErrOffline)
	case p.err != nil:
		return p.err
	}
	if f := d.futures.of(tp); f != nil {
		if f.dir == target {
			return nil
		}
		d.cancelMove(f)
	}
	if p.dir == target {
		return nil
	}
	for _, dd := range d.dirs {
		if dd.offline() {
			return fmt.Errorf("%s: %w", dd.path, ErrOffline)
		}
	}
	return d.beginMove(p, target)
}

func (d *Dirs) dirAt(path string) *dataDir {
	for _, dd := range d.dirs {
		if dd.path == path {
			return dd
		}
	}
	return nil
}

// beginMove makes the directory of a future replica. What copies it is runMover.
func (d *Dirs) beginMove(p *partition, target *dataDir) error {
	topicID, err := d.TopicID(p.tp)
	if err != nil {
		return err
	}
	name := retiredName(p.tp, d.cfg.NewID(), futureSuffix)
	path := filepath.Join(target.path, name)
	err = d.fs.MkdirAll(path, 0o755)
	if err == nil {
		err = commitlog.WritePartitionMetadata(d.fs, path, FormatID(topicID), true)
	}
	if err == nil {
		err = d.fs.SyncDir(target.path)
	}
	if err != nil {
		d.fail(target, err)
		return fmt.Errorf("%s: %w", target.path, ErrOffline)
	}
	f := &future{tp: p.tp, dir: target, name: name, cancel: make(chan struct{})}
	pace := &movePacer{d: d, f: f}
	f.copy = commitlog.NewFuture(p.log, path, pace.pace)
	d.futures.add(f)
	d.cfg.Logger.Info("Moving a partition to another data directory", "topic", p.tp.Topic,
		"partition", p.tp.Partition, "from", p.dir.path, "to", target.path)
	return nil
}

// cancelMove ends a move and has its directory removed later, as that of a deleted
// partition.
func (d *Dirs) cancelMove(f *future) {
	d.futures.forget(f)
	if f.dir.offline() {
		return
	}
	name := retiredName(f.tp, d.cfg.NewID(), deleteSuffix)
	err := d.fs.Rename(filepath.Join(f.dir.path, f.name), filepath.Join(f.dir.path, name))
	if err == nil {
		err = d.fs.SyncDir(f.dir.path)
	}
	if err != nil {
		d.fail(f.dir, err)
		return
	}
	f.dir.doom(name, d.now()+d.cfg.logConfig(f.tp).FileDeleteDelayMs)
}

func (s *futures) of(tp commitlog.TopicPartition) *future {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.moving[tp]
}

func (s *futures) add(f *future) {
	s.mu.Lock()
	s.moving[f.tp] = f
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// forget takes a move out, if it is still there.
func (s *futures) forget(f *future) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.moving[f.tp] == f {
		delete(s.moving, f.tp)
		close(f.cancel)
	}
}

// any returns a move, nil if there is none.
func (s *futures) any() *future {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.moving {
		return f
	}
	return nil
}

// prefer notes where a partition shall be created.
func (s *futures) prefer(tp commitlog.TopicPartition, dd *dataDir) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.preferred[tp]; known || len(s.preferred) < maxPreferences {
		s.preferred[tp] = dd
	}
}

// takePreferred returns where a partition shall be created, nil for anywhere.
func (s *futures) takePreferred(tp commitlog.TopicPartition) *dataDir {
	s.mu.Lock()
	defer s.mu.Unlock()
	dd := s.preferred[tp]
	delete(s.preferred, tp)
	if dd != nil && dd.offline() {
		return nil
	}
	return dd
}
