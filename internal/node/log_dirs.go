package node

import (
	"path/filepath"

	"github.com/brolga-io/brolga/internal/api"
	"github.com/brolga-io/brolga/internal/vfs"
)

// logDirs describes the data directories with those replicas that are wanted.
func (n *Node) logDirs(wanted func(topic string, partition int32) bool) []api.LogDir {
	dirs := n.dirs.Dirs()
	described := make([]api.LogDir, len(dirs))
	at := make(map[string]int, len(dirs))
	for i, d := range dirs {
		at[d.Path] = i
		described[i] = api.LogDir{Path: d.Path, Offline: d.Offline, Cordoned: d.Cordoned, TotalBytes: -1, UsableBytes: -1}
		if total, usable, err := vfs.Space(d.Path); err == nil && !d.Offline {
			described[i].TotalBytes, described[i].UsableBytes = total, usable
		}
	}
	for _, tp := range n.dirs.All() {
		place, ok := n.dirs.Describe(tp)
		if !ok || place.Err != nil || !wanted(tp.Topic, tp.Partition) {
			continue
		}
		log, err := n.dirs.Get(tp)
		if err != nil {
			continue // its directory is offline, or it has just been deleted
		}
		r := api.LogDirReplica{Topic: tp.Topic, Partition: tp.Partition, Bytes: log.Size()}
		if watermark, ok := n.replicas.HighWatermarkOf(tp); ok {
			r.OffsetLag = max(0, watermark-log.EndOffset())
		}
		d := &described[at[place.Dir]]
		d.Replicas = append(d.Replicas, r)
	}
	for _, f := range n.dirs.Futures() {
		log, err := n.dirs.Get(f.TopicPartition)
		if err != nil || !wanted(f.Topic, f.Partition) {
			continue
		}
		d := &described[at[f.Dir]]
		d.Replicas = append(d.Replicas, api.LogDirReplica{Topic: f.Topic, Partition: f.Partition, Bytes: f.Bytes,
			OffsetLag: max(0, log.EndOffset()-f.End), Future: true})
	}
	return described
}

// ignoresCase tells whether a data directory is on a file system that takes names
// that differ only in case for the same: topics "a" and "A" would share a
// directory there.
func ignoresCase(fsys vfs.FS, dir string) bool {
	const other = "META.PROPERTIES" // the file is called meta.properties
	_, err := fsys.Stat(filepath.Join(dir, other))
	return err == nil
}

// warnOfCase says at start that topics must not differ only in case, where that is
// so.
func (n *Node) warnOfCase(fsys vfs.FS) {
	for _, d := range n.dirs.Dirs() {
		if !d.Offline && ignoresCase(fsys, d.Path) {
			n.log.Warn("The file system of a data directory ignores case: topics whose names differ only in case cannot both be kept there", "dir", d.Path)
		}
	}
}
