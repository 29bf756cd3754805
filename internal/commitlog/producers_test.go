package commitlog

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
)

// TestSequences walks through the rules of idempotent producers (bad-input
// rows 51 to 56).
func TestSequences(t *testing.T) {
	type step struct {
		epoch int16
		seq   int32
		n     int
		err   error
		dup   int64 // base offset of the batch it repeats, -1 for none
	}
	const none = int64(-1)
	for name, steps := range map[string][]step{
		"51 any first sequence":        {{0, 100, 1, nil, none}, {0, 101, 2, nil, none}},
		"52 gap":                       {{0, 0, 2, nil, none}, {0, 3, 1, ErrOutOfOrderSequence, none}, {0, 2, 1, nil, none}},
		"53 last five":                 {{0, 0, 1, nil, none}, {0, 1, 1, nil, none}, {0, 2, 1, nil, none}, {0, 3, 1, nil, none}, {0, 4, 1, nil, none}, {0, 0, 1, nil, 0}, {0, 4, 1, nil, 4}},
		"53 older than five":           {{0, 0, 1, nil, none}, {0, 1, 1, nil, none}, {0, 2, 1, nil, none}, {0, 3, 1, nil, none}, {0, 4, 1, nil, none}, {0, 5, 1, nil, none}, {0, 0, 1, ErrOutOfOrderSequence, none}, {0, 1, 1, nil, 1}},
		"53 other length":              {{0, 0, 3, nil, none}, {0, 0, 2, ErrOutOfOrderSequence, none}},
		"55 wrap":                      {{0, math.MaxInt32, 1, nil, none}, {0, 0, 1, nil, none}, {0, math.MaxInt32, 1, nil, 0}},
		"55 wrap inside":               {{0, math.MaxInt32 - 1, 4, nil, none}, {0, 2, 1, nil, none}, {0, math.MaxInt32 - 1, 4, nil, 0}},
		"56 older epoch":               {{2, 0, 1, nil, none}, {1, 1, 1, ErrInvalidProducerEpoch, none}, {1, 0, 1, ErrInvalidProducerEpoch, none}},
		"56 new epoch not at 0":        {{0, 0, 1, nil, none}, {1, 1, 1, ErrOutOfOrderSequence, none}, {1, 0, 1, nil, none}},
		"new epoch forgets duplicates": {{0, 0, 1, nil, none}, {1, 0, 1, nil, none}, {1, 0, 1, nil, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			l := w.open()
			for i, s := range steps {
				end := l.EndOffset()
				info, err := l.Append(0, produced(7, s.epoch, s.seq, s.n, w.nowMs), AppendCheck{})
				if !errors.Is(err, s.err) {
					t.Fatalf("step %d: %v, want %v", i, err, s.err)
				}
				switch {
				case err != nil:
					if l.EndOffset() != end {
						t.Fatalf("step %d: refused and appended", i)
					}
				case s.dup == none && (info.Duplicate || info.BaseOffset != end):
					t.Fatalf("step %d: %+v", i, info)
				case s.dup != none && (!info.Duplicate || info.BaseOffset != s.dup || l.EndOffset() != end):
					t.Fatalf("step %d: %+v, want a duplicate of %d", i, info, s.dup)
				}
			}
			w.checked(l)
		})
	}
}

// TestDuplicateOfAStagedBatch: a retry that comes before the original was
// committed gets the same offset, and waits for the same commit.
func TestDuplicateOfAStagedBatch(t *testing.T) {
	w := newWorld(t)
	l := w.open()
	first, err := l.Stage(0, produced(1, 0, 0, 2, w.nowMs), AppendCheck{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := l.Stage(0, produced(1, 0, 0, 2, w.nowMs), AppendCheck{})
	if err != nil || !again.Duplicate || again.BaseOffset != first.BaseOffset || again.LastOffset != 1 {
		t.Errorf("%+v %v", again, err)
	}
	if err := l.Commit(); err != nil || l.EndOffset() != 2 {
		t.Error(l.EndOffset(), err)
	}
}

// TestBadInput57: a flood of producer ids is bounded.
func TestBadInput57(t *testing.T) {
	w := newWorld(t)
	w.env.MaxProducerIDs = 50
	l := w.open()
	for id := range int64(1000) {
		w.append(l, 0, produced(id, 0, 0, 1, w.nowMs+id))
		if n := len(l.producers.byID); n > 50 {
			t.Fatalf("%d producers", n)
		}
	}
	if info := w.append(l, 0, produced(999, 0, 0, 1, w.nowMs)); !info.Duplicate {
		t.Error("the newest producer was forgotten")
	}
}

func txnBatch(id int64, epoch int16, seq int32, n int, transactional bool) []byte {
	o := batch.NoProducer()
	o.ProducerID, o.ProducerEpoch, o.BaseSequence, o.Transactional = id, epoch, seq, transactional
	b := batch.NewBuilder(o)
	for range n {
		b.Append(1_700_000_000_000, nil, []byte("v"))
	}
	return b.Build(nil)
}

// TestTransactions: the last stable offset and the aborted transactions of
// interleaved producers, live and after every kind of restart.
func TestTransactions(t *testing.T) {
	w := newWorld(t)
	w.cfg.SegmentBytes = 400
	l := w.open(recoveryPoint(0))
	end := func(id int64, commit bool) {
		t.Helper()
		if _, err := l.Append(0, batch.BuildMarker(id, 0, batch.EndTxnMarker{Commit: commit, CoordinatorEpoch: 1}, w.nowMs), AppendCheck{Origin: Coordinator}); err != nil {
			t.Fatal(err)
		}
	}
	lso := func(hw, want int64) {
		t.Helper()
		if got, err := l.LastStableOffset(hw); err != nil || got != want {
			t.Errorf("last stable offset at %d: %d %v, want %d", hw, got, err, want)
		}
	}
	w.append(l, 0, records(2, 1, w.nowMs))     // 0, 1
	w.append(l, 0, txnBatch(1, 0, 0, 2, true)) // 2, 3
	w.append(l, 0, txnBatch(2, 0, 0, 1, true)) // 4
	w.append(l, 0, records(1, 100, w.nowMs))   // 5
	lso(6, 2)
	end(1, false) // 6
	lso(6, 2)     // the marker is not replicated yet
	lso(7, 4)
	w.append(l, 0, txnBatch(1, 0, 2, 1, true)) // 7
	end(2, true)                               // 8
	lso(9, 7)
	end(1, false) // 9
	lso(10, 10)
	if _, err := l.Append(0, txnBatch(2, 0, 1, 1, true), AppendCheck{}); err != nil { // 10
		t.Fatal(err)
	}
	if _, err := l.Append(0, txnBatch(2, 0, 2, 1, false), AppendCheck{}); !errors.Is(err, ErrInvalidTxnState) {
		t.Errorf("a batch outside of the open transaction: %v", err)
	}
	want := []AbortedTxn{{1, 2, 6, 4}, {1, 7, 9, 10}}
	check := func(what string) {
		t.Helper()
		lso(11, 10)
		got, err := l.AbortedTxns(0, 11)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %+v %v", what, got, err)
		}
		if got, _ := l.AbortedTxns(7, 8); fmt.Sprint(got) != fmt.Sprint(want[1:]) {
			t.Errorf("%s: part: %+v", what, got)
		}
		w.checked(l)
	}
	check("live")
	l = w.open(recoveryPoint(0))
	check("killed")
	if err := l.Close(true); err != nil {
		t.Fatal(err)
	}
	l = w.open(cleanAt(11))
	check("stopped")
	if err := l.TruncateTo(9); err != nil {
		t.Fatal(err)
	}
	lso(9, 7)
	if got, _ := l.AbortedTxns(0, 9); fmt.Sprint(got) != fmt.Sprint(want[:1]) {
		t.Errorf("truncated: %+v", got)
	}
}

// TestProducersSurviveRetention: the state of a producer whose batches are
// gone is still known, also after the next kill.
func TestProducersSurviveRetention(t *testing.T) {
	w := newWorld(t)
	w.cfg.SegmentBytes, w.cfg.RetentionBytes = 200, 0
	l := w.open(recoveryPoint(0))
	w.append(l, 0, produced(1, 0, 0, 1, w.nowMs))
	w.append(l, 0, records(1, 100, w.nowMs))
	l = w.open(recoveryPoint(0)) // killed: nothing is in memory
	if n, err := l.EnforceRetention(w.nowMs, l.EndOffset()); err != nil || n == 0 {
		t.Fatal(n, err)
	}
	for range 2 {
		if info := w.append(l, 0, produced(1, 0, 0, 1, w.nowMs)); !info.Duplicate || info.BaseOffset != 0 {
			t.Errorf("%+v", info)
		}
		l = w.open(recoveryPoint(0))
	}
}

// TestSnapshotRoundTrip: decode(encode) is the identity, and no damage goes
// unnoticed.
func TestSnapshotRoundTrip(t *testing.T) {
	ps := newProducers(10)
	for id := range int64(5) {
		h, _ := batch.ParseHeader(txnBatch(id, int16(id), int32(id), 1+int(id), id%2 == 0))
		h.BaseOffset = 10 * id
		ps.update(&h)
	}
	b := ps.encode()
	again, err := decodeProducers(b, 10)
	if err != nil || !bytes.Equal(again.encode(), b) || len(again.open) != 3 || again.open[0].firstOffset != 0 {
		t.Fatalf("%+v %v", again, err)
	}
	for i := range b {
		bad := bytes.Clone(b)
		bad[i] ^= 0x10
		if _, err := decodeProducers(bad, 10); err == nil {
			t.Errorf("byte %d changed, not noticed", i)
		}
	}
}
