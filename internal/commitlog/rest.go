package commitlog

import "io/fs"

// A log is at rest from its Open after an orderly end until its first use. What
// is asked of all logs now and then (sizes, retention) must not end that: a
// broker may have a hundred thousand of them.

// Bare says that the log is at rest and never had a record, so that there is
// nothing in its directory.
func (l *Log) Bare() bool { return l.bare.Load() && !l.loaded.Load() }

// Overview is what can be said of a log without loading it.
type Overview struct {
	Bytes      int64 // in all segments, without indexes
	Segments   int
	Start, End int64 // offsets; Unknown where only loading would tell
}

// Size is the number of bytes in all segments, without indexes. It does not load
// the log.
func (l *Log) Size() int64 { return l.Overview().Bytes }

// Overview does not load the log. At rest the directory is listed once.
func (l *Log) Overview() Overview {
	if l.loaded.Load() {
		o := Overview{Start: l.start.Load(), End: l.end.Load()}
		for _, s := range l.segmentList() {
			o.Bytes += s.size.Load()
			o.Segments++
		}
		return o
	}
	if l.Bare() {
		start := max(0, l.opts.logStart)
		return Overview{Start: start, End: start}
	}
	if o := l.rest.Load(); o != nil {
		return *o
	}
	o := l.listed()
	l.rest.Store(&o)
	return o
}

// listed looks at the names and sizes in the directory. After an orderly end the
// recovery point is the end.
func (l *Log) listed() Overview {
	recoveryPoint, start, _ := l.Checkpoints()
	o := Overview{Start: Unknown, End: recoveryPoint}
	entries, err := l.env.FS.ReadDir(l.Dir())
	if err != nil {
		return o
	}
	for _, e := range entries {
		base, suffix, ok := parseOffsetName(e.Name())
		if !ok || suffix != logSuffix {
			continue
		}
		o.Segments++
		if o.Start == Unknown || base < o.Start {
			o.Start = base
		}
		if fi, err := e.Info(); err == nil {
			o.Bytes += fi.Size()
		}
	}
	o.Start = max(o.Start, start)
	return o
}

// bareDirectory says that a directory holds nothing that recovery is about.
func bareDirectory(entries []fs.DirEntry) bool {
	for _, e := range entries {
		if _, _, ok := parseOffsetName(e.Name()); ok || isLeftover(e.Name()) {
			return false
		}
	}
	return true
}
