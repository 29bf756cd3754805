import { useState } from "react";
import type { Config, ConfigChange, ConfigList } from "../api/types.ts";
import { useCluster } from "../lib/cluster.ts";
import { bytes, count, duration } from "../lib/format.ts";
import type { Loaded } from "../lib/load.ts";
import { useQuery } from "../lib/url.ts";
import { ChangeDialog, fault } from "./ChangeDialog.tsx";
import css from "./ConfigTable.module.css";
import { Check, Field } from "./Field.tsx";
import { Show } from "./Page.tsx";
import { PlainTable } from "./Plain.tsx";
import { Status } from "./Status.tsx";
import { Term } from "./Term.tsx";

const sources: Record<string, string> = {
  topic: "this topic", broker: "this broker", cluster: "all brokers", static: "configuration file", default: "default",
  group: "this group", "client-metrics": "client metrics", logger: "logger", unknown: "unknown",
};

/** The configs of a topic or a broker: value, where it comes from, what it means; some can be changed. */
export function ConfigTable({ loaded, path, own }: { loaded: Loaded<ConfigList>; path: string; own: string[] }) {
  const { readOnly } = useCluster();
  const [query, set] = useQuery();
  const [editing, setEditing] = useState<Config>();
  const words = (query.get("config") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const onlySet = query.get("set") === "1";
  const fits = (c: Config) => words.every((w) => c.name.includes(w) || (c.doc ?? "").toLowerCase().includes(w)) && (!onlySet || own.includes(c.source));
  return (
    <div className="stack">
      <div className="row">
        <input type="search" className="input" size={28} placeholder="Search names and texts ( / )" aria-label="Search configs" defaultValue={query.get("config") ?? ""} onChange={(e) => set({ config: e.target.value }, true)} />
        <Check label="Only what is set here" checked={onlySet} onChange={(on) => set({ set: on ? "1" : null }, true)} />
      </div>
      <Show of={loaded}>
        {({ configs }) => (
          <PlainTable label="Configs" head={<tr><th>Name</th><th>Value</th><th><Term name="source">From</Term></th><th><span className="sr">Actions</span></th></tr>}>
            {configs.filter(fits).map((c) => (
              <tr key={c.name}>
                <td><span className={css.name}>{c.name}</span>{c.doc && <div className={css.doc}>{c.doc}</div>}</td>
                <td className={`${css.value} ${own.includes(c.source) ? css.set : ""}`}>{c.sensitive ? "hidden" : (c.value ?? "–")}<Readable config={c} /></td>
                <td className="nowrap">{own.includes(c.source) ? <Status level="info">{sources[c.source]}</Status> : sources[c.source]}</td>
                <td className="num">{c.readOnly ? <span className="muted">needs a restart</span> : <button type="button" className="btn small" disabled={readOnly} aria-label={`Change ${c.name}`} onClick={() => setEditing(c)}>Change</button>}</td>
              </tr>
            ))}
          </PlainTable>
        )}
      </Show>
      {editing && <EditConfig config={editing} path={path} isSet={own.includes(editing.source)} onClose={() => setEditing(undefined)} onDone={loaded.reload} />}
    </div>
  );
}

/** A time or a size as people say it. */
function Readable({ config: c }: { config: Config }) {
  if (!c.value || !/^\d{4,18}$/.test(c.value)) return null;
  const text = c.unit === "ms" ? duration(c.value) : c.unit === "bytes" ? bytes(c.value) : Number(c.value) > 9999 ? count(c.value) : "";
  return text ? <div className="muted">{text}</div> : null;
}

interface EditProps {
  config: Config;
  path: string;
  isSet: boolean;
  onClose: () => void;
  onDone: () => void;
}

function EditConfig({ config: c, path, isSet, onClose, onDone }: EditProps) {
  const [value, setValue] = useState(c.value ?? "");
  const [unset, setUnset] = useState(false);
  const body: ConfigChange = unset ? { unset: [c.name] } : { set: { [c.name]: value } };
  const next = c.synonyms.find((s) => s.source !== c.source);
  return (
    <ChangeDialog title={c.name} action={unset ? "Unset" : "Set"} onClose={onClose} onDone={onDone} fields={[`configs.${c.name}`]}
      change={unset || value !== (c.value ?? "") ? { method: "PATCH", path, body } : undefined}>
      {(trial) => <>
      <p>{c.doc}</p>
      <Field label="Value" error={fault(trial, `configs.${c.name}`)} hint={[c.rule, c.unit && `in ${c.unit}`, c.default !== null && `default ${c.default || "empty"}`].filter(Boolean).join(", ")}>
        {c.values.length > 0 && c.type !== "list" ? (
          <select className="input" data-first disabled={unset} value={value} onChange={(e) => setValue(e.target.value)}>
            {c.values.map((v) => <option key={v}>{v}</option>)}
          </select>
        ) : (
          <input className="input mono" data-first disabled={unset} type={c.sensitive ? "password" : "text"} value={value} onChange={(e) => setValue(e.target.value)} />
        )}
      </Field>
      {isSet && <Check label={`Unset: back to ${next?.value ?? c.default ?? "the default"}`} checked={unset} onChange={setUnset} />}
      </>}
    </ChangeDialog>
  );
}
