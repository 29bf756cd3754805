import { ApiError, failure } from "./client.ts";

/** The server says something every 15 s; after this long without a word it is gone. */
const silenceMs = 40_000;

/**
 * Reads server-sent events with fetch, which unlike EventSource tells why it was
 * refused. Returns when the server has ended the stream; throws if it was cut.
 */
export async function readEvents(url: string, signal: AbortSignal, each: (data: string) => void): Promise<void> {
  const silence = new AbortController();
  const watch = () => window.setTimeout(() => silence.abort(), silenceMs);
  let timer = watch();
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, silence.signal]), credentials: "same-origin", headers: { Accept: "text/event-stream" } });
    if (!response.ok || !response.body) throw await failure(response);
    await readLines(response.body, (line) => {
      clearTimeout(timer);
      timer = watch();
      if (line.startsWith("data:")) each(line.slice(line.startsWith("data: ") ? 6 : 5));
    });
  } finally {
    clearTimeout(timer);
  }
}

/** Reads a POST's answer as lines of JSON. */
export async function readNdjson<T>(url: string, body: unknown, signal: AbortSignal, each: (event: T) => void): Promise<void> {
  const response = await fetch(url, {
    method: "POST", signal, credentials: "same-origin",
    headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  if (!response.ok || !response.body) throw await failure(response);
  await readLines(response.body, (line) => {
    if (line !== "") each(JSON.parse(line) as T);
  });
}

/** The longest line that is kept; a server that sends more is not ours. */
const maxLine = 64 << 20;

async function readLines(body: ReadableStream<Uint8Array>, each: (line: string) => void): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop()!;
    if (rest.length > maxLine) throw new ApiError("INTERNAL", "The server sent a line without end.");
    for (const line of lines) each(line.endsWith("\r") ? line.slice(0, -1) : line);
  }
  if (rest !== "") each(rest);
}
