package metrics

// Controller has the metrics of the controller role.
type Controller struct {
	UncleanElections Counter
	Elections        Counter
	Counts           Source[ControllerCounts]
}

// ControllerCounts are the numbers of the cluster as a controller sees them.
type ControllerCounts struct {
	Active                        bool
	Topics, Partitions            int
	OfflinePartitions             int // without a leader
	PreferredReplicaImbalance     int // led by another than the first replica
	ActiveBrokers, FencedBrokers  int
	LastAppliedOffset, LastOffset int64
}

func (c *Controller) collect(out *emitter) {
	out.plainCounter("kafka_controller_controllerstats_uncleanleaderelections_total", "Leaders elected from outside the ISR.", &c.UncleanElections)
	out.plainCounter("kafka_controller_controllerstats_leaderelections_total", "Leaders elected.", &c.Elections)
	n, ok := c.Counts.read()
	if !ok {
		return
	}
	const prefix = "kafka_controller_kafkacontroller_"
	active := 0
	if n.Active {
		active = 1
	}
	out.gauge(prefix+"activecontrollercount", "1 on the active controller.", active)
	out.gauge(prefix+"globaltopiccount", "Topics of the cluster.", n.Topics)
	out.gauge(prefix+"globalpartitioncount", "Partitions of the cluster.", n.Partitions)
	out.gauge(prefix+"offlinepartitionscount", "Partitions without a leader.", n.OfflinePartitions)
	out.gauge(prefix+"preferredreplicaimbalancecount", "Partitions not led by their first replica.", n.PreferredReplicaImbalance)
	out.gauge(prefix+"activebrokercount", "Brokers that are registered and not fenced.", n.ActiveBrokers)
	out.gauge(prefix+"fencedbrokercount", "Brokers that are registered and fenced.", n.FencedBrokers)
	out.gauge(prefix+"lastappliedrecordoffset", "Offset of the last metadata record applied.", int(n.LastAppliedOffset))
	out.gauge(prefix+"lastcommittedrecordoffset", "Offset of the last metadata record committed.", int(n.LastOffset))
}
