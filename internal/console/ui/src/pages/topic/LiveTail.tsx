import { useEffect, useRef, useState } from "react";
import { address, ApiError, post, seg } from "../../api/client.ts";
import { readEvents } from "../../api/sse.ts";
import type { Message, TailEvent, TailStatus } from "../../api/types.ts";
import { api, useCluster } from "../../lib/cluster.ts";
import { count, rate } from "../../lib/format.ts";
import { Ring } from "../../lib/message.ts";
import { Icon } from "../../parts/Icon.tsx";
import { Note, Status } from "../../parts/Status.tsx";
import css from "./Messages.module.css";
import type { View } from "./messageQuery.ts";
import { MessageTable } from "./MessageTable.tsx";

/** How many messages a tab keeps. */
const kept = 100_000;

interface Props {
  topic: string;
  view: View;
  chosen: string;
  onOpen: (m: Message) => void;
}

/** Messages as they come, newest on top; what was left out is counted. */
export function LiveTail({ topic, view, chosen, onOpen }: Props) {
  const { id } = useCluster();
  const ring = useRef(new Ring(kept));
  const stream = useRef("");
  const [, draw] = useState(0);
  const [status, setStatus] = useState<TailStatus>();
  const [error, setError] = useState<ApiError>();
  const [paused, setPaused] = useState(false);

  useEffect(() => {
    const stop = new AbortController();
    let frame = 0;
    const path = address(api(id, `/topics/${seg(topic)}/messages/tail`), {
      partitions: view.partitions, q: view.q, filter: view.filter, isolation: view.isolation, back: 50,
    });
    const handle = (event: TailEvent) => {
      if (event.hello) stream.current = event.hello.id;
      for (const m of event.messages ?? []) ring.current.push(m);
      if (event.status) setStatus(event.status);
      if (event.error) setError(new ApiError(event.error.code, event.error.message, event.error.hint));
      else if (event.messages) setError(undefined);
      frame ||= requestAnimationFrame(() => { frame = 0; draw((n) => n + 1); });
    };
    const run = async () => {
      while (!stop.signal.aborted) {
        try {
          await readEvents(path, stop.signal, (data) => handle(JSON.parse(data) as TailEvent));
        } catch (e) {
          if (!stop.signal.aborted) setError(ApiError.of(e));
        }
        await new Promise((r) => setTimeout(r, 1000));
      }
    };
    void run();
    return () => {
      stop.abort();
      cancelAnimationFrame(frame);
    };
    // The view is part of this component's key.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  const steer = async (hold: boolean, skip = false) => {
    try {
      await post(`/tails/${seg(stream.current)}`, { paused: hold, skip });
      setPaused(hold);
    } catch (e) {
      setError(ApiError.of(e));
    }
  };
  const dropped = status && status.dropped !== "0" ? status.dropped : undefined;
  return (
    <div className="stack tight">
      <div className={css.count}>
        <button type="button" className="btn small" onClick={() => void steer(!paused)}>
          <Icon name={paused ? "play" : "pause"} size={14} /> {paused ? "Go on" : "Pause"}
        </button>
        {paused && <button type="button" className="btn small" onClick={() => void steer(false, true)}>Jump to the newest</button>}
        {status && <span>{rate(status.rate)} · {count(status.seen)} seen · {count(status.sent)} shown</span>}
        {dropped && <Status level="warning">{count(dropped)} dropped: more than the page takes</Status>}
        {ring.current.forgotten > 0 && <span>{count(ring.current.forgotten)} older ones left the list</span>}
      </div>
      {error && <Note level="warning">{error.message} {error.hint}</Note>}
      <MessageTable total={ring.current.length} row={(i) => ring.current.newest(i)} chosen={chosen} onOpen={onOpen} empty="Waiting for messages. What is produced now appears here." />
    </div>
  );
}
