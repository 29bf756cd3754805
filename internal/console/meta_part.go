package console

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// tp names a partition.
type tp struct {
	topic     string
	partition int32
}

// metaPart is a cluster's metadata at a moment. It is not changed once made.
type metaPart struct {
	at         time.Time
	clusterID  string
	controller int32
	brokers    []brokerMeta // by id, those that were seen and are gone too
	topics     map[string]*topicMeta
	names      []string // sorted
	internal   int
	partitions int // of topics that are not internal and of those that are
}

type brokerMeta struct {
	id     int32
	host   string
	port   int32
	rack   string
	online bool
}

type topicMeta struct {
	name       string
	id         [16]byte
	internal   bool
	partitions []partitionMeta // by number, without gaps
	replicas   int             // the largest number of any partition
	under      int
	offline    int
	problem    error
}

type partitionMeta struct {
	leader   int32
	epoch    int32
	replicas []int32
	isr      []int32
	offline  []int32
}

// askMeta asks any broker for everything.
func (k *cluster) askMeta(ctx context.Context, prev *metaPart) (*metaPart, error) {
	req := kmsg.NewPtrMetadataRequest()
	req.AllowAutoTopicCreation = false
	answer, err := k.askAny(ctx, req)
	if err != nil {
		return nil, err
	}
	resp := answer.(*kmsg.MetadataResponse)
	m := &metaPart{at: k.now(), controller: resp.ControllerID, topics: make(map[string]*topicMeta, len(resp.Topics))}
	if resp.ClusterID != nil {
		m.clusterID = *resp.ClusterID
	}
	for _, t := range resp.Topics {
		if t.Topic == nil || t.ErrorCode == kerr.UnknownTopicOrPartition.Code {
			continue
		}
		m.add(readTopic(t))
	}
	slices.Sort(m.names)
	m.readBrokers(resp, prev)
	m.controller = k.activeController(ctx, resp, prev)
	return m, nil
}

func readTopic(t kmsg.MetadataResponseTopic) *topicMeta {
	topic := &topicMeta{name: *t.Topic, id: t.TopicID, internal: t.IsInternal, problem: kerr.ErrorForCode(t.ErrorCode)}
	slices.SortFunc(t.Partitions, func(a, b kmsg.MetadataResponseTopicPartition) int { return int(a.Partition - b.Partition) })
	topic.partitions = make([]partitionMeta, 0, len(t.Partitions))
	for i, p := range t.Partitions {
		if p.Partition != int32(i) {
			break // a hole: what is behind it cannot be shown by its number
		}
		topic.partitions = append(topic.partitions, partitionMeta{
			leader: p.Leader, epoch: p.LeaderEpoch, replicas: p.Replicas, isr: p.ISR, offline: p.OfflineReplicas})
		topic.replicas = max(topic.replicas, len(p.Replicas))
		if len(p.ISR) < len(p.Replicas) {
			topic.under++
		}
		if p.Leader < 0 {
			topic.offline++
		}
	}
	return topic
}

func (m *metaPart) add(t *topicMeta) {
	m.topics[t.name] = t
	m.names = append(m.names, t.name)
	m.partitions += len(t.partitions)
	if t.internal {
		m.internal++
	}
}

// readBrokers takes the brokers that answer, and as gone those that were here
// before or still have replicas.
func (m *metaPart) readBrokers(resp *kmsg.MetadataResponse, prev *metaPart) {
	known := map[int32]brokerMeta{}
	for _, t := range m.topics {
		for _, p := range t.partitions {
			for _, id := range p.replicas {
				known[id] = brokerMeta{id: id}
			}
		}
	}
	if prev != nil && prev.clusterID == m.clusterID {
		for _, b := range prev.brokers {
			b.online = false
			known[b.id] = b
		}
	}
	for _, b := range resp.Brokers {
		rack := ""
		if b.Rack != nil {
			rack = *b.Rack
		}
		known[b.NodeID] = brokerMeta{b.NodeID, b.Host, b.Port, rack, true}
	}
	for _, b := range known {
		m.brokers = append(m.brokers, b)
	}
	slices.SortFunc(m.brokers, func(a, b brokerMeta) int { return int(a.id - b.id) })
}

// broker finds a broker by id.
func (m *metaPart) broker(id int32) (brokerMeta, bool) {
	i := slices.IndexFunc(m.brokers, func(b brokerMeta) bool { return b.id == id })
	if i < 0 {
		return brokerMeta{}, false
	}
	return m.brokers[i], true
}

// online counts the brokers that answer.
func (m *metaPart) online() int {
	n := 0
	for _, b := range m.brokers {
		if b.online {
			n++
		}
	}
	return n
}

// topic finds a topic or says that it does not exist.
func (m *metaPart) topic(name string) (*topicMeta, error) {
	t := m.topics[name]
	if t == nil {
		return nil, &failure{status: 404, code: kerr.UnknownTopicOrPartition.Message, message: "There is no topic " + clip(name, 249) + "."}
	}
	return t, t.problem
}

// ofKafka tells topics that people did not make.
func (t *topicMeta) ofKafka() bool { return t.internal || strings.HasPrefix(t.name, "__") }
