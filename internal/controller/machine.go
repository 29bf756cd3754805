package controller

import (
	"fmt"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

// machine is the state behind the shard. It implements shard.Machine.
type machine struct {
	Options
	shard *shard.Shard
	// topicKeys are all keys of topics.
	topicKeys []config.Def

	// Replicated state. head is what editor last published, nil if records have
	// come since.
	editor *metadata.Editor
	head   *metadata.Image
	end    int64
	// fencedAt has the offset of the last record that left each broker fenced. It
	// may be unfenced when it has seen that record.
	fencedAt map[int32]int64
	// held is derived from the image, nil while nobody has needed it.
	held *held

	// Soft state.
	sessions map[int32]*session
	clock    sessionClock
	// watching tells whether sessions are looked at, which is of no use while none
	// can end.
	watching bool
	// batchRecords is how many records a batch of work may have.
	batchRecords int
	// heldFrom is how many partitions a cluster has for which held is kept.
	heldFrom int
}

func newMachine(o Options) *machine {
	m := &machine{Options: o, batchRecords: maxRecords, heldFrom: heldFromPartitions}
	m.reset()
	return m
}

func (m *machine) reset() {
	m.head = metadata.Empty()
	m.editor = metadata.NewEditor(m.head)
	m.end = 0
	m.fencedAt = make(map[int32]int64)
	m.held = nil
	m.sessions = make(map[int32]*session)
	m.clock, m.watching = sessionClock{}, false
}

// Replay implements shard.Machine.
func (m *machine) Replay(offset int64, stored shard.Record) error {
	r, _, err := wire.DecodeMetadataRecord(stored.Value)
	if err != nil {
		return fmt.Errorf("metadata record at offset %d: %w", offset, err)
	}
	if err := m.editor.Apply(r); err != nil {
		return fmt.Errorf("metadata record at offset %d: %w", offset, err)
	}
	m.head, m.end = nil, offset+1
	if m.held != nil {
		m.held.note(r)
	}
	switch r := r.(type) {
	case *wire.RegisterBrokerRecord:
		m.fencedAt[r.BrokerId] = offset
	case *wire.BrokerRegistrationChangeRecord:
		if r.Fenced > 0 {
			m.fencedAt[r.BrokerId] = offset
		}
	case *wire.FenceBrokerRecord:
		m.fencedAt[r.Id] = offset
	case *wire.UnregisterBrokerRecord:
		delete(m.fencedAt, r.BrokerId)
	}
	return nil
}

// image is the head state. The epoch in it is of no use to decisions.
func (m *machine) image() *metadata.Image {
	if m.head == nil {
		m.head, _ = m.editor.Publish(m.end, 0)
	}
	return m.head
}

// decision begins a decision. Until the first records are there, which Loaded
// sees to, there is nothing to decide about.
func (m *machine) decision() (*decision, error) {
	image := m.image()
	if image.Feature(metadata.MetadataVersion) == 0 {
		return nil, shard.ErrLoading
	}
	return &decision{machine: m, image: image, batchLimit: m.batchRecords}, nil
}

// Loaded implements shard.Machine.
func (m *machine) Loaded(int64) {
	m.beginSessions()
	m.beginBalance()
	if m.image().Feature(metadata.MetadataVersion) == 0 {
		m.submitBootstrap()
		return
	}
	m.begin((*decision).electLeaderless)
	m.shard.Submit(func(int64) shard.Result { return shard.Result{Done: m.active} }, nil)
}

// active tells the owner that decisions are taken from now on.
func (m *machine) active(err error) {
	switch {
	case err != nil:
		m.Log.Warn("The controller lost its leadership before it became active", "err", err)
	case m.Active != nil:
		m.Active()
	}
}

// Unloaded implements shard.Machine.
func (m *machine) Unloaded(error) { m.reset() }

// Snapshot returns the replicated state for comparison: the image as stored
// records, and the offsets.
func (m *machine) Snapshot() any {
	image := m.image()
	var stored [][]byte
	for r := range image.Records() {
		stored = append(stored, wire.AppendMetadataRecord(nil, r, metadata.RecordVersion(r, metadata.LastMetadataVersion)))
	}
	fencedAt := make(map[int32]int64, len(m.fencedAt))
	for id, offset := range m.fencedAt {
		fencedAt[id] = offset
	}
	return struct {
		Records  [][]byte
		End      int64
		FencedAt map[int32]int64
	}{stored, m.end, fencedAt}
}
