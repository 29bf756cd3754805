import type { Isolation, Position } from "../../api/types.ts";

/** What the messages view looks at, as its address says it. */
export interface View {
  position: Position | "live";
  offset?: string;
  timestamp?: string;
  until?: string;
  partitions: number[];
  q: string;
  filter: string;
  isolation: Isolation;
  limit: number;
}

/** Sizes of a page that can be chosen. */
export const pageSizes = [25, 50, 100, 250, 500];

/** Reads the view out of the address. */
export function readView(query: URLSearchParams): View {
  const position = query.get("from") ?? "newest";
  return {
    position: (["newest", "oldest", "offset", "time", "live"].includes(position) ? position : "newest") as View["position"],
    offset: whole(query.get("offset")),
    timestamp: whole(query.get("time")),
    until: whole(query.get("until")),
    partitions: (query.get("partitions") ?? "").split(",").filter(Boolean).map(Number).filter(Number.isInteger),
    q: query.get("q") ?? "",
    filter: query.get("filter") ?? "",
    isolation: query.get("committed") ? "read_committed" : "read_uncommitted",
    limit: pageSizes.find((n) => String(n) === query.get("limit")) ?? 50,
  };
}

function whole(text: string | null): string | undefined {
  return text && /^-?\d{1,19}$/.test(text) ? text : undefined;
}

/** What the server is asked, as far as the view says it; a query and a body alike. */
export function apiQuery(v: View) {
  return {
    position: v.position === "live" ? ("newest" as const) : v.position,
    partitions: v.partitions,
    offset: v.position === "offset" ? (v.offset ?? "0") : undefined,
    timestamp: v.position === "time" ? (v.timestamp ?? "0") : undefined,
    until: v.until,
    q: v.q || undefined,
    filter: v.filter || undefined,
    isolation: v.isolation,
    limit: v.limit,
  };
}
