package metadata

import (
	"fmt"
	"strings"

	"github.com/brolga-io/brolga/internal/wire"
)

// bootstrapPrefix begins the name of the transaction that holds a cluster's first
// records; the id of the cluster follows. No record of Kafka's has a place for the
// id, and a name is shown as it is by every tool that dumps the log.
const bootstrapPrefix = "Bootstrap records of cluster "

// transaction holds the records of a transaction that has not ended (KIP-868):
// they become visible together or never. It never changes.
type transaction struct {
	name    string
	records [][]byte // as stored
}

// BootstrapName returns the name of the transaction around the first records of
// a cluster.
func BootstrapName(clusterID string) string { return bootstrapPrefix + clusterID }

func (e *Editor) beginTransaction(r *wire.BeginTransactionRecord) {
	t := &transaction{}
	if r.Name != nil {
		t.name = *r.Name
	}
	e.next.transaction = t
}

// applyInTransaction keeps the record until the transaction ends.
func (e *Editor) applyInTransaction(r wire.Record) error {
	t := e.next.transaction
	switch r.(type) {
	case *wire.BeginTransactionRecord:
		return fmt.Errorf("%w: transaction %q has not ended", ErrMismatch, t.name)
	case *wire.AbortTransactionRecord:
		e.next.transaction = nil
		return nil
	case *wire.EndTransactionRecord:
		e.next.transaction = nil
		return e.applyTransaction(t)
	}
	_, version := r.RecordVersions()
	stored := wire.AppendMetadataRecord(nil, r, version)
	// The capacity is cut so that two images never append into the same array.
	kept := t.records[:len(t.records):len(t.records)]
	e.next.transaction = &transaction{name: t.name, records: append(kept, stored)}
	return nil
}

func (e *Editor) applyTransaction(t *transaction) error {
	for _, stored := range t.records {
		r, _, err := wire.DecodeMetadataRecord(stored)
		if err != nil {
			return fmt.Errorf("%w: in transaction %q: %v", ErrMismatch, t.name, err)
		}
		if err := e.apply(r); err != nil {
			return err
		}
	}
	if id, ok := strings.CutPrefix(t.name, bootstrapPrefix); ok {
		e.next.clusterID = id
	}
	return nil
}
