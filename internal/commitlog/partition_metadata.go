package commitlog

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/brolga-io/brolga/internal/vfs"
)

// ErrBadMetadata says that a partition.metadata file is there and cannot be
// understood.
var ErrBadMetadata = errors.New("malformed partition.metadata")

// WritePartitionMetadata ties a partition directory to a topic id, in its text
// form of 22 characters. With durable it is fsynced; without, a crash may
// leave no or an empty file, which stands for a directory that was never used.
func WritePartitionMetadata(fsys vfs.FS, dir, topicID string, durable bool) error {
	path := filepath.Join(dir, partitionMetadataName)
	data := []byte("version: 0\ntopic_id: " + topicID + "\n")
	if durable {
		return vfs.WriteFileAtomic(fsys, path, data)
	}
	return vfs.WriteFile(fsys, path, data)
}

// ReadPartitionMetadata returns the topic id of a partition directory. A
// missing file is fs.ErrNotExist.
func ReadPartitionMetadata(fsys vfs.FS, dir string) (topicID string, err error) {
	path := filepath.Join(dir, partitionMetadataName)
	b, err := vfs.ReadFile(fsys, path, 4096)
	if err != nil {
		return "", err
	}
	version := ""
	for line := range strings.Lines(string(b)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch strings.TrimSpace(key) {
		case "version":
			version = strings.TrimSpace(value)
		case "topic_id":
			topicID = strings.TrimSpace(value)
		}
	}
	if version != "0" || len(topicID) != 22 {
		return "", fmt.Errorf("%s: %w", path, ErrBadMetadata)
	}
	return topicID, nil
}
