import { useState } from "react";
import { address, seg } from "../../api/client.ts";
import type { Message } from "../../api/types.ts";
import { api, useCluster } from "../../lib/cluster.ts";
import { messageId } from "../../lib/message.ts";
import { useQuery } from "../../lib/url.ts";
import { Menu } from "../../parts/Menu.tsx";
import { CopyDialog } from "./CopyDialog.tsx";
import { LiveTail } from "./LiveTail.tsx";
import { MessageControls } from "./MessageControls.tsx";
import { MessagePages } from "./MessagePages.tsx";
import { MessagePanel } from "./MessagePanel.tsx";
import css from "./Messages.module.css";
import { apiQuery, readView } from "./messageQuery.ts";
import { MessageScan } from "./MessageScan.tsx";

/** The messages of a topic: a page at a time, searched, or as they come. */
export function MessagesTab({ topic, partitions }: { topic: string; partitions: number }) {
  const { id } = useCluster();
  const [query, set] = useQuery();
  const [turn, setTurn] = useState(0);
  const [copying, setCopying] = useState(false);
  const view = readView(query);
  const chosen = query.get("message") ?? "";
  const open = (m: Message) => set({ message: messageId(m) }, true);
  const key = JSON.stringify([id, topic, view, turn]);
  const exported = (format: "ndjson" | "csv") => address(api(id, `/topics/${seg(topic)}/messages/export`), { ...apiQuery(view), limit: 0, format });
  const props = { topic, view, chosen, onOpen: open };
  return (
    <div className="stack">
      <MessageControls view={view} topic={topic} partitions={partitions} set={set} onRefresh={() => setTurn(turn + 1)}
        more={<Menu label="Export" items={[
          { name: "NDJSON file", run: () => location.assign(exported("ndjson")) },
          { name: "CSV file", run: () => location.assign(exported("csv")) },
          { name: "Copy to another topic…", run: () => setCopying(true) },
        ]} />} />
      <div className={`${css.split} ${chosen ? css.withPanel : ""}`}>
        {view.position === "live" ? <LiveTail key={key} {...props} />
          : view.q || view.filter ? <MessageScan key={key} {...props} />
          : <MessagePages key={key} {...props} onProduce={() => set({ produce: "1" })} />}
        {chosen && <MessagePanel key={chosen} topic={topic} partitions={partitions} chosen={chosen} onClose={() => set({ message: null }, true)} />}
      </div>
      {copying && <CopyDialog topic={topic} view={view} onClose={() => setCopying(false)} />}
    </div>
  );
}
