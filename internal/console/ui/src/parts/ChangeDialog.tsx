import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { ApiError, request } from "../api/client.ts";
import type { Done } from "../api/types.ts";
import { toast } from "../lib/toast.ts";
import { Command } from "./Command.tsx";
import { Dialog, DialogButtons } from "./Dialog.tsx";
import { Field } from "./Field.tsx";
import { Note } from "./Status.tsx";

/** A request that changes something. */
export interface Change {
  method: "POST" | "PATCH" | "DELETE";
  path: string;
  body?: unknown;
}

interface Props<T extends Done> {
  title: string;
  action: string;
  /** What would be sent now; undefined while something is missing. */
  change: Change | undefined;
  danger?: boolean;
  wide?: boolean;
  /** Fields of the request that the form marks itself, see fault. */
  fields?: string[];
  /** A name to be typed before this can be done. */
  confirm?: string;
  onClose: () => void;
  onDone?: (result: T) => void;
  /** The form; told what the server thinks of it so far. */
  children?: ReactNode | ((trial: Trial<T>) => ReactNode);
}

/** What a request would do, by the server's own word. */
export interface Trial<T> {
  result?: T;
  error?: ApiError;
}

/** What the server says against a field of the request, for the form's own field. */
export function fault(trial: Trial<Done>, field: string): string | undefined {
  return trial.error?.field === field ? [trial.error.message, trial.error.hint].filter(Boolean).join(" ") : undefined;
}

/** The server's word on a change, a moment after it last moved. */
export function useTrial<T extends Done>(change: Change | undefined): Trial<T> {
  const [trial, setTrial] = useState<Trial<T>>({});
  const key = change ? JSON.stringify(change) : "";
  useEffect(() => {
    if (!key) {
      setTrial({});
      return;
    }
    const stop = new AbortController();
    const { method, path, body } = JSON.parse(key) as Change;
    const timer = setTimeout(() => {
      request<T>(method, path, { dryRun: true }, body, stop.signal).then(
        (result) => setTrial({ result }),
        (e: unknown) => !stop.signal.aborted && setTrial({ error: ApiError.of(e) }),
      );
    }, 200);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [key]);
  return trial;
}

/** A dialog that changes something: checked by the server while it is filled in, with the command that does the same. */
export function ChangeDialog<T extends Done = Done>(p: Props<T>) {
  const [busy, setBusy] = useState(false);
  const [typed, setTyped] = useState("");
  const [failed, setFailed] = useState<ApiError>();
  const alive = useRef(true);
  const typedNow = p.change ? JSON.stringify(p.change) : "";
  useEffect(() => setFailed(undefined), [typedNow]);
  useEffect(() => { alive.current = true; return () => { alive.current = false; }; }, []);
  const tried = useTrial<T>(p.change);
  const problem = failed ?? tried.error;
  const trial = { ...tried, error: problem };
  const sure = !p.confirm || typed === p.confirm;
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    if (!p.change || !sure || busy) return;
    setBusy(true);
    setFailed(undefined);
    try {
      const result = await request<T>(p.change.method, p.change.path, {}, p.change.body);
      toast(result.warnings.length > 0 ? "warning" : "good", [result.message, ...result.warnings].join(" "), result.command);
      p.onDone?.(result);
      p.onClose();
    } catch (problem) {
      if (alive.current) setFailed(ApiError.of(problem));
    } finally {
      if (alive.current) setBusy(false);
    }
  };
  return (
    <Dialog title={p.title} onClose={p.onClose} wide={p.wide}>
      <form className="stack" onSubmit={(e) => void submit(e)}>
        {typeof p.children === "function" ? p.children(trial) : p.children}
        {p.confirm && (
          <Field label={`Type ${p.confirm} to confirm`}>
            <input className="input" data-first autoComplete="off" value={typed} onChange={(e) => setTyped(e.target.value)} />
          </Field>
        )}
        {problem && !p.fields?.includes(problem.field) && <Note level="bad">{problem.message} {problem.hint}</Note>}
        {trial.result?.warnings.map((w) => <Note key={w} level="warning">{w}</Note>)}
        {trial.result?.command && <Command text={trial.result.command} />}
        <DialogButtons>
          <button type="button" className="btn" onClick={p.onClose}>Cancel</button>
          <button type="submit" className={`btn ${p.danger ? "danger" : "primary"}`} disabled={!p.change || !sure || busy}>
            {busy ? "Working…" : p.action}
          </button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
