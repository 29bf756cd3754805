package logdir

import (
	"encoding/binary"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/vfs"
)

// world is a machine: a disk, a clock, and what a broker on it is configured
// to be.
type world struct {
	t     testing.TB
	mem   *vfs.Mem
	fs    vfs.FS
	cfg   Config
	nowMs atomic.Int64
	fails []Failure
	ids   byte
}

func newWorld(t testing.TB, dirs ...string) *world {
	if len(dirs) == 0 {
		dirs = []string{"data"}
	}
	w := &world{t: t, mem: vfs.NewMem()}
	w.fs = w.mem
	w.nowMs.Store(1_795_400_000_000)
	lc := commitlog.DefaultConfig()
	w.cfg = Config{Dirs: dirs, NodeID: 1, ClusterID: "AAAAAAAAAAAAAAAAAAAAAQ", Format: true, Log: &lc,
		NewID:     func() UUID { w.ids++; return UUID{0xee, 15: w.ids} },
		OnFailure: func(f Failure) { w.fails = append(w.fails, f) },
		// The background work stands still unless a test wants it.
		NewTicker: func(time.Duration) (<-chan time.Time, func()) { return nil, func() {} }}
	return w
}

func (w *world) now() int64 { return w.nowMs.Load() }

func (w *world) open() *Dirs {
	w.t.Helper()
	d, err := Open(w.cfg, w.fs, w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

// abandon is kill -9: locks go with the process, files stay.
func (w *world) abandon(d *Dirs) {
	close(d.stop)
	d.wg.Wait()
	d.closed = true
	for _, dd := range d.dirs {
		dd.lock.Close()
	}
}

// loseUnsynced is a power loss that keeps nothing it need not.
func (w *world) loseUnsynced() {
	w.mem = w.mem.CrashClone(vfs.CrashOptions{})
	w.fs = w.mem
}

func tp(topic string, partition int32) commitlog.TopicPartition {
	return commitlog.TopicPartition{Topic: topic, Partition: partition}
}

func id(n byte) UUID { return UUID{1, 15: n} }

func (w *world) create(d *Dirs, p commitlog.TopicPartition, topicID UUID) *commitlog.Log {
	w.t.Helper()
	l, err := d.Create(p, topicID, Home{}, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

func (w *world) get(d *Dirs, p commitlog.TopicPartition) *commitlog.Log {
	w.t.Helper()
	l, err := d.Get(p)
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

// fill appends n records of 100 bytes, one per batch.
func (w *world) fill(l *commitlog.Log, n int) {
	w.t.Helper()
	for i := range n {
		b := batch.NewBuilder(batch.NoProducer())
		b.Append(w.now(), []byte("key"), append(make([]byte, 96), binary.BigEndian.AppendUint32(nil, uint32(i))...))
		if _, err := l.Append(0, b.Build(nil), commitlog.AppendCheck{}); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) end(d *Dirs, p commitlog.TopicPartition, want int64) {
	w.t.Helper()
	l := w.get(d, p)
	if err := l.Load(); err != nil {
		w.t.Fatal(err)
	}
	if got := l.EndOffset(); got != want {
		w.t.Errorf("%s ends at %d, want %d", p, got, want)
	}
	if err := l.Check(); err != nil {
		w.t.Error(err)
	}
}

func (w *world) put(name, data string) {
	w.t.Helper()
	if err := vfs.WriteFile(w.mem, name, []byte(data)); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) read(name string) string {
	b, err := vfs.ReadFile(w.mem, name, 1<<20)
	if err != nil {
		return "(" + err.Error() + ")"
	}
	return string(b)
}

func (w *world) exists(name string) bool {
	_, err := w.mem.Stat(name)
	return err == nil
}

func (w *world) close(d *Dirs, clean bool) {
	w.t.Helper()
	if err := d.Close(clean); err != nil {
		w.t.Fatal(err)
	}
}

var errDisk = errors.New("input/output error")
