import { useCallback, useRef, useState } from "react";

/** How many rows are asked for at a time; the server's pages may be as long as three. */
const block = 100;

/** A list of any length of which only the rows in view are kept up to date. */
export interface Windowed<T> {
  /** What to ask the server for. */
  offset: number;
  limit: number;
  onRange: (first: number, last: number) => void;
  /** The row at an index, if it has come already. */
  row: (index: number) => T | undefined;
  /** Notes the rows that the server sent for the window. */
  fill: (offset: number, rows: T[], version: unknown) => void;
}

/** Rows are forgotten when key, which names the query without its window, changes. */
export function useWindow<T>(key: string): Windowed<T> {
  const [range, setRange] = useState({ offset: 0, limit: block });
  const rows = useRef({ key, version: undefined as unknown, at: new Map<number, T>() });
  if (rows.current.key !== key) rows.current = { key, version: undefined, at: new Map() };
  const onRange = useCallback((first: number, last: number) => {
    const offset = Math.max(0, Math.floor((first - block / 4) / block) * block);
    const limit = Math.min(3 * block, Math.ceil((last + block / 4 - offset + 1) / block) * block);
    setRange((old) => (old.offset === offset && old.limit === limit ? old : { offset, limit }));
  }, []);
  const fill = useCallback((offset: number, list: T[], version: unknown) => {
    if (rows.current.version === version) return;
    rows.current.version = version;
    list.forEach((r, i) => rows.current.at.set(offset + i, r));
  }, []);
  const row = useCallback((index: number) => rows.current.at.get(index), []);
  return { ...range, onRange, row, fill };
}
