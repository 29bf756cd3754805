package logdir

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/planted"
	"github.com/brolga-io/brolga/internal/vfs"
)

// Open locks and checks the data directories, opens or recovers all logs in
// them, and starts the background work. now is in ms since 1970.
//
// A directory with a foreign identity or a foreign lock is an error, and so is one
// without an identity that may not be given one (Config.Format). One that cannot be
// used otherwise is offline from the start, as if it had failed later, and only if no
// directory is left that is an error too. Logs with damage below their recovery point
// are kept closed; see Damaged.
func Open(cfg Config, fsys vfs.FS, now func() int64) (*Dirs, error) {
	d := &Dirs{cfg: cfg.withDefaults(), fs: fsys, now: now, stop: make(chan struct{}), futures: newFutures(), maker: maker{wake: make(chan struct{}, 1)},
		partitions: map[commitlog.TopicPartition]*partition{}, twins: map[commitlog.TopicPartition][]twin{}, busy: map[commitlog.TopicPartition]chan struct{}{}, dirty: map[*commitlog.Log]int64{}, flushed: map[*commitlog.Log]int64{}, rolled: map[*commitlog.Log]struct{}{}, rolls: make(chan struct{}, 1), doomed: map[*commitlog.Log]int64{},
		brokerEpoch: UnknownBrokerEpoch}
	d.env = commitlog.Env{FS: fsys, Now: now, FDs: commitlog.NewFDCache(d.cfg.MaxOpenFiles),
		ProducerIDExpirationMs: cfg.ProducerIDExpirationMs, LowerRecoveryPoint: d.lowerRecoveryPoint, Dirty: d.markDirty, Rolled: d.markRolled, Doomed: d.markDoomed, MakeDir: d.makeDir}
	if err := d.openAll(); err != nil {
		for _, dd := range d.dirs {
			_ = dd.unlock() // nothing was written that the lock guards
		}
		return nil, err
	}
	d.resumeMoves()
	d.startBackground()
	return d, nil
}

// startBackground starts the goroutines that the package's comment names.
func (d *Dirs) startBackground() {
	if d.cfg.Stepped {
		d.steps = &steps{housekeeper: housekeeper{d: d, lastRetention: d.now()}, lastFlushMs: d.now()}
		d.SetCleaner(d.cfg.Cleaner)
		return
	}
	d.wg.Add(4)
	go d.runMover()
	go d.runMaker(d.maker.wake)
	go d.runFlusher()
	go d.runHousekeeper()
	d.SetCleaner(d.cfg.Cleaner)
}

func (d *Dirs) openAll() error {
	if len(d.cfg.Dirs) == 0 {
		return errors.New("no data directory is configured (log.dirs)")
	}
	broken := make([]error, len(d.cfg.Dirs))
	for i, path := range d.cfg.Dirs {
		dd, err := openDataDir(d.fs, path, &d.cfg)
		d.dirs = append(d.dirs, dd)
		if isRefusal(err) {
			return err
		}
		broken[i] = err
	}
	if err := d.checkDirectoryIDs(); err != nil {
		return err
	}
	for _, step := range []func(*dataDir) error{d.findLogs, d.openLogs} {
		for i, dd := range d.dirs {
			if broken[i] == nil {
				broken[i] = step(dd)
			}
			if broken[i] != nil {
				d.fail(dd, broken[i])
			}
		}
	}
	if !slices.ContainsFunc(d.dirs, func(dd *dataDir) bool { return !dd.offline() }) {
		return fmt.Errorf("no data directory can be used: %w", errors.Join(broken...))
	}
	return nil
}

func (d *Dirs) checkDirectoryIDs() error {
	seen := map[UUID]string{}
	for _, dd := range d.dirs {
		if dd.id == (UUID{}) {
			continue // it could not be read
		}
		if other, ok := seen[dd.id]; ok {
			return fmt.Errorf("the data directories %s and %s have the same directory.id %s: one is a copy of the other", other, dd.path, FormatID(dd.id))
		}
		seen[dd.id] = dd.path
	}
	return nil
}

// findLogs finds out which partitions are in a directory.
func (d *Dirs) findLogs(dd *dataDir) error {
	if err := dd.readState(d.fs, &d.cfg); err != nil {
		return err
	}
	live, err := dd.list(d.fs, &d.cfg)
	if err != nil {
		return err
	}
	dd.live = live
	for _, tp := range slices.Clone(live) {
		if other := d.partitions[tp]; other != nil {
			if err := d.settleTwofold(tp, other.dir, dd); err != nil {
				return err
			}
			continue
		}
		d.setLocked(tp, dd.newPartition(tp))
	}
	return nil
}

// openLogs opens the partitions of one directory with a few workers.
func (d *Dirs) openLogs(dd *dataDir) error {
	work := make(chan *partition)
	errs := make(chan error, d.cfg.RecoveryThreads)
	var wg sync.WaitGroup
	for range d.cfg.RecoveryThreads {
		wg.Go(func() {
			for p := range work {
				if err := d.openLog(p); err != nil {
					select {
					case errs <- err:
					default:
					}
				}
			}
		})
	}
	for _, tp := range dd.live {
		work <- d.partitions[tp]
	}
	close(work)
	wg.Wait()
	dd.outdateUnknown(func(tp commitlog.TopicPartition) bool { return d.partitions[tp] != nil && d.partitions[tp].dir == dd })
	dd.points, dd.starts, dd.watermarks, dd.cleaned, dd.live = nil, nil, nil, nil, nil
	select {
	case err := <-errs:
		return err
	default:
		return nil
	}
}

func (dd *dataDir) newPartition(tp commitlog.TopicPartition) *partition {
	return &partition{tp: tp, dir: dd, written: lookup(dd.points, tp), watermark: lookup(dd.watermarks, tp),
		cleaned: lookup(dd.cleaned, tp)}
}

// recoveryPoint is 0 for a partition that a good checkpoint does not have:
// nothing of it was ever flushed.
func (dd *dataDir) recoveryPoint(tp commitlog.TopicPartition) int64 {
	if point := lookup(dd.points, tp); point != commitlog.Unknown || dd.points == nil {
		return point
	}
	return 0
}

func lookup(o offsets, tp commitlog.TopicPartition) int64 {
	if offset, ok := o[tp]; ok {
		return offset
	}
	return commitlog.Unknown
}

// openLog opens the log of p. Damage stays with the partition; what is
// returned is a failure of the directory.
func (d *Dirs) openLog(p *partition) error {
	start := lookup(p.dir.starts, p.tp)
	if planted.On(planted.LogStartForgotten) {
		start = commitlog.Unknown
	}
	log, err := commitlog.Open(filepath.Join(p.dir.path, p.tp.String()), commitlog.Options{
		Env:            &d.env,
		Config:         d.cfg.logConfig(p.tp),
		RecoveryPoint:  p.dir.recoveryPoint(p.tp),
		LogStartOffset: start,
		CleanShutdown:  p.dir.clean,
	})
	if err == nil && d.cfg.Replicated && !log.Bare() {
		err = log.Load()
	}
	if errors.Is(err, commitlog.ErrCorrupt) {
		d.cfg.Logger.Error("partition is damaged below its recovery point and stays closed",
			"topic", p.tp.Topic, "partition", p.tp.Partition, "err", err)
		p.err = err
		return nil
	}
	if err != nil {
		p.err = err
		return err
	}
	d.logRecovery(p.tp, log)
	p.log = log
	return nil
}

func (d *Dirs) logRecovery(tp commitlog.TopicPartition, log *commitlog.Log) {
	if !log.Loaded() {
		return
	}
	if r := log.Recovered(); r.CutBytes > 0 {
		d.cfg.Logger.Warn("cut a torn tail that was never flushed", "topic", tp.Topic, "partition", tp.Partition,
			"bytes", r.CutBytes, "reason", r.CutReason, "endOffset", log.EndOffset())
	}
}
