package commitlog

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
)

// verifyBytes is how much Verify reads at once.
const verifyBytes = 1 << 20

// Verify reads everything that the log holds when it is called, and compares each batch
// with its CRC, with the one before it and with where the next segment begins. That is
// more than recovery does, which trusts what was flushed once. The result is ErrCorrupt
// for damage, and nil for a log that is cut, closed or deleted meanwhile.
//
// After each read pause is told how many bytes it was; false ends Verify.
func (l *Log) Verify(pause func(n int) bool) error {
	if err := l.Load(); errors.Is(err, ErrClosed) {
		return nil
	} else if err != nil {
		return err
	}
	cuts := l.cuts.Load()
	v := verification{l: l, pause: pause}
	list := l.segmentList()
	for i, s := range list {
		end, active, size := l.tail()
		if s != active {
			if size = s.size.Load(); i+1 < len(list) {
				end = list[i+1].base
			}
		}
		err := v.segment(s, size, end)
		switch {
		case errors.Is(err, fs.ErrNotExist): // deleted meanwhile
		case errors.Is(err, errVerified), errors.Is(err, ErrClosed), errors.Is(err, ErrCorrupt) && cuts != l.cuts.Load():
			return nil
		case err != nil:
			return err
		}
	}
	return nil
}

// errVerified ends a verification that nobody wants any more.
var errVerified = errors.New("verification has ended")

// verification is where a Verify is.
type verification struct {
	l     *Log
	pause func(n int) bool
	buf   []byte
	epoch int32 // of the last batch
}

// segment checks the first size bytes of a segment, none of whose batches may reach
// beyond an offset.
func (v *verification) segment(s *segment, size, end int64) error {
	h, err := v.l.openLog(s)
	if err != nil {
		return v.l.storage("open segment in", err)
	}
	defer h.release()
	next, want := s.base, int64(verifyBytes)
	for pos := int64(0); pos < size; {
		b, err := v.read(h.f, pos, min(want, size-pos))
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return v.l.corrupt(s, pos, next, "the file is shorter than it was")
		}
		if err != nil {
			return v.l.storage("read segment in", err)
		}
		n, to, reason := v.run(b, s.base, next)
		want = verifyBytes
		if n == 0 && reason == "" { // one batch that is larger than what was read
			if want = need(b); pos+want > size || want <= int64(len(b)) {
				reason = "no valid batch follows"
			}
		}
		if reason == "" && to > end {
			reason = fmt.Sprintf("a batch reaches up to %d, and %d follows", to, end)
		}
		if reason != "" {
			return v.l.corrupt(s, pos+int64(n), to, reason)
		}
		next, pos = to, pos+int64(n)
		if !v.pause(n) {
			return errVerified
		}
	}
	return nil
}

func (v *verification) read(r io.ReaderAt, pos, n int64) ([]byte, error) {
	if int64(cap(v.buf)) < n {
		v.buf = make([]byte, n)
	}
	return v.buf[:n], vfs.ReadFull(r, v.buf[:n], pos)
}

// need is how many bytes the batch at the beginning of b has, 0 if there is none.
func need(b []byte) int64 {
	h, err := batch.ParseHeader(b)
	if err != nil {
		return 0
	}
	return int64(h.Size())
}

// run checks the whole batches in b. It returns how many bytes they are, the offset
// behind them, and what is wrong with the one that follows them, or nothing.
func (v *verification) run(b []byte, base, next int64) (n int, end int64, reason string) {
	for len(b)-n >= batch.HeaderSize {
		h, raw, _, err := batch.Next(b[n:])
		switch {
		case err != nil && need(b[n:]) > int64(len(b)-n):
			return n, next, "" // the buffer ends in it
		case err != nil:
			return n, next, err.Error()
		case checkOrder(base, next, &h) != nil:
			return n, next, fmt.Sprintf("batch offset %d, expected %d", h.BaseOffset, next)
		case h.PartitionLeaderEpoch >= 0 && h.PartitionLeaderEpoch < v.epoch:
			return n, next, fmt.Sprintf("leader epoch %d after %d", h.PartitionLeaderEpoch, v.epoch)
		case !batch.CheckCRC(raw):
			return n, next, "CRC mismatch"
		}
		n, next, v.epoch = n+len(raw), h.NextOffset(), max(v.epoch, h.PartitionLeaderEpoch)
	}
	return n, next, ""
}
