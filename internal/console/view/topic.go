package view

// TopicQuery picks a page of topics.
type TopicQuery struct {
	Search   string    `json:"q,omitempty" doc:"Part of the name, any case; several words must all occur."`
	Internal bool      `json:"internal,omitempty" doc:"Show Kafka's own topics too."`
	Sort     TopicSort `json:"sort,omitempty" doc:"name unless told."`
	Desc     bool      `json:"desc,omitempty"`
	Health   string    `json:"health,omitempty" doc:"problem: only topics with offline or under-replicated partitions."`
	Offset   int       `json:"offset,omitempty" doc:"Rows to skip."`
	Limit    int       `json:"limit,omitempty" doc:"100 unless told, at most limits.pageSize."`
}

// TopicSort is a column to sort topics by.
type TopicSort string

// Values lists them.
func (TopicSort) Values() []string {
	return []string{"name", "partitions", "replicationFactor", "records", "bytes", "in", "groups", "lag", "health"}
}

// TopicPage is a page of topics.
type TopicPage struct {
	Topics  []TopicRow `json:"topics"`
	Total   int        `json:"total" doc:"Topics of the cluster, Kafka's own counted only with internal."`
	Matched int        `json:"matched" doc:"Topics that the search left."`
	AsOf    Millis     `json:"asOf"`
}

// TopicRow is a topic in the list.
type TopicRow struct {
	Name              string  `json:"name"`
	Internal          bool    `json:"internal"`
	Partitions        int     `json:"partitions"`
	ReplicationFactor int     `json:"replicationFactor"`
	UnderReplicated   int     `json:"underReplicated"`
	Offline           int     `json:"offline"`
	Records           Int64   `json:"records" doc:"Ends minus starts; -1 where not known yet."`
	Exact             bool    `json:"exact" doc:"records counts what is really there: not compacted, as far as the protocol tells."`
	Bytes             Int64   `json:"bytes" doc:"On disk, all replicas; -1 where not known."`
	In                float64 `json:"in" doc:"Records written per second."`
	Groups            int     `json:"groups" doc:"Groups with a bookmark in it."`
	Lag               Int64   `json:"lag" doc:"The largest lag of any group; -1 without groups."`
	CleanupPolicy     string  `json:"cleanupPolicy,omitempty"`
}

// NewTopic is a topic to be created.
type NewTopic struct {
	Name              string            `json:"name"`
	Partitions        int32             `json:"partitions" doc:"-1: the broker's default."`
	ReplicationFactor int16             `json:"replicationFactor" doc:"-1: the broker's default."`
	Configs           map[string]string `json:"configs,omitempty"`
}

// CloneTopic is a copy of a topic to be made: partitions, replication factor and
// its own configs, not its records.
type CloneTopic struct {
	Name string `json:"name"`
}

// TopicDefaults is what the form for a new topic needs.
type TopicDefaults struct {
	Brokers           int         `json:"brokers" doc:"The largest replication factor that works now."`
	Partitions        int32       `json:"partitions" doc:"num.partitions."`
	ReplicationFactor int16       `json:"replicationFactor" doc:"default.replication.factor."`
	Configs           []ConfigDoc `json:"configs" doc:"Every config of a topic with the default it would get."`
}

// BulkTopics does one thing to several topics.
type BulkTopics struct {
	Action TopicAction       `json:"action"`
	Topics []string          `json:"topics"`
	Set    map[string]string `json:"set,omitempty" doc:"For config."`
	Unset  []string          `json:"unset,omitempty" doc:"For config."`
}

// TopicAction is what BulkTopics does.
type TopicAction string

// Actions on several topics.
const (
	ActionDelete TopicAction = "delete"
	ActionPurge  TopicAction = "purge"
	ActionConfig TopicAction = "config"
)

// Values lists them.
func (TopicAction) Values() []string { return []string{"delete", "purge", "config"} }

// BulkResult says for each what came of it.
type BulkResult struct {
	Done
	Results []ItemResult `json:"results"`
}

// ItemResult is what came of one of several.
type ItemResult struct {
	Name    string `json:"name"`
	OK      bool   `json:"ok"`
	Problem string `json:"problem,omitempty"`
}

// Topic is one topic in full.
type Topic struct {
	TopicRow
	ID               string      `json:"id"`
	MinISR           int         `json:"minIsr" doc:"min.insync.replicas; 0 where not known."`
	PartitionList    []Partition `json:"partitionList"`
	GroupNames       []string    `json:"groupNames"`
	DeletionDisabled bool        `json:"deletionDisabled" doc:"The brokers refuse to delete topics."`
	AsOf             Millis      `json:"asOf"`
}
