package commitlog

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/brolga-io/brolga/internal/batch"
)

// compactModel is a compacted log and what it must say: the state of every
// key, and every record that was ever appended.
type compactModel struct {
	*world
	l          *Log
	checkpoint int64
	records    []modelRecord
	open       map[int64]int // open transactions: index of their first record
	seq        map[int64]int32
	mapSlots   int64
}

type modelRecord struct {
	kv
	offset   int64
	producer int64 // of a transaction, or -1
	aborted  bool
}

func (m *compactModel) append(t *rapid.T) {
	o := batch.NoProducer()
	o.Codec = batch.Codec(rapid.SampledFrom([]int{0, 0, 0, 1, 2, 3, 4}).Draw(t, "codec"))
	producer := rapid.Int64Range(-2, 2).Draw(t, "producer")
	if producer >= 0 {
		o.ProducerID, o.ProducerEpoch, o.BaseSequence = producer, 0, m.seq[producer]
		_, inTxn := m.open[producer]
		o.Transactional = inTxn || rapid.Bool().Draw(t, "transaction")
	}
	recs := make([]kv, rapid.IntRange(1, 4).Draw(t, "records"))
	for i := range recs {
		recs[i] = put(fmt.Sprint("k", rapid.IntRange(0, 12).Draw(t, "key")), fmt.Sprint("v", m.l.EndOffset(), ".", i))
		if rapid.IntRange(0, 5).Draw(t, "tombstone") == 0 {
			recs[i].value = nil
		}
	}
	m.nowMs += int64(rapid.IntRange(0, 300).Draw(t, "ms"))
	info, err := m.l.Append(1, batchOf(o, m.nowMs, recs...), AppendCheck{})
	if err != nil {
		t.Fatal(err)
	}
	if producer >= 0 {
		m.seq[producer] += int32(len(recs))
		if _, inTxn := m.open[producer]; o.Transactional && !inTxn {
			m.open[producer] = len(m.records)
		}
	}
	for i, r := range recs {
		mr := modelRecord{kv: r, offset: info.BaseOffset + int64(i), producer: -1}
		if o.Transactional {
			mr.producer = producer
		}
		m.records = append(m.records, mr)
	}
}

func (m *compactModel) end(t *rapid.T) {
	producer := rapid.Int64Range(0, 2).Draw(t, "producer")
	commit := rapid.Bool().Draw(t, "commit")
	marker := batch.BuildMarker(producer, 0, batch.EndTxnMarker{Commit: commit, CoordinatorEpoch: 1}, m.nowMs)
	if _, err := m.l.Append(1, marker, AppendCheck{Origin: Coordinator}); err != nil {
		t.Fatal(err)
	}
	from, ok := m.open[producer]
	delete(m.open, producer)
	for i := from; ok && i < len(m.records); i++ {
		if m.records[i].producer == producer {
			m.records[i].aborted = !commit
		}
	}
}

func (m *compactModel) compactOnce(t *rapid.T) {
	m.roll(m.l)
	d, err := m.l.Dirt(m.checkpoint, m.l.EndOffset(), m.nowMs)
	if err != nil {
		t.Fatal(err)
	}
	c := NewCompactor(CompactorOptions{MapBytes: m.mapSlots * keySlotSize, MapLoad: 0.9})
	done, err := c.Compact(m.l, d, m.nowMs)
	if err != nil {
		t.Fatal(err)
	}
	if done.Next < d.From {
		t.Fatalf("went back from %d to %d", d.From, done.Next)
	}
	m.checkpoint = done.Next
}

func (m *compactModel) reopen(t *rapid.T) {
	point := m.l.RecoveryPoint()
	clean := rapid.Bool().Draw(t, "clean")
	if err := m.l.Close(clean); err != nil {
		t.Fatal(err)
	}
	how := recoveryPoint(point)
	if clean {
		how = cleanAt(m.l.opts.recoveryPoint)
	}
	l, err := m.tryOpen(how)
	if err != nil {
		t.Fatal(err)
	}
	m.l = l
	if rapid.Bool().Draw(t, "forget the checkpoint") {
		m.checkpoint = Unknown
	}
}

// check compares what a read_committed consumer learns, and that nothing in
// the log is anything but what was appended at its offset.
func (m *compactModel) check(t *rapid.T) {
	if err := m.l.Check(); err != nil {
		t.Fatal(err)
	}
	stable, err := m.l.LastStableOffset(m.l.EndOffset())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	byOffset := map[int64]kv{}
	for _, r := range m.records {
		byOffset[r.offset] = r.kv
		if r.offset < stable && !r.aborted {
			apply(want, r.kv)
		}
	}
	got, err := replayCommitted(m.l, stable, func(offset int64, _ int32, r kv) error {
		if e, ok := byOffset[offset]; !ok || e.key != r.key || string(e.value) != string(r.value) || (e.value == nil) != (r.value == nil) {
			return fmt.Errorf("%s=%s at %d was never appended", r.key, r.value, offset)
		}
		return nil
	})
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("state is\n%v, want\n%v (%v)", got, want, err)
	}
	for producer, seq := range m.seq {
		p := m.l.producers.byID[producer]
		if seq > 0 && (p == nil || p.n > 0 && p.lastSeq() != seq-1) {
			t.Fatalf("producer %d: %+v, sent up to %d", producer, p, seq-1)
		}
	}
}

func TestCompactionAgainstAMap(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := &compactModel{world: newCompactWorld(t), checkpoint: Unknown, open: map[int64]int{}, seq: map[int64]int32{}}
		m.cfg.SegmentBytes = rapid.Int64Range(400, 3000).Draw(rt, "segment.bytes")
		m.cfg.DeleteRetentionMs = rapid.Int64Range(0, 3000).Draw(rt, "delete.retention.ms")
		m.mapSlots = rapid.Int64Range(8, 40).Draw(rt, "map slots")
		m.l = m.world.open()
		rt.Repeat(map[string]func(*rapid.T){
			"append":  m.append,
			"append2": m.append,
			"append3": m.append,
			"end":     m.end,
			"compact": m.compactOnce,
			"reopen":  m.reopen,
			"":        m.check,
		})
	})
}
