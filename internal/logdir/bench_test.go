package logdir

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/brolga-io/brolga/internal/vfs"
)

const benchPartitions = 2_000

// onDisk is a world on the real file system.
func onDisk(b *testing.B) *world {
	w := newWorld(b, b.TempDir())
	w.fs = vfs.OS
	r := rand.New(rand.NewPCG(1, 2))
	w.cfg.NewID = func() (id UUID) {
		for i := range id {
			id[i] = byte(r.Uint32())
		}
		return id
	}
	return w
}

func createMany(w *world, d *Dirs) {
	for i := range int32(benchPartitions) {
		w.create(d, tp("topic", i), id(1))
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func BenchmarkCreatePartitions(b *testing.B) {
	for range b.N {
		b.StopTimer()
		w := onDisk(b)
		d := w.open()
		before := heap()
		b.StartTimer()
		createMany(w, d)
		b.StopTimer()
		b.ReportMetric(float64(heap()-before)/benchPartitions, "heap-B/partition")
		d.Close(false)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/benchPartitions, "µs/partition")
}

// BenchmarkOpen opens partitions that hold a few records, after an orderly
// stop and after kill -9, and asks each for its end.
func BenchmarkOpen(b *testing.B) {
	for _, clean := range []bool{true, false} {
		name := "killed"
		if clean {
			name = "clean"
		}
		b.Run(name, func(b *testing.B) {
			w := onDisk(b)
			d := w.open()
			createMany(w, d)
			for _, p := range d.All() {
				w.fill(w.get(d, p), 3)
			}
			d.Flush()
			if clean {
				d.Close(true)
			} else {
				w.abandon(d)
			}
			b.ResetTimer()
			for range b.N {
				b.StopTimer()
				before := heap()
				b.StartTimer()
				d := w.open()
				for _, p := range d.All() {
					w.get(d, p).EndOffset()
				}
				b.StopTimer()
				b.ReportMetric(float64(heap()-before)/benchPartitions, "heap-B/partition")
				if clean {
					d.Close(true)
				} else {
					w.abandon(d)
				}
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/benchPartitions, "µs/partition")
		})
	}
}
