package node

import (
	"sync"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// snapshots writes the image as a snapshot of the metadata log when enough log
// has been written since the last one, or enough time has passed.
type snapshots struct {
	log        metadataLog
	maxBytes   int64 // metadata.log.max.record.bytes.between.snapshots
	intervalMs int64 // metadata.log.max.snapshot.interval.ms, 0: never by time
	nowMs      func() int64
	failed     func(error)

	running sync.WaitGroup

	mu     sync.Mutex
	busy   bool
	lastMs int64
}

// step is a publisher's step: images are immutable, so one can be written while
// the next ones are made.
func (s *snapshots) step(image *metadata.Image, _ *metadata.Delta) {
	now, bytes := s.nowMs(), s.log.LogBytesSinceSnapshot()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lastMs == 0 {
		s.lastMs = now
	}
	due := bytes >= s.maxBytes || (s.intervalMs > 0 && bytes > 0 && now-s.lastMs >= s.intervalMs)
	if s.busy || !due {
		return
	}
	s.busy, s.lastMs = true, now
	s.running.Add(1)
	go s.runWrite(image)
}

func (s *snapshots) runWrite(image *metadata.Image) {
	defer s.running.Done()
	err := s.writeNow(image)
	s.mu.Lock()
	s.busy = false
	s.mu.Unlock()
	if err != nil {
		s.failed(err)
	}
}

// writeNow writes the image as a snapshot, unless one covers as much.
func (s *snapshots) writeNow(image *metadata.Image) error {
	return s.log.WriteSnapshot(image.EndOffset(), image.Epoch(), func(add func([]byte) error) error {
		level := image.Feature(metadata.MetadataVersion)
		var buf []byte
		for r := range image.Records() {
			buf = wire.AppendMetadataRecord(buf[:0], r, metadata.RecordVersion(r, level))
			if err := add(buf); err != nil {
				return err
			}
		}
		return nil
	})
}

// close waits for a snapshot under way.
func (s *snapshots) close() { s.running.Wait() }
