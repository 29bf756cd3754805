import { useState } from "react";
import { address, get, seg } from "../../api/client.ts";
import type { Header, Message, Produced } from "../../api/types.ts";
import { api, useCluster } from "../../lib/cluster.ts";
import { time } from "../../lib/format.ts";
import { useBootstrap } from "../../lib/bootstrap.ts";
import { useLoad } from "../../lib/load.ts";
import { messageId, oneLine } from "../../lib/message.ts";
import { useSettings } from "../../lib/settings.ts";
import { Command, CopyButton } from "../../parts/Command.tsx";
import { Icon } from "../../parts/Icon.tsx";
import { Show } from "../../parts/Page.tsx";
import { Facts } from "../../parts/Plain.tsx";
import { Term } from "../../parts/Term.tsx";
import css from "./Messages.module.css";
import { PayloadView } from "./PayloadView.tsx";
import { ProduceDialog } from "./ProduceDialog.tsx";
import { ResendDialog } from "./ResendDialog.tsx";

/** How much of a big message is fetched first, and when more is asked for. */
const firstBytes = 1 << 18;
const moreBytes = 1 << 23;

interface Props {
  topic: string;
  partitions: number;
  chosen: string;
  onClose: () => void;
  onWritten: (result: Produced) => void;
}

/** One message in full, beside the list. */
export function MessagePanel({ topic, partitions, chosen, onClose, onWritten }: Props) {
  const { id, readOnly } = useCluster();
  const bootstrap = useBootstrap();
  const [most, setMost] = useState(firstBytes);
  const [again, setAgain] = useState<"resend" | "edit">();
  const at = chosen.lastIndexOf("-");
  const path = api(id, `/topics/${seg(topic)}/messages/${seg(chosen.slice(0, at))}/${seg(chosen.slice(at + 1))}`);
  const loaded = useLoad(`${path}/${most}`, (signal) => get<Message>(path, { maxBytes: most }, signal));
  const more = most < moreBytes ? () => setMost(moreBytes) : undefined;
  return (
    <aside className={css.panel} aria-label="Message">
      <div className={css.panelHead}>
        <h2>Partition {chosen.slice(0, at)}, offset {chosen.slice(at + 1)}</h2>
        <button type="button" className="btn quiet small" aria-label="Close the message" onClick={onClose}><Icon name="close" /></button>
      </div>
      <Show of={loaded}>
        {(m) => (
          <>
            <div className="row">
              <button type="button" className="btn small" disabled={readOnly} onClick={() => setAgain("resend")}>Send again…</button>
              <button type="button" className="btn small" disabled={readOnly} onClick={() => setAgain("edit")}>Edit and send…</button>
              <CopyButton text={location.href} label="Copy a link to this message" />
            </div>
            <PayloadView name="Key" payload={m.key} download={address(`${path}/key`)} onMore={more} />
            <PayloadView name="Value" payload={m.value} download={address(`${path}/value`)} onMore={more} />
            <Headers headers={m.headers} path={path} />
            <MessageFacts message={m} />
            <Command text={`kafka-console-consumer --bootstrap-server ${bootstrap} --topic ${topic} --partition ${m.partition} --offset ${m.offset} --max-messages 1 --property print.key=true --property print.headers=true`} />
            {again === "resend" && <ResendDialog topic={topic} message={m} onClose={() => setAgain(undefined)} />}
            {again === "edit" && <ProduceDialog topic={topic} partitions={partitions} template={m} onClose={() => setAgain(undefined)} onDone={onWritten} />}
          </>
        )}
      </Show>
    </aside>
  );
}

function Headers({ headers, path }: { headers: Header[]; path: string }) {
  return (
    <section className="stack tight">
      <h3><Term name="header">Headers</Term></h3>
      {headers.length === 0 ? <p className="muted">none</p> : (
        <table className={css.headers}>
          <thead className="sr"><tr><th>Name</th><th>Value</th></tr></thead>
          <tbody>
            {headers.map((h, i) => (
              <tr key={i}>
                <td className="muted">{h.name}&nbsp;</td>
                <td>{oneLine(h.value)} {h.value.truncated && <a href={address(`${path}/header-${i}`)} download>whole</a>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function MessageFacts({ message: m }: { message: Message }) {
  const { zone } = useSettings();
  return (
    <Facts facts={[
      [m.logAppendTime ? "Appended" : "Created", <span key={messageId(m)}>{time(m.timestamp, zone)}</span>, "time"],
      ["Compression", m.compression],
      ["Leader epoch", m.leaderEpoch],
      ["Producer", m.producerId === "-1" ? "not idempotent" : `${m.producerId}, epoch ${m.producerEpoch}`],
      ["Transaction", m.transactional ? "yes" : "no"],
    ]} />
  );
}
