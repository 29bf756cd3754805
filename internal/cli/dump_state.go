package cli

import (
	"fmt"
	"hash/crc32"
	"os"

	"github.com/brolga-io/brolga/internal/wire"
)

const (
	producerSnapshotVersion = 1
	producerEntriesAt       = 6 // behind the version and the checksum
	txnEntrySize            = 34
	txnEntryVersion         = 0
)

// dumpProducerSnapshot prints the state of idempotent producers.
func (d *dump) dumpProducerSnapshot(file string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return fileException(file, err)
	}
	snapshot, problem := decodeProducerSnapshot(raw)
	if problem != "" {
		d.env.errln(problem)
		return nil
	}
	for _, p := range snapshot.ProducerEntries {
		d.env.outf("producerId: %d producerEpoch: %d coordinatorEpoch: %d currentTxnFirstOffset: %s lastTimestamp: %d",
			p.ProducerId, p.Epoch, p.CoordinatorEpoch, optionalLong(p.CurrentTxnFirstOffset, p.CurrentTxnFirstOffset >= 0), p.Timestamp)
		if p.LastOffset >= 0 {
			d.env.outf(" firstSequence: %d lastSequence: %d lastOffset: %d offsetDelta: %d timestamp: %d",
				firstSequence(p.LastSequence, p.OffsetDelta), p.LastSequence, p.LastOffset, p.OffsetDelta, p.Timestamp)
		}
		d.env.outln("")
	}
	return nil
}

// firstSequence goes back from the last one; sequences start again at zero
// after the largest int32.
func firstSequence(last, delta int32) int32 {
	if last < delta {
		return int32(int64(last) - int64(delta) + 1<<31)
	}
	return last - delta
}

// decodeProducerSnapshot returns what is wrong with the file as its second
// result.
func decodeProducerSnapshot(raw []byte) (*wire.ProducerSnapshot, string) {
	r := wire.NewReader(raw)
	version := r.Int16()
	if r.Err() == nil && version != producerSnapshotVersion {
		return nil, fmt.Sprintf("Snapshot failed schema validation: Snapshot contained an unknown file version %d", version)
	}
	var s wire.ProducerSnapshot
	s.Decode(r, version)
	if err := r.Err(); err != nil {
		return nil, "Snapshot failed schema validation: " + err.Error()
	}
	if crc := crc32.Checksum(raw[producerEntriesAt:], crc32.MakeTable(crc32.Castagnoli)); crc != s.Crc {
		return nil, fmt.Sprintf("Snapshot is corrupt (CRC is no longer valid). Stored crc: %d. Computed crc: %d", s.Crc, crc)
	}
	return &s, ""
}

// dumpTxnIndex prints the aborted transactions of a segment.
func (d *dump) dumpTxnIndex(file string) error {
	if _, err := baseOffset(file); err != nil {
		return err
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return fileException(file, err)
	}
	for ; len(raw) >= txnEntrySize; raw = raw[txnEntrySize:] {
		version := int8(raw[0]) // Kafka looks at the first of the two bytes only
		if version > txnEntryVersion {
			return &exception{class: "org.apache.kafka.common.KafkaException",
				text: fmt.Sprintf("Unexpected aborted transaction version %d in transaction index %s, current version is %d", version, absolutePath(file), txnEntryVersion)}
		}
		var t wire.AbortedTxn
		t.Decode(wire.NewReader(raw[2:txnEntrySize]), txnEntryVersion)
		d.env.outf("version: %d producerId: %d firstOffset: %d lastOffset: %d lastStableOffset: %d\n",
			version, t.ProducerId, t.FirstOffset, t.LastOffset, t.LastStableOffset)
	}
	return nil
}
