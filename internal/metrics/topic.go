package metrics

import "sync"

// Topic counts the traffic of one topic (BrokerTopicMetrics).
type Topic struct {
	MessagesIn          Counter // records
	BytesIn             Counter // of produce requests
	BytesOut            Counter // to consumers
	BytesRejected       Counter
	ReplicationBytesIn  Counter // from leaders
	ReplicationBytesOut Counter // to followers
	ProduceRequests     Counter // partitions in produce requests
	FetchRequests       Counter // partitions in fetch requests
	FailedProduce       Counter
	FailedFetch         Counter
	InvalidMagic        Counter // records refused for their format
	InvalidCRC          Counter // batches refused for their checksum
	InvalidSequence     Counter // batches refused for offset or sequence
	NullKeyCompacted    Counter // records without a key for a compacted topic
}

// topicCounters are the fields of Topic with their names.
var topicCounters = [...]struct {
	name, help string
	of         func(*Topic) *Counter
}{
	{"messagesin", "Records received.", func(t *Topic) *Counter { return &t.MessagesIn }},
	{"bytesin", "Bytes received from producers.", func(t *Topic) *Counter { return &t.BytesIn }},
	{"bytesout", "Bytes sent to consumers.", func(t *Topic) *Counter { return &t.BytesOut }},
	{"bytesrejected", "Bytes of refused batches.", func(t *Topic) *Counter { return &t.BytesRejected }},
	{"replicationbytesin", "Bytes fetched from leaders.", func(t *Topic) *Counter { return &t.ReplicationBytesIn }},
	{"replicationbytesout", "Bytes sent to followers.", func(t *Topic) *Counter { return &t.ReplicationBytesOut }},
	{"totalproducerequests", "Partitions in produce requests.", func(t *Topic) *Counter { return &t.ProduceRequests }},
	{"totalfetchrequests", "Partitions in fetch requests.", func(t *Topic) *Counter { return &t.FetchRequests }},
	{"failedproducerequests", "Partitions of produce requests that failed.", func(t *Topic) *Counter { return &t.FailedProduce }},
	{"failedfetchrequests", "Partitions of fetch requests that failed.", func(t *Topic) *Counter { return &t.FailedFetch }},
	{"invalidmagicnumberrecords", "Records refused for their format.", func(t *Topic) *Counter { return &t.InvalidMagic }},
	{"invalidmessagecrcrecords", "Batches refused for their checksum.", func(t *Topic) *Counter { return &t.InvalidCRC }},
	{"invalidoffsetorsequencerecords", "Batches refused for offset or sequence.", func(t *Topic) *Counter { return &t.InvalidSequence }},
	{"nokeycompactedtopicrecords", "Records without a key for a compacted topic.", func(t *Topic) *Counter { return &t.NullKeyCompacted }},
}

// Topics holds the counters of all topics.
type Topics struct {
	mu      sync.RWMutex
	byName  map[string]*Topic
	retired Topic // what deleted topics had counted
}

// Get returns the counters of a topic; keep the pointer with the partition.
func (t *Topics) Get(name string) *Topic {
	t.mu.RLock()
	topic := t.byName[name]
	t.mu.RUnlock()
	if topic != nil {
		return topic
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if topic = t.byName[name]; topic == nil {
		if t.byName == nil {
			t.byName = map[string]*Topic{}
		}
		topic = &Topic{}
		t.byName[name] = topic
	}
	return topic
}

// Remove ends the series of a topic that left this broker. What it counted
// stays in the sum over all topics.
func (t *Topics) Remove(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	topic := t.byName[name]
	if topic == nil {
		return
	}
	delete(t.byName, name)
	for _, c := range topicCounters {
		c.of(&t.retired).Add(c.of(topic).Value())
	}
}

// collect reports each topic's counters and, without a label, their sums.
func (t *Topics) collect(out *emitter) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, c := range topicCounters {
		name := "kafka_server_brokertopicmetrics_" + c.name + "_total"
		sum := c.of(&t.retired).Value()
		perTopic := out.desc(name, c.help, "topic")
		for topic, counters := range t.byName {
			n := c.of(counters).Value()
			sum += n
			out.counter(perTopic, n, topic)
		}
		out.counter(out.desc(name, c.help), sum)
	}
}
