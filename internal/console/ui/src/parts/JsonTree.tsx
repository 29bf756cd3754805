import { useState } from "react";
import type { Json } from "../lib/json.ts";
import css from "./JsonTree.module.css";

/** How many members of one object or list are drawn at once. */
const step = 200;

/** A JSON value that can be folded; branches are made when they are opened. */
export function JsonTree({ value }: { value: Json }) {
  return <div className={css.tree} tabIndex={0} role="region" aria-label="JSON tree"><Node value={value} depth={0} /></div>;
}

function Node({ name, value, depth }: { name?: string; value: Json; depth: number }) {
  const [open, setOpen] = useState(depth < 2);
  const [shown, setShown] = useState(step);
  const label = name === undefined ? null : <><span className={css.key}>{name}</span>: </>;
  if (value.kind !== "object" && value.kind !== "array") {
    return <div className={css.leaf}>{label}<span className={css[value.kind]}>{value.kind === "string" ? JSON.stringify(value.text) : value.text}</span></div>;
  }
  const members: [string, Json][] = value.kind === "object" ? value.entries : value.items.map((v, i) => [String(i), v]);
  const sum = value.kind === "object" ? `{ ${members.length} }` : `[ ${members.length} ]`;
  return (
    <details open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{label}<span className="muted">{sum}</span></summary>
      {open && (
        <ul>
          {members.slice(0, shown).map(([key, v], i) => <li key={i}><Node name={key} value={v} depth={depth + 1} /></li>)}
          {members.length > shown && <li><button type="button" className="btn small" onClick={() => setShown(shown + step)}>{members.length - shown} more</button></li>}
        </ul>
      )}
    </details>
  );
}
