package vfs

import "golang.org/x/sys/unix"

// Space returns the bytes of the volume that holds a directory of the real file
// system: all of them, and those that this process may still use.
func Space(dir string) (total, usable int64, err error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, 0, err
	}
	size := int64(s.Bsize)
	return int64(s.Blocks) * size, int64(s.Bavail) * size, nil
}
