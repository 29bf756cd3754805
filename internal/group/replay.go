package group

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/brolga-io/brolga/internal/planted"
	"github.com/brolga-io/brolga/internal/wire"
)

// The record types of __consumer_offsets that belong to classic groups and to
// offsets. Higher ones belong to consumer, share and streams groups.
const (
	legacyOffsetCommitType = 0
	offsetCommitType       = 1
	groupMetadataType      = 2
)

// errBadRecord is a record whose bytes do not say what its type promises.
var errBadRecord = errors.New("unreadable record")

// apply brings one record into the state. It keeps nothing of the slices. It
// returns the id of a group that the record deleted, else "".
func (s *state) apply(key, value []byte) (deleted string, err error) {
	r := wire.NewReader(key)
	recordType := r.Int16()
	if r.Err() != nil {
		return "", fmt.Errorf("%w: a key of %d bytes", errBadRecord, len(key))
	}
	switch recordType {
	case legacyOffsetCommitType, offsetCommitType:
		return "", s.applyOffsetCommit(r, value)
	case groupMetadataType:
		return s.applyGroupMetadata(r, value)
	}
	// Records of other kinds of groups, or of a newer Kafka, stay in the log.
	return "", nil
}

func (s *state) applyOffsetCommit(r *wire.Reader, value []byte) error {
	var key wire.OffsetCommitKey
	if key.Decode(r, 0); r.Err() != nil {
		return fmt.Errorf("%w: key of an offset commit: %w", errBadRecord, r.Err())
	}
	if value == nil {
		s.removeOffset(&key)
		return nil
	}
	var v wire.OffsetCommitValue
	if err := decodeValue(&v, value); err != nil {
		return fmt.Errorf("offset commit of group %q for %s-%d: %w", key.Group, key.Topic, key.Partition, err)
	}
	if planted.On(planted.ReplayByClock) {
		v.CommitTimestamp = time.Now().UnixMilli()
	}
	gs := s.ensure(key.Group)
	gs.exists = true
	if gs.offsets == nil {
		gs.offsets = offsets{}
	}
	partitions := gs.offsets[key.Topic]
	if partitions == nil {
		partitions = map[int32]committedOffset{}
		gs.offsets[key.Topic] = partitions
	}
	if _, known := partitions[key.Partition]; !known {
		s.offsets++
	}
	partitions[key.Partition] = committedOffset{
		offset: v.Offset, leaderEpoch: v.LeaderEpoch, metadata: v.Metadata,
		commitMs: v.CommitTimestamp, expireMs: v.ExpireTimestamp, topicID: v.TopicId,
	}
	return nil
}

func (s *state) removeOffset(key *wire.OffsetCommitKey) {
	gs := s.groups[key.Group]
	if gs == nil {
		return
	}
	partitions := gs.offsets[key.Topic]
	if _, known := partitions[key.Partition]; known {
		s.offsets--
		delete(partitions, key.Partition)
	}
	if len(partitions) == 0 {
		delete(gs.offsets, key.Topic)
	}
	s.forgetIfNothing(key.Group, gs)
}

func (s *state) applyGroupMetadata(r *wire.Reader, value []byte) (deleted string, err error) {
	var key wire.GroupMetadataKey
	if key.Decode(r, 0); r.Err() != nil {
		return "", fmt.Errorf("%w: key of group metadata: %w", errBadRecord, r.Err())
	}
	if value == nil {
		if gs := s.groups[key.Group]; gs != nil {
			gs.exists, gs.meta = false, nil
			s.forgetIfNothing(key.Group, gs)
		}
		return key.Group, nil
	}
	// The decoded members keep slices of the value.
	meta := new(wire.GroupMetadataValue)
	if err := decodeValue(meta, bytes.Clone(value)); err != nil {
		return "", fmt.Errorf("metadata of group %q: %w", key.Group, err)
	}
	gs := s.ensure(key.Group)
	gs.exists, gs.meta = true, meta
	return "", nil
}

// ensure returns the entry of a group, new if there is none.
func (s *state) ensure(id string) *groupState {
	gs := s.groups[id]
	if gs == nil {
		gs = &groupState{}
		s.groups[id] = gs
	}
	return gs
}

// forgetIfNothing drops the entry of a group that was deleted with its offsets.
func (s *state) forgetIfNothing(id string, gs *groupState) {
	if !gs.exists && len(gs.offsets) == 0 {
		delete(s.groups, id)
	}
}

// decodeValue decodes a record's value, which opens with its version.
func decodeValue(record wire.Record, value []byte) error {
	r := wire.NewReader(value)
	version := r.Int16()
	lowest, highest := record.RecordVersions()
	if r.Err() == nil && (version < lowest || version > highest) {
		return fmt.Errorf("%w: version %d, known are %d to %d", errBadRecord, version, lowest, highest)
	}
	if record.Decode(r, version); r.Err() != nil {
		return fmt.Errorf("%w: %w", errBadRecord, r.Err())
	}
	return nil
}
