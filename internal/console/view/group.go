package view

// GroupQuery picks a page of groups.
type GroupQuery struct {
	Search string    `json:"q,omitempty" doc:"Part of the name, any case."`
	State  string    `json:"state,omitempty" doc:"Stable, Empty, …"`
	Type   string    `json:"type,omitempty" doc:"classic, consumer, share, streams."`
	Topic  string    `json:"topic,omitempty" doc:"Only groups with a bookmark in or a member on this topic."`
	Sort   GroupSort `json:"sort,omitempty" doc:"name unless told."`
	Desc   bool      `json:"desc,omitempty"`
	Offset int       `json:"offset,omitempty"`
	Limit  int       `json:"limit,omitempty" doc:"100 unless told."`
}

// GroupSort is a column to sort groups by.
type GroupSort string

// Values lists them.
func (GroupSort) Values() []string {
	return []string{"name", "state", "members", "topics", "lag", "timeBehind"}
}

// GroupPage is a page of groups.
type GroupPage struct {
	Groups  []GroupRow `json:"groups"`
	Total   int        `json:"total"`
	Matched int        `json:"matched"`
	States  []string   `json:"states" doc:"States that occur."`
	AsOf    Millis     `json:"asOf"`
}

// GroupRow is a group in the list.
type GroupRow struct {
	Name        string  `json:"name"`
	Type        string  `json:"type" doc:"classic, consumer, share, streams; empty where the broker does not say."`
	State       string  `json:"state" doc:"Kafka's word: Stable, Empty, PreparingRebalance, …"`
	Protocol    string  `json:"protocol" doc:"consumer, connect, …"`
	Coordinator int32   `json:"coordinator" doc:"-1 where not known."`
	Members     int     `json:"members"`
	Topics      int     `json:"topics"`
	Lag         Int64   `json:"lag" doc:"-1: it has no bookmarks."`
	TimeBehind  *Millis `json:"timeBehind,omitempty" doc:"Milliseconds since the oldest record that it has not read; absent where not known."`
	Trend       Trend   `json:"trend"`
}

// Trend is where a lag is going.
type Trend string

// Trends.
const (
	TrendUnknown Trend = "unknown"
	TrendSteady  Trend = "steady"
	TrendGrowing Trend = "growing"
	TrendFalling Trend = "falling"
)

// Values lists them.
func (Trend) Values() []string { return []string{"unknown", "steady", "growing", "falling"} }

// Group is one group in full.
type Group struct {
	GroupRow
	Assignor   string        `json:"assignor,omitempty"`
	Epoch      *int32        `json:"epoch,omitempty" doc:"Of a group of type consumer."`
	MemberList []Member      `json:"memberList"`
	Offsets    []GroupOffset `json:"offsets" doc:"One row per partition, by topic and partition."`
	In         float64       `json:"in" doc:"Records written per second to what it reads."`
	Out        float64       `json:"out" doc:"Records committed per second."`
	DrainMs    *Millis       `json:"drainMs,omitempty" doc:"Until the lag is 0 at this pace; absent where it is not falling."`
	Why        []Finding     `json:"why" doc:"Why it is behind, best explanation first; one finding of status good where it is not."`
	History    Series        `json:"history" doc:"Lag."`
	AsOf       Millis        `json:"asOf"`
}

// Member is a member of a group.
type Member struct {
	ID         string            `json:"id"`
	InstanceID string            `json:"instanceId,omitempty" doc:"group.instance.id"`
	ClientID   string            `json:"clientId"`
	Host       string            `json:"host"`
	Rack       string            `json:"rack,omitempty"`
	Assignment []TopicPartitions `json:"assignment"`
	Partitions int               `json:"partitions"`
	Lag        Int64             `json:"lag" doc:"Of its partitions."`
}

// TopicPartitions are partitions of a topic.
type TopicPartitions struct {
	Topic      string  `json:"topic"`
	Partitions []int32 `json:"partitions"`
}

// GroupOffset is the bookmark of a group in a partition.
type GroupOffset struct {
	Topic      string  `json:"topic"`
	Partition  int32   `json:"partition"`
	Committed  *Int64  `json:"committed" doc:"The next offset to read; null: none."`
	Metadata   string  `json:"metadata,omitempty"`
	Start      Int64   `json:"start" doc:"-1 where not known."`
	End        Int64   `json:"end" doc:"-1 where not known."`
	Lag        *Int64  `json:"lag" doc:"null: nothing committed."`
	TimeBehind *Millis `json:"timeBehind,omitempty" doc:"Age of the record at the bookmark."`
	Member     string  `json:"member,omitempty" doc:"Member id."`
	ClientID   string  `json:"clientId,omitempty"`
	Host       string  `json:"host,omitempty"`
	Out        float64 `json:"out" doc:"Records committed per second."`
	In         float64 `json:"in" doc:"Records written per second."`
	Problem    string  `json:"problem,omitempty" doc:"For example: the bookmark is before the first record that is left."`
}

// GroupHistory is how a group did.
type GroupHistory struct {
	Lag        Series          `json:"lag"`
	Members    Series          `json:"members"`
	Out        Series          `json:"out" doc:"Records committed per second."`
	Partitions []PartitionLags `json:"partitions" doc:"For a heat map: the partitions with the largest lag, at most 64."`
}

// PartitionLags is the lag of one partition over time.
type PartitionLags struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Lag       Series `json:"lag"`
}

// Reset moves the bookmarks of a group without members. One way is set in to.
// With ?dryRun=true it answers what would happen.
type Reset struct {
	Scope      []TopicPartitions `json:"scope,omitempty" doc:"Topics, and which of their partitions (none: all). Empty: every topic that the group has a bookmark in."`
	To         ResetTo           `json:"to"`
	Offset     *Int64            `json:"offset,omitempty" doc:"For offset."`
	Shift      *Int64            `json:"shift,omitempty" doc:"For shift; negative: back."`
	Timestamp  *Int64            `json:"timestamp,omitempty" doc:"For time."`
	DurationMs *Int64            `json:"durationMs,omitempty" doc:"For duration: that long ago."`
	FromGroup  string            `json:"fromGroup,omitempty" doc:"For group: where that group is."`
	Offsets    []PlannedOffset   `json:"offsets,omitempty" doc:"For plan: one by one, as of a file."`
}

// PlannedOffset is one line of a plan.
type PlannedOffset struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Offset    Int64  `json:"offset"`
}

// ResetTo is a form of reset.
type ResetTo string

// Forms of reset.
const (
	ResetEarliest ResetTo = "earliest"
	ResetLatest   ResetTo = "latest"
	ResetCurrent  ResetTo = "current"
	ResetOffset   ResetTo = "offset"
	ResetShift    ResetTo = "shift"
	ResetTime     ResetTo = "time"
	ResetDuration ResetTo = "duration"
	ResetGroup    ResetTo = "group"
	ResetPlan     ResetTo = "plan"
)

// Values lists them.
func (ResetTo) Values() []string {
	return []string{"earliest", "latest", "current", "offset", "shift", "time", "duration", "group", "plan"}
}

// ResetResult is before and after of a reset.
type ResetResult struct {
	Done
	Partitions []ResetRow      `json:"partitions"`
	Reread     Int64           `json:"reread" doc:"Records that will be read again."`
	Skip       Int64           `json:"skip" doc:"Records that will not be read."`
	Blocked    string          `json:"blocked,omitempty" doc:"Why it cannot be done now, for example: the group has members."`
	Undo       []PlannedOffset `json:"undo" doc:"A plan that brings back what was; only of partitions that had a bookmark."`
}

// ResetRow is one partition of a reset.
type ResetRow struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Before    *Int64 `json:"before" doc:"null: nothing committed."`
	After     Int64  `json:"after"`
	Start     Int64  `json:"start"`
	End       Int64  `json:"end"`
	Lag       Int64  `json:"lag" doc:"Afterwards."`
	Change    Int64  `json:"change" doc:"Records skipped (positive) or read again (negative)."`
	Note      string `json:"note,omitempty" doc:"For example: moved to the nearer end of the log."`
	Problem   string `json:"problem,omitempty"`
}

// DeleteOffsets removes bookmarks of a group.
type DeleteOffsets struct {
	Topic      string  `json:"topic"`
	Partitions []int32 `json:"partitions,omitempty" doc:"All unless told."`
}

// DeletedOffsets says for each partition what came of it.
type DeletedOffsets struct {
	Done
	Partitions []PartitionResult `json:"partitions"`
}
