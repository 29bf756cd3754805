package node

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

const (
	// bootstrapName is the file in which `kafka-storage format` leaves the first
	// records of a new cluster: feature levels and users.
	bootstrapName = "bootstrap.checkpoint"
	// maxBootstrapBytes bounds it; a real one has a few hundred bytes.
	maxBootstrapBytes = 16 << 20
)

// bootstrapRecords reads the first records that this cluster was formatted with;
// none if nobody said anything.
func bootstrapRecords(fsys vfs.FS, dir string) ([]wire.Record, error) {
	path := filepath.Join(dir, bootstrapName)
	data, err := vfs.ReadFile(fsys, path, maxBootstrapBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	var records []wire.Record
	err = batch.ForEach(data, func(h batch.Header, raw []byte) error {
		if h.IsControl() {
			return nil // the frame of a snapshot that Kafka wrote
		}
		if !batch.CheckCRC(raw) {
			return errors.New("a batch fails its checksum")
		}
		r, err := batch.NewReader(raw, maxBootstrapBytes)
		if err != nil {
			return err
		}
		for r.Next() {
			record, _, err := wire.DecodeMetadataRecord(r.Record().Value)
			if err != nil {
				return err
			}
			records = append(records, record)
		}
		return r.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", path, err)
	}
	return records, nil
}
