package planted

// Bug is one planted bug.
type Bug int

// The bugs. What each does is in the list below.
const (
	none Bug = iota

	AckBeforeReplication
	PromiseBeforeFsync
	SkipFsync
	AckAfterEIO
	WatermarkIsLogEnd
	WatermarkBelowMinISR
	FetchAboveWatermark
	FollowerWatermarkAhead
	JoinerNotAwaited
	LeaverNotAwaited

	TruncateToWatermark
	DivergenceUnnoticed
	EpochsNotCut
	NoEpochBump
	StaleLeaderAppends
	FollowerTakesBadCRC

	DedupForgotten
	DedupWindowOne
	IndexOneOff
	TornTailKept
	DirectoryUnsynced
	TombstonesGoAtOnce

	CheckpointUnsynced
	CleanMarkStays
	LogStartForgotten
	TopicIDIgnored
	OrphansByAbsence

	StaleEpochJoins
	UncleanAnyway
	FencedMayLead
	SnapshotDropsConfigs
	VoteUnsynced

	OffsetsInWrongOrder
	GenerationUnchecked
	ReplayByClock

	count
)

// Entry tells of one bug.
type Entry struct {
	Name string // in the environment
	Says string // what the program does that it must not
}

// entries has a row for each bug.
var entries = [count]Entry{
	AckBeforeReplication:   {"ack-before-replication", "acks=all is answered before any follower has the record"},
	PromiseBeforeFsync:     {"promise-before-fsync", "with log.durability=fsync the watermark counts what no disk has yet"},
	SkipFsync:              {"skip-fsync", "a log's sync syncs nothing and says that it did"},
	AckAfterEIO:            {"ack-after-eio", "a sync that failed counts as done"},
	WatermarkIsLogEnd:      {"watermark-is-log-end", "the watermark is the end of the leader's log"},
	WatermarkBelowMinISR:   {"watermark-below-min-isr", "the watermark moves while fewer replicas than min.insync.replicas are in sync"},
	FetchAboveWatermark:    {"fetch-above-watermark", "consumers are given records above the watermark"},
	FollowerWatermarkAhead: {"follower-watermark-ahead", "a follower takes over a watermark beyond the end of its own log"},
	JoinerNotAwaited:       {"joiner-not-awaited", "the watermark does not wait for a replica whose joining of the ISR is proposed"},
	LeaverNotAwaited:       {"leaver-not-awaited", "a replica counts as out of the ISR when its leaving is proposed, not when it is decided"},

	TruncateToWatermark: {"truncate-to-watermark", "a follower cuts its log to its watermark before it asks what the leader has"},
	DivergenceUnnoticed: {"divergence-unnoticed", "a leader does not compare epochs with a follower that begins to fetch"},
	EpochsNotCut:        {"epochs-not-cut", "a truncated log keeps the leader epochs of what was cut"},
	NoEpochBump:         {"no-epoch-bump", "an election does not raise the leader epoch"},
	StaleLeaderAppends:  {"stale-leader-appends", "a log takes batches of a leader epoch that has ended"},
	FollowerTakesBadCRC: {"follower-takes-bad-crc", "a follower does not check the CRC of what it copies"},

	DedupForgotten:     {"dedup-forgotten", "producers are forgotten at a restart"},
	DedupWindowOne:     {"dedup-window-one", "only the last batch of a producer is known again, not the last five"},
	IndexOneOff:        {"index-one-off", "an index lookup gives the entry after the right one"},
	TornTailKept:       {"torn-tail-kept", "recovery does not check CRCs"},
	DirectoryUnsynced:  {"directory-unsynced", "new segments are synced, their names are not"},
	TombstonesGoAtOnce: {"tombstones-go-at-once", "compaction removes tombstones without regard to delete.retention.ms"},

	CheckpointUnsynced: {"checkpoint-unsynced", "the recovery points are written in place and not synced"},
	CleanMarkStays:     {"clean-mark-stays", "the mark of a clean shutdown outlives the start, so that a later crash looks orderly"},
	LogStartForgotten:  {"log-start-forgotten", "the log start of DeleteRecords is forgotten at a restart"},
	TopicIDIgnored:     {"topic-id-ignored", "a new topic takes over the log of an older one of its name"},
	OrphansByAbsence:   {"orphans-by-absence", "a log that the metadata does not know is deleted"},

	StaleEpochJoins:      {"stale-epoch-joins", "a replica joins the ISR for a process that was replaced"},
	UncleanAnyway:        {"unclean-anyway", "replicas that may lack records are elected without unclean.leader.election.enable"},
	FencedMayLead:        {"fenced-may-lead", "a fenced broker is elected"},
	SnapshotDropsConfigs: {"snapshot-drops-configs", "snapshots of the metadata leave out configs"},
	VoteUnsynced:         {"vote-unsynced", "a controller's term and vote are written in place and not synced"},

	OffsetsInWrongOrder: {"offsets-in-wrong-order", "a coordinator that loads replays batches in the wrong order"},
	GenerationUnchecked: {"generation-unchecked", "offset commits of an older generation are taken"},
	ReplayByClock:       {"replay-by-clock", "replaying a commit of offsets dates it by the clock"},
}

// All returns every bug.
func All() []Bug {
	all := make([]Bug, 0, count-1)
	for b := none + 1; b < count; b++ {
		all = append(all, b)
	}
	return all
}

// Entry returns what there is to tell of the bug.
func (b Bug) Entry() Entry { return entries[b] }

// Named finds a bug by its name.
func Named(name string) (Bug, bool) {
	for _, b := range All() {
		if entries[b].Name == name {
			return b, true
		}
	}
	return none, false
}
