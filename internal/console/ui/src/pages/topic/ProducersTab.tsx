import { get, seg } from "../../api/client.ts";
import type { ProducerList } from "../../api/types.ts";
import { api, useCluster } from "../../lib/cluster.ts";
import { time } from "../../lib/format.ts";
import { useLoad } from "../../lib/load.ts";
import { useSettings } from "../../lib/settings.ts";
import { Show } from "../../parts/Page.tsx";
import { Empty, PlainTable } from "../../parts/Plain.tsx";

/** Who wrote lately, as the leaders remember: idempotent and transactional producers. */
export function ProducersTab({ topic }: { topic: string }) {
  const { id } = useCluster();
  const { zone } = useSettings();
  const loaded = useLoad(`producers/${id}/${topic}`, (signal) => get<ProducerList>(api(id, `/topics/${seg(topic)}/producers`), {}, signal), 5000);
  return (
    <Show of={loaded}>
      {({ producers }) => producers.length === 0 ? (
        <Empty title="No producer is remembered">Leaders remember idempotent producers for a day. Plain ones leave no trace.</Empty>
      ) : (
        <PlainTable label="Producers" head={<tr><th className="num">Partition</th><th className="num">Producer id</th><th className="num">Epoch</th><th className="num">Last sequence</th><th>Last write</th><th>Open transaction from</th></tr>}>
          {producers.map((p) => (
            <tr key={`${p.partition}/${p.producerId}`}>
              <td className="num">{p.partition}</td>
              <td className="num">{p.producerId}</td>
              <td className="num">{p.epoch}</td>
              <td className="num">{p.lastSequence}</td>
              <td>{time(p.lastWrite, zone)}</td>
              <td>{p.openTxnFrom ?? "–"}</td>
            </tr>
          ))}
        </PlainTable>
      )}
    </Show>
  );
}
