package dump

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/testcluster/history"
	"github.com/brolga-io/brolga/internal/vfs"
)

const maxFileBytes = 256 << 20

// Replicas reads the logs of some topics from a node's data directory.
func Replicas(files vfs.FS, dataDir string, node int32, when string, final bool, topics ...string) ([]history.Replica, error) {
	watermarks, err := readOffsets(files, dataDir, "replication-offset-checkpoint")
	if err != nil {
		return nil, err
	}
	starts, err := readOffsets(files, dataDir, "log-start-offset-checkpoint")
	if err != nil {
		return nil, err
	}
	entries, err := files.ReadDir(dataDir)
	if err != nil {
		return nil, err
	}
	var all []history.Replica
	for _, e := range entries {
		p, ok := partitionOf(e.Name(), topics)
		if !ok {
			continue
		}
		r := history.Replica{Partition: p, Node: node, When: when, Final: final, HighWatermark: watermarks[e.Name()]}
		if r.Batches, err = readBatches(files, path.Join(dataDir, e.Name())); err != nil {
			return nil, fmt.Errorf("node %d, %s: %w", node, e.Name(), err)
		}
		if final {
			r.Epochs = readEpochs(files, path.Join(dataDir, e.Name(), "leader-epoch-checkpoint"))
		}
		r.TopicID = readTopicID(files, path.Join(dataDir, e.Name(), "partition.metadata"))
		if len(r.Batches) > 0 {
			r.Start = max(r.Batches[0].Base, starts[e.Name()])
		}
		all = append(all, r)
	}
	return all, nil
}

// partitionOf takes the name of a directory apart.
func partitionOf(dir string, topics []string) (history.Partition, bool) {
	for _, topic := range topics {
		rest, ok := strings.CutPrefix(dir, topic+"-")
		if n, err := strconv.Atoi(rest); ok && err == nil {
			return history.Partition{Topic: topic, Number: int32(n)}, true
		}
	}
	return history.Partition{}, false
}

// Synced are the offsets, by a partition's directory, up to which a broker knows its logs
// to be on disk.
func Synced(files vfs.FS, dataDir string) (map[string]int64, error) {
	return readOffsets(files, dataDir, "recovery-point-offset-checkpoint")
}

// readTopicID returns the topic id of a partition's directory, "" if it has none.
func readTopicID(files vfs.FS, name string) string {
	b, err := vfs.ReadFile(files, name, maxFileBytes)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(b)) {
		if id, ok := strings.CutPrefix(line, "topic_id:"); ok {
			return strings.TrimSpace(id)
		}
	}
	return ""
}

// readOffsets reads a checkpoint: a version, a count, and a line for each partition.
func readOffsets(files vfs.FS, dataDir, name string) (map[string]int64, error) {
	b, err := vfs.ReadFile(files, path.Join(dataDir, name), maxFileBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all := map[string]int64{}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) == 3 {
			if all[f[0]+"-"+f[1]], err = strconv.ParseInt(f[2], 10, 64); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

func readEpochs(files vfs.FS, name string) []history.EpochStart {
	b, err := vfs.ReadFile(files, name, maxFileBytes)
	if err != nil {
		return nil
	}
	all := []history.EpochStart{}
	for line := range strings.Lines(string(b)) {
		var e history.EpochStart
		if n, _ := fmt.Sscanf(line, "%d %d", &e.Epoch, &e.Start); n == 2 {
			all = append(all, e)
		}
	}
	return all
}

// readLog returns the bytes of a log, segment after segment.
func readLog(files vfs.FS, dir string) ([]byte, error) {
	entries, err := files.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var all []byte
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".log") {
			b, err := vfs.ReadFile(files, path.Join(dir, e.Name()), maxFileBytes)
			if err != nil {
				return nil, err
			}
			all = append(all, b...)
		}
	}
	return all, nil
}

// readBatches reads a log up to where it is torn.
func readBatches(files vfs.FS, dir string) ([]history.Batch, error) {
	b, err := readLog(files, dir)
	if err != nil {
		return nil, err
	}
	var all []history.Batch
	for len(b) > 0 {
		h, raw, rest, err := batch.Next(b)
		if err != nil || !batch.CheckCRC(raw) {
			break
		}
		one := history.Batch{Base: h.BaseOffset, Last: h.LastOffset(), Epoch: h.PartitionLeaderEpoch, Hash: sha256.Sum256(raw), Sender: history.Sender{ID: h.ProducerID, Epoch: h.ProducerEpoch}}
		if !h.IsControl() {
			r, err := batch.NewReader(raw, maxFileBytes)
			if err != nil {
				return nil, err
			}
			for r.Next() {
				one.Values = append(one.Values, string(bytes.Clone(r.Record().Value)))
			}
			if r.Err() != nil {
				return nil, r.Err()
			}
		}
		all = append(all, one)
		b = rest
	}
	return all, nil
}
