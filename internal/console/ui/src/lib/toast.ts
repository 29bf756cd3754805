import { useSyncExternalStore } from "react";
import type { Level } from "../parts/Status.tsx";

/** A short message about what was just done, with the command that does the same. */
export interface Toast {
  id: number;
  level: Level;
  text: string;
  command?: string;
}

let toasts: Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();

function set(next: Toast[]): void {
  toasts = next;
  for (const tell of listeners) tell();
}

/** Shows a message; good ones go away by themselves, bad ones stay until closed. */
export function toast(level: Level, text: string, command?: string): void {
  const id = ++last;
  set([...toasts.slice(-3), { id, level, text, command }]);
  if (level !== "bad") setTimeout(() => dismiss(id), 10_000);
}

export function dismiss(id: number): void {
  set(toasts.filter((t) => t.id !== id));
}

export function useToasts(): Toast[] {
  return useSyncExternalStore((tell) => { listeners.add(tell); return () => listeners.delete(tell); }, () => toasts);
}
