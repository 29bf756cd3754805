package disk

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// filler is the file that makes a disk full.
func (d *Disk) filler() string { return filepath.Join(d.mount, "filler") }

// Fill makes the disk full.
func (d *Disk) Fill() error { return d.FillTo(0) }

// FillTo leaves freeBytes free, about.
func (d *Disk) FillTo(freeBytes int64) error {
	f, err := os.OpenFile(d.filler(), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	st, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	size := st.Size()
	for step := int64(64 << 20); step >= 4096; {
		free, err := d.FreeBytes()
		if err != nil {
			return errors.Join(err, f.Close())
		}
		if want := free - freeBytes; freeBytes > 0 && step > want {
			step /= 2
			continue
		}
		if unix.Fallocate(int(f.Fd()), 0, size, step) != nil {
			step /= 2
			continue
		}
		size += step
	}
	return f.Close()
}

// Free takes Fill back.
func (d *Disk) Free() error {
	if err := os.Remove(d.filler()); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// FreeBytes is how many bytes can still be written.
func (d *Disk) FreeBytes() (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(d.mount, &st); err != nil {
		return 0, err
	}
	return int64(st.Bavail) * st.Bsize, nil
}
