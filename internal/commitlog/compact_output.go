package commitlog

import (
	"os"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
)

// cleaned is the segment that a group of segments becomes. Its file has the
// .cleaned suffix until swapIn. As long as a single source turns out not to
// change, nothing is written.
type cleaned struct {
	p       *pass
	l       *Log
	group   []source
	changed bool

	f       vfs.File // nil until changed
	size    int64    // of the segment so far
	written int64    // of that, in the file
	buf     []byte   // of that, not in the file yet
	ix      *indexes
	aborted []AbortedTxn // of the markers that stay
	txns    bool         // a transaction index was written
}

func newCleaned(p *pass, group []source) *cleaned {
	o := &cleaned{p: p, l: p.l, group: group, ix: newIndexes(p.l.env.Now()), buf: p.write[:0]}
	return o
}

// add appends a batch, whether it changed or not.
func (o *cleaned) add(h *batch.Header, raw []byte) error {
	if len(o.group) > 1 {
		if err := o.change(); err != nil {
			return err
		}
	}
	o.ix.note(o.group[0].base, h, o.size, o.p.cfg.IndexIntervalBytes)
	o.size += int64(len(raw))
	if !o.changed {
		return nil
	}
	if len(o.buf)+len(raw) > compactChunk {
		if err := o.flush(); err != nil {
			return err
		}
	}
	o.buf = append(o.buf, raw...)
	return nil
}

// change is called before the first thing that makes the segment differ from
// its source. What was the same so far is copied.
func (o *cleaned) change() error {
	if o.changed {
		return nil
	}
	if err := o.create(); err != nil {
		return err
	}
	o.changed = true
	if cap(o.buf) < compactChunk {
		o.buf = make([]byte, 0, compactChunk)
	}
	if o.size == 0 {
		return nil
	}
	src, err := o.l.openLog(o.group[0].segment)
	if err != nil {
		return o.l.storage("open segment in", err)
	}
	defer src.release()
	for o.written < o.size {
		o.buf = o.buf[:min(compactChunk, o.size-o.written)]
		if err := vfs.ReadFull(src.f, o.buf, o.written); err != nil {
			return o.l.storage("read segment in", err)
		}
		if err := o.flush(); err != nil {
			return err
		}
	}
	return nil
}

// create makes the file. Not after Close: the directory may have been renamed
// by then, and another one may have its name.
func (o *cleaned) create() error {
	o.l.layoutMu.RLock()
	defer o.l.layoutMu.RUnlock()
	if o.l.isClosed() {
		return ErrClosed
	}
	f, err := o.l.env.FS.Open(o.path(logSuffix), os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o644)
	if err != nil {
		return o.l.storage("create compacted segment in", err)
	}
	o.f = f
	return nil
}

func (o *cleaned) path(suffix string) string {
	return o.l.path(o.group[0].base, suffix+cleanedSuffix)
}

func (o *cleaned) flush() error {
	if len(o.buf) == 0 {
		return nil
	}
	if _, err := o.f.WriteAt(o.buf, o.written); err != nil {
		return o.l.storage("write compacted segment in", err)
	}
	o.written += int64(len(o.buf))
	o.p.done.WrittenBytes += int64(len(o.buf))
	n := len(o.buf)
	o.buf = o.buf[:0]
	return o.p.pace(n)
}

// finish makes the files durable.
func (o *cleaned) finish() error {
	if err := o.flush(); err != nil {
		return err
	}
	o.p.write = o.buf
	o.ix.mu.Lock()
	o.ix.times.maybeAppend(o.ix.max)
	o.ix.mu.Unlock()
	if err := o.f.Sync(); err != nil {
		return o.l.storage("sync compacted segment in", err)
	}
	o.l.layoutMu.RLock()
	defer o.l.layoutMu.RUnlock()
	if o.l.isClosed() {
		return ErrClosed
	}
	if err := o.writeTxns(); err != nil {
		return o.l.storage("write transaction index in", err)
	}
	return o.l.storage("sync", o.l.env.FS.SyncDir(o.l.Dir()))
}

// writeTxns writes the transaction index of the new segment.
func (o *cleaned) writeTxns() error {
	if len(o.aborted) == 0 {
		return nil
	}
	o.txns = true
	var b []byte
	for i := range o.aborted {
		b = append(b, o.aborted[i].encode()...)
	}
	f, err := o.l.env.FS.Open(o.path(txnSuffix), os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(b, 0)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// discard removes what was written, if the directory is still the log's. An
// error has been met before or shows again.
func (o *cleaned) discard() {
	if o.f == nil {
		return
	}
	o.f.Close()
	o.l.layoutMu.RLock()
	defer o.l.layoutMu.RUnlock()
	if o.l.isClosed() {
		return
	}
	_ = o.l.removeIfExists(o.path(logSuffix))
	_ = o.l.removeIfExists(o.path(txnSuffix))
}
