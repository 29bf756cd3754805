import { useState } from "react";
import { seg } from "../../api/client.ts";
import type { Group, Reset, ResetResult, ResetTo } from "../../api/types.ts";
import { api, useCluster } from "../../lib/cluster.ts";
import { count, plural } from "../../lib/format.ts";
import { ChangeDialog, fault, type Trial } from "../../parts/ChangeDialog.tsx";
import { Field } from "../../parts/Field.tsx";
import { PlainTable } from "../../parts/Plain.tsx";
import { Note } from "../../parts/Status.tsx";
import { TimeInput } from "../../parts/TimeInput.tsx";

const ways: [ResetTo, string][] = [
  ["earliest", "to the beginning"], ["latest", "to the end: skip everything"], ["offset", "to an offset"], ["shift", "by a number of records"],
  ["time", "to a time"], ["duration", "back by a time span"], ["current", "to where it is now"], ["group", "to where another group is"], ["plan", "by a list, as from a file"],
];
const hints: Partial<Record<ResetTo, string>> = {
  offset: "The next offset to read, in every partition chosen", shift: "Negative: back, read again; positive: on, skip",
  duration: "How long ago, as 30s, 15m, 2h or 7d", group: "Group id", plan: "A line each: topic,partition,offset",
};

/** Moves a group's bookmarks, with before and after beside each other first. */
export function ResetDialog({ group: g, onClose, onDone }: { group: Group; onClose: () => void; onDone: (result: ResetResult) => void }) {
  const { id } = useCluster();
  const topics = [...new Set(g.offsets.map((o) => o.topic))];
  const [to, setTo] = useState<ResetTo>("earliest");
  const [topic, setTopic] = useState("");
  const [partitions, setPartitions] = useState("");
  const [value, setValue] = useState("");
  const reset = resetOf(to, value);
  const list = partitions.split(/[\s,]+/).filter(Boolean).map(Number);
  const body: Reset | undefined = reset && { ...reset, scope: topic ? [{ topic, partitions: list }] : [] };
  return (
    <ChangeDialog<ResetResult> title={`Reset offsets of ${g.name}`} action="Reset" danger wide onClose={onClose} onDone={onDone} fields={valueFields}
      change={body && { method: "POST", path: api(id, `/groups/${seg(g.name)}/reset`), body }}>
      {(trial) => (
        <>
          <div className="row">
            <Field label="Topic">
              <select className="input" value={topic} onChange={(e) => setTopic(e.target.value)}>
                <option value="">all it has read</option>
                {topics.map((t) => <option key={t}>{t}</option>)}
              </select>
            </Field>
            {topic && <Field label="Partitions" hint="Empty: all"><input className="input" placeholder="0, 1, 2" value={partitions} onChange={(e) => setPartitions(e.target.value)} /></Field>}
            <Field label="Move it">
              <select className="input" value={to} onChange={(e) => { setTo(e.target.value as ResetTo); setValue(""); }}>{ways.map(([w, text]) => <option key={w} value={w}>{text}</option>)}</select>
            </Field>
            <Value to={to} value={value} error={valueFields.map((f) => fault(trial, f)).find(Boolean)} onChange={setValue} />
          </div>
          <Preview trial={trial} />
        </>
      )}
    </ChangeDialog>
  );
}

/** Fields of the request that are typed into the field Value. */
const valueFields = ["offset", "shift", "durationMs", "fromGroup", "offsets"];

function Value({ to, value, error, onChange }: { to: ResetTo; value: string; error?: string; onChange: (value: string) => void }) {
  if (to === "earliest" || to === "latest" || to === "current") return null;
  if (to === "time") return <Field label="Time"><TimeInput value={value} onChange={onChange} /></Field>;
  if (to === "plan") return <Field label="List" error={error} hint={hints.plan}><textarea className="input" rows={4} value={value} onChange={(e) => onChange(e.target.value)} /></Field>;
  return <Field label="Value" error={error} hint={hints[to]}><input className="input" data-first value={value} onChange={(e) => onChange(e.target.value)} /></Field>;
}

const unitMs: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The request for a way and what was typed; undefined while it makes no sense. */
function resetOf(to: ResetTo, value: string): Reset | undefined {
  const text = value.trim();
  switch (to) {
    case "offset":
      return /^\d+$/.test(text) ? { to, offset: text } : undefined;
    case "shift":
      return /^[+-]?\d+$/.test(text) ? { to, shift: text.replace("+", "") } : undefined;
    case "time":
      return text ? { to, timestamp: text } : undefined;
    case "duration": {
      const [, n, unit] = /^(\d+)\s*([smhd])$/.exec(text) ?? [];
      return n && unit ? { to, durationMs: String(Number(n) * unitMs[unit]!) } : undefined;
    }
    case "group":
      return text ? { to, fromGroup: text } : undefined;
    case "plan": {
      const offsets = text.split("\n").map((l) => l.split(",").map((f) => f.trim())).filter((f) => f.length === 3 && /^\d+$/.test(f[1]!) && /^-?\d+$/.test(f[2]!));
      return offsets.length > 0 ? { to, offsets: offsets.map(([topic, partition, offset]) => ({ topic: topic!, partition: Number(partition), offset: offset! })) } : undefined;
    }
    default:
      return { to };
  }
}

function Preview({ trial }: { trial: Trial<ResetResult> }) {
  const r = trial.result;
  if (!r) return null;
  return (
    <>
      {r.blocked && <Note level="warning">{r.blocked}</Note>}
      <p>{plural(r.reread, "record")} will be read again, {count(r.skip)} skipped.</p>
      <PlainTable label="Before and after" head={<tr><th>Topic</th><th className="num">Partition</th><th className="num">Before</th><th className="num">After</th><th className="num">Change</th><th className="num">Lag afterwards</th><th>Note</th></tr>}>
        {r.partitions.slice(0, 200).map((p) => (
          <tr key={`${p.topic}/${p.partition}`}>
            <td>{p.topic}</td>
            <td className="num">{p.partition}</td>
            <td className="num">{count(p.before)}</td>
            <td className="num">{count(p.after)}</td>
            <td className="num">{p.change.startsWith("-") || p.change === "0" ? count(p.change) : `+${count(p.change)}`}</td>
            <td className="num">{count(p.lag)}</td>
            <td>{p.problem ?? p.note ?? ""}</td>
          </tr>
        ))}
      </PlainTable>
    </>
  );
}
