import type { Partition, Replica } from "../../api/types.ts";
import css from "./Placement.module.css";

/** How many partitions the picture shows; the table below has all. */
const most = 256;

const kinds = {
  leader: ["L", "leads"], follower: ["F", "in sync"], behind: ["B", "behind"], offline: ["O", "offline"], moving: ["M", "moving"],
} as const;
type Kind = keyof typeof kinds;

function kindOf(p: Partition, r: Replica): Kind {
  if (r.offline) return "offline";
  if (p.leader === r.broker) return "leader";
  if (r.adding || r.removing) return "moving";
  return r.inSync ? "follower" : "behind";
}

/** A picture of brokers and partitions: who leads, who follows, who is behind. */
export function Placement({ partitions }: { partitions: Partition[] }) {
  const shown = partitions.slice(0, most);
  const brokers = [...new Set(shown.flatMap((p) => p.replicas.map((r) => r.broker)))].sort((a, b) => a - b);
  const used = new Set(shown.flatMap((p) => p.replicas.map((r) => kindOf(p, r))));
  return (
    <div className="stack tight">
      <div className={css.wrap} tabIndex={0} role="region" aria-label="Placement, scrollable">
        <div className={css.grid} role="img" aria-label={describe(shown)} style={{ gridTemplateColumns: `max-content repeat(${shown.length}, max-content)` }}>
          <span />
          {shown.map((p) => <span key={p.partition} className={css.head}>{p.partition}</span>)}
          {brokers.map((b) => <Row key={b} broker={b} partitions={shown} />)}
        </div>
      </div>
      <div className={css.legend} aria-hidden="true">
        {(Object.keys(kinds) as Kind[]).filter((k) => used.has(k)).map((k) => <span key={k}><i className={`${css.cell} ${css[k]}`}>{kinds[k][0]}</i>{kinds[k][1]}</span>)}
        {partitions.length > most && <span>the first {most} of {partitions.length} partitions</span>}
      </div>
    </div>
  );
}

function Row({ broker, partitions }: { broker: number; partitions: Partition[] }) {
  return (
    <>
      <span className={css.name}>Broker {broker}</span>
      {partitions.map((p) => {
        const replica = p.replicas.find((r) => r.broker === broker);
        if (!replica) return <span key={p.partition} />;
        const kind = kindOf(p, replica);
        return <span key={p.partition} className={`${css.cell} ${css[kind]}`} title={`Partition ${p.partition} on broker ${broker}: ${kinds[kind][1]}`}>{kinds[kind][0]}</span>;
      })}
    </>
  );
}

function describe(partitions: Partition[]): string {
  return partitions.slice(0, 32).map((p) => {
    const isr = p.replicas.filter((r) => r.inSync).map((r) => r.broker);
    return `partition ${p.partition}: ${p.leader < 0 ? "no leader" : `broker ${p.leader} leads`}, in sync ${isr.join(" ") || "none"}`;
  }).join("; ");
}
