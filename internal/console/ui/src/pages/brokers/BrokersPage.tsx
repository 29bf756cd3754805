import { useState } from "react";
import { Link } from "wouter";
import { get } from "../../api/client.ts";
import { useLive } from "../../api/live.ts";
import type { BrokerList, BrokerRow, Quorum } from "../../api/types.ts";
import { api, to, useCluster } from "../../lib/cluster.ts";
import { ago, bytes, count, rate } from "../../lib/format.ts";
import { useLoad } from "../../lib/load.ts";
import { Command } from "../../parts/Command.tsx";
import { Page, Section, Show } from "../../parts/Page.tsx";
import { PlainTable } from "../../parts/Plain.tsx";
import { Status } from "../../parts/Status.tsx";
import { Term } from "../../parts/Term.tsx";
import { Moves } from "./Moves.tsx";
import { ReassignDialog } from "./ReassignDialog.tsx";

/** The brokers, the controllers, and replicas on the move. */
export default function BrokersPage() {
  const { id, readOnly } = useCluster();
  const [moving, setMoving] = useState(false);
  const live = useLive<BrokerList>({ kind: "brokers", cluster: id });
  return (
    <Page title="Brokers" actions={<button type="button" className="btn" disabled={readOnly} onClick={() => setMoving(true)}>Move replicas…</button>}>
      <Show of={{ ...live, loading: false, reload: () => undefined }}>
        {(list) => (
          <>
            <PlainTable label="Brokers" head={<tr><th>Broker</th><th>State</th><th>Address</th><th>Rack</th><th className="num">Leaders</th><th className="num">Share</th><th className="num">Replicas</th><th className="num">Out of sync</th><th className="num">On disk</th><th className="num">Free</th><th className="num">Written</th></tr>}>
              {list.brokers.map((b) => <Row key={b.id} broker={b} />)}
            </PlainTable>
            <QuorumSection />
            <Moves />
          </>
        )}
      </Show>
      {moving && <ReassignDialog onClose={() => setMoving(false)} />}
    </Page>
  );
}

function Row({ broker: b }: { broker: BrokerRow }) {
  const { id } = useCluster();
  return (
    <tr>
      <td className="nowrap"><Link href={to.broker(id, b.id)}>Broker {b.id}</Link>{b.controller && <span className="muted"> controller</span>}</td>
      <td>{!b.online ? <Status level="bad">offline</Status> : b.problem ? <Status level="warning">{b.problem}</Status> : <Status level="good">online</Status>}</td>
      <td className="mono">{b.host}:{b.port}</td>
      <td>{b.rack || "–"}</td>
      <td className="num">{count(b.leaders)}</td>
      <td className="num" title="Its leaders as a part of an even share">{Math.round(b.leaderShare * 100)} %</td>
      <td className="num">{count(b.replicas)}</td>
      <td className="num">{b.outOfSync ? <Status level="warning">{count(b.outOfSync)}</Status> : "0"}</td>
      <td className="num">{bytes(b.bytes)}</td>
      <td className="num">{bytes(b.freeBytes)}</td>
      <td className="num">{rate(b.in)}</td>
    </tr>
  );
}

function QuorumSection() {
  const { id } = useCluster();
  const loaded = useLoad(`quorum/${id}`, (signal) => get<Quorum>(api(id, "/quorum"), {}, signal), 5000);
  const now = Date.now();
  return (
    <Section title="Metadata quorum" beside={<span className="muted">which <Term name="controller">controller</Term> is active, and who follows</span>}>
      <Show of={loaded}>
        {(q) => (
          <>
            <PlainTable label="Metadata quorum" head={<tr><th>Node</th><th>Role</th><th className="num">Log end</th><th className="num">Lag</th><th>Last fetch</th></tr>}>
              {[...q.voters.map((n) => ({ ...n, role: n.id === q.leader ? "leader" : "follower" })), ...q.observers.map((n) => ({ ...n, role: "observer" }))].map((n) => (
                <tr key={`${n.role}/${n.id}`}>
                  <td>{n.id}</td>
                  <td>{n.role === "leader" ? <Status level="good">active, epoch {q.leaderEpoch}</Status> : n.role}</td>
                  <td className="num">{count(n.logEnd)}</td>
                  <td className="num">{count(n.lag)}</td>
                  <td>{n.lastFetch ? ago(n.lastFetch, now) : "–"}</td>
                </tr>
              ))}
            </PlainTable>
            <Command text={q.command} />
          </>
        )}
      </Show>
    </Section>
  );
}
