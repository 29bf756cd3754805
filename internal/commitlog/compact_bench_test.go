package commitlog

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/batch"
)

// BenchmarkCompact compacts one million records, values of 100 bytes in
// batches of 100, from scratch each time. cpu-ns/record is the processor time
// of both walks and the copy.
func BenchmarkCompact(b *testing.B) {
	const records = 1_000_000
	for _, keys := range []int{10_000, 1_000_000} {
		for _, codec := range []batch.Codec{batch.None, batch.LZ4} {
			b.Run(fmt.Sprintf("keys=%d/%s", keys, codec), func(b *testing.B) {
				c := NewCompactor(CompactorOptions{MapBytes: 128 << 20, MapLoad: 0.9})
				var spent time.Duration
				b.ReportAllocs()
				for range b.N {
					b.StopTimer()
					l := fillForCompaction(b, records, keys, codec)
					b.SetBytes(l.Size())
					d, err := l.Dirt(Unknown, l.EndOffset(), 0)
					if err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
					start := cpuTime(b)
					done, err := c.Compact(l, d, 1_700_000_000_000)
					spent += cpuTime(b) - start
					b.StopTimer()
					if err != nil || done.Records != records || done.Kept > int64(keys) {
						b.Fatalf("%+v %v", done, err)
					}
					if err := l.Close(false); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(spent.Nanoseconds())/float64(b.N)/records, "cpu-ns/record")
			})
		}
	}
}

// cpuTime is what this process has used, in user and system mode.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func fillForCompaction(b *testing.B, records, keys int, codec batch.Codec) *Log {
	b.Helper()
	l := benchLog(b)
	cfg := *l.Config()
	cfg.Compact, cfg.Delete, cfg.SegmentBytes = true, false, 64<<20
	l.SetConfig(&cfg)
	rnd := rand.New(rand.NewPCG(1, 2))
	value := make([]byte, 100)
	o := batch.NoProducer()
	o.Codec = codec
	builder := batch.NewBuilder(o)
	var raw []byte
	for range records / 100 {
		builder.Reset(o)
		for range 100 {
			for i := 0; i < len(value); i += 2 {
				value[i] = byte(rnd.Uint32())
			}
			builder.Append(1_700_000_000_000, fmt.Appendf(nil, "key-%08d", rnd.IntN(keys)), value)
		}
		raw = builder.Build(raw[:0])
		if _, err := l.Append(1, raw, AppendCheck{}); err != nil {
			b.Fatal(err)
		}
	}
	l.mu.Lock()
	err := l.rollLocked(l.next)
	l.mu.Unlock()
	if err == nil {
		err = l.Sync()
	}
	if err != nil {
		b.Fatal(err)
	}
	return l
}
