package commitlog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
)

// The leader-epoch checkpoint holds what the batches below the recovery point
// say anyway; it saves reading all of them. What lies above is added from the
// batches themselves.

// maxCheckpointFile bounds the small text files of a partition.
const maxCheckpointFile = 16 << 20

var errBadCheckpoint = errors.New("malformed checkpoint file")

// loadEpochsLocked fills the epoch cache.
func (l *Log) loadEpochsLocked() error {
	if l.inUse != nil && l.epochs.loaded {
		return nil
	}
	if err := l.loadLocked(); err != nil {
		return err
	}
	if l.epochs.loaded {
		return nil // by recovery
	}
	if err := l.readEpochsLocked(l.end.Load()); err != nil {
		return err
	}
	l.epochs.truncateStart(l.start.Load())
	return nil
}

// readEpochsLocked takes from the checkpoint file what is about offsets below
// end, and makes up for a missing or malformed file by reading the headers of
// all batches below end.
func (l *Log) readEpochsLocked(end int64) error {
	entries, err := readEpochCheckpoint(l.env.FS, filepath.Join(l.Dir(), epochCheckpointName))
	switch {
	case err == nil:
		l.epochs.entries, l.epochs.onDisk, l.epochs.dirty = entries, true, false
		l.epochs.truncateEnd(end)
		if err := l.completeEpochsLocked(end); err != nil {
			return err
		}
	case errors.Is(err, errBadCheckpoint), errors.Is(err, fs.ErrNotExist):
		l.epochs.entries, l.epochs.onDisk = nil, errors.Is(err, errBadCheckpoint)
		if err := l.rebuildEpochsLocked(end); err != nil {
			return err
		}
	default:
		return l.storage("read epoch checkpoint in", err)
	}
	l.epochs.loaded = true
	return nil
}

// completeEpochsLocked reads the headers in front of the first known epoch. The file
// may begin above the start of the log: it was written when records had been deleted
// that a crash brought back, because the start had not been written down yet.
func (l *Log) completeEpochsLocked(end int64) error {
	list := l.segmentList()
	if len(list) == 0 {
		return nil
	}
	known := l.epochs.entries
	if len(known) > 0 {
		end = known[0].start
	}
	if end <= max(list[0].base, l.start.Load(), l.opts.logStart) {
		return nil
	}
	l.epochs.entries = nil
	if err := l.rebuildEpochsLocked(end); err != nil {
		return err
	}
	for _, e := range known {
		l.epochs.assign(e.epoch, e.start)
	}
	return nil
}

func (l *Log) rebuildEpochsLocked(end int64) error {
	for _, s := range l.segmentList() {
		if s.base >= end {
			break
		}
		h, err := l.openLog(s)
		if err != nil {
			return l.storage("open segment in", err)
		}
		err = l.assignFrom(s, h.f, end)
		h.release()
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *Log) assignFrom(s *segment, r io.ReaderAt, end int64) error {
	p := newHopper(r, 0, s.size.Load())
	defer p.free()
	for next := s.base; next < end; {
		h, err := p.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errBadHeader):
			return l.corrupt(s, p.pos, next, "no valid batch follows")
		case err != nil:
			return l.storage("read segment in", err)
		}
		if next = h.NextOffset(); h.BaseOffset < end {
			l.epochs.assign(h.PartitionLeaderEpoch, h.BaseOffset)
		}
	}
	return nil
}

// takeEpochsLocked returns the content the checkpoint file needs, or nil if it
// is right as it is. An epoch without records is left out: the controller
// knows it, and a file per idle partition would cost its leadership change an
// fsync.
func (l *Log) takeEpochsLocked() []byte {
	if !l.epochs.dirty || !l.epochs.loaded {
		return nil
	}
	entries := l.epochs.entries
	if n := len(entries); n > 0 && entries[n-1].start >= l.end.Load() {
		entries = entries[:n-1]
	}
	if len(entries) == 0 && !l.epochs.onDisk {
		return nil
	}
	l.epochs.onDisk = true
	l.epochs.dirty = len(entries) != len(l.epochs.entries)
	return encodeEpochs(entries)
}

func encodeEpochs(entries []epochEntry) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "0\n%d\n", len(entries))
	for _, e := range entries {
		fmt.Fprintf(&b, "%d %d\n", e.epoch, e.start)
	}
	return b.Bytes()
}

func readEpochCheckpoint(fsys vfs.FS, path string) ([]epochEntry, error) {
	b, err := vfs.ReadFile(fsys, path, maxCheckpointFile)
	if errors.Is(err, vfs.ErrTooLarge) {
		return nil, errBadCheckpoint
	}
	if err != nil {
		return nil, err
	}
	return parseEpochs(b)
}

// parseEpochs is strict: a file that was cut or mixed up is rebuilt.
func parseEpochs(b []byte) ([]epochEntry, error) {
	lines := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	if len(lines) < 2 || strings.TrimSpace(lines[0]) != "0" {
		return nil, errBadCheckpoint
	}
	n, err := strconv.Atoi(strings.TrimSpace(lines[1]))
	if err != nil || n != len(lines)-2 {
		return nil, errBadCheckpoint
	}
	entries := make([]epochEntry, 0, n)
	for _, line := range lines[2:] {
		f := strings.Fields(line)
		if len(f) != 2 {
			return nil, errBadCheckpoint
		}
		epoch, err1 := strconv.ParseInt(f[0], 10, 32)
		start, err2 := strconv.ParseInt(f[1], 10, 64)
		if err1 != nil || err2 != nil || epoch < 0 || start < 0 {
			return nil, errBadCheckpoint
		}
		e := epochEntry{int32(epoch), start}
		if k := len(entries); k > 0 && (e.epoch <= entries[k-1].epoch || e.start <= entries[k-1].start) {
			return nil, errBadCheckpoint
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// noteEpochLocked keeps the cache in step with an appended batch.
func (l *Log) noteEpochLocked(h *batch.Header) {
	if last, ok := l.epochs.latest(); !ok || h.PartitionLeaderEpoch > last {
		l.epochs.assign(h.PartitionLeaderEpoch, h.BaseOffset)
	}
}
