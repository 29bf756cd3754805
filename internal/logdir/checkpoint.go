package logdir

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/vfs"
)

// offsets is the content of a checkpoint file.
type offsets map[commitlog.TopicPartition]int64

var errBadCheckpoint = errors.New("malformed checkpoint file")

const maxCheckpointFile = 256 << 20

// readCheckpoint reads one of the checkpoint files of dir. A missing file is
// nil; a malformed one is errBadCheckpoint.
func readCheckpoint(fsys vfs.FS, dir, name string) (offsets, error) {
	path := filepath.Join(dir, name)
	b, err := vfs.ReadFile(fsys, path, maxCheckpointFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case errors.Is(err, vfs.ErrTooLarge):
		return nil, fmt.Errorf("%s: %w", path, errBadCheckpoint)
	case err != nil:
		return nil, err
	}
	o, err := parseCheckpoint(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return o, nil
}

// parseCheckpoint reads version, count, and "topic partition offset" lines.
func parseCheckpoint(b []byte) (offsets, error) {
	lines := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	if len(lines) < 2 || strings.TrimSpace(lines[0]) != "0" {
		return nil, errBadCheckpoint
	}
	n, err := strconv.Atoi(strings.TrimSpace(lines[1]))
	if err != nil || n != len(lines)-2 {
		return nil, errBadCheckpoint
	}
	o := make(offsets, n)
	for _, line := range lines[2:] {
		f := strings.Fields(line)
		if len(f) != 3 {
			return nil, errBadCheckpoint
		}
		partition, err1 := strconv.ParseInt(f[1], 10, 32)
		offset, err2 := strconv.ParseInt(f[2], 10, 64)
		if err1 != nil || err2 != nil || partition < 0 || offset < 0 {
			return nil, errBadCheckpoint
		}
		o[commitlog.TopicPartition{Topic: f[0], Partition: int32(partition)}] = offset
	}
	return o, nil
}

// encode sorts the lines, so that equal checkpoints are equal files.
func (o offsets) encode() []byte {
	tps := make([]commitlog.TopicPartition, 0, len(o))
	for tp := range o {
		tps = append(tps, tp)
	}
	slices.SortFunc(tps, func(a, b commitlog.TopicPartition) int {
		return cmp.Or(strings.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
	})
	var b bytes.Buffer
	fmt.Fprintf(&b, "0\n%d\n", len(o))
	for _, tp := range tps {
		fmt.Fprintf(&b, "%s %d %d\n", tp.Topic, tp.Partition, o[tp])
	}
	return b.Bytes()
}
