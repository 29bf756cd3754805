package group

// Config holds the coordinator's part of the broker configuration. Every value is
// read-only while the broker runs.
type Config struct {
	// InitialRebalanceDelayMs is how long the first rebalance of an empty group
	// waits for more members (group.initial.rebalance.delay.ms).
	InitialRebalanceDelayMs int64
	// MinSessionTimeoutMs and MaxSessionTimeoutMs bound what a member may ask for
	// (group.min.session.timeout.ms, group.max.session.timeout.ms).
	MinSessionTimeoutMs, MaxSessionTimeoutMs int32
	// MaxSize is the most members of one group (group.max.size).
	MaxSize int
	// OffsetMetadataMaxBytes bounds the text committed with an offset
	// (offset.metadata.max.bytes).
	OffsetMetadataMaxBytes int
	// OffsetsRetentionMs is how long offsets are kept after their group became
	// empty, or after the commit if there is no group (offsets.retention.minutes).
	OffsetsRetentionMs int64
	// OffsetsRetentionCheckIntervalMs is the time between two looks for expired
	// offsets (offsets.retention.check.interval.ms).
	OffsetsRetentionCheckIntervalMs int64
	// OffsetCommitTimeoutMs is how long an answer waits for the commit of what it
	// saw before the client is told to try again (offsets.commit.timeout.ms).
	OffsetCommitTimeoutMs int64
}

const (
	// newMemberJoinTimeoutMs is how long a member that does not know its id yet
	// may wait in one JoinGroup. Nobody can tell that its client is gone, so the
	// request is given up and the client, if alive, tries again.
	newMemberJoinTimeoutMs = 5 * 60_000
	// maxProtocols is the most protocols of one member. Clients send two or three.
	maxProtocols = 100
	// metadataBudget is how many times the largest record the metadata of all
	// protocols of all members of one group may take in memory: members may list
	// several protocols, and one of them ends up in the record.
	metadataBudget = 8
)
