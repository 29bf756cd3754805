package disk

import (
	"errors"
	"io/fs"
	"path/filepath"
)

// Loss is what a power loss took, seen from the lengths of files. Bytes that were
// written over are not in it.
type Loss struct {
	Files int   // that are gone or shorter
	Bytes int64 // of them
}

// Lost is what the last PowerOff took; known after Remount.
func (d *Disk) Lost() Loss { return d.lost }

func (d *Disk) countLost() error {
	if d.sizes == nil {
		return nil
	}
	now, err := sizesOf(d.Path())
	if err != nil {
		return err
	}
	d.lost = Loss{}
	for name, size := range d.sizes {
		left, there := now[name]
		if !there || left < size {
			d.lost.Files++
			d.lost.Bytes += size - left
		}
	}
	d.sizes = nil
	return nil
}

// sizesOf are the lengths of all files under dir. Those that are removed meanwhile do
// not count.
func sizesOf(dir string) (map[string]int64, error) {
	sizes := map[string]int64{}
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			sizes[name] = info.Size()
		}
		return err
	})
	return sizes, err
}
