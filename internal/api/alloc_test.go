//go:build !race

package api

// Allocations cannot be counted under the race detector, which makes pools
// forget on purpose.

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
)

// onDisk runs over real files: the ones in memory allocate with each write.
func onDisk(t testing.TB) *dataBroker {
	b := newDataBrokerOn(t, vfs.OS)
	b.logs.root = t.TempDir()
	b.topic("t", 1)
	return b
}

func plainBatch(recs, size int) []byte {
	bld := batch.NewBuilder(batch.NoProducer())
	for range recs {
		bld.Append(recordMs, nil, bytes.Repeat([]byte("x"), size))
	}
	return bld.Build(nil)
}

// mallocs counts the allocations of f.
func mallocs(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.Mallocs - before.Mallocs)
}

func TestProduceAllocatesNothing(t *testing.T) {
	b := onDisk(t)
	const n = 20_000
	for _, version := range []int16{3, 8, 9, 13} {
		for _, acks := range []int16{acksNone, acksOne, acksAll} {
			req := b.client().encode(produceTo("t", 0, acks, plainBatch(1, 100)), version)
			b.replay(req, 1000, 100) // fills the pools
			if got := mallocs(func() { b.replay(req, n, 100) }); got > n/20 {
				t.Errorf("version %d acks %d: %d allocations for %d requests", version, acks, got, n)
			}
		}
	}
}

func TestFetchAllocatesNothing(t *testing.T) {
	b := onDisk(t)
	b.client().produce(9, produceTo("t", 0, 1, plainBatch(10, 100)))
	const n = 5_000
	for _, version := range []int16{4, 11, 12, 13, 18} {
		for what, offset := range map[string]int64{"data": 0, "nothing": 10} {
			req := b.client().encode(fetchFrom("t", 0, offset), version)
			b.replay(req, 500, 1)
			if got := mallocs(func() { b.replay(req, n, 1) }); got > n/10 {
				t.Errorf("version %d, %s: %d allocations for %d requests", version, what, got, n)
			}
		}
	}
}

func benchmarkProduce(b *testing.B, recs, size, perRead int) {
	br := onDisk(b)
	req := br.client().encode(produceTo("t", 0, acksOne, plainBatch(recs, size)), 9)
	b.SetBytes(int64(len(req)))
	b.ReportAllocs()
	b.ResetTimer()
	br.replay(req, b.N, perRead)
}

func BenchmarkProduceSingleRecords(b *testing.B) { benchmarkProduce(b, 1, 100, 100) }
func BenchmarkProduceHundreds(b *testing.B)      { benchmarkProduce(b, 100, 100, 5) }

func BenchmarkFetch(b *testing.B) {
	br := onDisk(b)
	br.client().produce(9, produceTo("t", 0, 1, plainBatch(10, 100)))
	req := br.client().encode(fetchFrom("t", 0, 0), 12)
	b.ReportAllocs()
	b.ResetTimer()
	br.replay(req, b.N, 1)
}
