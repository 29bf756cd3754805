package logdir

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/brolga-io/brolga/internal/planted"
	"github.com/brolga-io/brolga/internal/vfs"
)

// UnknownBrokerEpoch stands for a clean shutdown whose epoch is not known, or
// for none.
const UnknownBrokerEpoch int64 = -1

// cleanShutdown is the content of the mark, since KIP-966.
type cleanShutdown struct {
	Version     int    `json:"version"`
	BrokerEpoch *int64 `json:"brokerEpoch"`
}

// takeCleanMark returns whether the directory was closed orderly and under
// which broker epoch, and removes the mark durably: from here on a crash must
// not look like an orderly end.
func takeCleanMark(fsys vfs.FS, dir string) (clean bool, brokerEpoch int64, err error) {
	path := filepath.Join(dir, cleanShutdownName)
	b, err := vfs.ReadFile(fsys, path, 4096)
	if errors.Is(err, fs.ErrNotExist) {
		return false, UnknownBrokerEpoch, nil
	}
	if err != nil && !errors.Is(err, vfs.ErrTooLarge) {
		return false, UnknownBrokerEpoch, err
	}
	if planted.On(planted.CleanMarkStays) {
		return true, parseCleanMark(b), nil
	}
	if err := fsys.Remove(path); err != nil {
		return false, UnknownBrokerEpoch, err
	}
	if err := fsys.SyncDir(dir); err != nil {
		return false, UnknownBrokerEpoch, err
	}
	return true, parseCleanMark(b), nil
}

// parseCleanMark returns the broker epoch. An empty or other content is what
// older versions wrote: orderly, epoch unknown.
func parseCleanMark(b []byte) int64 {
	var m cleanShutdown
	if json.Unmarshal(b, &m) != nil || m.Version != 0 || m.BrokerEpoch == nil || *m.BrokerEpoch < 0 {
		return UnknownBrokerEpoch
	}
	return *m.BrokerEpoch
}

func writeCleanMark(fsys vfs.FS, dir string, brokerEpoch int64) error {
	b, err := json.Marshal(cleanShutdown{BrokerEpoch: &brokerEpoch})
	if err != nil {
		return fmt.Errorf("encode clean shutdown mark: %w", err)
	}
	return vfs.WriteFileAtomic(fsys, filepath.Join(dir, cleanShutdownName), b)
}
