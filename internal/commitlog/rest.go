package commitlog

import "io/fs"

// A log is at rest from its Open after an orderly end until its first use. What
// is asked of all logs now and then (sizes, retention) must not end that: a
// broker may have a hundred thousand of them.

// unknownSize stands in Log.restSize until somebody asks.
const unknownSize int64 = -1

// Bare says that the log is at rest and never had a record, so that there is
// nothing in its directory.
func (l *Log) Bare() bool { return l.bare.Load() && !l.loaded.Load() }

// Size is the number of bytes in all segments, without indexes. It does not load
// the log.
func (l *Log) Size() int64 {
	switch {
	case l.loaded.Load():
		var n int64
		for _, s := range l.segmentList() {
			n += s.size.Load()
		}
		return n
	case l.Bare():
		return 0
	}
	if n := l.restSize.Load(); n != unknownSize {
		return n
	}
	n := l.listedSize()
	l.restSize.Store(n)
	return n
}

// listedSize adds up the segments in the directory; 0 if that cannot be read.
func (l *Log) listedSize() (n int64) {
	entries, err := l.env.FS.ReadDir(l.dir)
	if err != nil {
		return 0
	}
	for _, e := range entries {
		if _, suffix, ok := parseOffsetName(e.Name()); ok && suffix == logSuffix {
			if fi, err := e.Info(); err == nil {
				n += fi.Size()
			}
		}
	}
	return n
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
