package commitlog

import (
	"fmt"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
)

const testDir = "data/t-0"

// world is a file system, a clock and settings for the logs of one test.
type world struct {
	t     testing.TB
	mem   *vfs.Mem
	env   *Env
	cfg   Config
	nowMs int64
}

func newWorld(t testing.TB) *world {
	w := &world{t: t, mem: vfs.NewMem(), cfg: DefaultConfig(), nowMs: 1_700_000_000_000}
	if err := w.mem.MkdirAll(testDir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := w.mem.SyncDir(""); err != nil {
		t.Fatal(err)
	}
	if err := w.mem.SyncDir("data"); err != nil {
		t.Fatal(err)
	}
	w.env = &Env{FS: w.mem, Now: func() int64 { return w.nowMs }, FDs: NewFDCache(64)}
	return w
}

func (w *world) options() Options {
	cfg := w.cfg
	return Options{Env: w.env, Config: &cfg, RecoveryPoint: Unknown, LogStartOffset: Unknown}
}

func (w *world) open(change ...func(*Options)) *Log {
	w.t.Helper()
	l, err := w.tryOpen(change...)
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

func (w *world) tryOpen(change ...func(*Options)) (*Log, error) {
	o := w.options()
	for _, c := range change {
		c(&o)
	}
	return Open(testDir, o)
}

func recoveryPoint(p int64) func(*Options) { return func(o *Options) { o.RecoveryPoint = p } }

func cleanAt(p int64) func(*Options) {
	return func(o *Options) { o.CleanShutdown, o.RecoveryPoint = true, p }
}

// records builds a batch of n records with values of size bytes.
func records(n, size int, timestampMs int64) []byte {
	b := batch.NewBuilder(batch.NoProducer())
	for i := range n {
		b.Append(timestampMs, fmt.Appendf(nil, "k%d", i), make([]byte, size))
	}
	return b.Build(nil)
}

// produced builds a batch of an idempotent producer.
func produced(id int64, epoch int16, seq int32, n int, timestampMs int64) []byte {
	o := batch.NoProducer()
	o.ProducerID, o.ProducerEpoch, o.BaseSequence = id, epoch, seq
	b := batch.NewBuilder(o)
	for i := range n {
		b.Append(timestampMs, fmt.Appendf(nil, "k%d", i), []byte("v"))
	}
	return b.Build(nil)
}

func (w *world) append(l *Log, epoch int32, b []byte) AppendInfo {
	w.t.Helper()
	info, err := l.Append(epoch, b, AppendCheck{})
	if err != nil {
		w.t.Fatal(err)
	}
	return info
}

// readAll returns all batches from offset on.
func readAll(t testing.TB, l *Log, offset int64, maxBytes int) []byte {
	t.Helper()
	var out []byte
	for offset < l.EndOffset() {
		s, err := l.Read(offset, maxBytes, l.EndOffset(), true)
		if err != nil {
			t.Fatalf("read at %d: %v", offset, err)
		}
		if s.Len() == 0 {
			t.Fatalf("empty read at %d below end %d", offset, l.EndOffset())
		}
		b, err := s.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		s.Release()
		out = append(out, b...)
		offset = s.NextOffset
	}
	return out
}

// crashNothingKept loses everything that was not synced.
var crashNothingKept vfs.CrashOptions
