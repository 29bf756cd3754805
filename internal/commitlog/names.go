package commitlog

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/brolga-io/brolga/internal/vfs"
)

// Every file name of a partition's directory is made and taken apart here.

const (
	logSuffix      = ".log"
	indexSuffix    = ".index"
	timeSuffix     = ".timeindex"
	txnSuffix      = ".txnindex"
	snapshotSuffix = ".snapshot"
	// deletedSuffix is appended to files that are removed after
	// file.delete.delay.ms.
	deletedSuffix = ".deleted"
	// cleanedSuffix and swapSuffix are the steps of a compaction.
	cleanedSuffix = ".cleaned"
	swapSuffix    = ".swap"

	epochCheckpointName   = "leader-epoch-checkpoint"
	partitionMetadataName = "partition.metadata"
)

// segmentSuffixes are the files that belong to one segment.
var segmentSuffixes = [...]string{logSuffix, indexSuffix, timeSuffix, txnSuffix}

// offsetDigits is the width of the offset in a file name.
const offsetDigits = 20

func offsetName(offset int64, suffix string) string {
	return fmt.Sprintf("%0*d%s", offsetDigits, offset, suffix)
}

func (l *Log) path(offset int64, suffix string) string {
	return filepath.Join(l.Dir(), offsetName(offset, suffix))
}

// parseOffsetName splits "<20 digits><suffix>".
func parseOffsetName(name string) (offset int64, suffix string, ok bool) {
	if len(name) <= offsetDigits || name[offsetDigits] != '.' {
		return 0, "", false
	}
	for i := range offsetDigits {
		if name[i] < '0' || name[i] > '9' {
			return 0, "", false
		}
	}
	offset, err := strconv.ParseInt(name[:offsetDigits], 10, 64)
	if err != nil {
		return 0, "", false
	}
	return offset, name[offsetDigits:], true
}

func isSegmentSuffix(suffix string) bool {
	for _, s := range segmentSuffixes {
		if s == suffix {
			return true
		}
	}
	return false
}

// isLeftover says whether a file is the rest of a step that did not finish and
// holds nothing that is needed. Other rooms' files in the directory (KRaft
// snapshots) are not this room's to judge.
func isLeftover(name string) bool {
	if name == epochCheckpointName+vfs.TempSuffix || name == partitionMetadataName+vfs.TempSuffix {
		return true
	}
	_, suffix, ok := parseOffsetName(name)
	if !ok || !strings.HasSuffix(suffix, deletedSuffix) {
		return false
	}
	suffix = strings.TrimSuffix(suffix, deletedSuffix)
	return isSegmentSuffix(suffix) || suffix == snapshotSuffix
}
