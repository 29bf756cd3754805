import { useEffect, useRef, useState } from "react";
import { address, ApiError, seg } from "../../api/client.ts";
import { readNdjson } from "../../api/sse.ts";
import type { Message, Progress, ScanEvent } from "../../api/types.ts";
import { api, useCluster } from "../../lib/cluster.ts";
import { bytes, count } from "../../lib/format.ts";
import { Note } from "../../parts/Status.tsx";
import css from "./Messages.module.css";
import { apiQuery, type View } from "./messageQuery.ts";
import { MessageTable } from "./MessageTable.tsx";

interface Props {
  topic: string;
  view: View;
  chosen: string;
  onOpen: (m: Message) => void;
}

/** What a search has found so far. */
interface Found {
  messages: Message[];
  progress?: Progress;
  next?: string;
  done: boolean;
  error?: ApiError;
}

const nothing: Found = { messages: [], done: false };

/** A search that runs on the server: matches as they are found, progress, and an end. */
export function MessageScan({ topic, view, chosen, onOpen }: Props) {
  const { id } = useCluster();
  const [found, setFound] = useState(nothing);
  const [cursor, setCursor] = useState("");
  const stop = useRef<AbortController>(null);
  const { progress, done } = found;

  useEffect(() => {
    const abort = new AbortController();
    stop.current = abort;
    const state: Found = { messages: [], done: false };
    let frame = 0;
    const show = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        setFound({ ...state, messages: state.messages.slice() });
      });
    };
    const path = address(api(id, `/topics/${seg(topic)}/messages/scan`));
    readNdjson<ScanEvent>(path, { ...apiQuery(view), cursor: cursor || undefined }, abort.signal, (event) => {
      if (event.message) state.messages.push(event.message);
      if (event.progress) state.progress = event.progress;
      if (event.end) Object.assign(state, { progress: event.end.progress, next: event.end.next, done: true });
      if (event.error) Object.assign(state, { error: new ApiError(event.error.code, event.error.message, event.error.hint), done: true });
      show();
    }).catch((e: unknown) => {
      state.error = abort.signal.aborted ? undefined : ApiError.of(e);
    }).finally(() => {
      state.done = true;
      show();
    });
    return () => {
      abort.abort();
      cancelAnimationFrame(frame);
    };
    // The view is part of this component's key.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [cursor]);

  const part = progress && progress.total !== "0" ? Math.min(1, Number(progress.scanned) / Number(progress.total)) : 0;
  return (
    <div className="stack tight">
      <div className={css.count} role="status">
        {!done && <span className={css.bar} aria-hidden="true"><span style={{ width: `${part * 100}%` }} /></span>}
        <span>
          {count(found.messages.length)} found{progress && <> · {count(progress.scanned)} of {count(progress.total)} looked at · {bytes(progress.bytes)} · {(progress.millis / 1000).toFixed(1)} s</>}
        </span>
        {!done && <button type="button" className="btn small" onClick={() => stop.current?.abort()}>Cancel</button>}
        {done && found.next && <button type="button" className="btn small" onClick={() => setCursor(found.next!)}>Search on</button>}
      </div>
      {found.error && <Note level="bad">{found.error.message} {found.error.hint}</Note>}
      {progress && progress.errors !== "0" && <Note level="info">The filter could not be computed on {count(progress.errors)} messages: {progress.problem}</Note>}
      <MessageTable total={found.messages.length} row={(i) => found.messages[i]} chosen={chosen} onOpen={onOpen}
        empty={done ? "Nothing matches. Try the oldest first, all partitions, or a shorter text." : "Searching…"} />
    </div>
  );
}
