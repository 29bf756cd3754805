package commitlog

import (
	"errors"
	"io/fs"
	"path/filepath"
	"sort"
)

// Open opens or creates the log in dir, which must exist. After a clean
// shutdown it only looks whether dir is there; everything else waits for the
// first use. Otherwise it recovers: what was not fsynced is checked, a torn
// tail is cut, and damage below the recovery point is ErrCorrupt.
func Open(dir string, o Options) (*Log, error) {
	l := &Log{dir: dir, env: o.Env, opts: openState{recoveryPoint: o.RecoveryPoint, logStart: o.LogStartOffset,
		clean: o.CleanShutdown, salvage: o.Salvage}}
	l.cfg.Store(o.Config)
	l.fence.Store(-1)
	l.cutTo.Store(noCut)
	if o.CleanShutdown {
		fi, err := o.FS.Stat(dir)
		if err != nil {
			return nil, l.storage("open", err)
		}
		if !fi.IsDir() {
			return nil, l.storage("open", errors.New("not a directory"))
		}
		return l, nil
	}
	if err := l.Load(); err != nil {
		return nil, err
	}
	return l, nil
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
	files, err := l.listFiles()
	if err != nil {
		return err
	}
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
	return nil
}

// forget undoes a load that failed half-way.
func (l *Log) forget() {
	for _, s := range l.segmentList() {
		l.closeSegment(s)
	}
	l.segments.Store(nil)
	l.epochs = epochCache{}
	l.producers = nil
}

// directory is what a partition's directory holds.
type directory struct {
	logs      []logFile // by base
	snapshots []int64   // ascending
}

type logFile struct{ base, size int64 }

// listFiles reads the directory, finishes or undoes interrupted replacements
// and removes leftovers.
func (l *Log) listFiles() (directory, error) {
	if err := l.finishSwaps(); err != nil {
		return directory{}, err
	}
	entries, err := l.env.FS.ReadDir(l.dir)
	if err != nil {
		return directory{}, l.storage("list", err)
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
		if err := l.removeIfExists(l.dir + "/" + name); err != nil {
			return directory{}, l.storage("remove leftovers in", err)
		}
	}
	sort.Slice(d.logs, func(i, j int) bool { return d.logs[i].base < d.logs[j].base })
	sort.Slice(d.snapshots, func(i, j int) bool { return d.snapshots[i] < d.snapshots[j] })
	return d, nil
}

func (l *Log) join(name string) string { return filepath.Join(l.dir, name) }

func (l *Log) removeIfExists(path string) error {
	err := l.env.FS.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
