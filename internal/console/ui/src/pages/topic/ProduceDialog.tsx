import { useState } from "react";
import { seg } from "../../api/client.ts";
import type { Compression, Message, NewMessage, Produce, Produced } from "../../api/types.ts";
import { api, useCluster } from "../../lib/cluster.ts";
import { plural } from "../../lib/format.ts";
import { parseJson } from "../../lib/json.ts";
import { ChangeDialog, fault } from "../../parts/ChangeDialog.tsx";
import { Check, Field } from "../../parts/Field.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { Term } from "../../parts/Term.tsx";
import { type Draft, draftOf, keepDraft } from "./produceDraft.ts";

interface Props {
  topic: string;
  partitions: number;
  /** A message whose contents the form begins with. */
  template?: Message;
  onClose: () => void;
  onDone?: (result: Produced) => void;
}

/** Writes one record or many; the form keeps its contents for the next time. */
export function ProduceDialog({ topic, partitions, template, onClose, onDone }: Props) {
  const { id, limits } = useCluster();
  const [draft, setDraft] = useState<Draft>(() => draftOf(topic, template));
  const patch = (p: Partial<Draft>) => setDraft((d) => keepDraft(topic, { ...d, ...p }));
  const lines = draft.eachLine ? draft.value.split("\n").filter((l) => l !== "") : [draft.value];
  const copies = Math.max(1, Math.floor(Number(draft.copies) || 1));
  const total = lines.length * copies;
  const problem = total > limits.produceMessages ? `At most ${limits.produceMessages} at once.` : undefined;
  const body: Produce = { messages: lines.map((value) => message(draft, value)), copies, compression: draft.compression as Compression };
  const looksLikeJson = /^\s*[[{]/.test(draft.value) && !draft.eachLine;
  return (
    <ChangeDialog<Produced> title={`Produce to ${topic}`} action={`Send ${plural(total, "message")}`} onClose={onClose} onDone={onDone} wide fields={["key", "partition", "copies"]}
      change={problem || lines.length === 0 ? undefined : { method: "POST", path: api(id, `/topics/${seg(topic)}/messages`), body }}>
      {(trial) => <>
      <Field label="Key" error={fault(trial, "key")} hint="Records with the same key go to the same partition, in order">
        <input className="input mono" disabled={!draft.hasKey} value={draft.hasKey ? draft.key : ""} placeholder={draft.hasKey ? "" : "no key: spread over the partitions"} onChange={(e) => patch({ key: e.target.value })} />
      </Field>
      <div className="row">
        <Check label="With a key" checked={draft.hasKey} onChange={(hasKey) => patch({ hasKey })} />
        <Check label="No value (tombstone)" checked={draft.tombstone} onChange={(tombstone) => patch({ tombstone })} />
        <Check label="Each line is a message" checked={draft.eachLine} onChange={(eachLine) => patch({ eachLine })} />
      </div>
      <Field label="Value" hint={looksLikeJson ? (parseJson(draft.value) ? "Valid JSON" : "Begins like JSON, but is not valid JSON") : undefined}>
        <textarea className="input" data-first rows={8} spellCheck={false} disabled={draft.tombstone} value={draft.tombstone ? "" : draft.value} onChange={(e) => patch({ value: e.target.value })} />
      </Field>
      <Headers headers={draft.headers} onChange={(headers) => patch({ headers })} />
      <div className="row">
        <Field label="Partition" error={fault(trial, "partition")}>
          <select className="input" value={draft.partition} onChange={(e) => patch({ partition: e.target.value })}>
            <option value="">As the key says</option>
            {Array.from({ length: partitions }, (_, p) => <option key={p}>{p}</option>)}
          </select>
        </Field>
        <Field label="Compression">
          <select className="input" value={draft.compression} onChange={(e) => patch({ compression: e.target.value })}>
            {["none", "gzip", "snappy", "lz4", "zstd"].map((c) => <option key={c}>{c}</option>)}
          </select>
        </Field>
        <Field label="Copies" error={problem ?? fault(trial, "copies")}>
          <input className="input" inputMode="numeric" size={6} value={draft.copies} onChange={(e) => patch({ copies: e.target.value })} />
        </Field>
      </div>
      <p className="muted">Why does a record land where it lands? See <Term name="key">key</Term> and <Term name="partition">partition</Term>.</p>
      </>}
    </ChangeDialog>
  );
}

function message(d: Draft, value: string): NewMessage {
  return {
    partition: d.partition === "" ? undefined : Number(d.partition),
    key: d.hasKey ? d.key : undefined,
    value: d.tombstone ? undefined : value,
    headers: d.headers.filter(([name]) => name !== "").map(([name, text]) => ({ name, value: text })),
  };
}

function Headers({ headers, onChange }: { headers: [string, string][]; onChange: (headers: [string, string][]) => void }) {
  const put = (i: number, entry: [string, string]) => onChange(headers.map((h, j) => (j === i ? entry : h)));
  return (
    <div className="stack tight">
      {headers.map(([name, value], i) => (
        <div key={i} className="row">
          <input className="input" aria-label="Name of the header" placeholder="header" value={name} onChange={(e) => put(i, [e.target.value, value])} />
          <input className="input grow" aria-label={`Value of header ${name}`} placeholder="value" value={value} onChange={(e) => put(i, [name, e.target.value])} />
          <button type="button" className="btn quiet" aria-label="Remove this header" onClick={() => onChange(headers.filter((_, j) => j !== i))}><Icon name="close" /></button>
        </div>
      ))}
      <div><button type="button" className="btn small" onClick={() => onChange([...headers, ["", ""]])}><Icon name="plus" size={14} /> Add a header</button></div>
    </div>
  );
}
