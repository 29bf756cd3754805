import { type FormEvent, useRef, useState } from "react";
import { address, ApiError, seg } from "../../api/client.ts";
import { readNdjson } from "../../api/sse.ts";
import type { CopyEvent, CopyProgress, CopyRange } from "../../api/types.ts";
import { api, useCluster } from "../../lib/cluster.ts";
import { count } from "../../lib/format.ts";
import { toast } from "../../lib/toast.ts";
import { Dialog, DialogButtons } from "../../parts/Dialog.tsx";
import { Check, Field } from "../../parts/Field.tsx";
import { Note } from "../../parts/Status.tsx";
import { apiQuery, type View } from "./messageQuery.ts";

/** Copies what the view shows, and all that follows in its range, to another topic. */
export function CopyDialog({ topic, view, onClose }: { topic: string; view: View; onClose: () => void }) {
  const { id } = useCluster();
  const [to, setTo] = useState("");
  const [keepPartition, setKeepPartition] = useState(false);
  const [keepTimestamp, setKeepTimestamp] = useState(true);
  const [addOriginHeaders, setOrigin] = useState(true);
  const [progress, setProgress] = useState<CopyProgress>();
  const [error, setError] = useState<ApiError>();
  const running = useRef<AbortController>(null);
  const position = view.position === "newest" || view.position === "live" ? "oldest" : view.position;
  const body: CopyRange = { ...apiQuery({ ...view, position }), limit: 0, to, keepPartition, keepTimestamp, addOriginHeaders };
  const run = async (e: FormEvent) => {
    e.preventDefault();
    running.current = new AbortController();
    setError(undefined);
    setProgress(undefined);
    try {
      await readNdjson<CopyEvent>(address(api(id, `/topics/${seg(topic)}/messages/copy`)), body, running.current.signal, (event) => {
        if (event.progress) setProgress(event.progress);
        if (event.error) setError(new ApiError(event.error.code, event.error.message, event.error.hint));
        if (event.end) {
          toast("good", event.end.message, event.end.command);
          onClose();
        }
      });
    } catch (problem) {
      setError(ApiError.of(problem));
    }
    running.current = null;
  };
  const close = () => {
    running.current?.abort();
    onClose();
  };
  return (
    <Dialog title={`Copy messages of ${topic}`} onClose={close}>
      <form className="stack" onSubmit={(e) => void run(e)}>
        <p>What the partitions, the position, the search and the filter of this view leave is written to another topic.</p>
        <Field label="To topic" hint="It must exist"><input className="input" data-first value={to} onChange={(e) => setTo(e.target.value.trim())} /></Field>
        <Check label="Into the same partitions" checked={keepPartition} onChange={setKeepPartition} />
        <Check label="With their timestamps" checked={keepTimestamp} onChange={setKeepTimestamp} />
        <Check label="With headers that say where each came from" checked={addOriginHeaders} onChange={setOrigin} />
        {progress && <p role="status">{count(progress.written)} written, {count(progress.scanned)} of {count(progress.total)} looked at</p>}
        {error && <Note level="bad">{error.message} {error.hint}</Note>}
        <DialogButtons>
          <button type="button" className="btn" onClick={close}>{running.current ? "Stop" : "Cancel"}</button>
          <button type="submit" className="btn primary" disabled={!to || running.current !== null}>Copy</button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
