import { Link } from "wouter";
import type { Produced, WrittenRange } from "../../api/types.ts";
import { to, useCluster } from "../../lib/cluster.ts";
import { count, plural } from "../../lib/format.ts";
import { Icon } from "../../parts/Icon.tsx";
import { Note } from "../../parts/Status.tsx";
import { Term } from "../../parts/Term.tsx";

/** How many partitions are listed one by one. */
const most = 32;

/** Where the messages went that were just produced. */
export function Written({ topic, result: r, onClose }: { topic: string; result: Produced; onClose: () => void }) {
  const { id } = useCluster();
  const at = (p: WrittenRange) => `${to.topic(id, topic)}?from=offset&partitions=${p.partition}&offset=${p.first}`;
  return (
    <Note level={r.failed > 0 ? "warning" : "good"}>
      <div className="row">
        <span>{plural(r.written, "message")} went to {r.partitions.length === 1 ? "one partition" : plural(r.partitions.length, "partition")}{r.failed > 0 && `, ${count(r.failed)} failed: ${r.problem ?? ""}`}:</span>
        <button type="button" className="btn quiet small" aria-label="Close what was written" onClick={onClose}><Icon name="close" size={14} /></button>
      </div>
      <ul className="places" aria-label="Where the messages went">
        {r.partitions.slice(0, most).map((p) => (
          <li key={p.partition}>
            <Link href={at(p)}>partition {p.partition}</Link>: {p.first === p.last ? `offset ${count(p.first)}` : `offsets ${count(p.first)} to ${count(p.last)}`}{p.count > 1 && <span className="muted"> ({count(p.count)})</span>}
          </li>
        ))}
      </ul>
      {r.partitions.length > most && <p className="muted">and {r.partitions.length - most} more</p>}
      <span className="muted">Why there? Look up <Term name="key">key</Term> and <Term name="partition">partition</Term>.</span>
    </Note>
  );
}
