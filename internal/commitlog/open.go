package commitlog

import (
	"errors"
	"io/fs"
	"path/filepath"
	"sort"
)

// Open opens or creates the log in dir, which must exist, unless Options.NotMade
// says that it will. After a clean shutdown it does not look at dir: everything waits
// for the first use. The same holds for a log that turns out to be without
// segments. Otherwise it recovers: what was not fsynced is checked, a torn tail is
// cut, and damage below the recovery point is ErrCorrupt.
func Open(dir string, o Options) (*Log, error) {
	l := &Log{env: o.Env, opts: openState{recoveryPoint: o.RecoveryPoint, logStart: o.LogStartOffset,
		clean: o.CleanShutdown, salvage: o.Salvage, notMade: o.NotMade}}
	l.dir.Store(&dir)
	l.cfg.Store(o.Config)
	l.fence.Store(-1)
	l.cutTo.Store(noCut)
	virgin := o.RecoveryPoint <= 0 && o.LogStartOffset <= 0 && !o.Salvage
	if o.CleanShutdown {
		l.bare.Store(virgin && o.RecoveryPoint == 0)
		return l, nil
	}
	entries, err := l.readDir()
	if err != nil {
		return nil, err
	}
	if virgin && bareDirectory(entries) {
		l.opts.clean = true
		l.bare.Store(true)
		return l, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.loadFromLocked(entries); err != nil {
		return nil, err
	}
	return l, nil
}

// readDir lists the directory of the log.
func (l *Log) readDir() ([]fs.DirEntry, error) {
	entries, err := l.env.FS.ReadDir(l.Dir())
	return entries, l.storage("list", err)
}

// Load reads what Open left for later. It is called by everything that needs
// it; an owner calls it to learn of an error early.
func (l *Log) Load() error {
	if l.loaded.Load() {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.loadLocked()
}

func (l *Log) loadLocked() error {
	if l.loaded.Load() {
		return nil
	}
	if l.closed {
		return ErrClosed
	}
	if l.failed != nil {
		return l.failed
	}
	if l.opts.notMade {
		if err := l.env.MakeDir(l.Dir()); errors.Is(err, ErrClosed) {
			return err
		} else if err != nil {
			return l.storage("make", err)
		}
		l.opts.notMade = false
	}
	entries, err := l.readDir()
	if err != nil {
		return err
	}
	return l.loadFromLocked(entries)
}

// loadFromLocked loads the log, whose directory holds entries.
func (l *Log) loadFromLocked(entries []fs.DirEntry) error {
	files, err := l.sortFiles(entries)
	if err != nil {
		return err
	}
	l.inUse = new(inUse)
	list := make([]*segment, 0, len(files.logs))
	for _, f := range files.logs {
		list = append(list, newSegment(f.base, f.size))
	}
	l.segments.Store(&list)
	l.flush.parentDirty = len(list) == 0
	l.snapshots = files.snapshots
	if l.opts.clean {
		err = l.loadCleanLocked()
	} else {
		err = l.recoverLocked()
	}
	if err != nil {
		l.forget()
		return err
	}
	l.loaded.Store(true)
	l.bare.Store(false)
	return nil
}

// forget undoes a load that failed half-way.
func (l *Log) forget() {
	for _, s := range l.segmentList() {
		l.closeSegment(s)
	}
	l.segments.Store(nil)
	l.inUse = nil
}

// directory is what a partition's directory holds.
type directory struct {
	logs      []logFile // by base
	snapshots []int64   // ascending
}

type logFile struct{ base, size int64 }

// sortFiles takes the entries of the directory apart, finishes or undoes
// interrupted replacements and removes leftovers.
func (l *Log) sortFiles(entries []fs.DirEntry) (directory, error) {
	swapped, err := l.finishSwaps(entries)
	if err == nil && swapped {
		entries, err = l.readDir()
	}
	if err != nil {
		return directory{}, err
	}
	var d directory
	var orphans []string
	have := map[int64]bool{}
	for _, e := range entries {
		offset, suffix, ok := parseOffsetName(e.Name())
		switch {
		case isLeftover(e.Name()):
			orphans = append(orphans, e.Name())
		case !ok || e.IsDir():
		case suffix == logSuffix:
			fi, err := e.Info()
			if err != nil {
				return directory{}, l.storage("list", err)
			}
			d.logs = append(d.logs, logFile{offset, fi.Size()})
			have[offset] = true
		case suffix == snapshotSuffix:
			d.snapshots = append(d.snapshots, offset)
		}
	}
	for _, e := range entries {
		offset, suffix, ok := parseOffsetName(e.Name())
		if ok && isSegmentSuffix(suffix) && !have[offset] {
			orphans = append(orphans, e.Name())
		}
	}
	for _, name := range orphans {
		if err := l.removeIfExists(l.Dir() + "/" + name); err != nil {
			return directory{}, l.storage("remove leftovers in", err)
		}
	}
	sort.Slice(d.logs, func(i, j int) bool { return d.logs[i].base < d.logs[j].base })
	sort.Slice(d.snapshots, func(i, j int) bool { return d.snapshots[i] < d.snapshots[j] })
	return d, nil
}

func (l *Log) join(name string) string { return filepath.Join(l.Dir(), name) }

func (l *Log) removeIfExists(path string) error {
	err := l.env.FS.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
