import { useState } from "react";
import { seg } from "../../api/client.ts";
import type { DeletedRecords, DeleteRecords, Topic } from "../../api/types.ts";
import { api, useCluster } from "../../lib/cluster.ts";
import { count, minus, plural } from "../../lib/format.ts";
import { ChangeDialog, fault } from "../../parts/ChangeDialog.tsx";
import { Field } from "../../parts/Field.tsx";
import { PlainTable } from "../../parts/Plain.tsx";
import { TimeInput } from "../../parts/TimeInput.tsx";

type Way = "offset" | "time" | "all";

/** Removes the beginning of partitions, with a look at what would go. */
export function DeleteRecordsDialog({ topic: t, onClose }: { topic: Topic; onClose: () => void }) {
  const { id } = useCluster();
  const [way, setWay] = useState<Way>("offset");
  const [partition, setPartition] = useState("0");
  const [offset, setOffset] = useState("");
  const [when, setWhen] = useState("");
  const body = bodyOf(way, partition, offset, when);
  return (
    <ChangeDialog<DeletedRecords> title={`Delete records of ${t.name}`} action="Delete" danger onClose={onClose} fields={["offset"]}
      change={body && { method: "POST", path: api(id, `/topics/${seg(t.name)}/delete-records`), body }}>
      {(trial) => (
        <>
          <div className="row">
            <Field label="Delete">
              <select className="input" value={way} onChange={(e) => setWay(e.target.value as Way)}>
                <option value="offset">before an offset</option>
                <option value="time">before a time</option>
                <option value="all">everything</option>
              </select>
            </Field>
            <Field label="Partition">
              <select className="input" value={partition} onChange={(e) => setPartition(e.target.value)}>
                {way !== "offset" && <option value="">all</option>}
                {t.partitionList.map((p) => <option key={p.partition}>{p.partition}</option>)}
              </select>
            </Field>
            {way === "offset" && <Field label="First offset that stays" error={fault(trial, "offset")}><input className="input" inputMode="numeric" data-first value={offset} onChange={(e) => setOffset(e.target.value)} /></Field>}
            {way === "time" && <Field label="Time"><TimeInput value={when} onChange={setWhen} /></Field>}
          </div>
          {trial.result && trial.result.partitions.length > 0 && (
            <PlainTable label="What would be deleted" head={<tr><th className="num">Partition</th><th className="num">From</th><th className="num">To</th><th>Records</th></tr>}>
              {trial.result.partitions.slice(0, 64).map((p) => (
                <tr key={p.partition}>
                  <td className="num">{p.partition}</td>
                  <td className="num">{count(p.from)}</td>
                  <td className="num">{count(p.to)}</td>
                  <td>{p.problem ?? plural(minus(p.to, p.from), "record")}</td>
                </tr>
              ))}
            </PlainTable>
          )}
        </>
      )}
    </ChangeDialog>
  );
}

function bodyOf(way: Way, partition: string, offset: string, when: string): DeleteRecords | undefined {
  const partitions = partition === "" ? [] : [Number(partition)];
  switch (way) {
    case "offset":
      return /^-?\d+$/.test(offset) && partition !== "" ? { offsets: [{ partition: Number(partition), offset }], partitions: [] } : undefined;
    case "time":
      return when ? { timestamp: when, partitions } : undefined;
    case "all":
      return { all: true, partitions };
  }
}
