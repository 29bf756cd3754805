package metadata

import (
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"github.com/brolga-io/brolga/internal/wire"
)

// draw returns a random record that fits the model. Within a transaction only
// records that fit whatever the rest of it does are drawn.
func (m *model) draw(t *rapid.T) wire.Record {
	if m.begun != nil {
		switch rapid.IntRange(0, 5).Draw(t, "in transaction") {
		case 0:
			return &wire.AbortTransactionRecord{}
		case 1, 2:
			return &wire.EndTransactionRecord{}
		}
		return m.drawConfig(t)
	}
	switch rapid.IntRange(0, 13).Draw(t, "kind") {
	case 0, 1:
		return m.drawTopic(t)
	case 2, 3, 4:
		return m.drawPartition(t)
	case 5:
		return m.drawConfig(t)
	case 6, 7:
		return m.drawBroker(t)
	case 8:
		return m.drawController(t)
	case 9:
		return m.drawACL(t)
	case 10:
		return m.drawScram(t)
	case 11:
		return m.drawToken(t)
	case 12:
		return m.drawQuota(t)
	}
	return m.drawOther(t)
}

func (m *model) drawOther(t *rapid.T) wire.Record {
	switch rapid.IntRange(0, 4).Draw(t, "other") {
	case 0:
		name := "some name"
		if rapid.Bool().Draw(t, "bootstrap") {
			name = BootstrapName(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "cluster"))
		}
		return &wire.BeginTransactionRecord{Name: &name}
	case 1:
		next := int64(1000)
		if m.producerIDs != nil {
			next += m.producerIDs.NextProducerId
		}
		return &wire.ProducerIdsRecord{BrokerId: 1, BrokerEpoch: 7, NextProducerId: next}
	case 2:
		name := rapid.SampledFrom([]string{GroupVersion, ELRVersion, MetadataVersion}).Draw(t, "feature")
		level := rapid.Int16Range(0, 2).Draw(t, "level")
		if name == MetadataVersion {
			level = rapid.Int16Range(MinMetadataVersion, LastMetadataVersion).Draw(t, "level")
		}
		return &wire.FeatureLevelRecord{Name: name, FeatureLevel: level}
	case 3:
		return &wire.NoOpRecord{}
	}
	return &wire.FeatureLevelRecord{Name: ShareVersion, FeatureLevel: 1}
}

func (m *model) drawTopic(t *rapid.T) wire.Record {
	name := fmt.Sprintf("t%d", rapid.IntRange(0, 5).Draw(t, "topic"))
	if old := m.topics[name]; old != nil {
		return &wire.RemoveTopicRecord{TopicId: old.id}
	}
	return &wire.TopicRecord{Name: name, TopicId: m.newID()}
}

func (m *model) drawPartition(t *rapid.T) wire.Record {
	if len(m.topics) == 0 {
		return m.drawTopic(t)
	}
	name := rapid.SampledFrom(sorted(m.topics)).Draw(t, "topic")
	topic := m.topics[name]
	if len(topic.parts) == 0 || rapid.IntRange(0, 2).Draw(t, "new") == 0 {
		p := int32(rapid.IntRange(max(0, len(topic.parts)-1), len(topic.parts)).Draw(t, "partition"))
		replicas := drawReplicas(t)
		return &wire.PartitionRecord{
			TopicId: topic.id, PartitionId: p, Replicas: replicas, Isr: replicas[:1], Leader: replicas[0],
			LeaderEpoch: 3, PartitionEpoch: 4, Directories: drawDirs(t, len(replicas)),
			EligibleLeaderReplicas: drawIDs(t), LastKnownElr: drawIDs(t),
		}
	}
	if rapid.IntRange(0, 6).Draw(t, "clear") == 0 {
		return &wire.ClearElrRecord{TopicName: rapid.SampledFrom([]string{"", name}).Draw(t, "clear")}
	}
	r := &wire.PartitionChangeRecord{
		TopicId: topic.id, PartitionId: int32(rapid.IntRange(0, len(topic.parts)-1).Draw(t, "partition")),
		Isr: drawIDs(t), Leader: rapid.SampledFrom([]int32{-2, -1, 1, 2}).Draw(t, "leader"),
		AddingReplicas: drawIDs(t), RemovingReplicas: drawIDs(t),
		LeaderRecoveryState:    rapid.SampledFrom([]int8{-1, 0, 1}).Draw(t, "recovery"),
		EligibleLeaderReplicas: drawIDs(t), LastKnownElr: drawIDs(t),
	}
	if rapid.Bool().Draw(t, "reassign") {
		r.Replicas = drawReplicas(t)
		r.Directories = drawDirs(t, len(r.Replicas))
	}
	return r
}

func drawReplicas(t *rapid.T) []int32 {
	return slices.Clone(rapid.SampledFrom([][]int32{{1}, {2}, {1, 2}, {2, 1, 3}}).Draw(t, "replicas"))
}

// drawIDs returns null, empty or some ids.
func drawIDs(t *rapid.T) []int32 {
	return slices.Clone(rapid.SampledFrom([][]int32{nil, {}, {1}, {3, 2}}).Draw(t, "ids"))
}

func drawDirs(t *rapid.T, n int) []wire.UUID {
	dirs := make([]wire.UUID, n)
	for i := range dirs {
		dirs[i] = wire.UUID{9, byte(i), byte(rapid.IntRange(0, 1).Draw(t, "dir"))}
	}
	return dirs
}

func (m *model) drawConfig(t *rapid.T) wire.Record {
	r := &wire.ConfigRecord{
		ResourceType: rapid.SampledFrom([]int8{TopicResource, BrokerResource, GroupResource}).Draw(t, "type"),
		ResourceName: rapid.SampledFrom([]string{"", "t0", "t1", "1"}).Draw(t, "resource"),
		Name:         rapid.SampledFrom([]string{"retention.ms", "segment.bytes"}).Draw(t, "key"),
	}
	if rapid.IntRange(0, 2).Draw(t, "delete") > 0 {
		value := fmt.Sprint(rapid.IntRange(0, 2).Draw(t, "value"))
		r.Value = &value
	}
	return r
}

func (m *model) drawBroker(t *rapid.T) wire.Record {
	id := rapid.Int32Range(1, 3).Draw(t, "broker")
	b := m.brokers[id]
	if b == nil {
		r := &wire.RegisterBrokerRecord{
			BrokerId: id, BrokerEpoch: rapid.Int64Range(0, 9).Draw(t, "epoch"), IncarnationId: m.newID(),
			Fenced: rapid.Bool().Draw(t, "fenced"), LogDirs: drawDirs(t, 2),
			EndPoints: []wire.RegisterBrokerRecordBrokerEndpoint{{Name: "PLAINTEXT", Host: "h", Port: 9092}},
			Features:  []wire.RegisterBrokerRecordBrokerFeature{{Name: GroupVersion, MaxSupportedVersion: 1}},
		}
		if rapid.Bool().Draw(t, "rack") {
			rack := "r"
			r.Rack = &rack
		}
		return r
	}
	switch rapid.IntRange(0, 4).Draw(t, "change") {
	case 0:
		return &wire.UnregisterBrokerRecord{BrokerId: id, BrokerEpoch: b.BrokerEpoch}
	case 1:
		return &wire.FenceBrokerRecord{Id: id, Epoch: b.BrokerEpoch}
	case 2:
		return &wire.UnfenceBrokerRecord{Id: id, Epoch: b.BrokerEpoch}
	}
	r := &wire.BrokerRegistrationChangeRecord{
		BrokerId: id, BrokerEpoch: b.BrokerEpoch,
		Fenced:               rapid.SampledFrom([]int8{-1, 0, 1}).Draw(t, "fenced"),
		InControlledShutdown: rapid.SampledFrom([]int8{0, 1}).Draw(t, "shutdown"),
		LogDirs:              drawDirs(t, rapid.IntRange(0, 2).Draw(t, "dirs")),
	}
	if rapid.Bool().Draw(t, "cordon") {
		r.CordonedLogDirs = drawDirs(t, rapid.IntRange(0, 1).Draw(t, "cordoned"))
	}
	return r
}

func (m *model) drawController(t *rapid.T) wire.Record {
	id := rapid.Int32Range(1, 2).Draw(t, "controller")
	if m.controllers[id] != nil && rapid.Bool().Draw(t, "unregister") {
		return &wire.UnregisterControllerRecord{ControllerId: id}
	}
	return &wire.RegisterControllerRecord{
		ControllerId: id, IncarnationId: m.newID(),
		EndPoints: []wire.RegisterControllerRecordControllerEndpoint{{Name: "CONTROLLER", Host: "h", Port: 9093}},
		Features:  []wire.RegisterControllerRecordControllerFeature{{Name: GroupVersion, MaxSupportedVersion: 1}},
	}
}

func (m *model) drawACL(t *rapid.T) wire.Record {
	if len(m.acls) > 2 {
		oldest := slices.SortedFunc(maps.Keys(m.acls), compareUUIDs)[0]
		return &wire.RemoveAccessControlEntryRecord{Id: oldest}
	}
	return &wire.AccessControlEntryRecord{
		Id: m.newID(), ResourceType: 2, ResourceName: "t", PatternType: 3, Principal: "User:a", Host: "*",
		Operation: rapid.Int8Range(2, 5).Draw(t, "operation"), PermissionType: 3,
	}
}

func (m *model) drawScram(t *rapid.T) wire.Record {
	key := ScramKey{rapid.SampledFrom([]string{"a", "b"}).Draw(t, "user"), rapid.Int8Range(1, 2).Draw(t, "mechanism")}
	if m.scram[key] != nil && rapid.Bool().Draw(t, "remove") {
		return &wire.RemoveUserScramCredentialRecord{Name: key.User, Mechanism: key.Mechanism}
	}
	return &wire.UserScramCredentialRecord{
		Name: key.User, Mechanism: key.Mechanism, Iterations: rapid.Int32Range(4096, 4098).Draw(t, "iterations"),
		Salt: []byte{1}, StoredKey: []byte{2, byte(rapid.IntRange(0, 1).Draw(t, "key"))}, ServerKey: []byte{3},
	}
}

func (m *model) drawToken(t *rapid.T) wire.Record {
	id := rapid.SampledFrom([]string{"x", "y"}).Draw(t, "token")
	if m.tokens[id] != nil && rapid.Bool().Draw(t, "remove") {
		return &wire.RemoveDelegationTokenRecord{TokenId: id}
	}
	return &wire.DelegationTokenRecord{
		TokenId: id, Owner: "User:a", Requester: "User:b", Renewers: []string{"User:c"},
		IssueTimestamp: 1, MaxTimestamp: 9, ExpirationTimestamp: rapid.Int64Range(5, 6).Draw(t, "expiry"),
	}
}

func (m *model) drawQuota(t *rapid.T) wire.Record {
	return &wire.ClientQuotaRecord{
		Entity: userEntity(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "user")),
		Key:    rapid.SampledFrom([]string{"producer_byte_rate", "consumer_byte_rate"}).Draw(t, "key"),
		Value:  float64(rapid.IntRange(1, 3).Draw(t, "value")),
		Remove: rapid.IntRange(0, 2).Draw(t, "remove") == 0,
	}
}
