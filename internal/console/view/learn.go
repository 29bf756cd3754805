package view

// PartitionerQuery asks where a key goes.
type PartitionerQuery struct {
	Key        string   `json:"key,omitempty"`
	Encoding   Encoding `json:"encoding,omitempty"`
	Partitions int32    `json:"partitions,omitempty" doc:"How many; without it those of topic."`
	Cluster    string   `json:"cluster,omitempty"`
	Topic      string   `json:"topic,omitempty"`
}

// Partitioner is the computation of Java's default partitioner, number by number.
type Partitioner struct {
	Key        string        `json:"key"`
	Bytes      string        `json:"bytes" doc:"The key's bytes in hex."`
	Length     int           `json:"length"`
	Seed       string        `json:"seed" doc:"0x9747b28c, and what it is after xor with the length."`
	Steps      []Murmur2Step `json:"steps" doc:"At most 16: longer keys show the first 15 and the last."`
	Hash       int32         `json:"hash" doc:"murmur2(key), signed."`
	Positive   int32         `json:"positive" doc:"hash & 0x7fffffff."`
	Partitions int32         `json:"partitions"`
	Partition  int32         `json:"partition" doc:"positive modulo partitions."`
	Formula    string        `json:"formula" doc:"The same in one line."`
}

// Murmur2Step is one step of murmur2.
type Murmur2Step struct {
	What string `json:"what" doc:"Which bytes, or the finish."`
	K    string `json:"k,omitempty" doc:"The mixed word in hex."`
	H    string `json:"h" doc:"The hash after the step in hex."`
}

// LearnQuery says whose progress on the tour is asked for.
type LearnQuery struct {
	Topic string `json:"topic,omitempty" doc:"mytopic unless told."`
	Group string `json:"group,omitempty" doc:"Pizza unless told."`
	Key   string `json:"key,omitempty" doc:"my key unless told."`
}

// LearnFacts is what the cluster shows of the tour's steps.
type LearnFacts struct {
	TopicExists       bool             `json:"topicExists"`
	Partitions        int              `json:"partitions"`
	ReplicationFactor int              `json:"replicationFactor"`
	Brokers           int              `json:"brokers"`
	BrokersOffline    int              `json:"brokersOffline"`
	UnderReplicated   int              `json:"underReplicated" doc:"Partitions of the topic."`
	Records           Int64            `json:"records"`
	Keyless           Int64            `json:"keyless" doc:"Among the last 1000 messages of the topic."`
	Keyed             Int64            `json:"keyed"`
	WithKey           Int64            `json:"withKey" doc:"Messages with the tour's key."`
	PerPartition      []PartitionTally `json:"perPartition"`
	KeyPartitions     []int32          `json:"keyPartitions" doc:"Partitions in which the tour's key was found: one, if all is well."`
	Partitioner       Partitioner      `json:"partitioner"`
	GroupExists       bool             `json:"groupExists"`
	GroupState        string           `json:"groupState,omitempty"`
	GroupMembers      int              `json:"groupMembers"`
	GroupLag          Int64            `json:"groupLag"`
	GroupCommitted    Int64            `json:"groupCommitted" doc:"Sum of its bookmarks in the topic."`
	LagWas            Int64            `json:"lagWas" doc:"The largest lag of the group that was noticed lately."`
	AsOf              Millis           `json:"asOf"`
}

// PartitionTally counts the messages of a partition.
type PartitionTally struct {
	Partition int32 `json:"partition"`
	Records   Int64 `json:"records"`
	Keyless   Int64 `json:"keyless"`
	Keyed     Int64 `json:"keyed"`
	WithKey   Int64 `json:"withKey"`
	Leader    int32 `json:"leader"`
	InSync    int   `json:"inSync"`
	Replicas  int   `json:"replicas"`
}
