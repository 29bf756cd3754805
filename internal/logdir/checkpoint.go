package logdir

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
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
	version, b, _ := bytes.Cut(b, newline)
	count, b, ok := bytes.Cut(b, newline)
	n, err := strconv.Atoi(string(bytes.TrimSpace(count)))
	if err != nil || !ok && n != 0 || string(bytes.TrimSpace(version)) != "0" || n != lines(b) {
		return nil, errBadCheckpoint
	}
	o := make(offsets, n)
	topic := ""
	for len(b) > 0 {
		var line []byte
		line, b, _ = bytes.Cut(b, newline)
		f := bytes.Fields(line)
		if len(f) != 3 {
			return nil, errBadCheckpoint
		}
		partition, err1 := strconv.ParseInt(string(f[1]), 10, 32)
		offset, err2 := strconv.ParseInt(string(f[2]), 10, 64)
		if err1 != nil || err2 != nil || partition < 0 || offset < 0 {
			return nil, errBadCheckpoint
		}
		if topic != string(f[0]) {
			topic = string(f[0]) // shared by the lines of one topic
		}
		o[commitlog.TopicPartition{Topic: topic, Partition: int32(partition)}] = offset
	}
	return o, nil
}

var newline = []byte{'\n'}

// lines counts the lines of b; the last one may lack its end.
func lines(b []byte) int {
	n := bytes.Count(b, newline)
	if len(b) > 0 && b[len(b)-1] != '\n' {
		n++
	}
	return n
}

// checkpoint is a checkpoint file being put together. Rows come in the order of
// partitions, so that equal checkpoints are equal files.
type checkpoint struct {
	rows int
	text []byte
}

func (c *checkpoint) add(tp commitlog.TopicPartition, offset int64) {
	c.rows++
	c.text = append(append(c.text, tp.Topic...), ' ')
	c.text = append(strconv.AppendInt(c.text, int64(tp.Partition), 10), ' ')
	c.text = append(strconv.AppendInt(c.text, offset, 10), '\n')
}

// bytes is the content of the file.
func (c *checkpoint) bytes() []byte {
	return append(fmt.Appendf(nil, "0\n%d\n", c.rows), c.text...)
}

// compare is the order of the rows.
func compare(a, b *partition) int {
	return cmp.Or(strings.Compare(a.tp.Topic, b.tp.Topic), cmp.Compare(a.tp.Partition, b.tp.Partition))
}
