import { useEffect, useSyncExternalStore } from "react";
import { applyOps, type Op } from "../lib/ops.ts";
import { address, ApiError, post, seg } from "./client.ts";
import { readEvents } from "./sse.ts";
import type { StreamEvent, Subscription } from "./types.ts";

// The one push channel of this tab. Views name what they look at; the server
// sends each as a whole once and then what changes in it.

export type Connection = "connecting" | "open" | "lost";

/** What a view sees of a subscription. */
export interface Live<T> {
  data?: T;
  error?: ApiError;
}

interface View {
  subscription: Subscription;
  users: number;
  state: Live<unknown>;
}

const views = new Map<string, View>();
const listeners = new Set<() => void>();
let connection: Connection = "connecting";
let streamId = "";
let paused = false;
/** What arrived since the last frame of the screen, to be shown with the next. */
let frame = 0;

function tell(): void {
  if (frame) return;
  frame = requestAnimationFrame(() => {
    frame = 0;
    for (const f of listeners) f();
  });
}

function subscribeStore(f: () => void): () => void {
  listeners.add(f);
  return () => listeners.delete(f);
}

export const useConnection = (): Connection => useSyncExternalStore(subscribeStore, () => connection);
export const usePaused = (): boolean => useSyncExternalStore(subscribeStore, () => paused);

/** Holds the numbers of the page still, or shows what there is now. */
export function setPaused(hold: boolean): void {
  paused = hold;
  if (!hold) for (const [name, data] of held) update(name, { data });
  held.clear();
  tell();
}

const held = new Map<string, unknown>();
/** The newest data of each view, also while paused: deltas build on it. */
const newest = new Map<string, unknown>();

function update(name: string, state: Live<unknown>): void {
  const view = views.get(name);
  if (view) view.state = state;
}

function show(name: string, data: unknown): void {
  newest.set(name, data);
  if (paused && views.get(name)?.state.data !== undefined) held.set(name, data);
  else update(name, { data });
}

function handle(event: StreamEvent): void {
  if (event.hello) {
    streamId = event.hello.id;
    connection = "open";
    const all = [...views.values()].map((v) => v.subscription);
    if (all.length > 0) void steer({ add: all });
  } else if (event.snapshot) {
    show(event.snapshot.sub, event.snapshot.data);
  } else if (event.delta && newest.has(event.delta.sub)) {
    show(event.delta.sub, applyOps(newest.get(event.delta.sub), event.delta.ops as Op[]));
  } else if (event.error) {
    const p = event.error.problem;
    update(event.error.sub, { data: views.get(event.error.sub)?.state.data, error: new ApiError(p.code, p.message, p.hint, p.field) });
  }
  tell();
}

async function steer(change: { add?: Subscription[]; remove?: string[] }): Promise<void> {
  if (!streamId) return;
  try {
    await post(`/stream/${seg(streamId)}`, change);
  } catch (e) {
    if (ApiError.of(e).code === "NOT_FOUND") return channel.abort(); // the server has forgotten the stream
    for (const s of change.add ?? []) update(s.name, { data: views.get(s.name)?.state.data, error: ApiError.of(e) });
    tell();
  }
}

let channel = new AbortController();

/** A hidden tab gives its channel back after this long. */
const hiddenMs = 60_000;

function visible(): Promise<void> {
  return new Promise((done) => {
    const look = () => {
      if (document.visibilityState !== "visible") return;
      removeEventListener("visibilitychange", look, true);
      done();
    };
    addEventListener("visibilitychange", look, true);
    look();
  });
}

function closeWhenHidden(): void {
  let timer = 0;
  addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.visibilityState === "hidden") timer = window.setTimeout(() => channel.abort(), hiddenMs);
  }, true);
}

/** Keeps the channel open for as long as the tab lives; after a loss it waits a little longer each time. */
export async function runChannel(): Promise<void> {
  closeWhenHidden();
  for (let wait = 250; ; wait = Math.min(wait * 2, 5000)) {
    await visible();
    const since = performance.now();
    channel = new AbortController();
    try {
      await readEvents(address("/stream"), channel.signal, (data) => handle(JSON.parse(data) as StreamEvent));
    } catch {
      // Whatever it was, it is tried again; the page says that it is lost.
    }
    streamId = "";
    newest.clear();
    connection = "lost";
    tell();
    if (performance.now() - since > 10_000) wait = 125;
    await new Promise((r) => setTimeout(r, wait));
  }
}

/** What was ever looked at; its place in the list is its name for the server. */
const texts: string[] = [];

function nameOf(text: string): string {
  const at = texts.indexOf(text);
  return String(at >= 0 ? at : texts.push(text) - 1);
}

/** Subscribes to one view while the component lives; nothing while what is undefined. */
export function useLive<T>(what: Omit<Subscription, "name"> | undefined): Live<T> {
  const name = what ? nameOf(JSON.stringify(what)) : "";
  useEffect(() => {
    if (!name) return;
    let view = views.get(name);
    if (!view) {
      view = { subscription: { name, ...(JSON.parse(texts[Number(name)]!) as Omit<Subscription, "name">) }, users: 0, state: {} };
      views.set(name, view);
      void steer({ add: [view.subscription] });
    }
    view.users++;
    tell();
    return () => {
      if (--view.users > 0) return;
      // Left for another page and back again within a moment: nothing to do.
      setTimeout(() => {
        if (view.users > 0 || views.get(name) !== view) return;
        views.delete(name);
        newest.delete(name);
        held.delete(name);
        void steer({ remove: [name] });
      }, 500);
    };
  }, [name]);
  return useSyncExternalStore(subscribeStore, () => views.get(name)?.state ?? none) as Live<T>;
}

const none: Live<unknown> = {};
