package metadata

import (
	"errors"
	"fmt"

	"github.com/brolga-io/brolga/internal/wire"
)

// ErrMismatch means that a record does not fit the image it is applied to: it
// names a topic, partition or broker that is not there, or is there already, or a
// value that this release does not know. The log is damaged or not for us.
var ErrMismatch = errors.New("metadata record does not fit the image")

// Editor turns the records of a log, one after the other, into images. It keeps
// what makes the next image cheap, so whoever follows a log keeps one Editor. It
// belongs to one goroutine.
type Editor struct {
	next    Image
	last    *Image // what Publish returned last
	owner   *owner
	intern  interner
	touched touched
}

// NewEditor returns an Editor that goes on from the image.
func NewEditor(from *Image) *Editor {
	return &Editor{next: *from, last: from, owner: new(owner)}
}

// Publish returns the image after all records so far and what they touched since
// the last call. endOffset is the exclusive end of the log up to which they came,
// epoch the epoch of the last one.
func (e *Editor) Publish(endOffset int64, epoch int32) (*Image, *Delta) {
	e.next.endOffset, e.next.epoch = endOffset, epoch
	image := e.next
	delta := e.touched.delta(e.last, &image)
	// From here on somebody else sees the nodes: they are not the Editor's any more.
	e.owner = new(owner)
	e.touched = touched{}
	e.last = &image
	return &image, delta
}

// Apply puts one record into the next image. The record may be used again by the
// caller. After an error the Editor is of no more use.
func (e *Editor) Apply(r wire.Record) error {
	var err error
	if e.next.transaction != nil {
		err = e.applyInTransaction(r)
	} else {
		err = e.apply(r)
	}
	if err != nil {
		return fmt.Errorf("%T: %w", r, err)
	}
	return nil
}

func (e *Editor) apply(r wire.Record) error {
	switch r := r.(type) {
	case *wire.TopicRecord:
		return e.addTopic(r)
	case *wire.RemoveTopicRecord:
		return e.removeTopic(r)
	case *wire.PartitionRecord:
		return e.setPartition(r)
	case *wire.PartitionChangeRecord:
		return e.changePartition(r)
	case *wire.ClearElrRecord:
		return e.clearELR(r)
	case *wire.ConfigRecord:
		e.setConfig(r)
	case *wire.FeatureLevelRecord:
		return e.setFeature(r)
	case *wire.ProducerIdsRecord:
		return e.setProducerIDs(r)
	case *wire.BeginTransactionRecord:
		e.beginTransaction(r)
	case *wire.EndTransactionRecord, *wire.AbortTransactionRecord:
		return fmt.Errorf("%w: no transaction was begun", ErrMismatch)
	case *wire.NoOpRecord, *wire.ZkMigrationStateRecord:
		// The first only moves the end of the log; nothing migrates from ZooKeeper any more.
	default:
		return e.applyNode(r)
	}
	return nil
}

// applyNode is apply for records about nodes.
func (e *Editor) applyNode(r wire.Record) error {
	switch r := r.(type) {
	case *wire.RegisterBrokerRecord:
		e.registerBroker(r)
	case *wire.UnregisterBrokerRecord:
		return e.unregisterBroker(r)
	case *wire.BrokerRegistrationChangeRecord:
		return e.changeRegistration(r)
	case *wire.FenceBrokerRecord:
		return e.changeBroker(r.Id, r.Epoch, func(b *Broker) { b.Fenced = true })
	case *wire.UnfenceBrokerRecord:
		return e.changeBroker(r.Id, r.Epoch, func(b *Broker) { b.Fenced = false })
	case *wire.RegisterControllerRecord:
		e.registerController(r)
	case *wire.UnregisterControllerRecord:
		return e.unregisterController(r)
	default:
		return e.applySecurity(r)
	}
	return nil
}

// applySecurity is apply for records about what principals may do.
func (e *Editor) applySecurity(r wire.Record) error {
	switch r := r.(type) {
	case *wire.AccessControlEntryRecord:
		e.setACL(r)
	case *wire.RemoveAccessControlEntryRecord:
		return e.removeACL(r)
	case *wire.UserScramCredentialRecord:
		e.setScram(r)
	case *wire.RemoveUserScramCredentialRecord:
		return e.removeScram(r)
	case *wire.ClientQuotaRecord:
		e.setQuota(r)
	case *wire.DelegationTokenRecord:
		e.setToken(r)
	case *wire.RemoveDelegationTokenRecord:
		return e.removeToken(r)
	default:
		return fmt.Errorf("%w: it belongs to no metadata log", ErrMismatch)
	}
	return nil
}
