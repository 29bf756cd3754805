package disk

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Of <linux/fs.h> and ext4: shut the file system down and do not write the journal.
const (
	fsIocShutdown = 0x8004587d
	noLogFlush    = 2
)

// Available says why there can be no disks here, nil if there can.
func Available() error {
	if os.Geteuid() != 0 {
		return errors.New("mounting a disk needs root")
	}
	dir, err := os.MkdirTemp("", "brolga-disk")
	if err != nil {
		return err
	}
	d, err := Make(dir, "try", MinSizeMiB)
	if err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	return errors.Join(d.PowerOff(), d.Close(), os.Remove(dir))
}

// run runs a command of the system.
func run(name string, args ...string) error {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}

// PowerOff takes the power away: what was not synced is gone, and every access fails
// with EIO until Remount. A process that must not see that is stopped before.
func (d *Disk) PowerOff() error {
	var err error
	if d.sizes, err = sizesOf(d.Path()); err != nil {
		return err
	}
	f, err := os.Open(d.mount)
	if err != nil {
		return err
	}
	if err := unix.IoctlSetPointerInt(int(f.Fd()), fsIocShutdown, noLogFlush); err != nil {
		return errors.Join(fmt.Errorf("shutting %s down: %w", d.mount, err), f.Close())
	}
	d.down = true
	return f.Close()
}

// ReadOnly makes every write fail with EROFS, at once and under open files, as ext4 does
// by itself when it finds damage; or takes that back, for which nobody may have a file
// open.
func (d *Disk) ReadOnly(on bool) error {
	if !on {
		return d.Remount()
	}
	if run("mount", "-o", "remount,ro", d.mount) == nil {
		return nil
	}
	// Refused while files are open for writing; the file system's own way is not.
	return run("mount", "-o", "remount,errors=remount-ro,abort", d.mount)
}

// sync makes everything durable.
func (d *Disk) sync() error {
	f, err := os.Open(d.mount)
	if err != nil {
		return err
	}
	return errors.Join(unix.Syncfs(int(f.Fd())), f.Close())
}

// mounted tells whether the mount point is one.
func (d *Disk) mounted() bool {
	var at, above unix.Stat_t
	if unix.Stat(filepath.Dir(d.mount), &above) != nil {
		return false
	}
	// A file system that is shut down may refuse to answer: it is mounted.
	return unix.Stat(d.mount, &at) != nil || at.Dev != above.Dev
}
