package metadata

import (
	"iter"
	"strings"

	"github.com/brolga-io/brolga/internal/wire"
)

// Image is the cluster as the metadata log up to EndOffset describes it. It never
// changes; the zero Image is not valid, Empty makes the first one.
type Image struct {
	endOffset int64
	epoch     int32
	clusterID string

	features     map[string]int16
	brokers      []*Broker
	controllers  []*Controller
	topicsByName tree[string, *Topic]
	topicsByID   tree[wire.UUID, *Topic]
	partitions   int
	configs      tree[Resource, *overrides]
	quotas       tree[string, *ClientQuota]
	acls         tree[wire.UUID, *ACL]
	scram        tree[ScramKey, *ScramCredential]
	tokens       tree[string, *DelegationToken]
	producerIDs  ProducerIDs
	transaction  *transaction
}

// ProducerIDs says which producer ids are given out: all below Next. Broker got
// the last block in its epoch BrokerEpoch.
type ProducerIDs struct {
	Next        int64
	Broker      int32
	BrokerEpoch int64
}

// Empty returns the image of a log without records.
func Empty() *Image {
	return &Image{
		epoch:        -1,
		topicsByName: newTree[string, *Topic](strings.Compare),
		topicsByID:   newTree[wire.UUID, *Topic](compareUUIDs),
		configs:      newTree[Resource, *overrides](compareResources),
		quotas:       newTree[string, *ClientQuota](strings.Compare),
		acls:         newTree[wire.UUID, *ACL](compareUUIDs),
		scram:        newTree[ScramKey, *ScramCredential](compareScramKeys),
		tokens:       newTree[string, *DelegationToken](strings.Compare),
		producerIDs:  ProducerIDs{Broker: -1, BrokerEpoch: -1},
	}
}

// EndOffset returns the exclusive end of the log that the image has seen.
func (i *Image) EndOffset() int64 { return i.endOffset }

// Offset returns the offset of the last record that the image has seen, -1 if
// none: what brokers tell the controller in their heartbeats.
func (i *Image) Offset() int64 { return i.endOffset - 1 }

// Epoch returns the epoch of the last record that the image has seen, -1 if none.
func (i *Image) Epoch() int32 { return i.epoch }

// ClusterID returns the id which the cluster's first records hold, or "" if they
// hold none.
func (i *Image) ClusterID() string { return i.clusterID }

// TopicByName returns a topic, or nil if there is none of that name.
func (i *Image) TopicByName(name string) *Topic {
	t, _ := i.topicsByName.get(name)
	return t
}

// TopicByID returns a topic, or nil if there is none of that id.
func (i *Image) TopicByID(id wire.UUID) *Topic {
	t, _ := i.topicsByID.get(id)
	return t
}

// Topics walks over all topics in the order of their names.
func (i *Image) Topics() iter.Seq[*Topic] { return values(i.topicsByName.all()) }

// TopicsFrom walks over the topics whose names are not below name, in order.
func (i *Image) TopicsFrom(name string) iter.Seq[*Topic] { return values(i.topicsByName.from(name)) }

// TopicCount returns the number of topics.
func (i *Image) TopicCount() int { return i.topicsByName.len() }

// PartitionCount returns the number of partitions of all topics.
func (i *Image) PartitionCount() int { return i.partitions }

// Broker returns a registered broker, or nil if there is none of that id.
func (i *Image) Broker(id int32) *Broker {
	if at, ok := findID(i.brokers, brokerID, id); ok {
		return i.brokers[at]
	}
	return nil
}

// Brokers walks over all registered brokers in the order of their ids.
func (i *Image) Brokers() iter.Seq[*Broker] { return list(i.brokers) }

// BrokerCount returns the number of registered brokers, fenced ones included.
func (i *Image) BrokerCount() int { return len(i.brokers) }

// Controller returns a registered controller, or nil if there is none of that id.
func (i *Image) Controller(id int32) *Controller {
	if at, ok := findID(i.controllers, controllerID, id); ok {
		return i.controllers[at]
	}
	return nil
}

// Controllers walks over all registered controllers in the order of their ids.
func (i *Image) Controllers() iter.Seq[*Controller] { return list(i.controllers) }

// Config returns the configs that are set for the resource itself: no defaults,
// nothing inherited. The map belongs to the image; nil if nothing is set.
func (i *Image) Config(resourceType int8, name string) map[string]string {
	if c, ok := i.configs.get(Resource{resourceType, name}); ok {
		return c.values
	}
	return nil
}

// Configs walks over all resources that have configs set, ordered by type and
// name. The maps belong to the image.
func (i *Image) Configs() iter.Seq2[Resource, map[string]string] {
	return func(yield func(Resource, map[string]string) bool) {
		for resource, c := range i.configs.all() {
			if !yield(resource, c.values) {
				return
			}
		}
	}
}

// Feature returns the finalised level of a feature, 0 if it is not finalised.
func (i *Image) Feature(name string) int16 { return i.features[name] }

// FinalizedFeatures returns the finalised features. The map belongs to the image.
func (i *Image) FinalizedFeatures() map[string]int16 { return i.features }

// ELREnabled tells whether partitions keep eligible leader replicas (KIP-966).
func (i *Image) ELREnabled() bool { return i.features[ELRVersion] >= 1 }

// NextProducerID returns the first producer id that is not given out yet.
func (i *Image) NextProducerID() int64 { return i.producerIDs.Next }

// LastProducerIDs returns the state after the last block of producer ids.
func (i *Image) LastProducerIDs() ProducerIDs { return i.producerIDs }

// ACLs walks over all access control entries in the order of their ids.
func (i *Image) ACLs() iter.Seq[*ACL] { return values(i.acls.all()) }

// ACL returns an access control entry, or nil if there is none of that id.
func (i *Image) ACL(id wire.UUID) *ACL {
	acl, _ := i.acls.get(id)
	return acl
}

// ScramCredential returns a credential, or nil if there is none.
func (i *Image) ScramCredential(key ScramKey) *ScramCredential {
	c, _ := i.scram.get(key)
	return c
}

// ScramCredentials walks over all credentials, ordered by user and mechanism.
func (i *Image) ScramCredentials() iter.Seq[*ScramCredential] { return values(i.scram.all()) }

// ClientQuotas walks over all entities that have quotas, in some fixed order.
func (i *Image) ClientQuotas() iter.Seq[*ClientQuota] { return values(i.quotas.all()) }

// DelegationTokens walks over all delegation tokens in the order of their ids.
func (i *Image) DelegationTokens() iter.Seq[*DelegationToken] { return values(i.tokens.all()) }

// Apply returns the image after the records, the last of which ends at endOffset,
// and what they touched. An error means that the records do not fit the image: a
// damaged log, or one of another release. Whoever follows a log keeps an Editor
// instead, which shares more between its images.
func (i *Image) Apply(recs []wire.Record, endOffset int64, epoch int32) (*Image, *Delta, error) {
	e := NewEditor(i)
	for _, r := range recs {
		if err := e.Apply(r); err != nil {
			return nil, nil, err
		}
	}
	next, delta := e.Publish(endOffset, epoch)
	return next, delta, nil
}

func values[K, V any](seq iter.Seq2[K, V]) iter.Seq[V] {
	return func(yield func(V) bool) {
		for _, v := range seq {
			if !yield(v) {
				return
			}
		}
	}
}

func list[T any](l []T) iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, v := range l {
			if !yield(v) {
				return
			}
		}
	}
}
