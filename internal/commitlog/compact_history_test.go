package commitlog

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
)

// TestKAFKA7322: retention takes segments away while they are compacted. The
// compaction must notice, and nothing of what was deleted may come back.
func TestKAFKA7322(t *testing.T) {
	for _, tc := range []struct {
		name string
		act  func(w *world, l *Log) error
	}{
		{"retention", func(w *world, l *Log) error {
			cfg := w.cfg
			cfg.Delete, cfg.RetentionBytes = true, 0
			l.SetConfig(&cfg)
			n, err := l.EnforceRetention(w.nowMs, l.EndOffset())
			if n == 0 {
				t.Error("nothing was deleted")
			}
			return err
		}},
		{"truncation", func(_ *world, l *Log) error { return l.TruncateTo(2) }},
		{"start over", func(_ *world, l *Log) error { return l.TruncateFullyAndStartAt(100) }},
		{"close", func(_ *world, l *Log) error { return l.Close(true) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newCompactWorld(t)
			l := w.open()
			for i := range 30 {
				w.append(l, 1, keyed(w.nowMs, put("a", fmt.Sprint(i))))
			}
			w.roll(l)
			d, err := l.Dirt(Unknown, l.EndOffset(), w.nowMs)
			if err != nil {
				t.Fatal(err)
			}
			acted := false
			c := NewCompactor(CompactorOptions{MapBytes: 1 << 16, MapLoad: 0.9, Pace: func(int) error {
				if acted {
					return nil
				}
				acted = true
				return tc.act(w, l)
			}})
			start := l.StartOffset()
			_, err = c.Compact(l, d, w.nowMs)
			if tc.name == "close" {
				if !errors.Is(err, ErrClosed) {
					t.Fatal(err)
				}
				return
			}
			if !errors.Is(err, ErrOvertaken) {
				t.Fatal(err)
			}
			if err := l.Check(); err != nil {
				t.Fatal(err)
			}
			start = max(start, l.StartOffset())
			end := l.EndOffset()
			if err := l.Close(true); err != nil {
				t.Fatal(err)
			}
			l = w.open(func(o *Options) { o.CleanShutdown, o.RecoveryPoint, o.LogStartOffset = true, end, start })
			if l.StartOffset() != start || l.EndOffset() != end {
				t.Fatalf("[%d, %d) became [%d, %d)", start, end, l.StartOffset(), l.EndOffset())
			}
			if err := l.Check(); err != nil {
				t.Fatal(err)
			}
			w.compact(l, Unknown)
		})
	}
}

// TestKAFKA9826: DeleteRecords moves the start of the log, and with it the
// first dirty offset, into the middle of the active segment or of a batch.
func TestKAFKA9826(t *testing.T) {
	for start := int64(1); start <= 9; start++ {
		w := newCompactWorld(t)
		l := w.open()
		w.append(l, 1, keyed(w.nowMs, put("a", "1"), put("b", "1"), put("a", "2")))
		w.roll(l)
		w.append(l, 1, keyed(w.nowMs, put("b", "2"), put("a", "3"), put("c", "1")))
		w.roll(l)
		w.append(l, 1, keyed(w.nowMs, put("a", "4"), put("b", "3"), put("c", "2")))
		if err := l.AdvanceStartOffset(start); err != nil {
			t.Fatal(err)
		}
		d, err := l.Dirt(Unknown, 9, w.nowMs)
		if err != nil || d.From != start || d.To < d.From || d.DirtyBytes < 0 || start > 6 && d.DirtyBytes != 0 {
			t.Fatalf("start %d: %+v %v", start, d, err)
		}
		w.compact(l, Unknown)
		state := map[string]string{}
		_ = batch.ForEach(readAll(t, l, start, 1<<20), func(_ batch.Header, raw []byte) error {
			r, err := batch.NewReader(raw, 1<<20)
			for err == nil && r.Next() {
				if r.Record().Offset >= start {
					state[string(r.Record().Key)] = string(r.Record().Value)
				}
			}
			return err
		})
		want := map[string]string{"a": "4", "b": "3", "c": "2"}
		for key, at := range map[string]int64{"a": 6, "b": 7, "c": 8} {
			if at < start {
				delete(want, key)
			}
		}
		if fmt.Sprint(state) != fmt.Sprint(want) {
			t.Errorf("start %d: %v, want %v", start, state, want)
		}
	}
}

// TestKAFKA3330: the cleaner's checkpoint is above the end of a log that was
// truncated, or above what a truncated log was filled up with again.
func TestKAFKA3330(t *testing.T) {
	w := newCompactWorld(t)
	l := w.open()
	for i := range 20 {
		w.append(l, 1, keyed(w.nowMs, put(fmt.Sprint("k", i%4), fmt.Sprint(i))))
	}
	w.roll(l)
	done := w.compact(l, Unknown)
	if done.Next != 20 {
		t.Fatalf("%+v", done)
	}
	if err := l.TruncateTo(18); err != nil {
		t.Fatal(err)
	}
	if d, err := l.Dirt(done.Next, l.EndOffset(), w.nowMs); err != nil || !d.Reset || d.From != 18 {
		t.Fatalf("%+v %v", d, err)
	}
	for i := range 9 {
		w.append(l, 2, keyed(w.nowMs, put("k2", fmt.Sprint("new ", i))))
	}
	w.roll(l)
	w.compact(l, done.Next) // as if the checkpoint had never been lowered
	wantContent(t, l, "16 k0=16", "17 k1=17", "26 k2=new 8")
	// After a restart nobody remembers the truncation: an offset above the
	// end stands for nothing at all.
	end := l.EndOffset()
	if err := l.Close(true); err != nil {
		t.Fatal(err)
	}
	l = w.open(cleanAt(end))
	if d, err := l.Dirt(end+1, end, w.nowMs); err != nil || !d.Reset || d.From != 0 {
		t.Fatalf("%+v %v", d, err)
	}
}

// TestFullMapKeepsAbortedTransactions: the map is full in front of an aborted
// transaction in the same segment, whose entry in the index must stay.
func TestFullMapKeepsAbortedTransactions(t *testing.T) {
	w := newCompactWorld(t)
	w.cfg.SegmentBytes = 1 << 20
	l := w.open()
	for i := range 9 {
		w.append(l, 1, keyed(w.nowMs, put(fmt.Sprint("k", i), "v")))
	}
	o := batch.NoProducer()
	o.ProducerID, o.ProducerEpoch, o.BaseSequence, o.Transactional = 5, 0, 0, true
	w.append(l, 1, batchOf(o, w.nowMs, put("k0", "aborted")))
	if _, err := l.Append(1, batch.BuildMarker(5, 0, batch.EndTxnMarker{}, w.nowMs), AppendCheck{Origin: Coordinator}); err != nil {
		t.Fatal(err)
	}
	w.append(l, 1, keyed(w.nowMs, put("k1", "w")))
	w.roll(l)
	d, err := l.Dirt(Unknown, l.EndOffset(), w.nowMs)
	if err != nil {
		t.Fatal(err)
	}
	c := NewCompactor(CompactorOptions{MapBytes: 8 * keySlotSize, MapLoad: 0.9})
	for _, want := range []int64{7, 12} {
		done, err := c.Compact(l, d, w.nowMs)
		if err != nil || done.Next != want {
			t.Fatalf("%+v %v", done, err)
		}
		d.From = done.Next
		state, err := replayCommitted(l, l.EndOffset(), func(int64, int32, kv) error { return nil })
		if err != nil || state["k0"] != "v" || state["k1"] != "w" || len(state) != 9 {
			t.Fatalf("%v %v", state, err)
		}
	}
}

// TestCompactUnderLoad appends, reads, searches and deletes while the log is
// compacted again and again.
func TestCompactUnderLoad(t *testing.T) {
	w := newCompactWorld(t)
	w.cfg.SegmentBytes = 2000
	l := w.open()
	done := make(chan struct{})
	var wg sync.WaitGroup
	read := func(look func(offset int64) (int64, error)) {
		wg.Go(func() {
			offset := int64(0)
			for {
				select {
				case <-done:
					return
				default:
				}
				next, err := look(offset)
				if err != nil {
					t.Errorf("at %d: %v", offset, err)
					return
				}
				if offset = next; offset >= l.EndOffset() {
					offset = l.StartOffset()
				}
			}
		})
	}
	for range 2 {
		read(func(offset int64) (int64, error) {
			s, err := l.Read(offset, 700, l.EndOffset(), true)
			if errors.Is(err, ErrOffsetOutOfRange) {
				return l.StartOffset(), nil
			}
			if err != nil {
				return 0, err
			}
			defer s.Release()
			b, err := s.Bytes()
			if err != nil {
				return 0, err
			}
			return max(s.NextOffset, offset+1), batch.ForEach(b, func(_ batch.Header, raw []byte) error {
				if !batch.CheckCRC(raw) {
					return errors.New("CRC mismatch")
				}
				return nil
			})
		})
	}
	read(func(offset int64) (int64, error) {
		if _, _, err := l.OffsetForTime(w.nowMs + offset); err != nil {
			return 0, err
		}
		if _, _, err := l.MaxTimestamp(); err != nil {
			return 0, err
		}
		_, err := l.AbortedTxns(offset, offset+100)
		return offset + 7, err
	})
	checkpoint := Unknown
	for i := range 3000 {
		raw := keyed(w.nowMs+int64(i), put(fmt.Sprint("k", i%20), fmt.Sprint(i)))
		if _, err := l.Append(1, raw, AppendCheck{}); err != nil {
			t.Fatal(err)
		}
		if i%100 == 99 {
			if err := l.Sync(); err != nil {
				t.Fatal(err)
			}
			out, err := tryCompact(l, checkpoint, w.nowMs)
			if err != nil {
				t.Fatal(err)
			}
			checkpoint = out.Next
			if err := l.Quiesce(); err != nil {
				t.Fatal(err)
			}
		}
	}
	close(done)
	wg.Wait()
	if err := l.Check(); err != nil {
		t.Fatal(err)
	}
	if l.Size() > 3*w.cfg.SegmentBytes {
		t.Fatalf("%d bytes are left", l.Size())
	}
}
