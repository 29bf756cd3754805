import type { Member } from "../../api/types.ts";
import { count } from "../../lib/format.ts";
import { PlainTable } from "../../parts/Plain.tsx";
import { Status } from "../../parts/Status.tsx";

/** Who is in a group and what each reads. */
export function Members({ members }: { members: Member[] }) {
  if (members.length === 0) return <p className="muted">Lag grows until a consumer comes back under this group id.</p>;
  return (
    <PlainTable label="Members" head={<tr><th>Client</th><th>Host</th><th>Member</th><th>Partitions</th><th className="num">Lag</th></tr>}>
      {members.map((m) => (
        <tr key={m.id}>
          <td>{m.clientId}{m.instanceId && <span className="muted"> static {m.instanceId}</span>}</td>
          <td className="mono">{m.host}{m.rack && <span className="muted"> {m.rack}</span>}</td>
          <td className="mono">{m.id}</td>
          <td>{m.partitions === 0 ? <Status level="info">idle: more members than partitions</Status>
            : m.assignment.map((a) => <div key={a.topic}>{a.topic}: {a.partitions.join(", ")}</div>)}</td>
          <td className="num">{m.lag === "-1" ? "–" : count(m.lag)}</td>
        </tr>
      ))}
    </PlainTable>
  );
}
