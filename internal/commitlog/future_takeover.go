package commitlog

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/brolga-io/brolga/internal/vfs"
)

// TakeOver copies the rest while nothing can be appended, and then the log lives in
// the copy: its files are those there, under the name dir that commit has given to
// the copy's directory. Whoever reads the log goes on; whoever compacts it starts
// over. The old directory is not the log's any more and may be removed.
//
// commit is called when the copy is complete and durable, with the log locked, and
// must not call back. taken says that the directory has its name, whatever the error.
// ErrBehind: call Copy again.
func (f *Future) TakeOver(dir string, commit func() (taken bool, err error)) error {
	l := f.l
	l.layoutMu.Lock()
	defer l.layoutMu.Unlock()
	l.beginTurn()
	defer l.endTurn()
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.changeableLocked(); err != nil {
		return err
	}
	if err := l.commitLocked(); err != nil {
		return err
	}
	list := l.segmentList()
	if f.missing(list) > futureLate {
		return ErrBehind
	}
	if err := f.completeLocked(list); err != nil {
		return err
	}
	taken, err := commit()
	if taken {
		l.liveInLocked(dir, list)
	}
	return f.failed(err)
}

// missing is how many bytes are still to be copied.
func (f *Future) missing(list []*segment) (bytes int64) {
	for _, s := range list {
		bytes += s.size.Load()
		if c := f.copies[s]; c != nil {
			bytes -= c.size
		}
	}
	return bytes
}

// completeLocked copies all that is missing, as an orderly end would leave it. The
// fsyncs are done under the log's mutex: the log cannot grow between them and the
// exchange.
func (f *Future) completeLocked(list []*segment) error {
	l := f.l
	if err := l.completeIndexesLocked(); err != nil {
		return err
	}
	pace := f.pace
	f.pace = func(int) error { return nil }
	defer func() { f.pace = pace }()
	if _, err := f.round(list); err != nil {
		return err
	}
	if err := f.tidy(list); err != nil {
		return err
	}
	var names []string
	if n := len(list); n > 0 {
		for _, suffix := range segmentSuffixes[1:] {
			names = append(names, offsetName(list[n-1].base, suffix))
		}
	}
	for _, offset := range l.snapshots {
		names = append(names, offsetName(offset, snapshotSuffix))
	}
	for _, name := range names {
		if _, err := f.copyFile(name); err != nil {
			return err
		}
	}
	if err := f.writeEpochsLocked(); err != nil {
		return err
	}
	return f.failed(l.env.FS.SyncDir(f.dir))
}

// writeEpochsLocked writes the leader epochs down, those too that the log keeps in
// memory only.
func (f *Future) writeEpochsLocked() error {
	l := f.l
	if err := l.loadEpochsLocked(); err != nil {
		return err
	}
	b := l.takeEpochsLocked()
	if b == nil {
		_, err := f.copyFile(epochCheckpointName)
		return err
	}
	l.epochs.dirty = true // wherever the log lives in the end
	return f.failed(vfs.WriteFileAtomic(l.env.FS, f.path(epochCheckpointName), b))
}

// tidy removes what an earlier TakeOver copied and a truncation has made wrong.
func (f *Future) tidy(list []*segment) error {
	entries, err := f.l.env.FS.ReadDir(f.dir)
	if err != nil {
		return f.failed(err)
	}
	bases := make(map[int64]bool, len(list))
	for _, s := range list {
		bases[s.base] = true
	}
	for _, e := range entries {
		offset, suffix, ok := parseOffsetName(e.Name())
		stale := ok && (!isSegmentSuffix(suffix) || !bases[offset]) || strings.HasPrefix(e.Name(), epochCheckpointName)
		if !stale {
			continue
		}
		if err := f.l.removeIfExists(f.path(e.Name())); err != nil {
			return f.failed(err)
		}
	}
	return nil
}

// liveInLocked makes dir, which holds the same files, the log's directory. The
// segments get new values, so that nobody keeps a descriptor of the old files.
func (l *Log) liveInLocked(dir string, list []*segment) {
	l.indexMu.Lock()
	defer l.indexMu.Unlock()
	l.dir.Store(&dir)
	moved := make([]*segment, len(list))
	var tail *segment
	var size int64
	for i, s := range list {
		size = s.size.Load()
		tail = newSegment(s.base, size)
		moved[i] = tail
	}
	l.segments.Store(&moved)
	l.publish(l.end.Load(), tail, size)
	for _, s := range list {
		s.log.retire(l)
		if ix := s.ix.Load(); ix != nil {
			ix.offsets.file.retire(l)
			ix.times.file.retire(l)
		}
	}
	l.seen.clear()
	l.flush = flushState{truncations: l.flush.truncations, sinceSnapshot: l.flush.sinceSnapshot}
	l.recoveryPoint.Store(l.end.Load())
	l.doomed = nil // they go with the old directory
}

func (f *Future) path(name string) string { return filepath.Join(f.dir, name) }

func (f *Future) create(name string, empty bool) (vfs.File, error) {
	flag := os.O_CREATE | os.O_RDWR
	if empty {
		flag |= os.O_TRUNC
	}
	file, err := f.l.env.FS.Open(f.path(name), flag, 0o644)
	return file, f.failed(err)
}

// copyFile copies a small file durably; false if there is none.
func (f *Future) copyFile(name string) (bool, error) {
	src, err := f.l.env.FS.Open(f.l.join(name), os.O_RDONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return false, f.failed(f.l.removeIfExists(f.path(name)))
	}
	if err != nil {
		return false, f.l.storage("open", err)
	}
	defer src.Close()
	size, err := src.Size()
	if err != nil {
		return false, f.l.storage("read", err)
	}
	dst, err := f.create(name, true)
	if err != nil {
		return false, err
	}
	defer dst.Close()
	if f.buf == nil {
		f.buf = make([]byte, futureChunk)
	}
	for at := int64(0); at < size; {
		b := f.buf[:min(futureChunk, size-at)]
		if err := vfs.ReadFull(src, b, at); err != nil {
			return false, f.l.storage("read", err)
		}
		if _, err := dst.WriteAt(b, at); err != nil {
			return false, f.failed(err)
		}
		at += int64(len(b))
	}
	return true, f.failed(dst.Datasync())
}
