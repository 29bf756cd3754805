package disk

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// newDisk is a disk for a test. Only who cannot mount skips, and never where everything
// must run.
func newDisk(t *testing.T, sizeMiB int) *Disk {
	t.Helper()
	if err := Available(); err != nil {
		if os.Getenv("CI") == "true" && os.Geteuid() == 0 {
			t.Fatal(err)
		}
		t.Skipf("no disk of its own here: %v", err)
	}
	d, err := Make(t.TempDir(), "disk", sizeMiB)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func create(t *testing.T, d *Disk, name, text string, sync bool) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(d.Path(), name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if sync {
		if err := f.Sync(); err != nil {
			t.Fatal(err)
		}
		syncDir(t, d.Path())
	}
	return f
}

func syncDir(t *testing.T, dir string) {
	t.Helper()
	f, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestPowerOffKeepsWhatWasSynced and nothing else, and says how much it took.
func TestPowerOffKeepsWhatWasSynced(t *testing.T) {
	d := newDisk(t, MinSizeMiB)
	kept := create(t, d, "kept", "yes", true)
	if _, err := kept.WriteString(", and more"); err != nil {
		t.Fatal(err)
	}
	gone := create(t, d, "gone", "perhaps", false)
	if err := d.PowerOff(); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{write(kept), kept.Sync(), gone.Sync()} {
		if !errors.Is(err, syscall.EIO) {
			t.Errorf("without power: %v", err)
		}
	}
	_, _ = kept.Close(), gone.Close()
	if err := d.Remount(); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(filepath.Join(d.Path(), "kept")); err != nil || string(b) != "yes" {
		t.Errorf("what was synced is %q, %v", b, err)
	}
	if b, err := os.ReadFile(filepath.Join(d.Path(), "gone")); err == nil && len(b) > 0 {
		t.Errorf("what was not synced is %q", b)
	}
	if want := (Loss{Files: 2, Bytes: 17}); d.Lost() != want {
		t.Errorf("lost %v, want %v", d.Lost(), want)
	}
}

func write(f *os.File) error {
	_, err := f.WriteString("x")
	return err
}

// TestPowerOffAgainAndAgain: each loss keeps what was synced before it.
func TestPowerOffAgainAndAgain(t *testing.T) {
	d := newDisk(t, MinSizeMiB)
	for i := range 3 {
		f := create(t, d, string(rune('a'+i)), "yes", true)
		if err := errors.Join(d.PowerOff(), f.Close(), d.Remount()); err != nil {
			t.Fatal(err)
		}
	}
	if entries, err := os.ReadDir(d.Path()); err != nil || len(entries) != 3 {
		t.Errorf("%v, %v", entries, err)
	}
}

// TestFullDisk takes no byte more, and takes them again when there is room.
func TestFullDisk(t *testing.T) {
	d := newDisk(t, MinSizeMiB)
	f := create(t, d, "a", "", true)
	defer f.Close()
	big := bytes.Repeat([]byte("x"), 1<<20)
	if err := d.FillTo(64 << 10); err != nil {
		t.Fatal(err)
	}
	if free, err := d.FreeBytes(); err != nil || free < 32<<10 || free > 96<<10 {
		t.Errorf("%d bytes are free, %v", free, err)
	}
	if err := d.Fill(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(big); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a write to a full disk: %v", err)
	}
	if err := d.Free(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(big); err != nil {
		t.Errorf("a write to a disk with room: %v", err)
	}
}

// TestReadOnly refuses writes to files that are open, and later takes them again.
func TestReadOnly(t *testing.T) {
	d := newDisk(t, MinSizeMiB)
	f := create(t, d, "a", "before", true)
	if err := d.ReadOnly(true); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(write(f), f.Sync()); err == nil {
		t.Error("a write to a disk that is read-only")
	}
	if b, err := os.ReadFile(f.Name()); err != nil || string(b) != "before" {
		t.Errorf("read %q, %v", b, err)
	}
	_ = f.Close()
	if err := d.ReadOnly(false); err != nil {
		t.Fatal(err)
	}
	create(t, d, "b", "after", true).Close()
}

func TestTooSmall(t *testing.T) {
	if _, err := Make(t.TempDir(), "disk", MinSizeMiB-1); err == nil {
		t.Error("a disk without room for a journal")
	}
}
