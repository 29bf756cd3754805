package damage

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/brolga-io/brolga/internal/batch"
)

// directory is a data directory of a stopped broker.
type directory struct {
	path string
	rng  *rand.Rand
}

const quorumName = "__cluster_metadata-0"

var partitionName = regexp.MustCompile(`^[a-zA-Z0-9._-]+-[0-9]+$`)

// files are those that match the pattern in the directories of partitions, without the
// quorum's, in the order of their names. Empty files are of no use to most.
func (d *directory) files(pattern string) ([]string, error) {
	all, err := filepath.Glob(filepath.Join(d.path, "*", pattern))
	if err != nil {
		return nil, err
	}
	var of []string
	for _, name := range all {
		dir := filepath.Base(filepath.Dir(name))
		if partitionName.MatchString(dir) && dir != quorumName {
			of = append(of, name)
		}
	}
	return of, nil
}

// pick takes one of the names by chance.
func (d *directory) pick(names []string) (string, error) {
	if len(names) == 0 {
		return "", ErrNothing
	}
	return names[d.rng.IntN(len(names))], nil
}

// short is a file's name from the data directory.
func (d *directory) short(name string) string {
	rel, err := filepath.Rel(d.path, name)
	if err != nil {
		return name
	}
	return rel
}

// placed is a batch and where it begins in its file.
type placed struct {
	pos    int64
	header batch.Header
	raw    []byte
}

// batchesOf are the whole batches of a log, up to where it is torn.
func batchesOf(name string) ([]placed, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var all []placed
	for pos := int64(0); len(b) > 0; {
		h, raw, rest, err := batch.Next(b)
		if err != nil {
			break
		}
		all = append(all, placed{pos, h, raw})
		pos, b = pos+int64(len(raw)), rest
	}
	return all, nil
}

// withBatches are the logs that have one at least, with their batches.
func withBatches(names []string) ([]string, map[string][]placed, error) {
	var some []string
	batches := map[string][]placed{}
	for _, name := range names {
		all, err := batchesOf(name)
		if err != nil {
			return nil, nil, err
		}
		if len(all) > 0 {
			some = append(some, name)
			batches[name] = all
		}
	}
	return some, batches, nil
}

// active are the newest segments of the partitions.
func active(logs []string) []string {
	newest := map[string]string{}
	var dirs []string
	for _, name := range logs {
		dir := filepath.Dir(name)
		if _, ok := newest[dir]; !ok {
			dirs = append(dirs, dir)
		}
		newest[dir] = max(newest[dir], name)
	}
	var all []string
	for _, dir := range dirs {
		all = append(all, newest[dir])
	}
	return all
}

func (d *directory) random(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(d.rng.Uint32())
	}
	return b
}

func (p placed) String() string {
	return fmt.Sprintf("the batch of offsets %d to %d", p.header.BaseOffset, p.header.LastOffset())
}

// rewrite replaces bytes of a file.
func rewrite(name string, b []byte, at int64) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if _, err := f.WriteAt(b, at); err != nil {
		_ = f.Close() // the write's error says more
		return err
	}
	return f.Close()
}

// isTemporary tells of files that are the rest of a replacement.
func isTemporary(name string) bool {
	return strings.HasSuffix(name, ".tmp") || strings.HasSuffix(name, ".deleted")
}
