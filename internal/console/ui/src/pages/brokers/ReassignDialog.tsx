import { useEffect, useState } from "react";
import { ApiError, post } from "../../api/client.ts";
import { useLive } from "../../api/live.ts";
import type { BrokerList, Plan, Reassign, Reassigned } from "../../api/types.ts";
import { api, useCluster } from "../../lib/cluster.ts";
import { bytes, plural } from "../../lib/format.ts";
import { ChangeDialog } from "../../parts/ChangeDialog.tsx";
import { CopyButton } from "../../parts/Command.tsx";
import { Check, Field } from "../../parts/Field.tsx";
import { PlainTable } from "../../parts/Plain.tsx";
import { Note } from "../../parts/Status.tsx";

/** Spreads topics over brokers: first on paper, then for real. */
export function ReassignDialog({ onClose }: { onClose: () => void }) {
  const { id } = useCluster();
  const brokers = useLive<BrokerList>({ kind: "brokers", cluster: id }).data?.brokers ?? [];
  const [text, setText] = useState("");
  const [without, setWithout] = useState<ReadonlySet<number>>(new Set());
  const [factor, setFactor] = useState("");
  const [plan, setPlan] = useState<Plan>();
  const [error, setError] = useState<ApiError>();
  const topics = text.split(/[\s,]+/).filter(Boolean);
  const query = { topics, brokers: brokers.filter((b) => b.online && !without.has(b.id)).map((b) => b.id), replicationFactor: Number(factor) || undefined };
  const key = topics.length > 0 ? JSON.stringify(query) : "";
  useEffect(() => {
    setPlan(undefined);
    setError(undefined);
    if (!key) return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      post<Plan>(api(id, "/reassignments/plan"), JSON.parse(key), {}, stop.signal).then(setPlan, (e: unknown) => !stop.signal.aborted && setError(ApiError.of(e)));
    }, 300);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [id, key]);
  const body: Reassign | undefined = plan && { partitions: plan.partitions.map((p) => ({ topic: p.topic, partition: p.partition, replicas: p.after })) };
  return (
    <ChangeDialog<Reassigned> title="Move replicas" action="Move" wide onClose={onClose}
      change={body && body.partitions.length > 0 ? { method: "POST", path: api(id, "/reassignments"), body } : undefined}>
      <Field label="Topics" hint="Names with commas or spaces between"><input className="input" data-first value={text} onChange={(e) => setText(e.target.value)} /></Field>
      <div className="row" role="group" aria-label="Brokers to use">
        {brokers.map((b) => (
          <Check key={b.id} label={`Broker ${b.id}${b.rack ? ` (${b.rack})` : ""}`} checked={b.online && !without.has(b.id)} disabled={!b.online}
            onChange={(on) => { const next = new Set(without); if (on) next.delete(b.id); else next.add(b.id); setWithout(next); }} />
        ))}
      </div>
      <Field label="Replication factor" hint="Empty: as it is"><input className="input" inputMode="numeric" value={factor} onChange={(e) => setFactor(e.target.value)} /></Field>
      {error && <Note level="bad">{error.message} {error.hint}</Note>}
      {plan && (plan.partitions.length === 0 ? <Note level="good">Nothing has to move.</Note> : (
        <>
          <p className="row">{plural(plan.partitions.length, "partition")} would change, {bytes(plan.movedBytes)} be copied. <CopyButton text={plan.json} label="Copy the plan for kafka-reassign-partitions" /></p>
          <PlainTable label="Plan" head={<tr><th>Partition</th><th>Before</th><th>After</th></tr>}>
            {plan.partitions.slice(0, 200).map((p) => <tr key={`${p.topic}/${p.partition}`}><td>{p.topic}-{p.partition}</td><td>{p.before.join(", ")}</td><td>{p.after.join(", ")}</td></tr>)}
          </PlainTable>
        </>
      ))}
    </ChangeDialog>
  );
}
