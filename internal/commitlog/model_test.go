package commitlog

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
	"pgregory.net/rapid"
)

// model is the log as a plain slice.
type model struct {
	batches []modelBatch
	start   int64
	end     int64
	epoch   int32
	synced  int64 // recovery point that a crash may rely on
}

type modelBatch struct {
	base, next int64
	timestamp  int64
	epoch      int32
	raw        []byte
}

// machine runs random operations on a log and its model.
type machine struct {
	w   *world
	l   *Log
	m   model
	seq map[int64]int32
}

func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		w.cfg.SegmentBytes = rapid.SampledFrom([]int64{450, 2000, 1 << 20}).Draw(rt, "segmentBytes")
		w.cfg.IndexIntervalBytes = rapid.SampledFrom([]int64{0, 100, 4096}).Draw(rt, "indexInterval")
		w.cfg.SegmentIndexBytes = rapid.SampledFrom([]int64{48, 10 << 20}).Draw(rt, "indexBytes")
		w.cfg.RetentionMs, w.cfg.RetentionBytes = -1, -1
		w.env.FDs = NewFDCache(8)
		w.env.LowerRecoveryPoint = func(string, int64) error { return nil }
		mc := &machine{w: w, l: w.open(), seq: map[int64]int32{}}
		mc.w.env.LowerRecoveryPoint = func(_ string, offset int64) error {
			mc.m.synced = min(mc.m.synced, offset)
			return nil
		}
		rt.Repeat(map[string]func(*rapid.T){
			"append":   mc.append,
			"append2":  mc.append,
			"produce":  mc.produce,
			"epoch":    mc.newEpoch,
			"read":     mc.read,
			"time":     mc.offsetForTime,
			"truncate": mc.truncate,
			"advance":  mc.advance,
			"retain":   mc.retain,
			"sync":     mc.sync,
			"restart":  mc.restart,
			"kill":     mc.kill,
			"quiesce":  func(rt *rapid.T) { mc.ok(rt, mc.l.Quiesce()) },
			"":         mc.invariants,
		})
		mc.ok(rt, mc.l.Check())
	})
}

func (mc *machine) ok(rt *rapid.T, err error) {
	if err != nil {
		rt.Fatalf("%v", err)
	}
}

func (mc *machine) add(rt *rapid.T, raw []byte, ts int64) {
	info, err := mc.l.Append(mc.m.epoch, raw, AppendCheck{})
	mc.ok(rt, err)
	if info.BaseOffset != mc.m.end || info.Duplicate {
		rt.Fatalf("appended at %+v, end was %d", info, mc.m.end)
	}
	mc.m.batches = append(mc.m.batches, modelBatch{info.BaseOffset, info.LastOffset + 1, ts, mc.m.epoch, bytes.Clone(raw)})
	mc.m.end = info.LastOffset + 1
}

func (mc *machine) timestamp(rt *rapid.T) int64 {
	return mc.w.nowMs + rapid.Int64Range(-50, 50).Draw(rt, "ts")
}

func (mc *machine) append(rt *rapid.T) {
	ts := mc.timestamp(rt)
	mc.add(rt, records(rapid.IntRange(1, 4).Draw(rt, "n"), rapid.IntRange(0, 80).Draw(rt, "size"), ts), ts)
}

func (mc *machine) produce(rt *rapid.T) {
	ts := mc.timestamp(rt)
	id := rapid.Int64Range(1, 3).Draw(rt, "producer")
	n := rapid.IntRange(1, 3).Draw(rt, "n")
	seq := mc.seq[id]
	raw := produced(id, 0, seq, n, ts)
	again := bytes.Clone(raw)
	mc.add(rt, raw, ts)
	base := mc.m.end - int64(n)
	info, err := mc.l.Append(mc.m.epoch, again, AppendCheck{})
	if err != nil || !info.Duplicate || info.BaseOffset != base {
		rt.Fatalf("duplicate: %+v %v", info, err)
	}
	mc.seq[id] = seq + int32(n)
}

func (mc *machine) newEpoch(rt *rapid.T) {
	mc.m.epoch++
	mc.ok(rt, mc.l.AssignEpoch(mc.m.epoch, mc.m.end))
}

func (mc *machine) read(rt *rapid.T) {
	offset := rapid.Int64Range(0, mc.m.end+2).Draw(rt, "offset")
	maxBytes := rapid.SampledFrom([]int{0, 1, 150, 1000, 1 << 20}).Draw(rt, "maxBytes")
	bound := mc.m.end
	if len(mc.m.batches) > 0 && rapid.Bool().Draw(rt, "bounded") {
		bound = mc.m.batches[rapid.IntRange(0, len(mc.m.batches)-1).Draw(rt, "bound")].base
	}
	one := rapid.Bool().Draw(rt, "minOne")
	s, err := mc.l.Read(offset, maxBytes, bound, one)
	if offset < mc.m.start || offset > mc.m.end {
		if !errors.Is(err, ErrOffsetOutOfRange) {
			rt.Fatalf("read at %d of [%d, %d]: %v", offset, mc.m.start, mc.m.end, err)
		}
		return
	}
	mc.ok(rt, err)
	defer s.Release()
	got, err := s.Bytes()
	mc.ok(rt, err)
	mc.compare(rt, got, offset, maxBytes, bound, one, s.NextOffset)
}

// compare checks that got are the model's batches from offset on: as many as
// may be, except that a segment's end may stop them.
func (mc *machine) compare(rt *rapid.T, got []byte, offset int64, maxBytes int, bound int64, one bool, next int64) {
	size := 0
	for _, b := range mc.m.batches {
		if b.next <= offset {
			continue
		}
		if b.next > bound {
			break
		}
		if size+len(b.raw) > maxBytes && (size > 0 || !one) {
			break
		}
		if size == len(got) {
			if size == 0 {
				rt.Fatalf("read at %d, %d bytes, bound %d: nothing, expected batch %d", offset, maxBytes, bound, b.base)
			}
			if next != b.base {
				rt.Fatalf("next offset %d, expected %d", next, b.base)
			}
			return // the segment ended
		}
		if size+len(b.raw) > len(got) || !bytes.Equal(got[size:size+len(b.raw)], b.raw) {
			rt.Fatalf("read at %d: batch %d differs", offset, b.base)
		}
		size += len(b.raw)
	}
	if size != len(got) {
		rt.Fatalf("read at %d, %d bytes, bound %d: %d bytes too many", offset, maxBytes, bound, len(got)-size)
	}
}

func (mc *machine) offsetForTime(rt *rapid.T) {
	ts := mc.timestamp(rt)
	want, found := int64(-1), false
	maxTs, maxAt := int64(-1), int64(-1)
	for _, b := range mc.m.batches {
		at := max(b.base, mc.m.start)
		if b.next <= mc.m.start {
			continue
		}
		if b.timestamp >= ts && !found {
			want, found = at, true
		}
		if b.timestamp > maxTs {
			maxTs, maxAt = b.timestamp, at
		}
	}
	got, ok, err := mc.l.OffsetForTime(ts)
	mc.ok(rt, err)
	if ok != found || ok && got.Offset != want {
		rt.Fatalf("offset for time %d: %+v %v, want %d %v", ts, got, ok, want, found)
	}
	// Records below the start of their segment's part may hide the largest
	// timestamp of what is left: only a start at a segment's base is exact.
	if mc.m.start == 0 {
		got, ok, err = mc.l.MaxTimestamp()
		mc.ok(rt, err)
		if ok != (maxAt >= 0) || ok && (got.Offset != maxAt || got.Timestamp != maxTs) {
			rt.Fatalf("max timestamp: %+v %v, want %d at %d", got, ok, maxTs, maxAt)
		}
	}
}

func (mc *machine) truncate(rt *rapid.T) {
	to := rapid.Int64Range(mc.m.start, mc.m.end+1).Draw(rt, "to")
	mc.ok(rt, mc.l.TruncateTo(to))
	mc.cut(to)
}

func (mc *machine) cut(to int64) {
	if to >= mc.m.end {
		return
	}
	mc.seq = map[int64]int32{}
	empty := min(to, mc.m.start)
	for _, b := range mc.m.batches {
		if b.base < to && to < b.next {
			to = b.base // batches are not split
		}
	}
	if to <= mc.m.start {
		mc.m.batches, mc.m.start, mc.m.end = nil, empty, empty
		mc.m.synced = min(mc.m.synced, empty)
		return
	}
	for i, b := range mc.m.batches {
		if b.next > to {
			mc.m.end = min(b.base, to)
			mc.m.batches = mc.m.batches[:i]
			break
		}
	}
	mc.m.synced = min(mc.m.synced, mc.m.end)
	// Sequence numbers go on from what is left.
	for _, b := range mc.m.batches {
		if h, _ := batch.ParseHeader(b.raw); h.HasProducerID() {
			mc.seq[h.ProducerID] = h.LastSequence() + 1
		}
	}
	mc.forgetProducers()
}

// forgetProducers stops using ids whose last state may have been in batches
// that are gone.
func (mc *machine) forgetProducers() {
	for id := int64(1); id <= 3; id++ {
		if _, ok := mc.seq[id]; !ok {
			ps, _ := mc.l.ActiveProducers()
			for _, p := range ps {
				if p.ProducerID == id {
					mc.seq[id] = p.LastSequence + 1
				}
			}
		}
	}
}

func (mc *machine) advance(rt *rapid.T) {
	to := rapid.Int64Range(0, mc.m.end).Draw(rt, "to")
	mc.ok(rt, mc.l.AdvanceStartOffset(to))
	mc.m.start = max(mc.m.start, to)
}

func (mc *machine) retain(rt *rapid.T) {
	cfg := mc.w.cfg
	cfg.RetentionBytes = rapid.Int64Range(0, 3000).Draw(rt, "retentionBytes")
	mc.l.SetConfig(&cfg)
	size := mc.l.Size()
	hw := rapid.Int64Range(mc.m.start, mc.m.end).Draw(rt, "highWatermark")
	n, err := mc.l.EnforceRetention(mc.w.nowMs, hw)
	mc.ok(rt, err)
	start := mc.l.StartOffset()
	if start > max(hw, mc.m.start) {
		rt.Fatalf("start %d beyond the high watermark %d", start, hw)
	}
	if hw == mc.m.end && mc.l.Size() > cfg.RetentionBytes+max(cfg.SegmentBytes, 450) {
		rt.Fatalf("size %d, retention.bytes %d", mc.l.Size(), cfg.RetentionBytes)
	}
	if n == 0 && mc.l.Size() != size {
		rt.Fatalf("nothing deleted, size changed")
	}
	mc.w.nowMs += cfg.FileDeleteDelayMs + 1
	mc.ok(rt, mc.l.RemoveDeleted(mc.w.nowMs))
	mc.m.start = start
	for len(mc.m.batches) > 0 && mc.m.batches[0].next <= start {
		mc.m.batches = mc.m.batches[1:]
	}
	plain := mc.w.cfg
	mc.l.SetConfig(&plain)
}

func (mc *machine) sync(rt *rapid.T) {
	mc.ok(rt, mc.l.Sync())
	if p := mc.l.RecoveryPoint(); p != mc.m.end {
		rt.Fatalf("recovery point %d after sync, end %d", p, mc.m.end)
	}
	mc.m.synced = mc.m.end
}

// restart is an orderly stop and start.
func (mc *machine) restart(rt *rapid.T) {
	mc.ok(rt, mc.l.Close(true))
	if _, err := mc.l.Append(mc.m.epoch, records(1, 1, 0), AppendCheck{}); !errors.Is(err, ErrClosed) {
		rt.Fatalf("append after close: %v", err)
	}
	point, start, _ := mc.l.Checkpoints()
	mc.l = mc.w.open(func(o *Options) { o.CleanShutdown, o.RecoveryPoint, o.LogStartOffset = true, point, start })
	mc.m.synced = mc.m.end
}

// kill is kill -9: the files stay as they are.
func (mc *machine) kill(rt *rapid.T) {
	_, start, _ := mc.l.Checkpoints()
	mc.l = mc.w.open(func(o *Options) { o.RecoveryPoint, o.LogStartOffset = mc.m.synced, start })
	if r := mc.l.Recovered(); r.CutBytes != 0 {
		rt.Fatalf("recovery cut %+v", r)
	}
}

func (mc *machine) invariants(rt *rapid.T) {
	if s, e := mc.l.StartOffset(), mc.l.EndOffset(); s != mc.m.start || e != mc.m.end {
		rt.Fatalf("log is [%d, %d), model [%d, %d)", s, e, mc.m.start, mc.m.end)
	}
	for _, b := range mc.m.batches {
		if b.next > mc.m.start && mc.l.EpochAt(max(b.base, mc.m.start)) != b.epoch {
			rt.Fatalf("epoch at %d is %d, want %d (%s)", b.base, mc.l.EpochAt(b.base), b.epoch, fmt.Sprint(mc.l.Epochs()))
		}
	}
	if _, end := mc.l.EndOffsetForEpoch(math.MaxInt32); end != -1 {
		rt.Fatalf("unknown epoch ends at %d", end)
	}
}
