import { basePath } from "../lib/url.ts";

/** The body of every refusal. */
interface Failure {
  error: { id: string; code: string; message: string; field?: string; hint?: string };
}

/** A request that was refused or did not arrive. */
export class ApiError extends Error {
  constructor(readonly code: string, message: string, readonly hint = "", readonly field = "") {
    super(message);
  }

  static of(e: unknown): ApiError {
    if (e instanceof ApiError) return e;
    return new ApiError("UNREACHABLE", "The console's server does not answer.", "Is the node still running? The page tries again by itself.");
  }
}

type Query = Record<string, string | number | boolean | string[] | number[] | undefined>;

/** The address of a route under /api/v1, with its query. */
export function address(path: string, query: Query = {}): string {
  const q = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === "" || value === false) continue;
    for (const v of Array.isArray(value) ? value : [value]) q.append(name, String(v));
  }
  const text = q.toString();
  return `${basePath}/api/v1${path}${text ? `?${text}` : ""}`;
}

/** Encodes a name for a path: topics and groups may hold any character. */
export const seg = encodeURIComponent;

/** Sends a request and reads its answer as JSON. */
export async function request<T>(method: string, path: string, query: Query = {}, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await fetch(address(path, query), {
    method, signal, credentials: "same-origin",
    headers: method === "GET" ? {} : { "Content-Type": "application/json" }, // what a form of another site cannot send
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!response.ok) throw await failure(response);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** Reads why a response is not a success. */
export async function failure(response: Response): Promise<ApiError> {
  if (response.status === 401) dispatchEvent(new Event("brolga:login"));
  try {
    const { error } = (await response.json()) as Failure;
    return new ApiError(error.code, error.message, error.hint, error.field);
  } catch {
    return new ApiError("INTERNAL", `The server answered ${response.status}.`);
  }
}

export const get = <T>(path: string, query: Query = {}, signal?: AbortSignal) => request<T>("GET", path, query, undefined, signal);
export const post = <T>(path: string, body: unknown = {}, query: Query = {}, signal?: AbortSignal) => request<T>("POST", path, query, body, signal);
