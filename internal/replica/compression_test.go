package replica

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/wire"
)

// batchAt builds a batch of one record for each timestamp.
func batchAt(codec batch.Codec, value []byte, timestamps ...int64) []byte {
	o := batch.NoProducer()
	o.Codec = codec
	b := batch.NewBuilder(o)
	for i, ts := range timestamps {
		b.Append(ts, fmt.Append(nil, "k", i), value)
	}
	return b.Build(nil)
}

// stored returns the only batch of the log from an offset on.
func stored(t *testing.T, p *Partition, offset int64) (batch.Header, []batch.Record) {
	t.Helper()
	s, err := p.Log().Read(offset, 1<<20, p.Log().EndOffset(), true)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Release()
	b, err := s.Bytes()
	if err != nil || !batch.CheckCRC(b) {
		t.Fatalf("stored batch: %v", err)
	}
	r, err := batch.NewReader(b, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	var recs []batch.Record
	for r.Next() {
		recs = append(recs, r.Record())
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return r.Header(), recs
}

func TestTopicsOwnCompression(t *testing.T) {
	value := bytes.Repeat([]byte("value "), 200)
	codecs := []batch.Codec{batch.None, batch.Gzip, batch.Snappy, batch.LZ4, batch.Zstd}
	for _, from := range codecs {
		for _, to := range append(codecs, 255) {
			name, want := to.String(), to
			switch to {
			case batch.None:
				name = "uncompressed"
			case 255:
				name, want = "producer", from
			}
			t.Run(from.String()+" to "+name, func(t *testing.T) {
				w := newWorld(t)
				p := w.topic("t", 1)
				w.config("t", "compression.type", name)
				raw := batchAt(from, value, testNowMs-5, testNowMs)
				sent := bytes.Clone(raw)
				var at Staged
				if err := p.Stage(raw, StageOptions{NowMs: testNowMs}, &at); err != nil {
					t.Fatal(err)
				}
				if err := p.Commit(); err != nil {
					t.Fatal(err)
				}
				h, recs := stored(t, p, 0)
				if h.Codec() != want || h.Count != 2 || h.MaxTimestamp != testNowMs || at.LastOffset != 1 {
					t.Fatalf("%+v at %+v", h, at)
				}
				if from == want && h.Size() != len(sent) {
					t.Fatal("compressed again with the same codec")
				}
				for i, r := range recs {
					if r.Offset != int64(i) || !bytes.Equal(r.Value, value) || string(r.Key) != fmt.Sprint("k", i) || r.Timestamp != testNowMs-5+int64(i)*5 {
						t.Fatalf("record %d: %d %d %s", i, r.Offset, r.Timestamp, r.Key)
					}
				}
			})
		}
	}
}

func TestRecompressedProducerBatchesKeepTheirSequence(t *testing.T) {
	w := newWorld(t)
	p := w.topic("t", 1)
	w.config("t", "compression.type", "zstd")
	send := func(seq int32) (Staged, error) {
		o := batch.NoProducer()
		o.ProducerID, o.ProducerEpoch, o.BaseSequence, o.Codec = 7, 0, seq, batch.Gzip
		b := batch.NewBuilder(o)
		b.Append(testNowMs, []byte("k"), []byte("v"))
		var at Staged
		err := p.Stage(b.Build(nil), StageOptions{NowMs: testNowMs}, &at)
		if err == nil {
			err = p.Commit()
		}
		return at, err
	}
	for seq := range int32(3) {
		if at, err := send(seq); err != nil || at.BaseOffset != int64(seq) || at.Duplicate {
			t.Fatalf("%+v %v", at, err)
		}
	}
	if at, err := send(2); err != nil || !at.Duplicate || at.BaseOffset != 2 {
		t.Fatalf("%+v %v", at, err)
	}
	if _, err := send(9); !errors.Is(err, ErrOutOfOrderSequence) {
		t.Fatal(err)
	}
}

func TestMaxMessageBytesAfterRecompression(t *testing.T) {
	w := newWorld(t)
	p := w.topic("t", 1)
	w.config("t", "compression.type", "uncompressed")
	w.config("t", "max.message.bytes", "5000")
	raw := batchAt(batch.Zstd, make([]byte, 10_000), testNowMs)
	if err := p.Stage(raw, StageOptions{NowMs: testNowMs}, &Staged{}); len(raw) > 5000 || !errors.Is(err, ErrMessageTooLarge) {
		t.Fatal(err)
	}
	// A batch that is damaged inside is refused, not stored as something else.
	bad := batchAt(batch.Gzip, []byte("v"), testNowMs)
	h, _ := batch.ParseHeader(bad)
	bad[len(bad)-9] ^= 0xff
	batch.PutHeader(bad, h)
	var refused *batch.Error
	if err := p.Stage(bad, StageOptions{NowMs: testNowMs}, &Staged{}); !errors.As(err, &refused) {
		t.Fatal(err)
	}
	if p.Log().EndOffset() != 0 {
		t.Fatal("something was appended")
	}
}

func TestLogAppendTimeOfRecompressedBatches(t *testing.T) {
	w := newWorld(t)
	p := w.topic("t", 1)
	w.config("t", "message.timestamp.type", "LogAppendTime")
	w.config("t", "compression.type", "lz4")
	var at Staged
	if err := p.Stage(batchAt(batch.None, nil, 5, 1<<60), StageOptions{NowMs: testNowMs}, &at); err != nil {
		t.Fatal(err)
	}
	if err := p.Commit(); err != nil {
		t.Fatal(err)
	}
	h, recs := stored(t, p, 0)
	if !h.LogAppendTime() || h.MaxTimestamp != testNowMs || at.LogAppendTimeMs != testNowMs || recs[1].Timestamp != testNowMs {
		t.Fatalf("%+v %+v %+v", h, at, recs)
	}
	found, ok, err := p.Log().OffsetForTime(testNowMs)
	if err != nil || !ok || found.Offset != 0 {
		t.Fatalf("%+v %v %v", found, ok, err)
	}
}

func TestTimestampBounds(t *testing.T) {
	w := newWorld(t)
	p := w.topic("t", 1)
	w.config("t", "message.timestamp.before.max.ms", "1000")
	w.config("t", "message.timestamp.after.max.ms", "50")
	for _, codec := range []batch.Codec{batch.None, batch.Snappy} {
		for _, tc := range []struct {
			timestamps []int64
			bad        []int32
		}{
			{[]int64{testNowMs, testNowMs - 1000, testNowMs + 50}, nil},
			{[]int64{testNowMs, testNowMs - 1001, testNowMs}, []int32{1}},
			{[]int64{testNowMs + 51, testNowMs, testNowMs - 2000}, []int32{0, 2}},
			{[]int64{batch.NoTimestamp, testNowMs}, nil},
		} {
			err := p.Stage(batchAt(codec, nil, tc.timestamps...), StageOptions{NowMs: testNowMs}, &Staged{})
			var refused *batch.Error
			if !errors.As(err, &refused) {
				if err != nil || tc.bad != nil {
					t.Errorf("%s %v: %v", codec, tc.timestamps, err)
				}
				continue
			}
			var named []int32
			for _, r := range refused.Records {
				named = append(named, r.Index)
			}
			if refused.Kind != batch.InvalidTimestamp || fmt.Sprint(named) != fmt.Sprint(tc.bad) {
				t.Errorf("%s %v: kind %d, records %v, want %v", codec, tc.timestamps, refused.Kind, named, tc.bad)
			}
		}
	}
}

func TestCompressionLevels(t *testing.T) {
	w := newWorld(t)
	p := w.topic("t", 1)
	for _, tc := range []struct {
		codec, key, level string
		want              int
	}{
		{"gzip", "compression.gzip.level", "-1", batch.DefaultLevel}, {"gzip", "compression.gzip.level", "9", 9},
		{"lz4", "compression.lz4.level", "9", batch.DefaultLevel}, {"lz4", "compression.lz4.level", "17", 17},
		{"zstd", "compression.zstd.level", "22", 22}, {"zstd", "compression.zstd.level", "-5", -5},
	} {
		w.config("t", "compression.type", tc.codec)
		w.config("t", tc.key, tc.level)
		if got := p.lead.Load().compression; got == nil || got.codec.String() != tc.codec || got.level != tc.want {
			t.Errorf("%+v: %+v", tc, got)
		}
		if err := p.Stage(batchAt(batch.None, make([]byte, 1000), testNowMs), StageOptions{NowMs: testNowMs}, &Staged{}); err != nil {
			t.Errorf("%+v: %v", tc, err)
		}
	}
	w.apply(&wire.ConfigRecord{ResourceType: 2, ResourceName: "t", Name: "compression.type"})
	if p.lead.Load().compression != nil {
		t.Error("the producer's compression does not come back")
	}
}

// TestPlainStageDoesNotAllocate: a topic with compression.type=producer pays
// nothing for the others.
func TestPlainStageDoesNotAllocate(t *testing.T) {
	w := newWorld(t)
	p := w.topic("t", 1)
	w.config("t", "segment.bytes", "1073741824")
	raw := batchAt(batch.None, make([]byte, 100), testNowMs)
	var at Staged
	n := testing.AllocsPerRun(200, func() {
		batch.SetBaseOffset(raw, 0)
		if err := p.Stage(raw, StageOptions{NowMs: testNowMs}, &at); err != nil {
			t.Fatal(err)
		}
	})
	if n >= 1 {
		t.Errorf("%v allocations", n)
	}
}
