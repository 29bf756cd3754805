import { useSyncExternalStore } from "react";
import type { Zone } from "./format.ts";

/** What a person has chosen for this browser. */
export interface Settings {
  theme: "auto" | "light" | "dark";
  zone: Zone;
  showInternal: boolean;
}

const key = "brolga.settings";
const listeners = new Set<() => void>();
let current: Settings = { theme: "auto", zone: "local", showInternal: false, ...stored() };

function stored(): Partial<Settings> {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "{}") as Partial<Settings>;
  } catch {
    return {};
  }
}

/** Changes some settings, here and for the next visit. */
export function change(patch: Partial<Settings>): void {
  current = { ...current, ...patch };
  try {
    localStorage.setItem(key, JSON.stringify(current));
  } catch {
    // A browser that keeps nothing still works for this visit.
  }
  applyTheme();
  for (const tell of listeners) tell();
}

/** Puts the chosen theme into effect. */
export function applyTheme(): void {
  if (current.theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = current.theme;
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export function useSettings(): Settings {
  return useSyncExternalStore(subscribe, () => current);
}
