package view

import "encoding/json"

// StreamEvent is what the push channel sends, as the data of server-sent events
// whose id is seq. Exactly one of the fields after seq is set.
type StreamEvent struct {
	Seq      Int64        `json:"seq"`
	Hello    *StreamHello `json:"hello,omitempty" doc:"The first."`
	Snapshot *Snapshot    `json:"snapshot,omitempty"`
	Delta    *Delta       `json:"delta,omitempty"`
	Dropped  *Dropped     `json:"dropped,omitempty"`
	Error    *SubError    `json:"error,omitempty"`
}

// StreamHello names the stream.
type StreamHello struct {
	ID string `json:"id" doc:"For the requests that steer the stream."`
}

// Snapshot is everything a subscription shows, as the route of its kind answers.
type Snapshot struct {
	Sub  string          `json:"sub" doc:"The subscription's name."`
	Data json.RawMessage `json:"data"`
}

// Delta is what changed since the snapshot or delta before.
type Delta struct {
	Sub string `json:"sub"`
	Ops []Op   `json:"ops" doc:"To be applied in order."`
}

// Op sets one place of a snapshot, or removes it.
type Op struct {
	Path   []any           `json:"path" doc:"Names of fields and indexes of lists, from the top; empty: everything."`
	Value  json.RawMessage `json:"value,omitempty"`
	Remove bool            `json:"remove,omitempty"`
}

// Dropped says that the reader was too slow: that many deltas were left out, and
// new snapshots follow.
type Dropped struct {
	Events Int64 `json:"events" doc:"Since the stream began."`
}

// SubError says why a subscription has no data now; it is tried again.
type SubError struct {
	Sub     string  `json:"sub"`
	Problem Problem `json:"problem"`
}

// Subscribe changes what a stream shows.
type Subscribe struct {
	Add    []Subscription `json:"add,omitempty" doc:"A subscription of the same name is replaced."`
	Remove []string       `json:"remove,omitempty"`
}

// Subscription is one view to be kept up to date.
type Subscription struct {
	Name    string      `json:"name" doc:"The page's own name for it."`
	Kind    SubKind     `json:"kind"`
	Cluster string      `json:"cluster,omitempty"`
	Topic   string      `json:"topic,omitempty" doc:"For topic, topicGroups."`
	Group   string      `json:"group,omitempty" doc:"For group."`
	Broker  *int32      `json:"broker,omitempty" doc:"For broker."`
	Topics  *TopicQuery `json:"topics,omitempty" doc:"For topics."`
	Groups  *GroupQuery `json:"groups,omitempty" doc:"For groups."`
	Events  *EventQuery `json:"events,omitempty" doc:"For events."`
	Learn   *LearnQuery `json:"learn,omitempty" doc:"For learn."`
}

// SubKind says which route's answer a subscription follows.
type SubKind string

// Kinds of subscriptions and the routes that answer the same.
const (
	SubClusters      SubKind = "clusters"
	SubOverview      SubKind = "overview"
	SubTopics        SubKind = "topics"
	SubTopic         SubKind = "topic"
	SubTopicGroups   SubKind = "topicGroups"
	SubGroups        SubKind = "groups"
	SubGroup         SubKind = "group"
	SubBrokers       SubKind = "brokers"
	SubBroker        SubKind = "broker"
	SubReassignments SubKind = "reassignments"
	SubEvents        SubKind = "events"
	SubLearn         SubKind = "learn"
	SubLab           SubKind = "lab"
)

// Values lists them.
func (SubKind) Values() []string {
	return []string{"clusters", "overview", "topics", "topic", "topicGroups", "groups", "group",
		"brokers", "broker", "reassignments", "events", "learn", "lab"}
}

// Subscribed lists what a stream shows now.
type Subscribed struct {
	Names []string `json:"names"`
}
