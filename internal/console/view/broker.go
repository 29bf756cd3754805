package view

// BrokerList is all brokers.
type BrokerList struct {
	Brokers    []BrokerRow `json:"brokers"`
	Controller int32       `json:"controller"`
	ClusterID  string      `json:"clusterId"`
	Version    string      `json:"version"`
	AsOf       Millis      `json:"asOf"`
}

// BrokerRow is a broker in the list.
type BrokerRow struct {
	BrokerTile
	LeaderShare float64 `json:"leaderShare" doc:"Its leaders as a part of a fair share: 1 is even."`
	Preferred   int     `json:"preferred" doc:"Partitions of which it is the preferred leader."`
	LogDirs     int     `json:"logDirs"`
	FreeBytes   Int64   `json:"freeBytes" doc:"Of its disks; -1 where not known."`
	TotalBytes  Int64   `json:"totalBytes" doc:"Of its disks; -1 where not known."`
	In          float64 `json:"in" doc:"Records written per second to partitions that it leads."`
	Problem     string  `json:"problem,omitempty"`
}

// Broker is one broker in full.
type Broker struct {
	BrokerRow
	LogDirList []LogDir `json:"logDirList"`
	AsOf       Millis   `json:"asOf"`
}

// LogDir is a data directory of a broker.
type LogDir struct {
	Path       string      `json:"path"`
	Problem    string      `json:"problem,omitempty"`
	Bytes      Int64       `json:"bytes" doc:"Of the replicas in it."`
	FreeBytes  Int64       `json:"freeBytes" doc:"-1 where not known."`
	TotalBytes Int64       `json:"totalBytes" doc:"-1 where not known."`
	Replicas   int         `json:"replicas"`
	Largest    []LogDirLog `json:"largest" doc:"The 50 largest."`
}

// LogDirLog is a replica in a data directory.
type LogDirLog struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Bytes     Int64  `json:"bytes"`
	Lag       Int64  `json:"lag" doc:"Records behind."`
	Future    bool   `json:"future" doc:"Being moved here from another directory."`
}

// BrokerPartitionQuery picks replicas of a broker.
type BrokerPartitionQuery struct {
	Search string `json:"q,omitempty"`
	Role   string `json:"role,omitempty" doc:"leader, follower, or out-of-sync."`
	Offset int    `json:"offset,omitempty"`
	Limit  int    `json:"limit,omitempty"`
}

// BrokerPartitions is a page of replicas of a broker.
type BrokerPartitions struct {
	Partitions []BrokerPartition `json:"partitions"`
	Matched    int               `json:"matched"`
}

// BrokerPartition is a replica on a broker.
type BrokerPartition struct {
	Topic     string  `json:"topic"`
	Partition int32   `json:"partition"`
	Leader    int32   `json:"leader"`
	Replicas  []int32 `json:"replicas"`
	ISR       []int32 `json:"isr"`
}

// Quorum is how the controllers are.
type Quorum struct {
	Leader        int32         `json:"leader"`
	LeaderEpoch   int32         `json:"leaderEpoch"`
	HighWatermark Int64         `json:"highWatermark"`
	Voters        []QuorumNode  `json:"voters"`
	Observers     []QuorumNode  `json:"observers"`
	Command       string        `json:"command" doc:"The command line that shows the same."`
	Listeners     []QuorumPlace `json:"listeners"`
}

// QuorumNode is a node that follows the metadata.
type QuorumNode struct {
	ID           int32   `json:"id"`
	LogEnd       Int64   `json:"logEnd"`
	Lag          Int64   `json:"lag"`
	LastFetch    *Millis `json:"lastFetch,omitempty"`
	LastCaughtUp *Millis `json:"lastCaughtUp,omitempty"`
}

// QuorumPlace is where a controller listens.
type QuorumPlace struct {
	Node int32  `json:"node"`
	Name string `json:"name"`
	Host string `json:"host"`
	Port int32  `json:"port"`
}
