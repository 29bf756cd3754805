package logdir

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/brolga-io/brolga/internal/commitlog"
)

// Every file name of a data directory is made and taken apart here.
const (
	lockName              = ".lock"
	metaName              = "meta.properties"
	cleanShutdownName     = ".kafka_cleanshutdown"
	incarnationName       = ".brolga_incarnation"
	recoveryPointName     = "recovery-point-offset-checkpoint"
	logStartName          = "log-start-offset-checkpoint"
	highWatermarkName     = "replication-offset-checkpoint"
	cleanerOffsetName     = "cleaner-offset-checkpoint"
	clusterMetadataPrefix = "__cluster_metadata-"
	remoteIndexCacheName  = "remote-log-index-cache"

	deleteSuffix = "-delete"
	futureSuffix = "-future"
	straySuffix  = "-stray"
)

// maxDirName is the longest name file systems allow.
const maxDirName = 255

// retiredName is the name of a partition's directory that is no longer in
// use: "<topic>-<partition>.<32 hex><suffix>", the topic cut to what fits.
func retiredName(tp commitlog.TopicPartition, id UUID, suffix string) string {
	tail := retiredTail(id, suffix)
	name := tp.String()
	return name[:min(len(name), maxDirName-len(tail))] + tail
}

func retiredTail(id UUID, suffix string) string { return "." + hex.EncodeToString(id[:]) + suffix }

// dirKind is what the name of a sub-directory says about it.
type dirKind uint8

const (
	otherDir   dirKind = iota
	liveDir            // a partition
	deleteDir          // a deleted partition, waiting for its removal
	futureDir          // the copy of a partition that moves here
	retiredDir         // -stray: kept, not opened
)

func parseDirName(name string) (commitlog.TopicPartition, dirKind) {
	if strings.HasPrefix(name, clusterMetadataPrefix) || name == remoteIndexCacheName {
		return commitlog.TopicPartition{}, otherDir
	}
	for suffix, kind := range map[string]dirKind{deleteSuffix: deleteDir, futureSuffix: futureDir, straySuffix: retiredDir} {
		base, ok := strings.CutSuffix(name, suffix)
		if !ok {
			continue
		}
		if i := strings.LastIndexByte(base, '.'); i > 0 && isHexID(base[i+1:]) {
			if kind != futureDir {
				return commitlog.TopicPartition{}, kind
			}
			if tp, ok := commitlog.ParseTopicPartition(base[:i]); ok {
				return tp, futureDir
			}
			return commitlog.TopicPartition{}, retiredDir
		}
	}
	if tp, ok := commitlog.ParseTopicPartition(name); ok {
		return tp, liveDir
	}
	return commitlog.TopicPartition{}, otherDir
}

func isHexID(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 16
}

// FormatID is the text form of an id: 22 characters of base64url.
func FormatID(id UUID) string { return base64.RawURLEncoding.EncodeToString(id[:]) }

// ParseID is the inverse of FormatID.
func ParseID(s string) (id UUID, ok bool) {
	if len(s) != 22 {
		return id, false
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) != len(id) {
		return id, false
	}
	return UUID(b), true
}

// reservedID says whether id is one of the hundred that stand for something
// else (UNASSIGNED, LOST, MIGRATING and room for more).
func reservedID(id UUID) bool {
	for _, b := range id[:15] {
		if b != 0 {
			return false
		}
	}
	return id[15] < 100
}
