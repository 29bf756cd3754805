import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError } from "../api/client.ts";

/** What a request has brought so far. data stays while it is loaded anew. */
export interface Loaded<T> {
  data?: T;
  error?: ApiError;
  loading: boolean;
  reload: () => void;
}

/**
 * Runs a request when the page appears, again when key changes, again on reload,
 * and every everyMs while the page is visible. A later answer wins over an
 * earlier one; what is on its way is given up when nobody wants it.
 */
export function useLoad<T>(key: string, request: (signal: AbortSignal) => Promise<T>, everyMs?: number): Loaded<T> {
  const [state, setState] = useState<{ key: string; data?: T; error?: ApiError }>({ key });
  const [turn, setTurn] = useState(0);
  const [loading, setLoading] = useState(true);
  const latest = useRef(request);
  latest.current = request;

  useEffect(() => {
    const stop = new AbortController();
    setLoading(true);
    latest.current(stop.signal).then(
      (data) => !stop.signal.aborted && setState({ key, data }),
      (e: unknown) => !stop.signal.aborted && setState((old) => ({ key, data: old.key === key ? old.data : undefined, error: ApiError.of(e) })),
    ).finally(() => !stop.signal.aborted && setLoading(false));
    return () => stop.abort();
  }, [key, turn]);

  const reload = useCallback(() => setTurn((n) => n + 1), []);
  useEffect(() => {
    if (!everyMs) return;
    const timer = setInterval(() => document.visibilityState === "visible" && reload(), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, reload]);

  const current = state.key === key;
  return { data: current ? state.data : undefined, error: current ? state.error : undefined, loading, reload };
}
