package logdir

import (
	"fmt"
	"slices"

	"github.com/brolga-io/brolga/internal/commitlog"
)

// Home is what the metadata says of where a partition is (KIP-858).
type Home struct {
	// Dir is the id of a directory, or one of the reserved ids if it names none.
	Dir UUID
	// Old says that the partition may have been here, with records that count, before
	// this process began.
	Old bool
}

// lostDir is DirectoryId.LOST: the directory of the partition failed before anybody
// was told its id.
var lostDir = UUID{15: 2}

// place finds the directory for a partition that is in none of those that are online.
// It may be in one that is offline, if the metadata says so or does not know
// (Partition.createLogInAssignedDirectoryId; Kafka takes a replica whose directory it
// was not told for a new one).
func (d *Dirs) place(tp commitlog.TopicPartition, home Home) (*dataDir, error) {
	named := d.withID(home.Dir)
	elsewhere := home.Dir == lostDir || home.Old || !reservedID(home.Dir)
	if named == nil && elsewhere && d.anyOffline() {
		return nil, fmt.Errorf("%s may be in a directory that is offline: %w", tp, ErrOffline)
	}
	if dd := d.futures.takePreferred(tp); dd != nil {
		return dd, nil
	}
	if named != nil {
		return named, nil
	}
	dd := d.emptiest()
	if dd == nil {
		return nil, ErrOffline
	}
	if !reservedID(home.Dir) {
		d.cfg.Logger.Warn("A partition was in a directory that is not in log.dirs any more, and begins anew without its records",
			"topic", tp.Topic, "partition", tp.Partition, "directoryId", FormatID(home.Dir), "dir", dd.path)
	}
	return dd, nil
}

// withID returns the online directory with that id, or nil.
func (d *Dirs) withID(id UUID) *dataDir {
	if reservedID(id) {
		return nil
	}
	for _, dd := range d.dirs {
		if dd.id == id && !dd.offline() {
			return dd
		}
	}
	return nil
}

func (d *Dirs) anyOffline() bool { return slices.ContainsFunc(d.dirs, (*dataDir).offline) }

// emptiest returns the online directory with the fewest partitions among those that
// are not cordoned. If all are, one of them has to do: whoever decided to put a
// partition on this broker knew of none (KIP-1066).
func (d *Dirs) emptiest() *dataDir {
	var best *dataDir
	bestCount, bestCordoned := 0, true
	for _, dd := range d.dirs {
		if dd.offline() {
			continue
		}
		cordoned := dd.cordoned.Load()
		dd.mu.Lock()
		n := dd.count
		dd.mu.Unlock()
		if best == nil || bestCordoned && !cordoned || bestCordoned == cordoned && n < bestCount {
			best, bestCount, bestCordoned = dd, n, cordoned
		}
	}
	return best
}

// SetCordoned tells which directories, by their paths, take no new partitions
// (cordoned.log.dirs, KIP-1066). It returns whether that is different from before.
func (d *Dirs) SetCordoned(paths []string) (changed bool) {
	for _, dd := range d.dirs {
		is := slices.Contains(paths, dd.path) || slices.Contains(paths, everyDir)
		changed = dd.cordoned.Swap(is) != is || changed
	}
	return changed
}

// everyDir stands for all directories in cordoned.log.dirs.
const everyDir = "*"
