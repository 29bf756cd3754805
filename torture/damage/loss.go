package damage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// losses take much at once.
func losses() []kind {
	return []kind{
		{"partition-lost", Loss, Replicated, losePartition},
		{"segments-lost", Loss, Replicated, loseSegments},
		{"logs-lost", Loss, Replicated, loseLogs},
		{"rollback", Loss, Replicated, rollback},
		{"wiped", Loss, Refuses, wipe},
	}
}

// losePartition removes the directory of a partition.
func losePartition(d *directory) (string, error) {
	logs, err := d.files("*.log")
	if err != nil {
		return "", err
	}
	name, err := d.pick(logs)
	if err != nil {
		return "", err
	}
	dir := filepath.Dir(name)
	return "removed " + d.short(dir), os.RemoveAll(dir)
}

// loseSegments removes the logs of a partition and leaves the rest of its directory.
func loseSegments(d *directory) (string, error) {
	logs, err := d.files("*.log")
	if err != nil {
		return "", err
	}
	some, _, err := withBatches(logs)
	if err != nil {
		return "", err
	}
	name, err := d.pick(some)
	if err != nil {
		return "", err
	}
	gone, err := filepath.Glob(filepath.Join(filepath.Dir(name), "*.log"))
	for _, g := range gone {
		err = errors.Join(err, os.Remove(g))
	}
	return fmt.Sprintf("removed the %d logs of %s", len(gone), d.short(filepath.Dir(name))), err
}

// loseLogs removes everything but who the node is and the quorum's directory: the
// broker's half of a disk that was replaced.
func loseLogs(d *directory) (string, error) {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return "", err
	}
	n := 0
	for _, e := range entries {
		switch e.Name() {
		case "meta.properties", "bootstrap.checkpoint", quorumName:
		default:
			if e.IsDir() {
				n++
			}
			err = errors.Join(err, os.RemoveAll(filepath.Join(d.path, e.Name())))
		}
	}
	if n == 0 {
		return "", errors.Join(ErrNothing, err)
	}
	return fmt.Sprintf("removed all %d partitions and every checkpoint", n), err
}

// wipe empties the directory: a new disk, and nobody has formatted it.
func wipe(d *directory) (string, error) {
	entries, err := os.ReadDir(d.path)
	if len(entries) == 0 {
		return "", errors.Join(ErrNothing, err)
	}
	for _, e := range entries {
		err = errors.Join(err, os.RemoveAll(filepath.Join(d.path, e.Name())))
	}
	return fmt.Sprintf("removed everything, %d files and directories", len(entries)), err
}

// savedName is where Save puts the copy that a rollback comes from.
func savedName(dataDir string) string { return filepath.Clean(dataDir) + ".saved" }

// Save keeps a copy of the directory of a stopped broker beside it. The kind "rollback"
// puts it back.
func Save(dataDir string) error {
	to := savedName(dataDir)
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	return os.CopyFS(to, os.DirFS(dataDir))
}

// Restore puts the saved copy back, with everything: nothing is damaged any more.
func Restore(dataDir string) error {
	saved := savedName(dataDir)
	if _, err := os.Stat(saved); err != nil {
		return err
	}
	entries, err := os.ReadDir(dataDir)
	for _, e := range entries {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dataDir, e.Name())))
	}
	return errors.Join(err, os.CopyFS(dataDir, os.DirFS(saved)))
}

// rollback puts the logs back to the copy that Save made: a snapshot of the disk that
// somebody restored. The quorum's directory stays as it is: raft promises nothing to
// whom takes its votes back.
func rollback(d *directory) (string, error) {
	saved := savedName(d.path)
	if _, err := os.Stat(saved); errors.Is(err, fs.ErrNotExist) {
		return "", ErrNothing
	}
	what, err := loseLogs(d)
	if err != nil {
		return "", err
	}
	entries, err := os.ReadDir(saved)
	for _, e := range entries {
		from, to := filepath.Join(saved, e.Name()), filepath.Join(d.path, e.Name())
		switch {
		case e.Name() == quorumName:
		case e.IsDir():
			err = errors.Join(err, os.CopyFS(to, os.DirFS(from)))
		default:
			err = errors.Join(err, copyFile(to, from))
		}
	}
	return what + ", and put those of before back", err
}

func copyFile(to, from string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o644)
}
