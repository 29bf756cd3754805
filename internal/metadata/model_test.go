package metadata

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"github.com/brolga-io/brolga/internal/wire"
)

// model is the plainest state that metadata records can mean: maps of records.
type model struct {
	clusterID   string
	features    map[string]int16
	brokers     map[int32]*wire.RegisterBrokerRecord
	controllers map[int32]*wire.RegisterControllerRecord
	topics      map[string]*modelTopic
	configs     map[Resource]map[string]string
	quotas      map[string]map[string]float64 // by user
	acls        map[wire.UUID]*wire.AccessControlEntryRecord
	scram       map[ScramKey]*wire.UserScramCredentialRecord
	tokens      map[string]*wire.DelegationTokenRecord
	producerIDs *wire.ProducerIdsRecord

	begun   *wire.BeginTransactionRecord
	pending []wire.Record
	made    int // topics and ACLs so far, for their ids
}

type modelTopic struct {
	id    wire.UUID
	parts []wire.PartitionRecord
}

func newModel() *model {
	return &model{
		features: map[string]int16{}, brokers: map[int32]*wire.RegisterBrokerRecord{},
		controllers: map[int32]*wire.RegisterControllerRecord{}, topics: map[string]*modelTopic{},
		configs: map[Resource]map[string]string{}, quotas: map[string]map[string]float64{},
		acls: map[wire.UUID]*wire.AccessControlEntryRecord{}, scram: map[ScramKey]*wire.UserScramCredentialRecord{},
		tokens: map[string]*wire.DelegationTokenRecord{},
	}
}

func (m *model) newID() wire.UUID {
	m.made++
	return wire.UUID{byte(m.made * 37), 1, byte(m.made >> 8), byte(m.made)}
}

func (m *model) topicOf(id wire.UUID) (string, *modelTopic) {
	for name, t := range m.topics {
		if t.id == id {
			return name, t
		}
	}
	return "", nil
}

// apply is the meaning of a record, written as simply as possible.
func (m *model) apply(r wire.Record) {
	if m.begun != nil {
		m.applyPending(r)
		return
	}
	switch r := r.(type) {
	case *wire.BeginTransactionRecord:
		m.begun = r
	case *wire.FeatureLevelRecord:
		m.features[r.Name] = r.FeatureLevel
		if r.FeatureLevel == 0 {
			delete(m.features, r.Name)
		}
	case *wire.TopicRecord:
		m.topics[r.Name] = &modelTopic{id: r.TopicId}
	case *wire.RemoveTopicRecord:
		name, _ := m.topicOf(r.TopicId)
		delete(m.topics, name)
		delete(m.configs, Resource{TopicResource, name})
	case *wire.PartitionRecord:
		_, t := m.topicOf(r.TopicId)
		if int(r.PartitionId) == len(t.parts) {
			t.parts = append(t.parts, *r)
		}
		t.parts[r.PartitionId] = *r
	case *wire.PartitionChangeRecord:
		_, t := m.topicOf(r.TopicId)
		changeModelPartition(&t.parts[r.PartitionId], r)
	case *wire.ClearElrRecord:
		for name, t := range m.topics {
			for i := range t.parts {
				p := &t.parts[i]
				if (r.TopicName == name || r.TopicName == "") && len(p.Isr) > 0 && len(p.EligibleLeaderReplicas)+len(p.LastKnownElr) > 0 {
					p.EligibleLeaderReplicas, p.LastKnownElr = nil, nil
					p.PartitionEpoch++
				}
			}
		}
	case *wire.ConfigRecord:
		m.applyConfig(r)
	default:
		m.applyRest(r)
	}
}

func (m *model) applyPending(r wire.Record) {
	switch r.(type) {
	case *wire.AbortTransactionRecord:
		m.begun, m.pending = nil, nil
	case *wire.EndTransactionRecord:
		if name := m.begun.Name; name != nil && len(*name) > len(bootstrapPrefix) {
			m.clusterID = (*name)[len(bootstrapPrefix):]
		}
		pending := m.pending
		m.begun, m.pending = nil, nil
		for _, p := range pending {
			m.apply(p)
		}
	default:
		m.pending = append(m.pending, r)
	}
}

func changeModelPartition(p *wire.PartitionRecord, r *wire.PartitionChangeRecord) {
	p.PartitionEpoch++
	if r.Leader != NoLeaderChange {
		p.Leader = r.Leader
		p.LeaderEpoch++
	}
	if r.LeaderRecoveryState >= 0 {
		p.LeaderRecoveryState = r.LeaderRecoveryState
	}
	set := func(to *[]int32, from []int32) {
		if from != nil {
			*to = from
		}
	}
	set(&p.Isr, r.Isr)
	set(&p.Replicas, r.Replicas)
	set(&p.AddingReplicas, r.AddingReplicas)
	set(&p.RemovingReplicas, r.RemovingReplicas)
	set(&p.EligibleLeaderReplicas, r.EligibleLeaderReplicas)
	set(&p.LastKnownElr, r.LastKnownElr)
	if r.Directories != nil {
		p.Directories = r.Directories
	}
}

func (m *model) applyConfig(r *wire.ConfigRecord) {
	key := Resource{r.ResourceType, r.ResourceName}
	if r.Value == nil {
		delete(m.configs[key], r.Name)
		if len(m.configs[key]) == 0 {
			delete(m.configs, key)
		}
		return
	}
	if m.configs[key] == nil {
		m.configs[key] = map[string]string{}
	}
	m.configs[key][r.Name] = *r.Value
}

func (m *model) applyRest(r wire.Record) {
	switch r := r.(type) {
	case *wire.RegisterBrokerRecord:
		m.brokers[r.BrokerId] = r
	case *wire.UnregisterBrokerRecord:
		delete(m.brokers, r.BrokerId)
	case *wire.FenceBrokerRecord:
		m.brokers[r.Id] = with(m.brokers[r.Id], func(b *wire.RegisterBrokerRecord) { b.Fenced = true })
	case *wire.UnfenceBrokerRecord:
		m.brokers[r.Id] = with(m.brokers[r.Id], func(b *wire.RegisterBrokerRecord) { b.Fenced = false })
	case *wire.BrokerRegistrationChangeRecord:
		m.brokers[r.BrokerId] = with(m.brokers[r.BrokerId], func(b *wire.RegisterBrokerRecord) {
			b.Fenced = b.Fenced && r.Fenced != -1 || r.Fenced == 1
			b.InControlledShutdown = b.InControlledShutdown || r.InControlledShutdown == 1
			if len(r.LogDirs) > 0 {
				b.LogDirs = r.LogDirs
			}
			if r.CordonedLogDirs != nil {
				b.CordonedLogDirs = r.CordonedLogDirs
			}
		})
	case *wire.RegisterControllerRecord:
		m.controllers[r.ControllerId] = r
	case *wire.UnregisterControllerRecord:
		delete(m.controllers, r.ControllerId)
	case *wire.ProducerIdsRecord:
		m.producerIDs = r
	case *wire.ClientQuotaRecord:
		user := *r.Entity[0].EntityName
		if m.quotas[user] == nil {
			m.quotas[user] = map[string]float64{}
		}
		m.quotas[user][r.Key] = r.Value
		if r.Remove {
			delete(m.quotas[user], r.Key)
		}
		if len(m.quotas[user]) == 0 {
			delete(m.quotas, user)
		}
	case *wire.AccessControlEntryRecord:
		m.acls[r.Id] = r
	case *wire.RemoveAccessControlEntryRecord:
		delete(m.acls, r.Id)
	case *wire.UserScramCredentialRecord:
		m.scram[ScramKey{r.Name, r.Mechanism}] = r
	case *wire.RemoveUserScramCredentialRecord:
		delete(m.scram, ScramKey{r.Name, r.Mechanism})
	case *wire.DelegationTokenRecord:
		m.tokens[r.TokenId] = r
	case *wire.RemoveDelegationTokenRecord:
		delete(m.tokens, r.TokenId)
	}
}

func with(b *wire.RegisterBrokerRecord, change func(*wire.RegisterBrokerRecord)) *wire.RegisterBrokerRecord {
	c := *b
	change(&c)
	return &c
}

// bytes writes the model in the order in which Image.Records does.
func (m *model) bytes() []byte {
	var out []byte
	put := func(r wire.Record) { out = appendLatest(out, r) }
	if m.clusterID != "" {
		name := bootstrapPrefix + m.clusterID
		put(&wire.BeginTransactionRecord{Name: &name})
	}
	if level, ok := m.features[MetadataVersion]; ok {
		put(&wire.FeatureLevelRecord{Name: MetadataVersion, FeatureLevel: level})
	}
	for _, name := range sorted(m.features) {
		if name != MetadataVersion {
			put(&wire.FeatureLevelRecord{Name: name, FeatureLevel: m.features[name]})
		}
	}
	if m.clusterID != "" {
		put(&wire.EndTransactionRecord{})
	}
	for _, id := range sorted(m.brokers) {
		put(m.brokers[id])
	}
	for _, id := range sorted(m.controllers) {
		put(m.controllers[id])
	}
	for _, name := range sorted(m.topics) {
		t := m.topics[name]
		put(&wire.TopicRecord{Name: name, TopicId: t.id})
		for i := range t.parts {
			put(&t.parts[i])
		}
	}
	m.settings(put)
	if m.begun != nil {
		put(m.begun)
		for _, r := range m.pending {
			put(r)
		}
	}
	return out
}

func (m *model) settings(put func(wire.Record)) {
	for _, key := range slices.SortedFunc(maps.Keys(m.configs), compareResources) {
		for _, name := range sorted(m.configs[key]) {
			value := m.configs[key][name]
			put(&wire.ConfigRecord{ResourceType: key.Type, ResourceName: key.Name, Name: name, Value: &value})
		}
	}
	for _, user := range sorted(m.quotas) {
		for _, key := range sorted(m.quotas[user]) {
			put(&wire.ClientQuotaRecord{Entity: userEntity(user), Key: key, Value: m.quotas[user][key]})
		}
	}
	if m.producerIDs != nil {
		put(m.producerIDs)
	}
	for _, id := range slices.SortedFunc(maps.Keys(m.acls), compareUUIDs) {
		put(m.acls[id])
	}
	for _, key := range slices.SortedFunc(maps.Keys(m.scram), compareScramKeys) {
		put(m.scram[key])
	}
	for _, id := range sorted(m.tokens) {
		put(m.tokens[id])
	}
}

func userEntity(user string) []wire.ClientQuotaRecordEntityData {
	return []wire.ClientQuotaRecordEntityData{{EntityType: "user", EntityName: &user}}
}

func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// appendLatest appends the record as it is stored at the newest metadata.version.
// Empty lists where the record may have null, which mean the same in a partition,
// are written as null.
func appendLatest(dst []byte, r wire.Record) []byte {
	if p, ok := r.(*wire.PartitionRecord); ok {
		c := *p
		c.EligibleLeaderReplicas, c.LastKnownElr = cloneList(p.EligibleLeaderReplicas), cloneList(p.LastKnownElr)
		r = &c
	}
	return wire.AppendMetadataRecord(dst, r, RecordVersion(r, LastMetadataVersion))
}

func imageBytes(i *Image) []byte {
	var out []byte
	for r := range i.Records() {
		out = appendLatest(out, r)
	}
	return out
}

// sameState compares image and model by their records and by what the image's
// look-ups say.
func sameState(t *rapid.T, i *Image, m *model) {
	if got, want := imageBytes(i), m.bytes(); !bytes.Equal(got, want) {
		t.Fatalf("the image is\n%s\nwant\n%s", dump(got), dump(want))
	}
	partitions := 0
	for name, want := range m.topics {
		partitions += len(want.parts)
		got := i.TopicByName(name)
		if got == nil || got != i.TopicByID(want.id) || got.PartitionCount() != len(want.parts) {
			t.Fatalf("topic %s is %+v, want %+v", name, got, want)
		}
		if got.Partition(int32(len(want.parts))) != nil || got.Partition(-1) != nil {
			t.Fatalf("topic %s has partitions that do not exist", name)
		}
	}
	if i.TopicCount() != len(m.topics) || i.PartitionCount() != partitions {
		t.Fatalf("%d topics, %d partitions, want %d, %d", i.TopicCount(), i.PartitionCount(), len(m.topics), partitions)
	}
	for id, b := range m.brokers {
		if got := i.Broker(id); got == nil || got.Epoch != b.BrokerEpoch {
			t.Fatalf("broker %d is %+v, want %+v", id, got, b)
		}
	}
	for key, want := range m.configs {
		if got := i.Config(key.Type, key.Name); !maps.Equal(got, want) {
			t.Fatalf("configs of %v are %v, want %v", key, got, want)
		}
	}
	if i.Config(TopicResource, "none") != nil || i.Broker(99) != nil || i.TopicByName("none") != nil {
		t.Fatal("found what is not there")
	}
	if i.ClusterID() != m.clusterID || i.Feature(GroupVersion) != m.features[GroupVersion] {
		t.Fatalf("cluster id %q, group.version %d", i.ClusterID(), i.Feature(GroupVersion))
	}
}

// dump shows stored records one on a line.
func dump(b []byte) string { return fmt.Sprintf("%x", b) }
