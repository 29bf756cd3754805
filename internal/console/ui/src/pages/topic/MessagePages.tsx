import { useState } from "react";
import { get, seg } from "../../api/client.ts";
import type { Message, MessagePage } from "../../api/types.ts";
import { api, useCluster } from "../../lib/cluster.ts";
import { count, plural } from "../../lib/format.ts";
import { useLoad } from "../../lib/load.ts";
import { Show } from "../../parts/Page.tsx";
import css from "./Messages.module.css";
import { apiQuery, type View } from "./messageQuery.ts";
import { MessageTable } from "./MessageTable.tsx";

interface Props {
  topic: string;
  view: View;
  chosen: string;
  onOpen: (m: Message) => void;
  onProduce: () => void;
}

/** One page of messages after another. */
export function MessagePages({ topic, view, chosen, onOpen, onProduce }: Props) {
  const { id, readOnly } = useCluster();
  const [cursor, setCursor] = useState("");
  const loaded = useLoad(`messages/${cursor}`, (signal) => get<MessagePage>(api(id, `/topics/${seg(topic)}/messages`), { ...apiQuery(view), cursor }, signal));
  return (
    <div className="stack tight">
      <Show of={loaded}>
        {(page) => (
          <>
            <div className={css.count}>
              <span>{plural(page.messages.length, "message")} in {page.progress.millis} ms, {plural(page.progress.total, "message")} in range</span>
              <span className="row">
                <button type="button" className="btn small" disabled={!page.previous} onClick={() => setCursor(page.previous!)}>{view.position === "newest" ? "Newer" : "Back"}</button>
                <button type="button" className="btn small" disabled={!page.next} onClick={() => setCursor(page.next!)}>{view.position === "newest" ? "Older" : "Further"}</button>
              </span>
            </div>
            <MessageTable total={page.messages.length} row={(i) => page.messages[i]} chosen={chosen} onOpen={onOpen}
              empty={<EmptyTopic page={page} onProduce={readOnly ? undefined : onProduce} />} />
          </>
        )}
      </Show>
    </div>
  );
}

function EmptyTopic({ page, onProduce }: { page: MessagePage; onProduce?: () => void }) {
  const held = page.ranges.reduce((sum, r) => sum + (BigInt(r.end) - BigInt(r.start)), 0n);
  if (held > 0n) return <>No messages in that range. These partitions hold {count(held)}: try the oldest or the newest.</>;
  return <>No messages yet. {onProduce && <button type="button" className="btn small" onClick={onProduce}>Produce one</button>}</>;
}
