import { useState } from "react";
import { useLive } from "../../api/live.ts";
import type { Move, Reassigned, Reassignments } from "../../api/types.ts";
import { api, useCluster } from "../../lib/cluster.ts";
import { bytes } from "../../lib/format.ts";
import { ChangeDialog } from "../../parts/ChangeDialog.tsx";
import { Section } from "../../parts/Page.tsx";
import { PlainTable } from "../../parts/Plain.tsx";
import css from "./Moves.module.css";

/** Replicas on the move, with how far each has come. */
export function Moves() {
  const { id, readOnly } = useCluster();
  const live = useLive<Reassignments>({ kind: "reassignments", cluster: id });
  const [stopping, setStopping] = useState<Move>();
  const moves = live.data?.moves ?? [];
  return (
    <Section title="Moves under way">
      {moves.length === 0 ? <p className="muted">No replicas are being moved.</p> : (
        <PlainTable label="Moves under way" head={<tr><th>Partition</th><th>Replicas</th><th>Adding</th><th>Removing</th><th>Copied</th><th>Progress</th><th><span className="sr">Actions</span></th></tr>}>
          {moves.map((m) => (
            <tr key={`${m.topic}/${m.partition}`}>
              <td>{m.topic}-{m.partition}</td>
              <td>{m.replicas.join(", ")}</td>
              <td>{m.adding.join(", ") || "–"}</td>
              <td>{m.removing.join(", ") || "–"}</td>
              <td className="nowrap">{bytes(m.copied)} of {bytes(m.bytes)}</td>
              <td><div className={css.bar} role="progressbar" aria-label={`Move of ${m.topic}-${m.partition}`} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(m.done * 100)}><span style={{ width: `${m.done * 100}%` }} /></div></td>
              <td className="num"><button type="button" className="btn small" disabled={readOnly} onClick={() => setStopping(m)}>Stop</button></td>
            </tr>
          ))}
        </PlainTable>
      )}
      {stopping && (
        <ChangeDialog<Reassigned> title={`Stop moving ${stopping.topic}-${stopping.partition}`} action="Stop the move" onClose={() => setStopping(undefined)}
          change={{ method: "POST", path: api(id, "/reassignments"), body: { partitions: [{ topic: stopping.topic, partition: stopping.partition, replicas: [] }] } }}>
          <p>The partition goes back to the replicas that it had before.</p>
        </ChangeDialog>
      )}
    </Section>
  );
}
