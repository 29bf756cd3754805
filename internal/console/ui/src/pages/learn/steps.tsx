import type { ReactNode } from "react";
import { Link } from "wouter";
import type { LearnFacts } from "../../api/types.ts";
import { to } from "../../lib/cluster.ts";
import { count, plural } from "../../lib/format.ts";
import { Term } from "../../parts/Term.tsx";
import { KeyMath } from "./KeyMath.tsx";
import { Tally } from "./Tally.tsx";

/** The names that the tour uses. */
export interface Names {
  cluster: string;
  bootstrap: string;
  topic: string;
  group: string;
  key: string;
}

export interface Step {
  id: string;
  title: string;
  /** Noticed from the cluster alone. */
  done: (f: LearnFacts) => boolean;
  /** What to do, by click and by command line. */
  todo: (n: Names) => ReactNode;
  command: (n: Names) => string;
  /** What happened, told with the reader's own data. */
  told: (f: LearnFacts, n: Names) => ReactNode;
}

const produceLink = (n: Names, text: string) => <Link href={`${to.topic(n.cluster, n.topic)}?produce=1`}>{text}</Link>;

/** The lab as a guided tour. */
export const steps: Step[] = [
  {
    id: "create", title: "Create a topic",
    done: (f) => f.topicExists && f.partitions > 1,
    todo: (n) => <>Create a <Term name="topic">topic</Term> called <code>{n.topic}</code> with 5 <Term name="partition">partitions</Term>: <Link href={`${to.cluster(n.cluster, "topics")}?create=1`}>open the form</Link>, or type:</>,
    command: (n) => `kafka-topics --bootstrap-server ${n.bootstrap} --create --topic ${n.topic} --partitions 5`,
    told: (f, n) => f.topicExists ? (
      <>
        <p><code>{n.topic}</code> exists with {plural(f.partitions, "partition")} and {plural(f.replicationFactor, "replica")} of each.{f.partitions < 2 && " With one partition there is nothing to spread: delete it and create it with 5."}</p>
        <p>Each partition is a log of its own on a broker's disk. A topic is only the name for them together.</p>
      </>
    ) : <p>The page notices by itself when it is there.</p>,
  },
  {
    id: "spread", title: "Produce without a key",
    done: (f) => BigInt(f.keyless) >= 10n,
    todo: (n) => <>Send 10 messages without a <Term name="key">key</Term>: {produceLink(n, "produce here")} (set Copies to 10), or type a few lines at:</>,
    command: (n) => `kafka-console-producer --bootstrap-server ${n.bootstrap} --topic ${n.topic}`,
    told: (f) => (
      <>
        <Tally facts={f} of="keyless" />
        <p>Records without a key belong nowhere in particular, so they are shared out. This page sends each to the next partition. The Java client fills a batch for one partition and then moves on to another: seen over a second it is even, seen over ten records they may all be in one place. That saves requests, because a batch goes to one partition.</p>
      </>
    ),
  },
  {
    id: "key", title: "Produce with a key",
    done: (f) => BigInt(f.withKey) >= 10n,
    todo: (n) => <>Send 10 messages with the key <code>{n.key}</code>: {produceLink(n, "produce here")} (tick With a key, Copies 10), or type lines such as <code>{n.key}:hello</code> at:</>,
    command: (n) => `kafka-console-producer --bootstrap-server ${n.bootstrap} --topic ${n.topic} --property parse.key=true --property key.separator=:`,
    told: (f, n) => (
      <>
        <Tally facts={f} of="withKey" />
        {f.keyPartitions.length === 1 && <p>All of them are in partition {f.keyPartitions[0]}. That is no chance:</p>}
        <KeyMath math={f.partitioner} />
        <p>The same key always gives the same number, so everything about <code>{n.key}</code> stays in order, in one partition. A key helps where order matters per customer, order or device. It costs evenness: if half of all records had this key, half of all work would be in that one partition, however many brokers there are. And with another number of partitions the remainder changes: new records of the key would land elsewhere.</p>
      </>
    ),
  },
  {
    id: "read", title: "Read from the beginning",
    done: (f) => BigInt(f.records) >= 20n,
    todo: (n) => <>Look at the <Link href={to.topic(n.cluster, n.topic)}>messages</Link> here, or type:</>,
    command: (n) => `kafka-console-consumer --bootstrap-server ${n.bootstrap} --topic ${n.topic} --from-beginning --property print.partition=true --property print.key=true`,
    told: (f) => (
      <>
        <p>There are {plural(f.records, "record")}. Reading does not remove them: the next reader sees the same ones, until <Term name="retention">retention</Term> lets them go. Each has an <Term name="offset">offset</Term>, counted per partition.</p>
        <p>Stop the consumer with Ctrl-C: it says how many messages it has processed.</p>
      </>
    ),
  },
  {
    id: "group", title: "Read as a group",
    done: (f) => f.groupExists && BigInt(f.groupCommitted) > 0n,
    todo: (n) => <>Read as the <Term name="group">group</Term> <code>{n.group}</code>, leave it running, and open its <Link href={to.group(n.cluster, n.group)}>page</Link>:</>,
    command: (n) => `kafka-console-consumer --bootstrap-server ${n.bootstrap} --topic ${n.topic} --from-beginning --group ${n.group}`,
    told: (f, n) => f.groupExists ? (
      <>
        <p>The group is {f.groupState}, with {plural(f.groupMembers, "member")}. Its bookmarks in <code>{n.topic}</code> add up to {count(f.groupCommitted)}: so many records it has said to be done with.</p>
        <p>The bookmark is the group's and not the consumer's. Start the same command in a second terminal: the {plural(f.partitions, "partition")} are shared out between the two. Start more than there are partitions, and one is idle.</p>
      </>
    ) : <p>The group appears with its first member.</p>,
  },
  {
    id: "lag", title: "Let lag grow and drain",
    done: (f) => BigInt(f.lagWas) > 0n && f.groupExists && BigInt(f.groupLag) === 0n,
    todo: (n) => <>Stop the consumer (Ctrl-C), {produceLink(n, "produce some more")}, look at the <Link href={to.group(n.cluster, n.group)}>lag</Link>, and start the consumer again with the same group:</>,
    command: (n) => `kafka-consumer-groups --bootstrap-server ${n.bootstrap} --describe --group ${n.group}`,
    told: (f) => (
      <>
        <p><Term name="lag">Lag</Term> is now {count(f.groupLag)}; the largest seen lately was {count(f.lagWas)}.</p>
        <p>While nobody reads, the ends of the partitions move on and the bookmarks stay: the difference is the lag. Whoever comes back under the same group id reads just that difference. A new group has no bookmark and begins at the end, unless it asks for the beginning.</p>
      </>
    ),
  },
  {
    id: "failover", title: "Lose a broker",
    done: (f) => f.brokers > 1 && f.replicationFactor > 1 && f.brokersOffline > 0 && f.underReplicated > 0,
    todo: () => <>With three brokers (<code>brolga lab</code>, or the compose file with three), create a topic with replication factor 3, then stop one broker and watch:</>,
    command: (n) => `kafka-topics --bootstrap-server ${n.bootstrap} --describe --topic ${n.topic}`,
    told: (f) => f.brokers < 2 ? <p>This cluster has {plural(f.brokers, "broker")}: with a single copy of everything there is nobody to take over. Start <code>brolga lab</code> to see it.</p> : (
      <>
        <p>{plural(f.brokers, "broker")}, {count(f.brokersOffline)} offline, {plural(f.underReplicated, "partition")} of the topic under-replicated.</p>
        <p>The <Term name="isr">in-sync set</Term> has lost the broker that is away; where it was the <Term name="leader">leader</Term>, another member of the set leads now. Producers with acks=all go on, because every record they were promised is on the brokers that are left. When the broker comes back it copies what it missed, is in sync again, and by and by gets its leaderships back.</p>
      </>
    ),
  },
];
