/** A plain definition of a word that Kafka uses. */
interface Definition {
  title: string;
  text: string;
  /** Configuration keys that decide about it. */
  keys: string[];
  /** The step of the tour that shows it. */
  step?: string;
}

function term(title: string, text: string, keys: string[] = [], step?: string): Definition {
  return { title, text, keys, step };
}

/** The words that can be asked about in place. */
export const glossary = {
  topic: term("Topic", "A named stream of records. It is cut into partitions, and each record is in exactly one of them.", ["num.partitions", "auto.create.topics.enable"], "create"),
  partition: term("Partition", "A log of records in the order of their arrival. Order holds within a partition and not between partitions; a group reads a partition with one member at a time, so partitions are how far reading can be shared out.", ["num.partitions"], "spread"),
  offset: term("Offset", "The number of a record within its partition, from 0 upwards. It never changes and is never given again.", [], "read"),
  key: term("Key", "Bytes that say which records belong together. All records of a key land in one partition, so their order is kept; a key that is far more common than others makes its partition hot.", ["partitioner.class"], "key"),
  lag: term("Lag", "How many records a group has still to read: the end of the partition minus the group's committed offset. It grows while nobody reads, or reads too slowly.", [], "lag"),
  group: term("Consumer group", "Consumers that share the reading of topics. The group's committed offsets are its bookmark: who comes back under the same group id goes on where it stopped.", ["group.id", "auto.offset.reset"], "group"),
  isr: term("In-sync replicas (ISR)", "The replicas that have everything the leader has, or nearly. A record counts as committed when all of them have it, and only they may become leader.", ["min.insync.replicas", "replica.lag.time.max.ms"], "failover"),
  leader: term("Leader", "The one replica of a partition that takes writes and answers reads. The others copy from it. When its broker stops, another in-sync replica takes over.", ["auto.leader.rebalance.enable"], "failover"),
  replica: term("Replica", "A copy of a partition on a broker. With three replicas two brokers may be lost without losing committed records.", ["default.replication.factor"], "failover"),
  underReplicated: term("Under-replicated", "A partition with fewer in-sync replicas than replicas: it still works, with less in reserve.", ["replica.lag.time.max.ms"], "failover"),
  controller: term("Controller", "The node that decides about the cluster's metadata: who leads which partition, which topics exist. Several stand by; one is active.", ["controller.quorum.voters"], "failover"),
  retention: term("Retention", "How long, or up to which size, records are kept. Reading does not remove them.", ["retention.ms", "retention.bytes"]),
  compaction: term("Compaction", "A topic with cleanup.policy=compact keeps at least the newest record of each key and drops older ones in the background. A record with an empty value deletes its key.", ["cleanup.policy", "min.cleanable.dirty.ratio", "delete.retention.ms"]),
  highWatermark: term("High watermark", "The offset up to which all in-sync replicas have the records. Consumers see nothing beyond it.", ["min.insync.replicas"]),
  timeBehind: term("Time behind", "How old the first record is that the group has not read yet. A lag of 1,000 may be a second or a week."),
  rebalance: term("Rebalance", "Sharing the partitions out anew, because a member came, went, or went silent.", ["session.timeout.ms", "max.poll.interval.ms"], "group"),
  header: term("Header", "A name with bytes beside a record's key and value, for what is about the record and not in it."),
  preferredLeader: term("Preferred leader", "The first replica of a partition's list. Leadership goes back to it by and by, so that brokers share the work evenly.", ["auto.leader.rebalance.enable", "leader.imbalance.check.interval.seconds"], "failover"),
  source: term("Where a value comes from", "A topic's own setting wins over the broker's dynamic one, that over the cluster's default, that over the broker's file, and that over the built-in default."),
} as const satisfies Record<string, Definition>;

export type TermName = keyof typeof glossary;
