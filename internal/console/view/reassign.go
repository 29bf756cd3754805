package view

// Reassignments are replicas on the move.
type Reassignments struct {
	Moves []Move `json:"moves"`
	AsOf  Millis `json:"asOf"`
}

// Move is one partition on the move.
type Move struct {
	Topic     string  `json:"topic"`
	Partition int32   `json:"partition"`
	Replicas  []int32 `json:"replicas"`
	Adding    []int32 `json:"adding"`
	Removing  []int32 `json:"removing"`
	Bytes     Int64   `json:"bytes" doc:"To be copied to each new replica; -1 where not known."`
	Copied    Int64   `json:"copied" doc:"By the slowest new replica; -1 where not known."`
	Done      float64 `json:"done" doc:"0 to 1."`
}

// PlanQuery says what to spread over which brokers.
type PlanQuery struct {
	Topics            []string `json:"topics"`
	Brokers           []int32  `json:"brokers,omitempty" doc:"All that are online unless told."`
	ReplicationFactor int      `json:"replicationFactor,omitempty" doc:"As it is unless told."`
}

// Plan is a reassignment before it is made.
type Plan struct {
	Partitions []PlannedMove `json:"partitions" doc:"Only those that change."`
	MovedBytes Int64         `json:"movedBytes" doc:"-1 where not known."`
	JSON       string        `json:"json" doc:"The same for kafka-reassign-partitions."`
}

// PlannedMove is what becomes of one partition.
type PlannedMove struct {
	Topic     string  `json:"topic"`
	Partition int32   `json:"partition"`
	Before    []int32 `json:"before"`
	After     []int32 `json:"after"`
}

// Reassign starts moves. An empty list of replicas stops the move under way.
type Reassign struct {
	Partitions []NewReplicas `json:"partitions"`
}

// NewReplicas is where a partition is to be.
type NewReplicas struct {
	Topic     string  `json:"topic"`
	Partition int32   `json:"partition"`
	Replicas  []int32 `json:"replicas" doc:"The first is the preferred leader; empty: stop the move."`
}

// Reassigned says for each partition what came of it.
type Reassigned struct {
	Done
	Partitions []PartitionResult `json:"partitions"`
}
