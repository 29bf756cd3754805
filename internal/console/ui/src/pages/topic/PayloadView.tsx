import { useMemo, useState } from "react";
import type { Payload } from "../../api/types.ts";
import { bytes } from "../../lib/format.ts";
import { parseJson, prettyJson } from "../../lib/json.ts";
import { bytesOf, hexDump } from "../../lib/message.ts";
import { CopyButton } from "../../parts/Command.tsx";
import { JsonTree } from "../../parts/JsonTree.tsx";
import css from "./Messages.module.css";

type Form = "tree" | "pretty" | "raw" | "hex";

interface Props {
  name: string;
  payload: Payload;
  /** Where the bytes can be had, whole. */
  download: string;
  onMore?: () => void;
}

/** A key or a value in the forms that it can be looked at in. Content is text, never markup. */
export function PayloadView({ name, payload: p, download, onMore }: Props) {
  const json = useMemo(() => (p.format === "json" && !p.truncated ? parseJson(p.data) : undefined), [p]);
  const [chosen, setChosen] = useState<Form>();
  const forms: Form[] = [...(json ? (["tree", "pretty"] as const) : []), ...(p.encoding === "text" ? (["raw"] as const) : []), "hex"];
  const form = chosen && forms.includes(chosen) ? chosen : forms[0]!;
  if (p.null) return <section className="stack tight"><h3>{name}</h3><p className={css.null}>null</p></section>;
  const text = form === "hex" ? hexDump(bytesOf(p)) : form === "pretty" ? prettyJson(json!) : p.data;
  return (
    <section className="stack tight">
      <div className="row">
        <h3>{name}</h3>
        <span className="muted">{bytes(p.size)}{p.number !== undefined && ` · as a number ${p.number}`}</span>
        <span className={css.views} role="group" aria-label={`Forms of the ${name.toLowerCase()}`}>
          {forms.map((f) => <button key={f} type="button" className="btn small quiet" aria-pressed={f === form} onClick={() => setChosen(f)}>{f}</button>)}
        </span>
        <CopyButton text={form === "tree" ? prettyJson(json!) : text} label={`Copy the ${name.toLowerCase()}`} />
        <a className="btn small quiet" href={download} download>Save</a>
      </div>
      {form === "tree" ? <JsonTree value={json!} /> : <pre className={`${css.payload} ${form === "hex" ? css.hex : ""}`} tabIndex={0} aria-label={name}>{text}</pre>}
      {p.truncated && (
        <p className="muted">
          The beginning of {bytes(p.size)}. {onMore && <button type="button" className="btn small" onClick={onMore}>Show more</button>}
        </p>
      )}
    </section>
  );
}
