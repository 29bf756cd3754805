package metrics

import "time"

// Quorum has the metrics of the metadata quorum (Kafka's raft-metrics, KIP-595 and
// KIP-853).
type Quorum struct {
	// Commits is how long a leader's entries took until they were committed, Elections
	// how long it took from standing for election, or hearing of one, to a leader.
	Commits, Elections Recent
	// Appended are records written as the leader, Fetched those that came from one.
	Appended, Fetched Rate
	// Busy are the seconds in which the thread that writes the log was at work.
	Busy Rate
	// NewLeaders counts the active controllers that this node has heard of.
	NewLeaders Counter
	Counts     Source[QuorumCounts]
}

// QuorumCounts are the numbers of the quorum as a node sees them.
type QuorumCounts struct {
	Leader, Epoch int32 // node id of the leader, -1 if unknown
	Vote          int32 // node id that this one has voted for in the epoch, -1 for none
	// VoteDirectory is the metadata directory of that node.
	VoteDirectory string
	// State is "leader", "follower", "candidate" or "prospective" of a controller,
	// "unattached" while it knows no leader, and "observer".
	State                       string
	HighWatermark, LogEndOffset int64
	LogEndEpoch                 int32
	Voters, Observers           int // Observers as the leader knows them
	// UnknownVoters are those that this node has no address of.
	UnknownVoters int
	// AddingVoter: a controller receives the log and has no vote yet. ChangingVoters: a
	// change of the voters is not committed yet, on the leader.
	AddingVoter, ChangingVoters bool
	// IsVoter of this node. IgnoredStaticVoters: controller.quorum.voters names other
	// nodes than the quorum has.
	IsVoter, IgnoredStaticVoters bool
}

func (q *Quorum) collect(out *emitter, now time.Time) {
	n, ok := q.Counts.read()
	if !ok {
		return
	}
	const prefix = "kafka_server_raftmetrics_"
	value := func(name, help string, v float64) { out.value(out.desc(prefix+name, help), v) }
	out.value(out.desc(prefix+"current_state", "1 for the state of this node in the quorum.", "current_state"), 1, n.State)
	out.gauge(prefix+"current_leader", "Node id of the quorum's leader, -1 if unknown.", int(n.Leader))
	out.gauge(prefix+"current_epoch", "Epoch of the quorum.", int(n.Epoch))
	out.gauge(prefix+"current_vote", "Node id voted for in this epoch, -1 for none.", int(n.Vote))
	out.value(out.desc(prefix+"current_vote_directory_id", "1 for the directory of the node voted for.", "current_vote_directory_id"), 1, n.VoteDirectory)
	out.gauge(prefix+"high_watermark", "Offset up to which the metadata log is committed.", int(n.HighWatermark))
	out.gauge(prefix+"log_end_offset", "End of the metadata log on this node.", int(n.LogEndOffset))
	out.gauge(prefix+"log_end_epoch", "Epoch of the last record of the metadata log on this node.", int(n.LogEndEpoch))
	out.gauge(prefix+"number_of_voters", "Controllers of the quorum.", n.Voters)
	out.gauge(prefix+"number_of_observers", "Nodes that fetch the metadata log, on the leader.", n.Observers)
	out.gauge(prefix+"number_unknown_voter_connections", "Voters whose address is not known.", n.UnknownVoters)
	out.gauge(prefix+"pending_add_voter", "1 while a controller receives the log and has no vote yet.", flag(n.AddingVoter))
	out.gauge(prefix+"uncommitted_voter_change", "1 while a change of the voters is not committed, on the leader.", flag(n.ChangingVoters))
	out.gauge(prefix+"is_voter", "1 if this node has a vote.", flag(n.IsVoter))
	out.gauge(prefix+"ignored_static_voters", "1 if controller.quorum.voters is not what the quorum is.", flag(n.IgnoredStaticVoters))
	average, longest := q.Commits.read(now)
	value("commit_latency_avg", "Milliseconds from an append to its commit, on the leader.", average)
	value("commit_latency_max", "Longest of these.", longest)
	average, longest = q.Elections.read(now)
	value("election_latency_avg", "Milliseconds that an election took.", average)
	value("election_latency_max", "Longest of these.", longest)
	value("append_records_rate", "Records appended per second as the leader.", q.Appended.read(now))
	value("fetch_records_rate", "Records per second that came from the leader.", q.Fetched.read(now))
	value("poll_idle_ratio_avg", "Part of the time in which the thread of the metadata log had nothing to do.", max(0, 1-q.Busy.read(now)))
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
