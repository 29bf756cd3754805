package api

import (
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// Metadata (key 3), versions 0–13.
//
//	v0: an empty list means all topics, since v1 null does
//	v4: the client says whether unknown topics may be created
//	v8–10: authorised operations of the cluster, since v8 of topics
//	v10: topic ids in the answer, v12: in the question
//
// A topic that does not exist and may be created is created at once, and still
// answered with UNKNOWN_TOPIC_OR_PARTITION, as a KRaft broker does: the client
// asks again (Kafka's DefaultAutoTopicCreationManager). The controller id is a
// live broker, because every broker forwards what is the controller's to decide.
func (a *API) metadata(c *Call, req *wire.MetadataRequest) *wire.MetadataResponse {
	resp := &wire.MetadataResponse{}
	resp.SetDefaults()
	clusterID := c.Image.ClusterID()
	resp.ClusterId = &clusterID
	resp.Brokers = a.metadataBrokers(c)
	resp.ControllerId = a.anyAliveBroker(c.Image)
	if req.IncludeClusterAuthorizedOperations && c.Version <= 10 {
		resp.ClusterAuthorizedOperations = allOperations(clusterOperations)
	}
	all := req.Topics == nil || (c.Version == 0 && len(req.Topics) == 0)
	if all {
		resp.Topics = make([]wire.MetadataResponseTopic, 0, c.Image.TopicCount())
		for t := range c.Image.Topics() {
			resp.Topics = append(resp.Topics, a.metadataTopic(c, t, req))
		}
		return resp
	}
	resp.Topics = a.metadataNamed(c, req)
	return resp
}

// metadataNamed answers for the topics that were asked for by name or id, and
// creates the missing ones where that is allowed.
func (a *API) metadataNamed(c *Call, req *wire.MetadataRequest) []wire.MetadataResponseTopic {
	out := make([]wire.MetadataResponseTopic, 0, len(req.Topics))
	var missing []int // indexes in out
	seen := make(map[metadataAsk]struct{}, len(req.Topics))
	for i := range req.Topics {
		q := &req.Topics[i]
		ask := metadataAsk{id: q.TopicId, null: q.Name == nil}
		if q.Name != nil {
			ask.name = *q.Name
		}
		if _, dup := seen[ask]; dup {
			continue
		}
		seen[ask] = struct{}{}
		t, code := a.findMetadataTopic(c, ask)
		if t != nil {
			out = append(out, a.metadataTopic(c, t, req))
			continue
		}
		row := wire.MetadataResponseTopic{}
		row.SetDefaults()
		row.Name, row.TopicId, row.ErrorCode = q.Name, q.TopicId, code
		if ask.name != "" {
			row.IsInternal = metadata.InternalTopic(ask.name)
		}
		row.Partitions = []wire.MetadataResponsePartition{}
		if code == wire.UnknownTopicOrPartition {
			missing = append(missing, len(out))
		}
		out = append(out, row)
	}
	// Before v4 the field is absent and its default is true.
	if len(missing) > 0 && req.AllowAutoTopicCreation && a.Config().Static.Bool("auto.create.topics.enable") {
		a.autoCreate(c, out, missing)
	}
	return out
}

type metadataAsk struct {
	id   wire.UUID
	name string
	null bool
}

func (a *API) findMetadataTopic(c *Call, ask metadataAsk) (*metadata.Topic, wire.ErrorCode) {
	switch {
	case c.Version < 12 && (ask.null || !ask.id.IsZero()):
		return nil, wire.InvalidRequest // the fields are there and not understood yet
	case !ask.id.IsZero(): // it counts, whatever the name says
		if t := c.Image.TopicByID(ask.id); t != nil {
			return t, wire.None
		}
		return nil, wire.UnknownTopicId
	case ask.null:
		return nil, wire.InvalidRequest
	}
	if t := c.Image.TopicByName(ask.name); t != nil {
		return t, wire.None
	}
	if metadata.TopicNameFault(ask.name) != "" {
		return nil, wire.InvalidTopicException
	}
	return nil, wire.UnknownTopicOrPartition
}

func (a *API) metadataBrokers(c *Call) []wire.MetadataResponseBroker {
	out := make([]wire.MetadataResponseBroker, 0, 4)
	for b := range c.Image.Brokers() {
		if b.Fenced {
			continue
		}
		ep, ok := b.Endpoint(c.Conn.Listener())
		if !ok {
			continue
		}
		out = append(out, wire.MetadataResponseBroker{NodeId: b.ID, Host: ep.Host, Port: int32(ep.Port), Rack: b.Rack})
	}
	return out
}

func (a *API) metadataTopic(c *Call, t *metadata.Topic, req *wire.MetadataRequest) wire.MetadataResponseTopic {
	name := t.Name
	row := wire.MetadataResponseTopic{
		Name: &name, TopicId: t.ID, IsInternal: metadata.InternalTopic(t.Name),
		TopicAuthorizedOperations: noOperations,
	}
	if req.IncludeTopicAuthorizedOperations {
		row.TopicAuthorizedOperations = allOperations(topicOperations)
	}
	row.Partitions = make([]wire.MetadataResponsePartition, t.PartitionCount())
	for i := range row.Partitions {
		row.Partitions[i] = a.metadataPartition(c, int32(i), t.Partition(int32(i)))
	}
	return row
}

func (a *API) metadataPartition(c *Call, index int32, p *metadata.Partition) wire.MetadataResponsePartition {
	row := wire.MetadataResponsePartition{
		PartitionIndex: index, LeaderId: p.Leader, LeaderEpoch: p.LeaderEpoch,
		ReplicaNodes: p.Replicas, IsrNodes: p.ISR, OfflineReplicas: a.offlineReplicas(c, p),
	}
	code := a.leaderError(c, p)
	if code == wire.ListenerNotFound && c.Version < 6 {
		code = wire.LeaderNotAvailable
	}
	if code != wire.None {
		row.ErrorCode, row.LeaderId = code, -1
	}
	return row
}
