package view

// Partition is one partition of a topic.
type Partition struct {
	Partition   int32     `json:"partition"`
	Leader      int32     `json:"leader" doc:"-1: none."`
	LeaderEpoch int32     `json:"leaderEpoch"`
	Preferred   bool      `json:"preferred" doc:"The leader is the first of the replicas."`
	Replicas    []Replica `json:"replicas" doc:"In the order of assignment."`
	Start       Int64     `json:"start" doc:"First offset; -1 where not known."`
	End         Int64     `json:"end" doc:"Offset after the last; -1 where not known."`
	Records     Int64     `json:"records" doc:"End minus start; -1 where not known."`
	Bytes       Int64     `json:"bytes" doc:"Of the leader's log; -1 where not known."`
	In          float64   `json:"in" doc:"Records written per second."`
	Problem     string    `json:"problem,omitempty" doc:"Why its offsets are not known."`
}

// Replica is one copy of a partition.
type Replica struct {
	Broker   int32 `json:"broker"`
	InSync   bool  `json:"inSync"`
	Offline  bool  `json:"offline"`
	Bytes    Int64 `json:"bytes" doc:"-1 where not known."`
	Lag      Int64 `json:"lag" doc:"Records behind the leader's end; -1 where not known."`
	Adding   bool  `json:"adding" doc:"Being moved here."`
	Removing bool  `json:"removing" doc:"Being moved away."`
}

// AddPartitions raises the number of partitions.
type AddPartitions struct {
	Total int `json:"total" doc:"How many there are afterwards."`
}

// DeleteRecords removes the beginning of partitions. Exactly one way is set.
type DeleteRecords struct {
	All       bool           `json:"all,omitempty" doc:"Everything, in partitions or else in all."`
	Timestamp *Int64         `json:"timestamp,omitempty" doc:"Everything before that time, in partitions or else in all."`
	Offsets   []BeforeOffset `json:"offsets,omitempty" doc:"Everything before an offset, one by one."`

	Partitions []int32 `json:"partitions,omitempty"`
}

// BeforeOffset is where a partition is to begin.
type BeforeOffset struct {
	Partition int32 `json:"partition"`
	Offset    Int64 `json:"offset" doc:"The first that stays; -1: the end."`
}

// DeletedRecords says how far each partition was cut.
type DeletedRecords struct {
	Done
	Partitions []DeletedRange `json:"partitions"`
}

// DeletedRange is what was removed from a partition.
type DeletedRange struct {
	Partition int32  `json:"partition"`
	From      Int64  `json:"from"`
	To        Int64  `json:"to" doc:"Exclusive: the first that stays."`
	Problem   string `json:"problem,omitempty"`
}

// Election makes partitions choose a leader.
type Election struct {
	Unclean    bool    `json:"unclean,omitempty" doc:"Accept a replica that lacks records; loses them."`
	Partitions []int32 `json:"partitions,omitempty" doc:"All unless told."`
}

// Elected says for each partition what came of an election.
type Elected struct {
	Done
	Partitions []PartitionResult `json:"partitions"`
}

// PartitionResult is what came of something done to a partition.
type PartitionResult struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	OK        bool   `json:"ok"`
	Problem   string `json:"problem,omitempty"`
}

// ProducerList is who wrote to a topic lately, as its leaders remember.
type ProducerList struct {
	Producers []Producer `json:"producers"`
}

// Producer is an idempotent or transactional producer of a partition.
type Producer struct {
	Partition    int32  `json:"partition"`
	ProducerID   Int64  `json:"producerId"`
	Epoch        int32  `json:"epoch"`
	LastSequence int32  `json:"lastSequence"`
	LastWrite    Int64  `json:"lastWrite" doc:"Timestamp."`
	OpenTxnFrom  *Int64 `json:"openTxnFrom,omitempty" doc:"Offset at which its open transaction began."`
}
