package vfs

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"pgregory.net/rapid"
)

func write(t testing.TB, fsys FS, name, data string, sync bool) {
	t.Helper()
	f, err := fsys.Open(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte(data), size); err != nil {
		t.Fatal(err)
	}
	if sync {
		if err := f.Datasync(); err != nil {
			t.Fatal(err)
		}
	}
}

func content(t testing.TB, fsys FS, name string) string {
	t.Helper()
	b, err := ReadFile(fsys, name, 1<<20)
	if errors.Is(err, fs.ErrNotExist) {
		return "(missing)"
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestCrashKeepsWhatWasSynced walks through the cases that decide whether a
// file is there after a power loss, and with what.
func TestCrashKeepsWhatWasSynced(t *testing.T) {
	m := NewMem()
	must(t, m.MkdirAll("d", 0o755))
	must(t, m.SyncDir(""))
	write(t, m, "d/entry-lost", "x", true)
	c := m.CrashClone(CrashOptions{})
	if got := content(t, c, "d/entry-lost"); got != "(missing)" {
		t.Errorf("a synced file in an unsynced directory: %q", got)
	}
	must(t, m.SyncDir("d"))
	write(t, m, "d/entry-lost", "y", false)
	c = m.CrashClone(CrashOptions{})
	if got := content(t, c, "d/entry-lost"); got != "x" {
		t.Errorf("unsynced data: %q", got)
	}
	write(t, m, "d/entry-lost", "z", true)
	c = m.CrashClone(CrashOptions{})
	if got := content(t, c, "d/entry-lost"); got != "xyz" {
		t.Errorf("synced data: %q", got)
	}
	if got := content(t, m, "d/entry-lost"); got != "xyz" {
		t.Errorf("the original changed: %q", got)
	}
}

func TestCrashOfRenameAndRemove(t *testing.T) {
	m := NewMem()
	write(t, m, "a", "a", true)
	write(t, m, "b", "b", true)
	write(t, m, "c", "c", true)
	must(t, m.SyncDir(""))
	must(t, m.Rename("a", "b"))
	must(t, m.Remove("c"))
	lost := m.CrashClone(CrashOptions{})
	if a, b, c := content(t, lost, "a"), content(t, lost, "b"), content(t, lost, "c"); a+b+c != "abc" {
		t.Errorf("nothing kept: %q %q %q", a, b, c)
	}
	kept := m.CrashClone(CrashOptions{KeepChange: func(c Change) bool { return c.Op == ChangeRename && c.NewName == "b" }})
	if a, b, c := content(t, kept, "a"), content(t, kept, "b"), content(t, kept, "c"); a != "(missing)" || b != "a" || c != "c" {
		t.Errorf("rename kept: %q %q %q", a, b, c)
	}
	must(t, m.SyncDir(""))
	synced := m.CrashClone(CrashOptions{})
	if a, b, c := content(t, synced, "a"), content(t, synced, "b"), content(t, synced, "c"); a != "(missing)" || b != "a" || c != "(missing)" {
		t.Errorf("synced: %q %q %q", a, b, c)
	}
}

func TestCrashWithTornWrites(t *testing.T) {
	m := NewMem()
	write(t, m, "f", "0123", true)
	must(t, m.SyncDir(""))
	write(t, m, "f", "4567", false)
	write(t, m, "f", "89ab", false)
	torn := m.CrashClone(CrashOptions{KeepWrite: func(name string, off int64, n int) int {
		if name != "f" {
			t.Errorf("name %q", name)
		}
		if off == 8 {
			return 2
		}
		return 0
	}})
	if got := content(t, torn, "f"); got != "0123\x00\x00\x00\x0089" {
		t.Errorf("%q", got)
	}
	f, err := m.Open("f", os.O_RDWR, 0)
	must(t, err)
	must(t, f.Truncate(2))
	if got := content(t, m.CrashClone(CrashOptions{}), "f"); got != "0123" {
		t.Errorf("unsynced truncation: %q", got)
	}
	if got := content(t, m.CrashClone(CrashOptions{KeepTruncate: func(string, int64) bool { return true }}), "f"); got != "01" {
		t.Errorf("kept truncation: %q", got)
	}
	must(t, f.Sync())
	if got := content(t, m.CrashClone(CrashOptions{}), "f"); got != "01" {
		t.Errorf("synced truncation: %q", got)
	}
}

// TestWriteFileAtomicAtEveryCrash: whatever survives, the file has the old or
// the new content.
func TestWriteFileAtomicAtEveryCrash(t *testing.T) {
	for nth := int64(1); ; nth++ {
		m := NewMem()
		must(t, WriteFileAtomic(m, "f", []byte("old")))
		ops := int64(0)
		e := NewErrorFS(m, func(op Op, _ string) error {
			if op.Changes() {
				if ops++; ops == nth {
					return errors.New("stop here")
				}
			}
			return nil
		})
		err := WriteFileAtomic(e, "f", []byte("new"))
		for _, keep := range []bool{false, true} {
			c := m.CrashClone(CrashOptions{KeepChange: func(Change) bool { return keep },
				KeepWrite: func(_ string, _ int64, n int) int { return n / 2 }})
			got := content(t, c, "f")
			if got != "new" && (got != "old" || err == nil) {
				t.Fatalf("op %d, keep %v: %q", nth, keep, got)
			}
		}
		if err == nil {
			return
		}
	}
}

func TestLocks(t *testing.T) {
	mem := NewMem()
	dir := t.TempDir()
	must(t, mem.MkdirAll(dir, 0o755))
	path := filepath.Join(dir, ".lock")
	for name, fsys := range map[string]FS{"os": OS, "mem": mem} {
		l, err := fsys.Lock(path)
		must(t, err)
		if _, err := fsys.Lock(path); !errors.Is(err, ErrLocked) {
			t.Errorf("%s: %v", name, err)
		}
		must(t, l.Close())
		again, err := fsys.Lock(path)
		must(t, err)
		must(t, again.Close())
	}
}

// TestMemIsLikeOS runs the same random operations on both.
func TestMemIsLikeOS(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "r")
		must(t, err)
		m := NewMem()
		must(t, m.MkdirAll(dir, 0o755))
		names := rapid.SampledFrom([]string{"a", "b", "c", "d/a", "d/b", "d"})
		for range rapid.IntRange(1, 25).Draw(rt, "ops") {
			name := filepath.Join(dir, names.Draw(rt, "name"))
			other := filepath.Join(dir, names.Draw(rt, "other"))
			kind := rapid.IntRange(0, 7).Draw(rt, "kind")
			size := rapid.Int64Range(0, 40).Draw(rt, "size")
			a, aerr := step(OS, kind, name, other, size)
			b, berr := step(m, kind, name, other, size)
			if errors.Is(aerr, syscall.ENOTDIR) {
				continue // a file used as a directory: nobody does
			}
			if a != b || (aerr == nil) != (berr == nil) || errors.Is(aerr, fs.ErrNotExist) != errors.Is(berr, fs.ErrNotExist) {
				rt.Fatalf("op %d %s %s %d: os %q %v, mem %q %v", kind, name, other, size, a, aerr, b, berr)
			}
		}
	})
}

// step does one operation and returns what can be seen of its result.
func step(fsys FS, kind int, name, other string, size int64) (string, error) {
	switch kind {
	case 0:
		return "", fsys.MkdirAll(name, 0o755)
	case 1:
		return "", fsys.Remove(name)
	case 2:
		fi, err := fsys.Stat(name)
		if err != nil || fi.IsDir() {
			return "", err
		}
		return fi.Name(), nil
	case 3:
		entries, err := fsys.ReadDir(filepath.Dir(name))
		out := ""
		for _, e := range entries {
			out += e.Name() + " "
		}
		return out, err
	case 4:
		if fi, err := fsys.Stat(name); err != nil || fi.IsDir() {
			return "", nil // renaming directories over each other differs between systems
		}
		if fi, err := fsys.Stat(other); err == nil && fi.IsDir() {
			return "", nil
		}
		return "", fsys.Rename(name, other)
	case 5:
		return "", fsys.RemoveAll(name)
	}
	if fi, err := fsys.Stat(name); err == nil && fi.IsDir() {
		return "", nil
	}
	f, err := fsys.Open(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if kind == 6 {
		if err := f.Truncate(size); err != nil {
			return "", err
		}
	} else if _, err := WriteAtv(f, [][]byte{[]byte("hello"), {}, []byte("world")}, size); err != nil {
		return "", err
	}
	n, err := f.Size()
	if err != nil {
		return "", err
	}
	b := make([]byte, n)
	err = ReadFull(f, b, 0)
	return string(b), err
}

// A loss of power may take sectors out of the middle of a write.
func TestCrashKeepsSectors(t *testing.T) {
	m := NewMem()
	if err := WriteFile(m, "f", bytes.Repeat([]byte{1}, SectorBytes)); err != nil {
		t.Fatal(err)
	}
	f, err := m.Open("f", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Sync(), m.SyncDir("")); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(bytes.Repeat([]byte{2}, 3*SectorBytes), SectorBytes/2); err != nil {
		t.Fatal(err)
	}
	c := m.CrashClone(CrashOptions{KeepSector: func(_ string, sector int64) bool { return sector%2 == 1 }})
	got, err := ReadFile(c, "f", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	part := func(b byte, n int) []byte { return bytes.Repeat([]byte{b}, n) }
	want := slices.Concat(part(1, SectorBytes), part(2, SectorBytes), part(0, SectorBytes), part(2, SectorBytes/2))
	if !bytes.Equal(got, want) {
		t.Fatalf("after the crash: % x", got)
	}
}
