import { useState } from "react";
import { Link } from "wouter";
import type { Live } from "../api/live.ts";
import type { Cluster, ClusterList, Meta, NewCluster } from "../api/types.ts";
import { seg } from "../api/client.ts";
import { to } from "../lib/cluster.ts";
import { count } from "../lib/format.ts";
import { ChangeDialog } from "../parts/ChangeDialog.tsx";
import { Check, Field } from "../parts/Field.tsx";
import { Page } from "../parts/Page.tsx";
import { PlainTable } from "../parts/Plain.tsx";
import { Status } from "../parts/Status.tsx";

const sources = { builtin: "this node", environment: "environment", commandline: "command line", added: "added here" };
const levels = { online: "good", connecting: "info", offline: "bad" } as const;

/** All clusters that this console knows; more can be added by their address. */
export function ClustersPage({ list, meta }: { list: Live<ClusterList>; meta: Meta }) {
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Cluster>();
  return (
    <Page title="Clusters" actions={<button type="button" className="btn primary" disabled={meta.readOnly} onClick={() => setAdding(true)}>Add a cluster</button>}>
      <PlainTable label="Clusters" head={<tr><th>Name</th><th>State</th><th>Bootstrap servers</th><th>Version</th><th className="num">Brokers</th><th className="num">Topics</th><th className="num">Partitions</th><th>From</th><th><span className="sr">Actions</span></th></tr>}>
        {(list.data?.clusters ?? []).map((c) => (
          <tr key={c.id}>
            <td><Link href={to.cluster(c.id)}>{c.name}</Link></td>
            <td><Status level={levels[c.status]}>{c.status}</Status>{c.problem && <div className="muted">{c.problem}</div>}</td>
            <td className="mono">{c.bootstrapServers.join(", ")}</td>
            <td>{c.version || "–"}</td>
            <td className="num">{count(c.brokers)}</td>
            <td className="num">{count(c.topics)}</td>
            <td className="num">{count(c.partitions)}</td>
            <td>{sources[c.source]}</td>
            <td>{c.source === "added" && <button type="button" className="btn small" onClick={() => setRemoving(c)}>Remove</button>}</td>
          </tr>
        ))}
      </PlainTable>
      {adding && <AddCluster onClose={() => setAdding(false)} />}
      {removing && (
        <ChangeDialog title={`Remove ${removing.name} from this list`} action="Remove" danger onClose={() => setRemoving(undefined)}
          change={{ method: "DELETE", path: `/clusters/${seg(removing.id)}` }}>
          <p>The cluster itself stays as it is; only this console forgets it.</p>
        </ChangeDialog>
      )}
    </Page>
  );
}

function AddCluster({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [servers, setServers] = useState("");
  const [readOnly, setReadOnly] = useState(false);
  const [properties, setProperties] = useState("");
  const bootstrapServers = servers.split(/[\s,]+/).filter(Boolean);
  const body: NewCluster = { name, bootstrapServers, readOnly, properties: parseProperties(properties) };
  return (
    <ChangeDialog title="Add a cluster" action="Add" onClose={onClose}
      change={name && bootstrapServers.length > 0 ? { method: "POST", path: "/clusters", body } : undefined}>
      {(trial) => (
        <>
          <Field label="Name"><input className="input" data-first value={name} onChange={(e) => setName(e.target.value)} /></Field>
          <Field label="Bootstrap servers" hint="host:port of one or more brokers, with commas between">
            <input className="input mono" placeholder="localhost:9092" value={servers} onChange={(e) => setServers(e.target.value)} />
          </Field>
          <Field label="Client properties" hint="One key=value a line, as for Java's clients; needed only for a secured cluster">
            <textarea className="input" rows={3} value={properties} onChange={(e) => setProperties(e.target.value)} />
          </Field>
          <Check label="Read-only: nothing may be changed in it from here" checked={readOnly} onChange={setReadOnly} />
          {trial.result && <Status level="good">{trial.result.message}</Status>}
        </>
      )}
    </ChangeDialog>
  );
}

function parseProperties(text: string): Record<string, string> {
  const lines = text.split("\n").map((l) => l.trim()).filter((l) => l && !l.startsWith("#"));
  return Object.fromEntries(lines.map((l) => {
    const at = l.indexOf("=");
    return at < 0 ? [l, ""] : [l.slice(0, at).trim(), l.slice(at + 1).trim()];
  }));
}
