package api

import (
	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/replica"
	"github.com/brolga-io/brolga/internal/wire"
)

// stagePart stages the batch for the j-th partition of a topic of the request;
// r.at says where it went.
func (r *produceRun) stagePart(t *produceTopic, j int) (*replica.Partition, error) {
	q := &r.req
	p := &q.parts[t.first+j]
	part, err := r.find(t, p.index)
	if err != nil {
		return nil, err
	}
	if err := q.check(t, j); err != nil {
		return nil, err
	}
	err = part.Stage(p.records, replica.StageOptions{
		NowMs:      r.conn.NowMs(),
		AllAcks:    q.acks == acksAll,
		RefuseZstd: q.version < 7,
	}, &r.at)
	return part, err
}

// check refuses what no partition takes.
func (q *produceRequest) check(t *produceTopic, j int) error {
	p := &q.parts[t.first+j]
	switch {
	case q.acks < acksAll || q.acks > acksOne:
		return wire.InvalidRequiredAcks
	case len(p.records) == 0:
		return errNoBatch
	case p.repeated:
		return wire.InvalidRequest
	}
	// The flag inside the batch counts, not what the request says of itself.
	if batch.ClaimsTransaction(p.records) {
		if q.transactional == nil {
			return wire.TransactionalIdAuthorizationFailed
		}
		// There is no transaction that the partition could be part of.
		return wire.InvalidTxnState
	}
	return nil
}

var errNoBatch = &batch.Error{Kind: batch.InvalidRecord, Message: "Produce requests must contain exactly one record batch per partition"}

// find returns the partition to append to.
func (r *produceRun) find(t *produceTopic, index int32) (*replica.Partition, error) {
	topic := r.topic
	byID := r.req.version >= produceTopicIDFrom
	switch {
	case topic != nil && byID && topic.ID == t.id:
	case topic != nil && !byID && topic.Name == string(t.name):
	case byID:
		topic = r.api.Replicas.TopicByID(t.id)
	default:
		topic = r.api.Replicas.TopicByName(t.name)
	}
	if topic == nil {
		return nil, r.missing(t, index)
	}
	if topic.Internal {
		return nil, wire.InvalidTopicException
	}
	part := topic.Partition(index)
	if part == nil || part.Gone() {
		return nil, r.missing(t, index)
	}
	r.topic = topic
	return part, nil
}

// missing is the error for a partition that is not on this broker.
func (r *produceRun) missing(t *produceTopic, index int32) error {
	if r.req.version >= produceTopicIDFrom {
		_, err := r.api.Replicas.FindByID(r.image, t.id, index)
		return notFound(err)
	}
	if name := string(t.name); replica.IsInternal(name) {
		return wire.InvalidTopicException
	}
	_, err := r.api.Replicas.Find(r.image, string(t.name), index)
	return notFound(err)
}

// notFound is the error of a second look; a partition that has appeared in
// between is one the client should try again.
func notFound(err error) error {
	if err == nil {
		return wire.NotLeaderOrFollower
	}
	return err
}
