package disk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Disk is a mounted file system.
type Disk struct {
	image string // the file that holds it
	mount string // where it is mounted
	down  bool   // it was shut down and not mounted again
	sizes map[string]int64
	lost  Loss
}

// MinSizeMiB is the smallest disk: ext4 with a journal does not fit in less.
const MinSizeMiB = 8

// Make makes a disk of sizeMiB, and mounts it. Its files are name.img and name in dir.
func Make(dir, name string, sizeMiB int) (*Disk, error) {
	if sizeMiB < MinSizeMiB {
		return nil, fmt.Errorf("a disk of %d MiB: the smallest has %d", sizeMiB, MinSizeMiB)
	}
	d := &Disk{image: filepath.Join(dir, name+".img"), mount: filepath.Join(dir, name)}
	if err := os.MkdirAll(d.mount, 0o755); err != nil {
		return nil, err
	}
	if err := sparse(d.image, int64(sizeMiB)<<20); err != nil {
		return nil, err
	}
	// No reserved blocks: root is to see a full disk as everybody else does.
	err := run("mkfs.ext4", "-q", "-F", "-m", "0", d.image)
	if err == nil {
		err = d.mountImage()
	}
	if err == nil {
		err = d.makePath()
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func sparse(name string, sizeBytes int64) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(sizeBytes), f.Close())
}

// makePath makes the directory for the user's files, durably: a disk that loses power
// at once still has it.
func (d *Disk) makePath() error {
	if err := os.Mkdir(d.Path(), 0o755); err != nil {
		return err
	}
	return d.sync()
}

// Path is the directory for the user's files. The disk keeps its own beside it.
func (d *Disk) Path() string { return filepath.Join(d.mount, "data") }

// mountImage mounts the file system. Every access time would be a write, and the journal
// would commit every five seconds by itself.
func (d *Disk) mountImage() error {
	return run("mount", "-t", "ext4", "-o", "loop,noatime,commit=600", d.image, d.mount)
}

// Remount mounts the disk again after PowerOff or ReadOnly, as a machine finds it when
// it starts: ext4 replays its journal. Nobody may have a file of it open.
func (d *Disk) Remount() error {
	if err := d.unmount(); err != nil {
		return err
	}
	if err := d.mountImage(); err != nil {
		return err
	}
	d.down = false
	return d.countLost()
}

// busyLimit is how long a mount may be busy with a process that is just dying.
const busyLimit = 10 * time.Second

func (d *Disk) unmount() error {
	var err error
	for begin := time.Now(); time.Since(begin) < busyLimit; time.Sleep(20 * time.Millisecond) {
		if err = run("umount", d.mount); err == nil {
			return nil
		}
	}
	return err
}

// Close unmounts the disk and removes it.
func (d *Disk) Close() error {
	var err error
	if d.mounted() {
		if err = d.unmount(); err != nil {
			err = errors.Join(err, run("umount", "-l", d.mount))
		}
	}
	return errors.Join(err, os.RemoveAll(d.image), os.Remove(d.mount))
}
