import type { Partitioner } from "../../api/types.ts";
import { PlainTable } from "../../parts/Plain.tsx";

/** The partitioner's arithmetic with the reader's own key. */
export function KeyMath({ math: m }: { math: Partitioner }) {
  return (
    <div className="stack tight">
      <p><code>{m.formula}</code></p>
      <details>
        <summary>Number by number</summary>
        <p className="muted">The key <code>{m.key}</code> is {m.length} bytes: <code>{m.bytes}</code>. murmur2 begins with {m.seed}.</p>
        <PlainTable label="Steps of murmur2" head={<tr><th>Step</th><th>Mixed word</th><th>Hash</th></tr>}>
          {m.steps.map((s, i) => <tr key={i}><td>{s.what}</td><td className="mono">{s.k ?? ""}</td><td className="mono">{s.h}</td></tr>)}
        </PlainTable>
        <p className="muted">As a signed number {m.hash}, without its sign bit {m.positive}; divided by {m.partitions} the remainder is {m.partition}.</p>
      </details>
    </div>
  );
}
