import { Link } from "wouter";
import type { GroupOffset } from "../../api/types.ts";
import { to, useCluster } from "../../lib/cluster.ts";
import { count, duration, rate } from "../../lib/format.ts";
import { type Column, DataTable } from "../../parts/DataTable.tsx";
import { Status } from "../../parts/Status.tsx";

/** A group's bookmarks, one row per partition. */
export function GroupOffsets({ offsets }: { offsets: GroupOffset[] }) {
  const { id } = useCluster();
  const columns: Column<GroupOffset>[] = [
    { id: "topic", title: "Topic", width: "minmax(140px, 2fr)", cell: (o) => <Link href={to.topic(id, o.topic)} title={o.topic}>{o.topic}</Link> },
    { id: "partition", title: "Partition", width: "68px", num: true, cell: (o) => o.partition },
    { id: "committed", title: "Committed", width: "104px", num: true, cell: (o) => count(o.committed) },
    { id: "end", title: "End", width: "104px", num: true, cell: (o) => (o.end === "-1" ? "–" : count(o.end)) },
    { id: "lag", title: "Lag", width: "96px", num: true, cell: (o) => count(o.lag) },
    { id: "behind", title: "Behind", width: "96px", num: true, cell: (o) => duration(o.timeBehind) },
    { id: "rates", title: "In / out", width: "112px", num: true, cell: (o) => `${rate(o.in)} / ${rate(o.out)}` },
    { id: "client", title: "Read by", width: "minmax(120px, 1.5fr)", cell: (o) => (o.problem ? <Status level="warning"><span title={o.problem}>{o.problem}</span></Status> : o.clientId ? `${o.clientId} ${o.host ?? ""}` : <span className="muted">nobody</span>) },
    { id: "peek", title: "", width: "64px", cell: (o) => o.committed !== null && <Link href={`${to.topic(id, o.topic)}?from=offset&offset=${o.committed}&partitions=${o.partition}`} title="What the group reads next">peek</Link> },
  ];
  return <DataTable label="Offsets by partition" columns={columns} total={offsets.length} row={(i) => offsets[i]} rowKey={(o) => `${o.topic}/${o.partition}`} minWidth={940} height="480px" empty="It has committed nothing." />;
}
