package metrics

// Quorum has the metrics of the metadata quorum (Kafka's raft-metrics, KIP-595).
type Quorum struct {
	Counts Source[QuorumCounts]
}

// QuorumCounts are the numbers of the quorum as a node sees them.
type QuorumCounts struct {
	Leader, Epoch int32 // node id of the leader, -1 if unknown
	// State is "leader" or "follower" of a controller, "unattached" while it knows no
	// leader, and "observer".
	State                       string
	HighWatermark, LogEndOffset int64
	Voters, Observers           int // Observers as the leader knows them
}

func (q *Quorum) collect(out *emitter) {
	n, ok := q.Counts.read()
	if !ok {
		return
	}
	const prefix = "kafka_server_raftmetrics_"
	out.value(out.desc(prefix+"current_state", "1 for the state of this node in the quorum.", "current_state"), 1, n.State)
	out.gauge(prefix+"current_leader", "Node id of the quorum's leader, -1 if unknown.", int(n.Leader))
	out.gauge(prefix+"current_epoch", "Epoch of the quorum.", int(n.Epoch))
	out.gauge(prefix+"high_watermark", "Offset up to which the metadata log is committed.", int(n.HighWatermark))
	out.gauge(prefix+"log_end_offset", "End of the metadata log on this node.", int(n.LogEndOffset))
	out.gauge(prefix+"number_of_voters", "Controllers of the quorum.", n.Voters)
	out.gauge(prefix+"number_of_observers", "Nodes that fetch the metadata log, on the leader.", n.Observers)
}
