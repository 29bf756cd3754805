import type { LearnFacts } from "../../api/types.ts";
import { count } from "../../lib/format.ts";
import css from "./Learn.module.css";

/** How many of the reader's records lie in each partition. */
export function Tally({ facts, of }: { facts: LearnFacts; of: "keyless" | "withKey" | "records" }) {
  if (facts.perPartition.length === 0) return null;
  const most = Math.max(1, ...facts.perPartition.map((p) => Number(p[of])));
  return (
    <div className={css.bars}>
      {facts.perPartition.slice(0, 32).map((p) => (
        <div key={p.partition} style={{ display: "contents" }}>
          <span>Partition {p.partition}</span>
          <span><span className={css.bar} style={{ display: "block", width: `${(Number(p[of]) / most) * 100}%` }} /></span>
          <span>{count(p[of])}</span>
        </div>
      ))}
    </div>
  );
}
