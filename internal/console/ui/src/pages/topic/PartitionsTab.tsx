import { useState } from "react";
import { seg } from "../../api/client.ts";
import type { Elected, Partition, Topic } from "../../api/types.ts";
import { api, useCluster } from "../../lib/cluster.ts";
import { bytes, count, rate } from "../../lib/format.ts";
import { ChangeDialog } from "../../parts/ChangeDialog.tsx";
import { type Column, DataTable } from "../../parts/DataTable.tsx";
import { Check } from "../../parts/Field.tsx";
import { Note, Status } from "../../parts/Status.tsx";
import { Term } from "../../parts/Term.tsx";
import { Placement } from "./Placement.tsx";

/** Where the partitions are: leaders and copies, in-sync or behind, live. */
export function PartitionsTab({ topic: t }: { topic: Topic }) {
  const { readOnly } = useCluster();
  const [electing, setElecting] = useState(false);
  const away = t.partitionList.filter((p) => !p.preferred).length;
  return (
    <div className="stack">
      <div className="row">
        <span className="muted">
          <Term name="leader">Leaders</Term>, <Term name="replica">replicas</Term> and the <Term name="isr">in-sync set</Term>
          {t.minIsr > 0 && <>; acks=all needs {t.minIsr} in sync</>}
        </span>
        <button type="button" className="btn small" disabled={readOnly} onClick={() => setElecting(true)}>Elect leaders…</button>
        {away > 0 && <Status level="info">{away} not led by the preferred replica</Status>}
      </div>
      <Placement partitions={t.partitionList} />
      <DataTable label="Partitions" columns={columns} total={t.partitionList.length} row={(i) => t.partitionList[i]} rowKey={(p) => String(p.partition)} minWidth={900} />
      {electing && <Elect topic={t} onClose={() => setElecting(false)} />}
    </div>
  );
}

const columns: Column<Partition>[] = [
  { id: "partition", title: "Partition", width: "64px", num: true, cell: (p) => p.partition },
  { id: "state", title: "State", width: "minmax(112px, 1fr)", cell: (p) => <State partition={p} /> },
  { id: "leader", title: "Leader", width: "104px", cell: (p) => (p.leader < 0 ? "–" : `${p.leader} (epoch ${p.leaderEpoch})`) },
  { id: "replicas", title: "Replicas", width: "80px", cell: (p) => p.replicas.map((r) => r.broker).join(", ") },
  { id: "isr", title: "In sync", width: "80px", cell: (p) => p.replicas.filter((r) => r.inSync).map((r) => r.broker).join(", ") },
  { id: "start", title: "First offset", width: "88px", num: true, cell: (p) => (p.start === "-1" ? "–" : count(p.start)) },
  { id: "end", title: "Next offset", width: "88px", num: true, cell: (p) => (p.end === "-1" ? "–" : count(p.end)) },
  { id: "records", title: "Records", width: "80px", num: true, cell: (p) => (p.records === "-1" ? "–" : count(p.records)) },
  { id: "bytes", title: "Size", width: "72px", num: true, cell: (p) => bytes(p.bytes) },
  { id: "in", title: "Written", width: "72px", num: true, cell: (p) => rate(p.in) },
];

function State({ partition: p }: { partition: Partition }) {
  if (p.leader < 0) return <Status level="bad">no leader</Status>;
  if (p.replicas.some((r) => r.adding || r.removing)) return <Status level="info">moving</Status>;
  const out = p.replicas.filter((r) => !r.inSync).length;
  if (out > 0) return <Status level="warning">{out} out of sync</Status>;
  return <Status level="good">in sync</Status>;
}

function Elect({ topic: t, onClose }: { topic: Topic; onClose: () => void }) {
  const { id } = useCluster();
  const [unclean, setUnclean] = useState(false);
  return (
    <ChangeDialog<Elected> title="Elect leaders" action="Elect" danger={unclean} onClose={onClose}
      change={{ method: "POST", path: api(id, `/topics/${seg(t.name)}/elect-leaders`), body: { unclean } }}>
      <p>Each partition goes back to its <Term name="preferredLeader">preferred leader</Term>, if that one is in sync.</p>
      <Check label="Unclean: let a replica lead that lacks records, where no other is there" checked={unclean} onChange={setUnclean} />
      {unclean && <Note level="bad">Records that only the lost replicas had are lost for good.</Note>}
    </ChangeDialog>
  );
}
