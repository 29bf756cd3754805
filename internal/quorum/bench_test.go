package quorum

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/vfs"
)

// BenchmarkFirstCommit is a first start of a lone voter in an empty directory:
// open, be elected, commit one proposal. ms/lead is the time until it leads.
func BenchmarkFirstCommit(b *testing.B) { benchmarkStart(b, false) }

// BenchmarkNextStart is the same in a directory that holds a log.
func BenchmarkNextStart(b *testing.B) { benchmarkStart(b, true) }

func benchmarkStart(b *testing.B, again bool) {
	root := b.TempDir()
	var lead, commit, fsync time.Duration
	i := 0
	for b.Loop() {
		o := aloneOptions(b, vfs.OS)
		o.Dir = filepath.Join(root, fmt.Sprint(i), "__cluster_metadata-0")
		i++
		if again {
			n := mustOpen(b, o)
			n.write(n.role.wait(), "a")
			n.close()
		}
		fsync += fsyncTime(b, root)
		start := time.Now()
		n := mustOpen(b, o)
		epoch := n.role.wait()
		lead += time.Since(start)
		n.write(epoch, "a")
		commit += time.Since(start)
		n.close()
	}
	ms := func(d time.Duration) float64 { return d.Seconds() * 1000 / float64(i) }
	b.ReportMetric(ms(lead), "ms/lead")
	b.ReportMetric(ms(commit), "ms/commit")
	b.ReportMetric(ms(fsync), "ms/fsync")
}

// fsyncTime is what one append and fdatasync costs here.
func fsyncTime(b *testing.B, dir string) time.Duration {
	f, err := os.OpenFile(filepath.Join(dir, "probe"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	size, _ := f.Seek(0, 2)
	start := time.Now()
	if _, err := f.WriteAt(make([]byte, 200), size); err != nil {
		b.Fatal(err)
	}
	if err := f.Sync(); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// BenchmarkCommit is one proposal after the other.
func BenchmarkCommit(b *testing.B) {
	o := aloneOptions(b, vfs.OS)
	o.Dir = filepath.Join(b.TempDir(), "__cluster_metadata-0")
	n := mustOpen(b, o)
	epoch := n.role.wait()
	b.ReportAllocs()
	for b.Loop() {
		n.write(epoch, "a")
	}
	n.close()
}

// BenchmarkCommitInMemory is the same without a disk: our own share.
func BenchmarkCommitInMemory(b *testing.B) {
	n := mustOpen(b, aloneOptions(b, vfs.NewMem()))
	epoch := n.role.wait()
	b.ReportAllocs()
	for b.Loop() {
		n.write(epoch, "a")
	}
	n.close()
}
