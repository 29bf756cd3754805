//go:build !linux

package disk

import "errors"

var errLinux = errors.New("a disk of its own needs Linux")

// Available says why there can be no disks here.
func Available() error { return errLinux }

func run(string, ...string) error { return errLinux }

// PowerOff takes the power away.
func (d *Disk) PowerOff() error { return errLinux }

// ReadOnly makes every write fail.
func (d *Disk) ReadOnly(bool) error { return errLinux }

// Fill makes the disk full.
func (d *Disk) Fill() error { return errLinux }

// FillTo leaves freeBytes free.
func (d *Disk) FillTo(int64) error { return errLinux }

// Free takes Fill back.
func (d *Disk) Free() error { return errLinux }

// FreeBytes is how many bytes can still be written.
func (d *Disk) FreeBytes() (int64, error) { return 0, errLinux }

func (d *Disk) sync() error { return errLinux }

func (d *Disk) mounted() bool { return false }
