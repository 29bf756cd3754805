package commitlog

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/brolga-io/brolga/internal/vfs"
	"pgregory.net/rapid"
)

const (
	futureDir = "other/t-0.0123456789abcdef0123456789abcdef-future"
	movedDir  = "other/t-0"
)

func (w *world) future(l *Log) *Future {
	w.t.Helper()
	if err := w.mem.MkdirAll(futureDir, 0o755); err != nil {
		w.t.Fatal(err)
	}
	return NewFuture(l, futureDir, func(int) error { return nil })
}

// takeOver copies and moves l as its owner does.
func (w *world) takeOver(f *Future) error {
	for {
		if err := f.Copy(); err != nil {
			return err
		}
		err := f.TakeOver(movedDir, func() (bool, error) {
			return true, w.mem.Rename(futureDir, movedDir)
		})
		if !errors.Is(err, ErrBehind) {
			if err == nil {
				err = w.mem.RemoveAll(testDir)
			}
			return err
		}
	}
}

// TestFutureTakesOver: after the move the log is what it was, in the other
// directory, also after a restart, an orderly one or not.
func TestFutureTakesOver(t *testing.T) {
	for _, clean := range []bool{true, false} {
		t.Run(fmt.Sprint("clean ", clean), func(t *testing.T) {
			w := newWorld(t)
			w.cfg.SegmentBytes = 4000
			l := w.open()
			for i := range 40 {
				w.append(l, int32(i/10), produced(7, 0, int32(i*3), 3, w.nowMs+int64(i)))
			}
			want := readAll(t, l, 0, 1000)
			f := w.future(l)
			if err := w.takeOver(f); err != nil {
				t.Fatal(err)
			}
			if l.Dir() != movedDir || l.RecoveryPoint() != 120 || f.End() != 120 || f.Bytes() != l.Size() {
				t.Fatalf("%s, durable to %d, copied %d and %d bytes", l.Dir(), l.RecoveryPoint(), f.End(), f.Bytes())
			}
			// The producer's state came along.
			again, err := l.Append(4, produced(7, 0, 39*3, 3, w.nowMs), AppendCheck{Origin: Client})
			if err != nil || !again.Duplicate {
				t.Fatalf("%+v %v", again, err)
			}
			w.append(l, 4, produced(7, 0, 120, 3, w.nowMs))
			check := func(l *Log) {
				t.Helper()
				if got := readAll(t, l, 0, 1000); !bytes.HasPrefix(got, want) || l.EndOffset() != 123 {
					t.Fatalf("%d bytes of %d, end %d", len(got), len(want), l.EndOffset())
				}
				if epoch, end := l.EndOffsetForEpoch(1); epoch != 1 || end != 60 {
					t.Fatalf("epoch %d ends at %d", epoch, end)
				}
				if err := l.Check(); err != nil {
					t.Fatal(err)
				}
			}
			check(l)
			if err := l.Close(clean); err != nil {
				t.Fatal(err)
			}
			o := w.options()
			o.RecoveryPoint, o.CleanShutdown = 120, clean
			if clean {
				o.RecoveryPoint = 123
			}
			l, err = Open(movedDir, o)
			if err != nil {
				t.Fatal(err)
			}
			check(l)
		})
	}
}

// TestFutureIsDurable: a power loss right after the move keeps everything.
func TestFutureIsDurable(t *testing.T) {
	w := newWorld(t)
	w.cfg.SegmentBytes = 4000
	l := w.open()
	for range 40 {
		w.append(l, 0, records(3, 100, w.nowMs))
	}
	f := w.future(l)
	for _, dir := range []string{"", "other"} {
		if err := w.mem.SyncDir(dir); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.takeOver(f); err != nil {
		t.Fatal(err)
	}
	if err := w.mem.SyncDir("other"); err != nil {
		t.Fatal(err)
	}
	w.mem = w.mem.CrashClone(crashNothingKept)
	w.env.FS = w.mem
	o := w.options()
	o.RecoveryPoint = 120
	l, err := Open(movedDir, o)
	if err != nil || l.EndOffset() != 120 {
		t.Fatal(l, err)
	}
	if err := l.Check(); err != nil {
		t.Fatal(err)
	}
}

// TestFutureFollowsTheLog: whatever happens to the log between two rounds of
// copying, the copy is the log in the end.
func TestFutureFollowsTheLog(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(t)
		w.cfg.SegmentBytes, w.cfg.RetentionBytes = 3000, 6000
		l := w.open()
		w.append(l, 0, records(3, 100, w.nowMs))
		f := w.future(l)
		compacted := false // then a truncation may end in a gap
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			switch rapid.IntRange(0, 5).Draw(r, "step") {
			case 0:
				for range rapid.IntRange(1, 20).Draw(r, "batches") {
					w.append(l, 0, records(rapid.IntRange(1, 5).Draw(r, "n"), 100, w.nowMs))
				}
			case 1:
				if compacted {
					continue
				}
				to := rapid.Int64Range(l.StartOffset(), l.EndOffset()).Draw(r, "to")
				if err := l.TruncateTo(to); err != nil {
					r.Fatal(err)
				}
			case 2:
				if _, err := l.EnforceRetention(w.nowMs, l.EndOffset()); err != nil {
					r.Fatal(err)
				}
			case 3:
				if err := l.Sync(); err != nil {
					r.Fatal(err)
				}
				cfg := w.cfg
				cfg.Compact, compacted = true, true
				l.SetConfig(&cfg)
				d, err := l.Dirt(Unknown, l.EndOffset(), w.nowMs)
				if err != nil {
					r.Fatal(err)
				}
				if d.DirtyBytes > 0 {
					c := NewCompactor(CompactorOptions{MapBytes: 1 << 20, MapLoad: 0.9, Pace: func(int) error { return nil }})
					if _, err := c.Compact(l, d, w.nowMs); err != nil {
						r.Fatal(err)
					}
				}
			default:
				if err := f.Copy(); err != nil {
					r.Fatal(err)
				}
			}
		}
		start, end := l.StartOffset(), l.EndOffset()
		want := contents(r, l)
		if err := w.takeOver(f); err != nil {
			r.Fatal(err)
		}
		if got := contents(r, l); !bytes.Equal(got, want) || l.StartOffset() != start || l.EndOffset() != end {
			r.Fatalf("%d bytes, [%d, %d), before %d, [%d, %d)", len(got), l.StartOffset(), l.EndOffset(), len(want), start, end)
		}
		if err := l.Check(); err != nil {
			r.Fatal(err)
		}
		entries, err := w.mem.ReadDir(movedDir)
		if err != nil {
			r.Fatal(err)
		}
		logs := 0
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), logSuffix) {
				logs++
			}
		}
		if logs != l.Overview().Segments {
			r.Fatalf("%d files for %d segments", logs, l.Overview().Segments)
		}
		if err := l.Close(true); err != nil {
			r.Fatal(err)
		}
		o := w.options()
		o.LogStartOffset = start
		l, err = Open(movedDir, o)
		if err != nil {
			r.Fatal(err)
		}
		if got := contents(r, l); !bytes.Equal(got, want) {
			r.Fatalf("%d bytes after a recovery, %d before", len(got), len(want))
		}
	})
}

func contents(r *rapid.T, l *Log) (all []byte) {
	for next := l.StartOffset(); next < l.EndOffset(); {
		s, err := l.Read(next, 1<<20, l.EndOffset(), true)
		if err != nil {
			r.Fatal(err)
		}
		if s.Len() == 0 {
			break
		}
		b, err := s.Bytes()
		if err != nil {
			r.Fatal(err)
		}
		s.Release()
		all, next = append(all, b...), s.NextOffset
	}
	return all
}

// TestFutureWhileInUse moves a log that is written and read all the time.
func TestFutureWhileInUse(t *testing.T) {
	w := newWorld(t)
	w.cfg.SegmentBytes = 20_000
	l := w.open()
	w.append(l, 0, records(1, 100, w.nowMs))
	stop := make(chan struct{})
	var users sync.WaitGroup
	fail := func(err error) {
		if err != nil {
			t.Error(err)
		}
	}
	users.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			_, err := l.Append(0, records(1, 100, 1), AppendCheck{})
			fail(err)
		}
	})
	users.Go(func() {
		for next := int64(0); ; {
			select {
			case <-stop:
				return
			default:
			}
			s, err := l.Read(next, 5000, l.EndOffset(), true)
			if err != nil {
				t.Error(err)
				return
			}
			if s.Len() > 0 {
				_, err = s.Bytes()
				fail(err)
				s.Release()
			}
			if next = s.NextOffset; next >= l.EndOffset() {
				next = 0
			}
		}
	})
	users.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				fail(l.Sync())
			}
		}
	})
	f := w.future(l)
	if err := w.takeOver(f); err != nil {
		t.Error(err)
	}
	w.append(l, 0, records(1, 100, w.nowMs))
	close(stop)
	users.Wait()
	if err := l.Check(); err != nil {
		t.Fatal(err)
	}
}

// TestFutureFails: an error of the target leaves the log as it was.
func TestFutureFails(t *testing.T) {
	w := newWorld(t)
	l := w.open()
	w.append(l, 0, records(3, 100, w.nowMs))
	broken := errors.New("input/output error")
	w.env.FS = vfs.NewErrorFS(w.mem, func(op vfs.Op, name string) error {
		if op == vfs.OpSync && strings.HasPrefix(name, "other/") {
			return broken
		}
		return nil
	})
	f := w.future(l)
	if err := f.Copy(); !errors.Is(err, ErrTarget) || !errors.Is(err, broken) {
		t.Fatal(err)
	}
	w.append(l, 0, records(3, 100, w.nowMs))
	if l.Dir() != testDir || l.Err() != nil || l.EndOffset() != 6 {
		t.Fatal(l.Dir(), l.Err())
	}
}
