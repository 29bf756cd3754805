package metrics

import "time"

// Controller has the metrics of the controller role (QuorumControllerMetrics,
// ControllerMetadataMetrics).
type Controller struct {
	UncleanElections Counter
	// EligibleElections are of leaders outside of the ISR that certainly had everything
	// (KIP-966).
	EligibleElections Counter
	Elections         Counter
	// MetadataErrors are failures to read or apply the metadata log.
	MetadataErrors Counter
	// Waited is how long decisions waited for their turn, Worked how long they took.
	Waited, Worked Histogram
	// Started are decisions; TimedOut those whose fate was not known in time, of which
	// TimedOutHeartbeats are brokers' heartbeats.
	Started, TimedOut, TimedOutHeartbeats Counter
	Counts                                Source[ControllerCounts]
}

// ControllerCounts are the numbers of the cluster as a controller sees them.
type ControllerCounts struct {
	Active                        bool
	Topics, Partitions            int
	OfflinePartitions             int // without a leader
	PreferredReplicaImbalance     int // led by another than the first replica
	ActiveBrokers, FencedBrokers  int
	LastAppliedOffset, LastOffset int64
	// LastAppliedMs is when the last record applied was appended, in ms since 1970; 0 if
	// nobody knows.
	LastAppliedMs       int64
	IgnoredStaticVoters bool
}

func (c *Controller) collect(out *emitter, now time.Time, q *Quorum) {
	const stats, events = "kafka_controller_controllerstats_", "kafka_controller_controllereventmanager_"
	out.plainCounter(stats+"uncleanleaderelections_total", "Leaders elected from outside the ISR.", &c.UncleanElections)
	out.plainCounter(stats+"electionfromeligibleleaderreplicas_total", "Leaders elected from the eligible leader replicas.", &c.EligibleElections)
	out.plainCounter(stats+"leaderelections_total", "Leaders elected.", &c.Elections)
	out.histogram(events+"eventqueuetimems", "Milliseconds that decisions waited for their turn.", "", "", c.Waited.read(now))
	out.histogram(events+"eventqueueprocessingtimems", "Milliseconds that decisions took.", "", "", c.Worked.read(now))
	n, ok := c.Counts.read()
	if !ok {
		return
	}
	const prefix = "kafka_controller_kafkacontroller_"
	count := func(name, help string, c *Counter) { out.gauge(prefix+name, help, int(c.Value())) }
	out.gauge(prefix+"activecontrollercount", "1 on the active controller.", flag(n.Active))
	out.gauge(prefix+"globaltopiccount", "Topics of the cluster.", n.Topics)
	out.gauge(prefix+"globalpartitioncount", "Partitions of the cluster.", n.Partitions)
	out.gauge(prefix+"offlinepartitionscount", "Partitions without a leader.", n.OfflinePartitions)
	out.gauge(prefix+"preferredreplicaimbalancecount", "Partitions not led by their first replica.", n.PreferredReplicaImbalance)
	out.gauge(prefix+"activebrokercount", "Brokers that are registered and not fenced.", n.ActiveBrokers)
	out.gauge(prefix+"fencedbrokercount", "Brokers that are registered and fenced.", n.FencedBrokers)
	out.gauge(prefix+"ignoredstaticvoters", "1 if controller.quorum.voters is not what the quorum is.", flag(n.IgnoredStaticVoters))
	out.gauge(prefix+"lastappliedrecordoffset", "Offset of the last metadata record applied.", int(n.LastAppliedOffset))
	out.gauge(prefix+"lastcommittedrecordoffset", "Offset of the last metadata record committed.", int(n.LastOffset))
	if n.LastAppliedMs > 0 {
		out.gauge(prefix+"lastappliedrecordtimestamp", "When the last metadata record applied was appended, in ms.", int(n.LastAppliedMs))
		lagMs := now.UnixMilli() - n.LastAppliedMs
		if n.Active {
			lagMs = 0 // it applies what it decides at once
		}
		out.gauge(prefix+"lastappliedrecordlagms", "Milliseconds since then.", int(lagMs))
	}
	count("metadataerrorcount", "Failures to read or apply the metadata log.", &c.MetadataErrors)
	count("newactivecontrollerscount", "Active controllers that this node has heard of.", &q.NewLeaders)
	count("eventqueueoperationsstartedcount", "Decisions.", &c.Started)
	count("eventqueueoperationstimedoutcount", "Decisions whose fate was not known in time.", &c.TimedOut)
	count("timedoutbrokerheartbeatcount", "Heartbeats of brokers among these.", &c.TimedOutHeartbeats)
}
