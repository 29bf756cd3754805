import { useState } from "react";
import { useLocation } from "wouter";
import { get } from "../../api/client.ts";
import type { ConfigDoc, NewTopic, TopicDefaults } from "../../api/types.ts";
import { api, to, useCluster } from "../../lib/cluster.ts";
import { useLoad } from "../../lib/load.ts";
import { ChangeDialog, fault } from "../../parts/ChangeDialog.tsx";
import { Field } from "../../parts/Field.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { Note } from "../../parts/Status.tsx";
import { Term } from "../../parts/Term.tsx";

/** The rule for names (org.apache.kafka.common.internals.Topic). */
function nameProblem(name: string): string | undefined {
  if (name === "." || name === "..") return "A topic cannot be called . or ..";
  if (name.length > 249) return "A name has at most 249 characters.";
  if (name && !/^[a-zA-Z0-9._-]+$/.test(name)) return "Letters, digits, . _ and - are allowed.";
  return undefined;
}

/** Creates a topic; every field says what is allowed and what it would be by default. */
export function CreateTopic({ onClose }: { onClose: () => void }) {
  const { id } = useCluster();
  const [, navigate] = useLocation();
  const [name, setName] = useState("");
  const [partitions, setPartitions] = useState("");
  const [factor, setFactor] = useState("");
  const [configs, setConfigs] = useState<[string, string][]>([]);
  const defaults = useLoad(`defaults/${id}`, (signal) => get<TopicDefaults>(api(id, "/topic-defaults"), {}, signal)).data;
  const problem = nameProblem(name);
  const many = partitions && !(Number.isInteger(Number(partitions)) && Number(partitions) > 0) ? "A whole number from 1." : undefined;
  const body: NewTopic = {
    name, partitions: partitions ? Number(partitions) : -1, replicationFactor: factor ? Number(factor) : -1,
    configs: Object.fromEntries(configs.filter(([k, v]) => k && v)),
  };
  return (
    <ChangeDialog title="Create a topic" action="Create" onClose={onClose}
      change={name && !problem && !many ? { method: "POST", path: api(id, "/topics"), body } : undefined}
      fields={["name", "partitions", "replicationFactor", ...configs.map(([k]) => `configs.${k}`)]} onDone={() => setTimeout(() => navigate(to.topic(id, name)))}>
      {(trial) => <>
      <Field label="Name" error={problem ?? fault(trial, "name")} hint="Letters, digits, . _ and -">
        <input className="input" data-first autoComplete="off" spellCheck={false} value={name} onChange={(e) => setName(e.target.value.trim())} />
      </Field>
      <div className="row">
        <Field label="Partitions" error={many ?? fault(trial, "partitions")} hint={defaults ? `Default ${defaults.partitions}; can be raised later, not lowered` : undefined}>
          <input className="input" inputMode="numeric" placeholder={String(defaults?.partitions ?? 1)} value={partitions} onChange={(e) => setPartitions(e.target.value)} />
        </Field>
        <Field label="Replication factor" error={fault(trial, "replicationFactor")} hint={defaults ? `Default ${defaults.replicationFactor}; up to ${defaults.brokers} now` : undefined}>
          <input className="input" inputMode="numeric" placeholder={String(defaults?.replicationFactor ?? 1)} value={factor} onChange={(e) => setFactor(e.target.value)} />
        </Field>
      </div>
      <p className="muted">What is a <Term name="partition">partition</Term>, what a <Term name="replica">replica</Term>, how long are records kept (<Term name="retention">retention</Term>, <Term name="compaction">compaction</Term>)?</p>
      {configs.map(([key, value], i) => (
        <ConfigLine key={i} docs={defaults?.configs ?? []} name={key} value={value} error={key ? fault(trial, `configs.${key}`) : undefined}
          onChange={(k, v) => setConfigs(configs.map((c, j) => (j === i ? [k, v] : c)))}
          onRemove={() => setConfigs(configs.filter((_, j) => j !== i))} />
      ))}
      <div><button type="button" className="btn small" onClick={() => setConfigs([...configs, ["", ""]])}><Icon name="plus" size={14} /> Add a config</button></div>
      </>}
    </ChangeDialog>
  );
}

interface LineProps {
  docs: ConfigDoc[];
  name: string;
  value: string;
  error?: string;
  onChange: (name: string, value: string) => void;
  onRemove: () => void;
}

/** One config of a topic: its name, a value of the right kind, what it means. */
export function ConfigLine({ docs, name, value, error, onChange, onRemove }: LineProps) {
  const doc = docs.find((d) => d.name === name);
  return (
    <div className="stack tight">
      <div className="row">
        <select className="input" aria-label="Config" value={name} onChange={(e) => onChange(e.target.value, "")}>
          <option value="">Choose a config</option>
          {docs.map((d) => <option key={d.name}>{d.name}</option>)}
        </select>
        {doc && doc.values.length > 0 ? (
          <select className="input" aria-label={`Value of ${name}`} value={value} onChange={(e) => onChange(name, e.target.value)}>
            <option value="">{doc.default ?? ""} (default)</option>
            {doc.values.map((v) => <option key={v}>{v}</option>)}
          </select>
        ) : (
          <input className="input grow" aria-label={`Value of ${name || "the config"}`} placeholder={doc?.default ?? ""} value={value} onChange={(e) => onChange(name, e.target.value)} />
        )}
        <button type="button" className="btn quiet" aria-label={`Remove ${name || "this config"}`} onClick={onRemove}><Icon name="close" /></button>
      </div>
      {error && <Note level="bad">{error}</Note>}
      {doc?.doc && <p className="muted">{doc.doc} {doc.rule}</p>}
    </div>
  );
}
