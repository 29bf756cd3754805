import { useCallback } from "react";
import { useLocation, useSearch } from "wouter";

/** Where the console is mounted, without a slash at the end: "" or "/kafka-ui". */
export const basePath = new URL(document.baseURI).pathname.replace(/\/$/, "");

type Patch = Record<string, string | null | undefined>;

/**
 * The query of the URL as the page's state. set changes some of it; an empty
 * value removes its name. Typing replaces the entry of the history, choosing adds one.
 */
export function useQuery(): [URLSearchParams, (patch: Patch, replace?: boolean) => void] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const set = useCallback(
    (patch: Patch, replace = false) => {
      const query = new URLSearchParams(search);
      for (const [name, value] of Object.entries(patch)) {
        if (value) query.set(name, value);
        else query.delete(name);
      }
      const text = query.toString();
      navigate(text ? `${path}?${text}` : path, { replace });
    },
    [search, path, navigate],
  );
  return [new URLSearchParams(search), set];
}
