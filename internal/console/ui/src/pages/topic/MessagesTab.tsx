import { useRef, useState } from "react";
import { address, seg } from "../../api/client.ts";
import type { Message, Produced } from "../../api/types.ts";
import { api, useCluster } from "../../lib/cluster.ts";
import { messageId } from "../../lib/message.ts";
import { useBootstrap } from "../../lib/bootstrap.ts";
import { useQuery } from "../../lib/url.ts";
import { Command } from "../../parts/Command.tsx";
import { Menu } from "../../parts/Menu.tsx";
import { CopyDialog } from "./CopyDialog.tsx";
import { LiveTail } from "./LiveTail.tsx";
import { MessageControls } from "./MessageControls.tsx";
import { MessagePages } from "./MessagePages.tsx";
import { MessagePanel } from "./MessagePanel.tsx";
import css from "./Messages.module.css";
import { apiQuery, readView } from "./messageQuery.ts";
import { MessageScan } from "./MessageScan.tsx";
import { viewCommand } from "./viewCommand.ts";

interface Props {
  topic: string;
  partitions: number;
  /** What was last produced here: the list is read again after it. */
  written?: Produced;
  onWritten: (result: Produced) => void;
}

/** The messages of a topic: a page at a time, searched, or as they come. */
export function MessagesTab({ topic, partitions, written, onWritten }: Props) {
  const { id } = useCluster();
  const [query, set] = useQuery();
  const [turn, setTurn] = useState(0);
  const [copying, setCopying] = useState(false);
  const view = readView(query);
  const bootstrap = useBootstrap();
  const chosen = query.get("message") ?? "";
  const open = (m: Message) => set({ message: messageId(m) }, true);
  const seen = useRef({ written, turn: 0 });
  if (seen.current.written !== written) seen.current = { written, turn: seen.current.turn + 1 };
  const key = JSON.stringify([id, topic, view, turn, view.position === "live" ? 0 : seen.current.turn]);
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
        {chosen && <MessagePanel key={chosen} topic={topic} partitions={partitions} chosen={chosen} onClose={() => set({ message: null }, true)} onWritten={onWritten} />}
      </div>
      <Command text={viewCommand(topic, view, bootstrap)} />
      {view.filter && <p className="muted">The tools have no filter language: this command shows what the filter looks at.</p>}
      {copying && <CopyDialog topic={topic} view={view} onClose={() => setCopying(false)} />}
    </div>
  );
}
