import { Link } from "wouter";
import { get } from "../../api/client.ts";
import { useLive } from "../../api/live.ts";
import type { Broker, BrokerPartitions, ConfigList } from "../../api/types.ts";
import { api, to, useCluster } from "../../lib/cluster.ts";
import { bytes, count } from "../../lib/format.ts";
import { useLoad } from "../../lib/load.ts";
import { useQuery } from "../../lib/url.ts";
import { ConfigTable } from "../../parts/ConfigTable.tsx";
import { Page, Section, Show } from "../../parts/Page.tsx";
import { Empty, PlainTable } from "../../parts/Plain.tsx";
import { Note, Status } from "../../parts/Status.tsx";
import { Tabs } from "../../parts/Tabs.tsx";

/** One broker: what it is set to, what is on its disks, what it leads. */
export default function BrokerPage({ broker, tab }: { broker: number; tab: string }) {
  const { id } = useCluster();
  const live = useLive<Broker>({ kind: "broker", cluster: id, broker });
  const b = live.data;
  return (
    <Page title={`Broker ${broker}`} crumbs={<Link href={to.cluster(id, "brokers")}>Brokers</Link>}
      beside={b && <span className="row muted">{b.online ? <Status level="good" pill>online</Status> : <Status level="bad" pill>offline</Status>} {b.host}:{b.port} {b.controller && "controller"}</span>}>
      {live.error && <Note level="bad">{live.error.message} {live.error.hint}</Note>}
      <Tabs label="Views of the broker" tabs={[
        { name: "Configs", to: to.broker(id, broker) }, { name: "Log directories", to: to.broker(id, broker, "logdirs") }, { name: "Partitions", to: to.broker(id, broker, "partitions") },
      ]} />
      {tab === "configs" && <Configs broker={broker} />}
      {tab === "logdirs" && b && <LogDirs broker={b} />}
      {tab === "partitions" && <Partitions broker={broker} />}
    </Page>
  );
}

function Configs({ broker }: { broker: number }) {
  const { id } = useCluster();
  const path = api(id, `/brokers/${broker}/configs`);
  const loaded = useLoad(path, (signal) => get<ConfigList>(path, {}, signal));
  return <ConfigTable loaded={loaded} path={path} own={["broker", "cluster", "static"]} />;
}

function LogDirs({ broker: b }: { broker: Broker }) {
  if (b.logDirList.length === 0) return <Empty title="Not known">The broker does not say what is on its disks.</Empty>;
  return (
    <>
      {b.logDirList.map((d) => (
        <Section key={d.path} title={d.path} beside={<span className="muted">{bytes(d.bytes)} in {count(d.replicas)} replicas, {bytes(d.freeBytes)} free of {bytes(d.totalBytes)}</span>}>
          {d.problem && <Note level="bad">{d.problem}</Note>}
          <PlainTable label={`Largest in ${d.path}`} head={<tr><th>Partition</th><th className="num">Size</th><th className="num">Behind</th></tr>}>
            {d.largest.map((l) => (
              <tr key={`${l.topic}/${l.partition}/${String(l.future)}`}>
                <td>{l.topic}-{l.partition}{l.future && <span className="muted"> being moved here</span>}</td>
                <td className="num">{bytes(l.bytes)}</td>
                <td className="num">{count(l.lag)}</td>
              </tr>
            ))}
          </PlainTable>
        </Section>
      ))}
    </>
  );
}

const pageSize = 200;

function Partitions({ broker }: { broker: number }) {
  const { id } = useCluster();
  const [query, set] = useQuery();
  const asked = { q: query.get("q") ?? "", role: query.get("role") ?? "", offset: Number(query.get("skip")) || 0, limit: pageSize };
  const loaded = useLoad(JSON.stringify([id, broker, asked]), (signal) => get<BrokerPartitions>(api(id, `/brokers/${broker}/partitions`), asked, signal), 5000);
  return (
    <div className="stack">
      <div className="row">
        <input type="search" className="input" aria-label="Search topics" placeholder="Topic ( / )" defaultValue={asked.q} onChange={(e) => set({ q: e.target.value, skip: null }, true)} />
        <select className="input" aria-label="Role" value={asked.role} onChange={(e) => set({ role: e.target.value || null, skip: null })}>
          <option value="">All replicas</option>
          <option value="leader">Leaders</option>
          <option value="follower">Followers</option>
          <option value="out-of-sync">Out of sync</option>
        </select>
      </div>
      <Show of={loaded}>
        {(page) => (
          <>
            <PlainTable label="Replicas" head={<tr><th>Partition</th><th>Role</th><th>Leader</th><th>Replicas</th><th>In sync</th></tr>}>
              {page.partitions.map((p) => (
                <tr key={`${p.topic}/${p.partition}`}>
                  <td><Link href={to.topic(id, p.topic, "partitions")}>{p.topic}-{p.partition}</Link></td>
                  <td>{p.leader === broker ? "leader" : p.isr.includes(broker) ? "follower" : <Status level="warning">out of sync</Status>}</td>
                  <td>{p.leader}</td>
                  <td>{p.replicas.join(", ")}</td>
                  <td>{p.isr.join(", ")}</td>
                </tr>
              ))}
            </PlainTable>
            <div className="row">
              <span className="muted">{count(page.matched)} replicas</span>
              <button type="button" className="btn small" disabled={asked.offset === 0} onClick={() => set({ skip: String(Math.max(0, asked.offset - pageSize)) })}>Back</button>
              <button type="button" className="btn small" disabled={asked.offset + pageSize >= page.matched} onClick={() => set({ skip: String(asked.offset + pageSize) })}>Further</button>
            </div>
          </>
        )}
      </Show>
    </div>
  );
}
