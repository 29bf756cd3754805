package logdir

import (
	"errors"
	"sync"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
)

// cleaners are the goroutines that compact logs, and what they share.
type cleaners struct {
	d    *Dirs
	cfg  CleanerConfig
	stop chan struct{}
	wg   sync.WaitGroup

	mu    sync.Mutex
	busy  map[*partition]struct{}
	idle  map[*partition]struct{} // not loaded, with nothing but an active segment
	state cleanerState
}

// cleanerState outlives a change of the settings.
type cleanerState struct {
	CleanerState
	uncleanable map[*partition]error
}

// SetCleaner replaces the settings of the cleaners, interrupting what they do:
// a compaction that was interrupted starts over.
func (d *Dirs) SetCleaner(cfg CleanerConfig) {
	d.cleanerMu.Lock()
	defer d.cleanerMu.Unlock()
	d.stopCleanersLocked()
	d.mu.RLock()
	closed := d.closed
	d.mu.RUnlock()
	if closed || !cfg.Enable || cfg.Threads < 1 {
		return
	}
	c := &cleaners{d: d, cfg: cfg, stop: make(chan struct{}), state: d.cleanerState,
		busy: map[*partition]struct{}{}, idle: map[*partition]struct{}{}}
	d.cleaners = c
	if d.cfg.Stepped {
		return
	}
	c.wg.Add(cfg.Threads)
	for range cfg.Threads {
		go c.runCleaner()
	}
}

// stopCleanersLocked ends the cleaners and waits for them.
func (d *Dirs) stopCleanersLocked() {
	if c := d.cleaners; c != nil {
		close(c.stop)
		c.wg.Wait()
		d.cleanerState = c.state
		d.cleaners = nil
	}
}

// Cleaner returns what the cleaners have done so far.
func (d *Dirs) Cleaner() CleanerState {
	d.cleanerMu.Lock()
	defer d.cleanerMu.Unlock()
	s := d.cleanerState
	if c := d.cleaners; c != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		s = c.state
	}
	out := s.CleanerState
	out.Uncleanable = make(map[commitlog.TopicPartition]error, len(s.uncleanable))
	for p, err := range s.uncleanable {
		out.Uncleanable[p.tp] = err
	}
	return out
}

// runCleaner compacts the dirtiest log, again and again, and waits when there
// is none that needs it.
func (c *cleaners) runCleaner() {
	defer c.wg.Done()
	tick, stopTick := c.d.cfg.NewTicker(max(c.cfg.Backoff, time.Millisecond))
	defer stopTick()
	worker := c.newWorker()
	for {
		select {
		case <-c.stop:
			return
		case <-tick:
		}
		for c.cleanDirtiest(worker) {
		}
	}
}

func (c *cleaners) newWorker() *commitlog.Compactor {
	pace := &pacer{c: c, rate: c.cfg.MaxBytesPerSecond / float64(c.cfg.Threads)}
	return commitlog.NewCompactor(commitlog.CompactorOptions{
		MapBytes: c.cfg.DedupeBufferBytes / int64(c.cfg.Threads), MapLoad: c.cfg.LoadFactor, Pace: pace.pace})
}

// errStopped ends a compaction because its cleaner has to stop.
var errStopped = errors.New("cleaner stopped")

// cleanDirtiest compacts one log. It returns false if there was none.
func (c *cleaners) cleanDirtiest(worker *commitlog.Compactor) bool {
	select {
	case <-c.stop:
		return false
	default:
	}
	p, dirt := c.grabDirtiest()
	if p == nil {
		return false
	}
	defer func() {
		c.mu.Lock()
		delete(c.busy, p)
		c.mu.Unlock()
	}()
	done, err := worker.Compact(p.log, dirt, c.d.now())
	c.mu.Lock()
	c.state.Compactions++
	c.state.ReadBytes += done.MapBytes + done.ReadBytes
	c.state.WrittenBytes += done.WrittenBytes
	c.mu.Unlock()
	if err != nil {
		return c.failed(p, err)
	}
	c.d.cfg.Logger.Info("compacted a log", "topic", p.tp.Topic, "partition", p.tp.Partition,
		"from", dirt.From, "to", done.Next, "readBytes", done.ReadBytes, "writtenBytes", done.WrittenBytes,
		"records", done.Records, "kept", done.Kept, "keyless", done.Keyless, "segments", done.Before, "into", done.After)
	c.d.setCleaned(p, done.Next)
	return true
}

// failed decides what an error means for the log and the next look. A log that
// was set aside, or whose directory is offline, is not met again.
func (c *cleaners) failed(p *partition, err error) (goOn bool) {
	switch {
	case errors.Is(err, errStopped):
		return false
	case isClosed(err), p.dir.offline():
		return true
	case errors.Is(err, commitlog.ErrOvertaken):
		return false // with the next tick, from what is left
	case errors.Is(err, commitlog.ErrStorage):
		c.d.Report(p.log, err)
		return true
	}
	c.setAside(p, err)
	return true
}

// setAside leaves a log alone until the process starts again.
func (c *cleaners) setAside(p *partition, err error) {
	c.mu.Lock()
	if c.state.uncleanable == nil {
		c.state.uncleanable = map[*partition]error{}
	}
	c.state.uncleanable[p] = err
	c.mu.Unlock()
	c.d.cfg.Logger.Error("a log cannot be compacted and is left alone from now on",
		"topic", p.tp.Topic, "partition", p.tp.Partition, "err", err)
}
