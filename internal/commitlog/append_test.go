package commitlog

import (
	"bytes"
	"errors"
	"math"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
)

// TestStoredAsItCame: nothing but base offset and leader epoch of a produced
// batch changes, whatever its codec.
func TestStoredAsItCame(t *testing.T) {
	w := newWorld(t)
	l := w.open()
	w.append(l, 0, records(1, 1, w.nowMs))
	for codec := batch.None; codec <= batch.Zstd; codec++ {
		o := batch.NoProducer()
		o.Codec = codec
		b := batch.NewBuilder(o)
		for range 10 {
			b.Append(w.nowMs, []byte("k"), bytes.Repeat([]byte("value"), 20))
		}
		sent := b.Build(nil)
		info := w.append(l, 7, bytes.Clone(sent))
		s, err := l.Read(info.BaseOffset, 1<<20, math.MaxInt64, true)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := s.Bytes()
		s.Release()
		batch.SetBaseOffset(got, 0)
		batch.SetLeaderEpoch(got, batch.NoLeaderEpoch)
		if !bytes.Equal(got, sent) {
			t.Errorf("%s: stored differently", codec)
		}
	}
}

func TestLogAppendTime(t *testing.T) {
	w := newWorld(t)
	w.cfg.LogAppendTime = true
	l := w.open()
	info := w.append(l, 0, produced(1, 0, 0, 2, 5))
	if info.LogAppendTimeMs != w.nowMs {
		t.Errorf("%+v", info)
	}
	at := w.nowMs
	w.nowMs += 1000
	if dup := w.append(l, 0, produced(1, 0, 0, 2, 5)); !dup.Duplicate || dup.LogAppendTimeMs != at {
		t.Errorf("a duplicate has the time of the original: %+v", dup)
	}
	found, ok, err := l.OffsetForTime(at)
	if err != nil || !ok || found.Offset != 0 || found.Timestamp != at {
		t.Errorf("%+v %v %v", found, ok, err)
	}
	w.checked(l)
}

// TestRefusedAppends: each refusal, and that it changes nothing.
func TestRefusedAppends(t *testing.T) {
	w := newWorld(t)
	w.cfg.MaxMessageBytes, w.cfg.SegmentBytes = 500, 400
	l := w.open()
	w.append(l, 3, records(1, 1, w.nowMs))
	for name, c := range map[string]struct {
		epoch int32
		b     []byte
		want  error
	}{
		"stale epoch":        {2, records(1, 1, 0), ErrStaleEpoch},
		"48 too large":       {3, records(1, 500, 0), ErrMessageTooLarge},
		"no batch":           {3, []byte("hello"), ErrInvalidBatch},
		"two batches":        {3, append(records(1, 1, 0), records(1, 1, 0)...), ErrInvalidBatch},
		"larger than a file": {3, records(1, 350, 0), ErrRecordListTooLarge},
	} {
		if _, err := l.Append(c.epoch, c.b, AppendCheck{}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	l.FenceEpoch(9)
	l.FenceEpoch(4)
	if _, err := l.Append(8, records(1, 1, 0), AppendCheck{}); !errors.Is(err, ErrStaleEpoch) {
		t.Errorf("fenced: %v", err)
	}
	if info := w.append(l, 9, records(1, 1, 0)); info.BaseOffset != 1 {
		t.Errorf("%+v", info)
	}
}

// TestGatheredCommit: what several callers staged becomes readable with one
// commit, in the order of the offsets.
func TestGatheredCommit(t *testing.T) {
	w := newWorld(t)
	w.cfg.SegmentBytes = 1000
	l := w.open()
	for i := range 20 {
		info, err := l.Stage(0, records(2, 40, w.nowMs), AppendCheck{})
		if err != nil || info.BaseOffset != int64(2*i) {
			t.Fatal(info, err)
		}
	}
	if err := l.Commit(); err != nil || l.EndOffset() != 40 {
		t.Fatal(l.EndOffset(), err)
	}
	if err := l.Commit(); err != nil {
		t.Errorf("nothing to commit: %v", err)
	}
	if int64(len(readAll(t, l, 0, 300))) != l.Size() {
		t.Error("size")
	}
	w.checked(l)
}

// TestRolls: by size, age, index size and offset distance.
func TestRolls(t *testing.T) {
	const hour = 3600_000
	count := func(l *Log) int { return len(l.segmentList()) }
	t.Run("age", func(t *testing.T) {
		w := newWorld(t)
		w.cfg.SegmentMs = hour
		l := w.open()
		w.append(l, 0, records(1, 1, w.nowMs))
		w.append(l, 0, records(1, 1, w.nowMs+hour))
		if n := count(l); n != 1 {
			t.Errorf("%d segments", n)
		}
		w.append(l, 0, records(1, 1, w.nowMs+hour+1))
		if n := count(l); n != 2 {
			t.Errorf("%d segments", n)
		}
	})
	t.Run("due", func(t *testing.T) {
		w := newWorld(t)
		w.cfg.SegmentMs = hour
		l := w.open()
		if err := l.RollIfDue(w.nowMs + 10*hour); err != nil || count(l) != 0 {
			t.Errorf("empty: %v", err)
		}
		w.append(l, 0, records(1, 1, w.nowMs))
		if err := l.RollIfDue(w.nowMs + hour + 1); err != nil || count(l) != 2 {
			t.Errorf("%d segments, %v", count(l), err)
		}
		if err := l.RollIfDue(w.nowMs + 9*hour); err != nil || count(l) != 2 {
			t.Errorf("an empty segment: %d segments, %v", count(l), err)
		}
	})
	t.Run("index", func(t *testing.T) {
		w := newWorld(t)
		w.cfg.IndexIntervalBytes, w.cfg.SegmentIndexBytes = 0, 80
		l := w.open()
		for range 30 {
			w.append(l, 0, records(1, 1, w.nowMs))
		}
		if n := count(l); n != 3 { // eleven batches make ten entries
			t.Errorf("%d segments", n)
		}
		w.checked(l)
	})
	t.Run("offsets", func(t *testing.T) {
		w := newWorld(t)
		l := w.open()
		far := func(base int64) []byte {
			o := batch.NoProducer()
			o.BaseOffset, o.LeaderEpoch = base, 0
			b := batch.NewBuilder(o)
			b.Append(w.nowMs, nil, nil)
			return b.Build(nil)
		}
		for _, base := range []int64{0, math.MaxInt32, math.MaxInt32 + 1, 1 << 40} {
			if _, err := l.AppendAsFollower(far(base)); err != nil {
				t.Fatal(err)
			}
		}
		if n := count(l); n != 3 {
			t.Errorf("%d segments", n)
		}
		w.checked(l)
		if l = w.open(recoveryPoint(l.EndOffset())); l.EndOffset() != 1<<40+1 {
			t.Errorf("end %d", l.EndOffset())
		}
	})
	t.Run("jitter", func(t *testing.T) {
		w := newWorld(t)
		w.cfg.SegmentMs, w.cfg.SegmentJitterMs = hour, hour/2
		l := w.open()
		seen := map[int64]bool{}
		for base := range int64(20) {
			ms := l.segmentMs(base, &w.cfg)
			if ms > hour || ms <= hour/2 {
				t.Fatalf("segment.ms %d", ms)
			}
			seen[ms] = true
		}
		if len(seen) < 15 {
			t.Errorf("%d different times", len(seen))
		}
	})
}

// TestFlushMessages: with flush.messages an append returns when it is
// durable.
func TestFlushMessages(t *testing.T) {
	w := newWorld(t)
	w.cfg.FlushMessages = 3
	l := w.open()
	for i, want := range []int64{0, 4, 4, 8} {
		w.append(l, 0, records(2, 1, w.nowMs))
		if got := l.RecoveryPoint(); got != want {
			t.Errorf("append %d: recovery point %d, want %d", i, got, want)
		}
	}
	w.loseUnsynced()
	if l = w.open(recoveryPoint(8)); l.EndOffset() != 8 {
		t.Errorf("end %d", l.EndOffset())
	}
}

// TestFollower: batches are taken as they are, checked, and nothing is taken
// from an answer with a bad one.
func TestFollower(t *testing.T) {
	w := newWorld(t)
	w.cfg.SegmentBytes = 500
	leader := w.open()
	for i := range 12 {
		w.append(leader, int32(i/5), produced(1, 0, int32(3*i), 3, w.nowMs+int64(i)))
	}
	fetched := readAll(t, leader, 0, 1<<20)

	fw := newWorld(t)
	fw.cfg.SegmentBytes = 300
	follower := fw.open()
	flipped := bytes.Clone(fetched)
	flipped[len(flipped)-3] ^= 1
	if _, err := follower.AppendAsFollower(flipped); !errors.Is(err, ErrInvalidBatch) || follower.EndOffset() != 0 {
		t.Errorf("bad CRC: %v, end %d", err, follower.EndOffset())
	}
	cut := len(fetched) - 10
	n, err := follower.AppendAsFollower(fetched[:cut])
	if err != nil || follower.EndOffset() != 33 {
		t.Fatalf("%d of %d, end %d, %v", n, cut, follower.EndOffset(), err)
	}
	if _, err := follower.AppendAsFollower(fetched[:n]); !errors.Is(err, ErrUnexpectedOffset) {
		t.Errorf("again: %v", err)
	}
	if _, err := follower.AppendAsFollower(fetched[n:]); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(readAll(t, follower, 0, 200), fetched) {
		t.Error("the copies differ")
	}
	if !equalEpochs(leader.Epochs(), follower.Epochs()) {
		t.Errorf("epochs %v and %v", leader.Epochs(), follower.Epochs())
	}
	fw.checked(follower)
	if info := fw.append(follower, 9, produced(1, 0, 33, 3, w.nowMs)); !info.Duplicate {
		t.Error("the follower does not know the producer")
	}
	old := records(1, 1, 0)
	batch.SetBaseOffset(old, 36)
	batch.SetLeaderEpoch(old, 1)
	if _, err := follower.AppendAsFollower(old); !errors.Is(err, ErrInvalidBatch) {
		t.Errorf("an older epoch: %v", err)
	}
}

// TestFollowerOfATrimmedLeader: the leader's log may start inside a batch.
func TestFollowerOfATrimmedLeader(t *testing.T) {
	w := newWorld(t)
	leader := w.open()
	w.append(leader, 0, records(5, 1, w.nowMs))
	w.append(leader, 0, records(5, 1, w.nowMs))
	fetched := readAll(t, leader, 3, 1<<20)
	fw := newWorld(t)
	f := fw.open()
	if err := f.TruncateFullyAndStartAt(3); err != nil {
		t.Fatal(err)
	}
	if _, err := f.AppendAsFollower(fetched); err != nil || f.StartOffset() != 3 || f.EndOffset() != 10 {
		t.Errorf("[%d, %d) %v", f.StartOffset(), f.EndOffset(), err)
	}
	fw.checked(f)
}
