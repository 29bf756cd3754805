package commitlog

import (
	"fmt"
	"os"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
)

// benchLog opens a log in a real directory.
func benchLog(b *testing.B) *Log {
	b.Helper()
	cfg := DefaultConfig()
	env := &Env{FS: vfs.OS, Now: func() int64 { return 1_700_000_000_000 }, FDs: NewFDCache(64)}
	l, err := Open(b.TempDir(), Options{Env: env, Config: &cfg, RecoveryPoint: 0})
	if err != nil {
		b.Fatal(err)
	}
	return l
}

// keepSmall bounds what a benchmark leaves on the disk.
func keepSmall(b *testing.B, l *Log) {
	if l.Size() > 256<<20 {
		b.StopTimer()
		if err := l.TruncateFullyAndStartAt(0); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, size := range []struct{ n, bytes, gather int }{{1, 100, 1}, {1, 100, 50}, {100, 100, 1}, {16, 1000, 1}, {1000, 1000, 1}} {
		b.Run(fmt.Sprintf("%dx%d/gather=%d", size.n, size.bytes, size.gather), func(b *testing.B) {
			l := benchLog(b)
			bufs := make([][]byte, size.gather)
			for i := range bufs {
				bufs[i] = records(size.n, size.bytes, 1_700_000_000_000)
			}
			b.SetBytes(int64(len(bufs[0])))
			b.ReportAllocs()
			b.ResetTimer()
			for i := 0; i < b.N; {
				for j := 0; j < len(bufs) && i < b.N; j++ {
					batch.SetBaseOffset(bufs[j], 0)
					if _, err := l.Stage(1, bufs[j], AppendCheck{}); err != nil {
						b.Fatal(err)
					}
					i++
				}
				if err := l.Commit(); err != nil {
					b.Fatal(err)
				}
				keepSmall(b, l)
			}
		})
	}
}

func BenchmarkAppendIdempotent(b *testing.B) {
	l := benchLog(b)
	buf := produced(7, 0, 0, 1, 1_700_000_000_000)
	b.ReportAllocs()
	for i := range b.N {
		h, _ := batch.ParseHeader(buf)
		h.BaseOffset, h.BaseSequence = 0, int32(i)
		batch.PutHeader(buf, h)
		if _, err := l.Append(1, buf, AppendCheck{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	for _, maxBytes := range []int{16 << 10, 64 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("sequential/%d", maxBytes), func(b *testing.B) {
			l := benchLog(b)
			for range 20_000 {
				if _, err := l.Append(1, records(16, 600, 1_700_000_000_000), AppendCheck{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			b.ResetTimer()
			offset, end := int64(0), l.EndOffset()
			for range b.N {
				if offset == end {
					offset = 0
				}
				s, err := l.Read(offset, maxBytes, end, true)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(s.Len()))
				offset = s.NextOffset
				s.Release()
			}
		})
	}
	b.Run("tail", func(b *testing.B) {
		l := benchLog(b)
		buf := records(1, 100, 1_700_000_000_000)
		b.ReportAllocs()
		for range b.N {
			offset := l.EndOffset()
			batch.SetBaseOffset(buf, 0)
			if _, err := l.Append(1, buf, AppendCheck{}); err != nil {
				b.Fatal(err)
			}
			s, err := l.Read(offset, 1<<20, offset+1, true)
			if err != nil || s.Len() != len(buf) {
				b.Fatal(s.Len(), err)
			}
			s.Release()
			keepSmall(b, l)
		}
	})
}

func BenchmarkRecover(b *testing.B) {
	l := benchLog(b)
	for l.Size() < 512<<20 {
		if _, err := l.Append(1, records(100, 100, 1_700_000_000_000), AppendCheck{}); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(l.Size())
	b.ResetTimer()
	for range b.N {
		for _, suffix := range []string{indexSuffix, timeSuffix} {
			os.Remove(l.path(0, suffix))
		}
		cfg := DefaultConfig()
		again, err := Open(l.Dir(), Options{Env: l.env, Config: &cfg, RecoveryPoint: 0})
		if err != nil || again.EndOffset() != l.EndOffset() {
			b.Fatal(again.EndOffset(), err)
		}
		again.Close(false)
	}
}
