package metadata

import (
	"iter"
	"maps"
	"slices"

	"github.com/brolga-io/brolga/internal/planted"
	"github.com/brolga-io/brolga/internal/wire"
)

// Records writes the image as the records that lead to it from Empty, in a fixed
// order: what a snapshot holds. A record is valid until the next one.
func (i *Image) Records() iter.Seq[wire.Record] {
	return func(yield func(wire.Record) bool) {
		_ = i.writeFeatures(yield) && i.writeNodes(yield) && i.writeTopics(yield) && i.writeConfigs(yield) &&
			i.writeQuotas(yield) && i.writeProducerIDs(yield) && i.writeSecurity(yield) && i.writeTransaction(yield)
	}
}

// writeFeatures comes first: the level of metadata.version says how the rest is
// read. The transaction around it carries the id of the cluster.
func (i *Image) writeFeatures(yield func(wire.Record) bool) bool {
	if i.clusterID != "" {
		name := BootstrapName(i.clusterID)
		if !yield(&wire.BeginTransactionRecord{Name: &name}) {
			return false
		}
	}
	if level := i.features[MetadataVersion]; level != 0 {
		if !yield(&wire.FeatureLevelRecord{Name: MetadataVersion, FeatureLevel: level}) {
			return false
		}
	}
	for _, name := range slices.Sorted(maps.Keys(i.features)) {
		if name == MetadataVersion {
			continue
		}
		if !yield(&wire.FeatureLevelRecord{Name: name, FeatureLevel: i.features[name]}) {
			return false
		}
	}
	return i.clusterID == "" || yield(&wire.EndTransactionRecord{})
}

func (i *Image) writeNodes(yield func(wire.Record) bool) bool {
	for _, b := range i.brokers {
		if !yield(b.record()) {
			return false
		}
	}
	for _, c := range i.controllers {
		if !yield(c.record()) {
			return false
		}
	}
	return true
}

func (b *Broker) record() *wire.RegisterBrokerRecord {
	r := &wire.RegisterBrokerRecord{
		BrokerId: b.ID, BrokerEpoch: b.Epoch, IncarnationId: b.IncarnationID, Rack: b.Rack,
		Fenced: b.Fenced, InControlledShutdown: b.InControlledShutdown,
		LogDirs: b.LogDirs, CordonedLogDirs: b.CordonedLogDirs,
	}
	for _, p := range b.Endpoints {
		r.EndPoints = append(r.EndPoints, wire.RegisterBrokerRecordBrokerEndpoint{
			Name: p.Name, Host: p.Host, Port: p.Port, SecurityProtocol: p.Protocol,
		})
	}
	for _, f := range b.Features {
		r.Features = append(r.Features, wire.RegisterBrokerRecordBrokerFeature{
			Name: f.Name, MinSupportedVersion: f.Min, MaxSupportedVersion: f.Max,
		})
	}
	return r
}

func (c *Controller) record() *wire.RegisterControllerRecord {
	r := &wire.RegisterControllerRecord{ControllerId: c.ID, IncarnationId: c.IncarnationID}
	for _, p := range c.Endpoints {
		r.EndPoints = append(r.EndPoints, wire.RegisterControllerRecordControllerEndpoint{
			Name: p.Name, Host: p.Host, Port: p.Port, SecurityProtocol: p.Protocol,
		})
	}
	for _, f := range c.Features {
		r.Features = append(r.Features, wire.RegisterControllerRecordControllerFeature{
			Name: f.Name, MinSupportedVersion: f.Min, MaxSupportedVersion: f.Max,
		})
	}
	return r
}

func (i *Image) writeTopics(yield func(wire.Record) bool) bool {
	part := new(wire.PartitionRecord)
	for t := range i.Topics() {
		if !yield(&wire.TopicRecord{Name: t.Name, TopicId: t.ID}) {
			return false
		}
		for p, from := range t.Partitions() {
			from.FillRecord(part, t.ID, p)
			if !yield(part) {
				return false
			}
		}
	}
	return true
}

// FillRecord makes r the record that creates the partition. The lists are shared.
func (p *Partition) FillRecord(r *wire.PartitionRecord, topic wire.UUID, id int32) {
	*r = wire.PartitionRecord{
		TopicId: topic, PartitionId: id,
		Replicas: p.Replicas, Isr: p.ISR,
		AddingReplicas: p.AddingReplicas, RemovingReplicas: p.RemovingReplicas,
		Leader: p.Leader, LeaderEpoch: p.LeaderEpoch, PartitionEpoch: p.PartitionEpoch,
		LeaderRecoveryState: p.LeaderRecoveryState, Directories: p.Directories,
		EligibleLeaderReplicas: p.ELR, LastKnownElr: p.LastKnownELR,
	}
}

func (i *Image) writeConfigs(yield func(wire.Record) bool) bool {
	if planted.On(planted.SnapshotDropsConfigs) {
		return true
	}
	for resource, values := range i.Configs() {
		for _, key := range slices.Sorted(maps.Keys(values)) {
			value := values[key]
			r := &wire.ConfigRecord{ResourceType: resource.Type, ResourceName: resource.Name, Name: key, Value: &value}
			if !yield(r) {
				return false
			}
		}
	}
	return true
}

func (i *Image) writeQuotas(yield func(wire.Record) bool) bool {
	for q := range i.ClientQuotas() {
		var entity []wire.ClientQuotaRecordEntityData
		for _, p := range q.Entity {
			entity = append(entity, wire.ClientQuotaRecordEntityData{EntityType: p.Type, EntityName: p.Name})
		}
		for _, key := range slices.Sorted(maps.Keys(q.Values)) {
			if !yield(&wire.ClientQuotaRecord{Entity: entity, Key: key, Value: q.Values[key]}) {
				return false
			}
		}
	}
	return true
}

func (i *Image) writeProducerIDs(yield func(wire.Record) bool) bool {
	ids := i.producerIDs
	return ids.Next == 0 || yield(&wire.ProducerIdsRecord{
		BrokerId: ids.Broker, BrokerEpoch: ids.BrokerEpoch, NextProducerId: ids.Next,
	})
}

func (i *Image) writeSecurity(yield func(wire.Record) bool) bool {
	for a := range i.ACLs() {
		r := &wire.AccessControlEntryRecord{
			Id: a.ID, ResourceType: a.ResourceType, ResourceName: a.ResourceName, PatternType: a.PatternType,
			Principal: a.Principal, Host: a.Host, Operation: a.Operation, PermissionType: a.Permission,
		}
		if !yield(r) {
			return false
		}
	}
	for c := range i.ScramCredentials() {
		r := &wire.UserScramCredentialRecord{
			Name: c.User, Mechanism: c.Mechanism, Iterations: c.Iterations,
			Salt: c.Salt, StoredKey: c.StoredKey, ServerKey: c.ServerKey,
		}
		if !yield(r) {
			return false
		}
	}
	for t := range i.DelegationTokens() {
		r := &wire.DelegationTokenRecord{
			TokenId: t.ID, Owner: t.Owner, Requester: t.Requester, Renewers: t.Renewers,
			IssueTimestamp: t.IssueTimeMs, MaxTimestamp: t.MaxTimeMs, ExpirationTimestamp: t.ExpiryTimeMs,
		}
		if !yield(r) {
			return false
		}
	}
	return true
}

// writeTransaction comes last: nothing may follow it but its own records.
func (i *Image) writeTransaction(yield func(wire.Record) bool) bool {
	if i.transaction == nil {
		return true
	}
	begin := &wire.BeginTransactionRecord{}
	if i.transaction.name != "" {
		begin.Name = &i.transaction.name
	}
	if !yield(begin) {
		return false
	}
	for _, stored := range i.transaction.records {
		r, _, err := wire.DecodeMetadataRecord(stored)
		if err != nil {
			panic("BUG: a record kept in a transaction cannot be read: " + err.Error())
		}
		if !yield(r) {
			return false
		}
	}
	return true
}
