package commitlog

import (
	"io/fs"
	"math"
	"os"
	"strings"
)

// finishSwaps completes what an interrupted compaction left (Kafka's
// LogLoader): .cleaned files are unfinished work and go, and with them the
// .swap files at or above them, which belong to the same step. Any other .swap
// file is complete and takes the place of the segments it was made from.
// It returns whether there was anything to do.
func (l *Log) finishSwaps(entries []fs.DirEntry) (changed bool, err error) {
	var cleaned, swaps []string
	minCleaned := int64(math.MaxInt64)
	for _, e := range entries {
		name := e.Name()
		switch {
		case strings.HasSuffix(name, cleanedSuffix):
			cleaned = append(cleaned, name)
			if offset, _, ok := parseOffsetName(name); ok {
				minCleaned = min(minCleaned, offset)
			}
		case strings.HasSuffix(name, swapSuffix):
			swaps = append(swaps, name)
		}
	}
	if len(cleaned)+len(swaps) == 0 {
		return false, nil
	}
	var complete []string
	for _, name := range swaps {
		if offset, _, ok := parseOffsetName(name); !ok || offset >= minCleaned {
			cleaned = append(cleaned, name)
		} else {
			complete = append(complete, name)
		}
	}
	for _, name := range cleaned {
		if err := l.removeIfExists(l.Dir() + "/" + name); err != nil {
			return true, l.storage("remove unfinished compaction in", err)
		}
	}
	return true, l.completeSwaps(complete)
}

// completeSwaps puts .swap files in place. Segments within the range of a
// .swap log are its sources and go first, durably, then the log gets its name,
// durably, and then its indexes: so each step can start over, and no index of
// a source is taken for one of the new segment.
func (l *Log) completeSwaps(names []string) error {
	var logs, indexes []string
	for _, name := range names {
		base, suffix, _ := parseOffsetName(name)
		if suffix != logSuffix+swapSuffix {
			indexes = append(indexes, name)
			continue
		}
		logs = append(logs, name)
		next, err := l.swapEnd(base, name)
		if err != nil {
			return err
		}
		if err := l.removeReplaced(base, next); err != nil {
			return err
		}
	}
	for _, step := range [][]string{logs, indexes} {
		if err := l.env.FS.SyncDir(l.Dir()); err != nil {
			return l.storage("sync", err)
		}
		for _, name := range step {
			if err := l.env.FS.Rename(l.join(name), l.join(strings.TrimSuffix(name, swapSuffix))); err != nil {
				return l.storage("complete compaction in", err)
			}
		}
	}
	return l.storage("sync", l.env.FS.SyncDir(l.Dir()))
}

// swapEnd returns the offset after the last batch of a .swap log.
func (l *Log) swapEnd(base int64, name string) (int64, error) {
	f, err := l.env.FS.Open(l.join(name), os.O_RDONLY, 0)
	if err != nil {
		return 0, l.storage("open compacted segment in", err)
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		return 0, l.storage("read compacted segment in", err)
	}
	return l.hopToEnd(newSegment(base, size), f, 0, size)
}

// removeReplaced removes the segments whose base is in [base, next).
func (l *Log) removeReplaced(base, next int64) error {
	entries, err := l.env.FS.ReadDir(l.Dir())
	if err != nil {
		return l.storage("list", err)
	}
	for _, e := range entries {
		offset, suffix, ok := parseOffsetName(e.Name())
		if ok && isSegmentSuffix(suffix) && offset >= base && offset < next {
			if err := l.removeIfExists(l.Dir() + "/" + e.Name()); err != nil {
				return l.storage("remove compacted segment in", err)
			}
		}
	}
	return nil
}
