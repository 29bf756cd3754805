import { useState } from "react";
import { Link } from "wouter";
import { useLive } from "../../api/live.ts";
import type { BrokerTile, Overview, Series } from "../../api/types.ts";
import { to, useCluster } from "../../lib/cluster.ts";
import { bytes, count, duration, rate } from "../../lib/format.ts";
import { Command } from "../../parts/Command.tsx";
import { Page, Section, Show } from "../../parts/Page.tsx";
import { Empty, Facts, PlainTable } from "../../parts/Plain.tsx";
import { Sparkline } from "../../parts/Sparkline.tsx";
import { Note, Status } from "../../parts/Status.tsx";
import { Term } from "../../parts/Term.tsx";
import { Trend } from "../../parts/Trend.tsx";
import { ConnectCard } from "./ConnectCard.tsx";
import { EventList } from "./EventList.tsx";
import css from "./Overview.module.css";

/** How the cluster is: a verdict first, then what it rests on. */
export function OverviewPage() {
  const { id } = useCluster();
  const live = useLive<Overview>({ kind: "overview", cluster: id });
  const [connect, setConnect] = useState(false);
  const firstRun = live.data?.firstRun ?? false;
  return (
    <Page title="Overview" beside={live.data && <span className="muted">{live.data.version}</span>} actions={!firstRun && <button type="button" className="btn" aria-expanded={connect} onClick={() => setConnect(!connect)}>How to connect</button>}>
      <Show of={{ ...live, loading: false, reload: () => undefined }}>
        {(o) => (
          <>
            <Verdict overview={o} />
            {(firstRun || connect) && <ConnectCard firstRun={firstRun} />}
            <Lines overview={o} />
            <Counts overview={o} />
            <Section title="Brokers"><Brokers brokers={o.brokers} /></Section>
            <div className={css.columns}>
              <div className="stack">
                <Lagging overview={o} />
                <Busiest overview={o} />
              </div>
              <Section title="Recent events"><EventList events={o.events} /></Section>
            </div>
          </>
        )}
      </Show>
    </Page>
  );
}

function Verdict({ overview: o }: { overview: Overview }) {
  return (
    <div className={css.findings}>
      <p className={css.verdict}><Status level={o.verdict.status}>{o.verdict.sentence}</Status></p>
      {o.verdict.findings.map((f) => (
        <Note key={`${f.code}/${f.topic ?? ""}/${f.group ?? ""}/${f.broker ?? ""}`} level={f.status}>
          {f.sentence} {f.fix}
          {f.command && <Command text={f.command} />}
        </Note>
      ))}
    </div>
  );
}

function Lines({ overview: o }: { overview: Overview }) {
  return (
    <div className={css.lines}>
      <Line name="Written" series={o.in} format={(v) => rate(v, " records")} />
      <Line name="Committed by groups" series={o.out} format={(v) => rate(v, " records")} />
      <Line name="Growth of the logs" series={o.inBytes} format={(v) => `${bytes(v)}/s`} />
      <Line name="Lag of all groups" series={o.lag} format={(v) => count(Math.round(v))} />
    </div>
  );
}

function Line({ name, series, format }: { name: string; series: Series; format: (v: number) => string }) {
  const now = series.values.at(-1);
  const value = now === undefined ? "–" : format(now);
  return (
    <div className={css.line}>
      <span className="muted">{name}</span>
      <span className={css.value}>{value}</span>
      <Sparkline values={series.values} width={200} height={32} label={`${name} lately, now ${value}`} />
    </div>
  );
}

function Counts({ overview: o }: { overview: Overview }) {
  const { id } = useCluster();
  return (
    <Facts facts={[
      ["Topics", <Link href={to.cluster(id, "topics")}>{count(o.topics)}</Link>],
      ["Partitions", count(o.partitions)],
      [<Term name="underReplicated">Under-replicated</Term>, o.underReplicated ? <Status level="warning">{count(o.underReplicated)}</Status> : "0", "urp"],
      ["Without a leader", o.offline ? <Status level="bad">{count(o.offline)}</Status> : "0"],
      ["Records", count(o.records)],
      ["On disk", bytes(o.bytes)],
      [<Term name="controller">Controller</Term>, o.controller < 0 ? "unknown" : `node ${o.controller}`, "controller"],
    ]} />
  );
}

function Brokers({ brokers }: { brokers: BrokerTile[] }) {
  const { id } = useCluster();
  return (
    <PlainTable label="Brokers" head={<tr><th>Broker</th><th>State</th><th>Address</th><th className="num">Leaders</th><th className="num">Replicas</th><th className="num">Out of sync</th><th className="num">On disk</th></tr>}>
      {brokers.map((b) => (
        <tr key={b.id}>
          <td className="nowrap"><Link href={to.broker(id, b.id)}>Broker {b.id}</Link>{b.controller && <span className="muted"> controller</span>}</td>
          <td>{b.online ? <Status level="good">online</Status> : <Status level="bad">offline</Status>}</td>
          <td className="mono">{b.host}:{b.port}</td>
          <td className="num">{count(b.leaders)}</td>
          <td className="num">{count(b.replicas)}</td>
          <td className="num">{b.outOfSync ? <Status level="warning">{count(b.outOfSync)}</Status> : "0"}</td>
          <td className="num">{bytes(b.bytes)}</td>
        </tr>
      ))}
    </PlainTable>
  );
}

function Lagging({ overview: o }: { overview: Overview }) {
  const { id } = useCluster();
  if (o.laggingGroups.length === 0) return null;
  return (
    <Section title="Groups that are behind">
      <PlainTable label="Groups that are behind" head={<tr><th>Group</th><th>State</th><th className="num"><Term name="lag">Lag</Term></th><th className="num"><Term name="timeBehind">Behind</Term></th><th>Trend</th></tr>}>
        {o.laggingGroups.map((g) => (
          <tr key={g.group}>
            <td><Link href={to.group(id, g.group)}>{g.group}</Link></td>
            <td>{g.state}</td>
            <td className="num">{count(g.lag)}</td>
            <td className="num">{duration(g.timeBehind)}</td>
            <td><Trend trend={g.trend} /></td>
          </tr>
        ))}
      </PlainTable>
    </Section>
  );
}

function Busiest({ overview: o }: { overview: Overview }) {
  const { id } = useCluster();
  const busy = o.topTopics.filter((t) => t.in > 0);
  if (o.topics === 0) return <Empty title="No topics yet"><Link className="btn primary" href={`${to.cluster(id, "topics")}?create=1`}>Create a topic</Link></Empty>;
  if (busy.length === 0) return null;
  return (
    <Section title="Busiest topics">
      <PlainTable label="Busiest topics" head={<tr><th>Topic</th><th className="num">Written</th></tr>}>
        {busy.map((t) => (
          <tr key={t.topic}>
            <td><Link href={to.topic(id, t.topic)}>{t.topic}</Link></td>
            <td className="num">{rate(t.in)}</td>
          </tr>
        ))}
      </PlainTable>
    </Section>
  );
}
