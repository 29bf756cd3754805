package metrics

import (
	"iter"
	"strconv"
)

// Replica has the metrics of the partitions on this broker (ReplicaManager).
type Replica struct {
	IsrShrinks       Counter
	IsrExpands       Counter
	FailedIsrUpdates Counter
	// CommittedTruncations counts followers whose log was cut below their high
	// watermark, which only an unclean election may cause.
	CommittedTruncations Counter
	// SalvagedLogs counts logs that were damaged where they had been synced, and went on
	// with what was left of them.
	SalvagedLogs Counter
	Counts       Source[ReplicaCounts]
	Led          Source[iter.Seq[LedPartition]]
}

// LedPartition are the numbers of one partition that this broker leads.
type LedPartition struct {
	Topic            string
	Partition        int32
	Replicas, InSync int
	MinISR           int
}

// ReplicaCounts are the numbers of partitions on this broker.
type ReplicaCounts struct {
	Partitions      int // replicas on this broker
	Leaders         int // of which this broker leads
	UnderReplicated int // led ones with fewer in sync than replicas
	UnderMinISR     int // led ones with fewer in sync than min.insync.replicas
	AtMinISR        int // led ones with exactly as many
	Offline         int // in failed log directories
	Reassigning     int // led ones that are being moved
	WaitingProduces int // produce requests that wait for replicas
	WaitingFetches  int // fetch requests that wait for data
	FetchSessions   int
}

func (r *Replica) collect(out *emitter) {
	const prefix = "kafka_server_replicamanager_"
	out.plainCounter(prefix+"isrshrinks_total", "Times a replica left an ISR.", &r.IsrShrinks)
	out.plainCounter(prefix+"isrexpands_total", "Times a replica joined an ISR.", &r.IsrExpands)
	out.plainCounter(prefix+"failedisrupdates_total", "Changes of an ISR that the controller refused.", &r.FailedIsrUpdates)
	out.plainCounter("brolga_replica_committedtruncations_total", "Times a follower had to give up committed records.", &r.CommittedTruncations)
	out.plainCounter("brolga_replica_salvagedlogs_total", "Damaged logs that went on with what was left of them.", &r.SalvagedLogs)
	c, ok := r.Counts.read()
	if !ok {
		return
	}
	out.gauge(prefix+"partitioncount", "Replicas on this broker.", c.Partitions)
	out.gauge(prefix+"leadercount", "Partitions this broker leads.", c.Leaders)
	out.gauge(prefix+"underreplicatedpartitions", "Led partitions with replicas out of sync.", c.UnderReplicated)
	out.gauge(prefix+"underminisrpartitioncount", "Led partitions below min.insync.replicas.", c.UnderMinISR)
	out.gauge(prefix+"atminisrpartitioncount", "Led partitions at min.insync.replicas.", c.AtMinISR)
	out.gauge(prefix+"offlinereplicacount", "Replicas in failed log directories.", c.Offline)
	out.gauge(prefix+"reassigningpartitions", "Led partitions that are being moved.", c.Reassigning)
	waiting := out.desc("kafka_server_delayedoperationpurgatory_purgatorysize", "Requests that wait.", "delayedOperation")
	out.value(waiting, float64(c.WaitingProduces), "Produce")
	out.value(waiting, float64(c.WaitingFetches), "Fetch")
	out.gauge("kafka_server_fetchsessioncache_numincrementalfetchsessions", "Fetch sessions in use.", c.FetchSessions)
	if led, ok := r.Led.read(); ok {
		collectLed(out, led)
	}
}

// collectLed reports the partitions that this broker leads, one by one, under the
// names of Kafka's Partition.
func collectLed(out *emitter, led iter.Seq[LedPartition]) {
	desc := func(name, help string) func(n int, p *LedPartition, number string) {
		d := out.desc("kafka_cluster_partition_"+name, help, "topic", "partition")
		return func(n int, p *LedPartition, number string) { out.value(d, float64(n), p.Topic, number) }
	}
	replicas, inSync := desc("replicascount", "Replicas of the partition."), desc("insyncreplicascount", "Replicas in sync.")
	under, underMin, atMin := desc("underreplicated", "1 if replicas are out of sync."),
		desc("underminisr", "1 below min.insync.replicas."), desc("atminisr", "1 at min.insync.replicas.")
	for p := range led {
		number := strconv.Itoa(int(p.Partition))
		replicas(p.Replicas, &p, number)
		inSync(p.InSync, &p, number)
		under(flag(p.InSync < p.Replicas), &p, number)
		underMin(flag(p.InSync < p.MinISR), &p, number)
		atMin(flag(p.InSync == p.MinISR), &p, number)
	}
}
