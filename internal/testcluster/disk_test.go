package testcluster

import (
	"math/rand/v2"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/vfs"
)

// write writes a file of a disk, and syncs it if asked.
func write(t *testing.T, fsys vfs.FS, name, text string, sync bool) {
	t.Helper()
	f, err := fsys.Open(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte(text), 0); err != nil {
		t.Fatal(err)
	}
	if sync {
		if err := f.Sync(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDiskOfADeadProcess takes nothing any more, and the next one has its files.
func TestDiskOfADeadProcess(t *testing.T) {
	files := vfs.NewMem()
	d := newDisk(files)
	if _, err := d.Lock("lock"); err != nil {
		t.Fatal(err)
	}
	write(t, d, "a", "kept", false)
	d.die()
	if _, err := d.Open("b", os.O_CREATE|os.O_RDWR, 0o644); err == nil {
		t.Error("a dead process opened a file")
	}
	next := newDisk(files)
	if _, err := next.Lock("lock"); err != nil {
		t.Errorf("the lock of a dead process: %v", err)
	}
	if b, err := vfs.ReadFile(next, "a", 100); err != nil || string(b) != "kept" {
		t.Errorf("%q, %v", b, err)
	}
}

// TestPowerLossKeepsWhatWasSynced, whatever chance picks of the rest.
func TestPowerLossKeepsWhatWasSynced(t *testing.T) {
	lost, kept := 0, 0
	for seed := range uint64(50) {
		files := vfs.NewMem()
		write(t, files, "synced", "yes", true)
		if err := files.SyncDir("/"); err != nil {
			t.Fatal(err)
		}
		write(t, files, "other", "perhaps", false)
		after := losePower(files, rand.New(rand.NewPCG(seed, 0)))
		if b, err := vfs.ReadFile(after, "synced", 100); err != nil || string(b) != "yes" {
			t.Fatalf("seed %d: %q, %v", seed, b, err)
		}
		if b, err := vfs.ReadFile(after, "other", 100); err == nil && string(b) == "perhaps" {
			kept++
		} else {
			lost++
		}
	}
	if kept == 0 || lost == 0 {
		t.Errorf("what was not synced was kept %d times and lost %d times", kept, lost)
	}
}

// TestSlowAndStalledSyncs take the bubble's time.
func TestSlowAndStalledSyncs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk(vfs.NewMem())
		d.setSlow(time.Second)
		begin := time.Now()
		write(t, d, "a.log", "x", true)
		write(t, d, "b.checkpoint", "x", true)
		if took := time.Since(begin); took != time.Second {
			t.Errorf("took %v", took)
		}
		d.setSlow(0)
		resume := d.stall()
		time.AfterFunc(time.Minute, resume)
		begin = time.Now()
		write(t, d, "a.log", "y", true)
		if took := time.Since(begin); took != time.Minute {
			t.Errorf("a stalled disk took %v", took)
		}
		if d.heldSyncs() != 2 {
			t.Errorf("%d syncs were held", d.heldSyncs())
		}
	})
}
