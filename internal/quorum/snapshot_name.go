package quorum

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/brolga-io/brolga/internal/vfs"
)

// Names as in KIP-630: a snapshot is written and fetched as .part and renamed
// when it is complete.
const (
	snapshotSuffix = ".checkpoint"
	partSuffix     = ".part"
)

// SnapshotID names a snapshot: it holds the state after everything below
// EndOffset, and Epoch is the epoch of the last record it covers.
type SnapshotID struct {
	EndOffset int64
	Epoch     int32
}

// String is the name of the snapshot's file, Kafka's.
func (id SnapshotID) String() string {
	return fmt.Sprintf("%020d-%010d%s", id.EndOffset, id.Epoch, snapshotSuffix)
}

// parseSnapshotName is the reverse of String.
func parseSnapshotName(name string) (SnapshotID, bool) {
	stem, ok := strings.CutSuffix(name, snapshotSuffix)
	if !ok || len(stem) != 31 || stem[20] != '-' {
		return SnapshotID{}, false
	}
	end, err1 := strconv.ParseUint(stem[:20], 10, 63)
	epoch, err2 := strconv.ParseUint(stem[21:], 10, 31)
	if err1 != nil || err2 != nil || end > math.MaxInt64 {
		return SnapshotID{}, false
	}
	return SnapshotID{EndOffset: int64(end), Epoch: int32(epoch)}, true
}

// listSnapshots returns the complete snapshots in dir, oldest first, and removes
// what an interrupted write or fetch left behind.
func listSnapshots(fsys vfs.FS, dir string) ([]SnapshotID, error) {
	entries, err := fsys.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var ids []SnapshotID
	for _, e := range entries {
		name := e.Name()
		// The one before the first record is formatting's and covers nothing.
		if id, ok := parseSnapshotName(name); ok && !e.IsDir() && id.EndOffset > 0 {
			ids = append(ids, id)
		}
		if strings.HasSuffix(name, snapshotSuffix+partSuffix) {
			if err := fsys.Remove(filepath.Join(dir, name)); err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(ids, func(a, b SnapshotID) int {
		return cmp.Or(cmp.Compare(a.EndOffset, b.EndOffset), cmp.Compare(a.Epoch, b.Epoch))
	})
	return ids, nil
}
