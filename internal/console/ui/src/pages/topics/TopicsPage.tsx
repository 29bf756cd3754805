import { useRef, useState } from "react";
import { Link } from "wouter";
import { address } from "../../api/client.ts";
import { useLive } from "../../api/live.ts";
import type { TopicPage as Rows, TopicRow, TopicSort } from "../../api/types.ts";
import { api, to, useCluster } from "../../lib/cluster.ts";
import { bytes, count, plural, rate } from "../../lib/format.ts";
import { change, useSettings } from "../../lib/settings.ts";
import { useQuery } from "../../lib/url.ts";
import { useWindow } from "../../lib/window.ts";
import { type Column, DataTable } from "../../parts/DataTable.tsx";
import { Check } from "../../parts/Field.tsx";
import { Page } from "../../parts/Page.tsx";
import { Note, Status } from "../../parts/Status.tsx";
import { BulkDialog } from "./BulkDialog.tsx";
import { CreateTopic } from "./CreateTopic.tsx";

type Bulk = "delete" | "purge" | "config";

/** All topics; searched, sorted and paged by the server, however many there are. */
export function TopicsPage() {
  const cluster = useCluster();
  const { showInternal } = useSettings();
  const [query, set] = useQuery();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [bulk, setBulk] = useState<Bulk>();
  const filter = {
    q: query.get("q") ?? "", internal: showInternal, sort: (query.get("sort") ?? "name") as TopicSort,
    desc: query.get("desc") === "1", health: query.get("health") ?? "",
  };
  const key = JSON.stringify([cluster.id, filter]);
  const view = useWindow<TopicRow>(key);
  const live = useLive<Rows>({ kind: "topics", cluster: cluster.id, topics: { ...filter, offset: view.offset, limit: view.limit } });
  if (live.data) view.fill(view.offset, live.data.topics, live.data);
  const known = useRef({ key, total: 0 });
  if (live.data) known.current = { key, total: live.data.matched };
  const total = known.current.total;

  const toggle = (name: string) => {
    const next = new Set(selected);
    if (!next.delete(name)) next.add(name);
    setSelected(next);
  };
  return (
    <Page title="Topics" beside={live.data && <span className="muted">{filter.q || filter.health ? `${count(total)} of ${count(live.data.total)}` : count(live.data.total)}</span>}
      actions={<>
        <a className="btn" href={address(api(cluster.id, "/topics.csv"), { q: filter.q, internal: filter.internal, sort: filter.sort, desc: filter.desc })} download>CSV</a>
        <button type="button" className="btn primary" disabled={cluster.readOnly} onClick={() => set({ create: "1" })}>Create a topic</button>
      </>}>
      <div className="row">
        <input type="search" className="input" placeholder="Search by name ( / )" aria-label="Search topics by name" defaultValue={filter.q}
          onChange={(e) => set({ q: e.target.value }, true)} />
        <Check label="Internal topics" checked={showInternal} onChange={(on) => change({ showInternal: on })} />
        <Check label="Only with problems" checked={filter.health === "problem"} onChange={(on) => set({ health: on ? "problem" : null })} />
        {selected.size > 0 && (
          <span className="row" role="group" aria-label="Selected topics">
            <span>{plural(selected.size, "topic")} selected</span>
            <button type="button" className="btn small" onClick={() => setBulk("config")}>Change a config</button>
            <button type="button" className="btn small" onClick={() => setBulk("purge")}>Purge</button>
            <button type="button" className="btn small danger" onClick={() => setBulk("delete")}>Delete</button>
            <button type="button" className="btn small quiet" onClick={() => setSelected(new Set())}>Clear</button>
          </span>
        )}
      </div>
      {live.error && <Note level="bad">{live.error.message} {live.error.hint}</Note>}
      <DataTable label="Topics" columns={columns(cluster.id, selected, toggle)} total={total} row={view.row} rowKey={(t) => t.name} onRange={view.onRange}
        selected={(t) => selected.has(t.name)} sort={{ by: filter.sort, descending: filter.desc }} minWidth={980}
        onSort={(s) => set({ sort: s.by === "name" ? null : s.by, desc: s.descending ? "1" : null }, true)}
        empty={!live.data ? "Loading…" : filter.q || filter.health ? "No topic matches. Clear the search to see all." : "No topics yet. Create one, or produce to a name: it is made when auto.create.topics.enable is on."} />
      {query.get("create") && <CreateTopic onClose={() => set({ create: null })} />}
      {bulk && <BulkDialog action={bulk} topics={[...selected].sort()} onClose={() => setBulk(undefined)} onDone={() => setSelected(new Set())} />}
    </Page>
  );
}

function columns(cluster: string, selected: ReadonlySet<string>, toggle: (name: string) => void): Column<TopicRow>[] {
  return [
    { id: "select", title: "", head: <span className="sr">Select</span>, width: "20px", cell: (t) => <input type="checkbox" aria-label={`Select ${t.name}`} checked={selected.has(t.name)} onChange={() => toggle(t.name)} /> },
    { id: "name", title: "Name", width: "minmax(200px, 3fr)", sortable: true, cell: (t) => <><Link href={to.topic(cluster, t.name)} title={t.name}>{t.name}</Link>{t.internal && <span className="muted"> internal</span>}</> },
    { id: "health", title: "Health", width: "minmax(120px, 1fr)", sortable: true, cell: (t) => <Health topic={t} /> },
    { id: "partitions", title: "Partitions", width: "80px", num: true, sortable: true, cell: (t) => count(t.partitions) },
    { id: "replicationFactor", title: "Replicas", width: "72px", num: true, sortable: true, cell: (t) => count(t.replicationFactor) },
    { id: "records", title: "Records", width: "112px", num: true, sortable: true, cell: (t) => <span title={t.exact ? "" : "Ends minus starts: compaction and transactions leave fewer"}>{t.records === "-1" ? "–" : `${t.exact ? "" : "≤ "}${count(t.records)}`}</span> },
    { id: "bytes", title: "On disk", width: "88px", num: true, sortable: true, cell: (t) => bytes(t.bytes) },
    { id: "in", title: "Written", width: "88px", num: true, sortable: true, cell: (t) => (t.in > 0 ? rate(t.in) : "0/s") },
    { id: "groups", title: "Groups", width: "64px", num: true, sortable: true, cell: (t) => count(t.groups) },
    { id: "lag", title: "Lag", width: "88px", num: true, sortable: true, cell: (t) => (t.lag === "-1" ? "–" : count(t.lag)) },
  ];
}

function Health({ topic: t }: { topic: TopicRow }) {
  if (t.offline > 0) return <Status level="bad">{t.offline} offline</Status>;
  if (t.underReplicated > 0) return <Status level="warning">{t.underReplicated} under-replicated</Status>;
  return <Status level="good">in sync</Status>;
}
