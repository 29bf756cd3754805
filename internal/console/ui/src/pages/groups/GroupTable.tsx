import { Link } from "wouter";
import type { GroupRow } from "../../api/types.ts";
import { to, useCluster } from "../../lib/cluster.ts";
import { count, duration } from "../../lib/format.ts";
import { type Column, DataTable, type Sort } from "../../parts/DataTable.tsx";
import { type Level, Status } from "../../parts/Status.tsx";
import { Trend } from "../../parts/Trend.tsx";

interface Props {
  total: number;
  row: (i: number) => GroupRow | undefined;
  onRange?: (first: number, last: number) => void;
  sort?: Sort;
  onSort?: (sort: Sort) => void;
  empty?: React.ReactNode;
}

/** Groups as rows. */
export function GroupTable(p: Props) {
  const { id } = useCluster();
  return <DataTable label="Consumer groups" columns={columns(id)} rowKey={(g) => g.name} minWidth={900} {...p} />;
}

const levels: Record<string, Level> = { stable: "good", empty: "none", dead: "bad", preparingrebalance: "info", completingrebalance: "info", assigning: "info", reconciling: "info" };
const words: Record<string, string> = { PreparingRebalance: "rebalancing", CompletingRebalance: "rebalancing", Empty: "nobody connected" };

/** A group's state as Kafka calls it, and in plain words where that helps. */
export function GroupState({ state }: { state: string }) {
  return <Status level={levels[state.toLowerCase()] ?? "none"}>{state}{words[state] && <span className="muted"> {words[state]}</span>}</Status>;
}

function columns(cluster: string): Column<GroupRow>[] {
  return [
    { id: "name", title: "Group", width: "minmax(180px, 3fr)", sortable: true, cell: (g) => <Link href={to.group(cluster, g.name)} title={g.name}>{g.name}</Link> },
    { id: "state", title: "State", width: "minmax(216px, 1.5fr)", sortable: true, cell: (g) => <GroupState state={g.state} /> },
    { id: "type", title: "Type", width: "88px", cell: (g) => g.type || g.protocol || "–" },
    { id: "members", title: "Members", width: "72px", num: true, sortable: true, cell: (g) => count(g.members) },
    { id: "topics", title: "Topics", width: "64px", num: true, sortable: true, cell: (g) => count(g.topics) },
    { id: "lag", title: "Lag", width: "96px", num: true, sortable: true, cell: (g) => (g.lag === "-1" ? "–" : count(g.lag)) },
    { id: "timeBehind", title: "Behind", width: "104px", num: true, sortable: true, cell: (g) => duration(g.timeBehind) },
    { id: "trend", title: "Trend", width: "112px", cell: (g) => <Trend trend={g.trend} /> },
    { id: "coordinator", title: "Coordinator", width: "88px", num: true, cell: (g) => (g.coordinator < 0 ? "–" : g.coordinator) },
  ];
}
