import type { Message, Payload } from "../api/types.ts";

/** What names a message in an address: 3-1024. */
export const messageId = (m: { partition: number; offset: string }) => `${m.partition}-${m.offset}`;

/** A payload on one line. */
export function oneLine(p: Payload): string {
  if (p.null) return "null";
  if (p.size === 0) return "(empty)";
  if (p.encoding === "base64") return p.number !== undefined ? `${p.number} (${p.size} bytes)` : `(binary, ${p.size} bytes) ${hexOf(p, 16)}`;
  return p.data.slice(0, 400).replaceAll(/\s+/g, " ");
}

/** The bytes of a payload, as far as they are here. */
export function bytesOf(p: Payload): Uint8Array {
  if (p.encoding === "text") return new TextEncoder().encode(p.data);
  return Uint8Array.from(atob(p.data), (c) => c.charCodeAt(0));
}

function hexOf(p: Payload, most: number): string {
  const all = bytesOf(p);
  return [...all.subarray(0, most)].map((b) => b.toString(16).padStart(2, "0")).join(" ") + (all.length > most ? " …" : "");
}

/** How many lines of sixteen bytes are shown. */
const maxHexLines = 4096;

/** Bytes as people look at them: position, hex, and what can be printed. */
export function hexDump(data: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < data.length && lines.length < maxHexLines; at += 16) {
    const line = [...data.subarray(at, at + 16)];
    const hex = line.map((b) => b.toString(16).padStart(2, "0")).join(" ").padEnd(47);
    const text = line.map((b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : ".")).join("");
    lines.push(`${at.toString(16).padStart(8, "0")}  ${hex}  ${text}`);
  }
  if (data.length > maxHexLines * 16) lines.push(`… ${data.length - maxHexLines * 16} more bytes`);
  return lines.join("\n");
}

/** A ring of the newest messages of a live tail: the oldest leave when it is full. */
export class Ring {
  private readonly items: (Message | undefined)[];
  private next = 0;
  length = 0;
  /** Messages that were pushed out. */
  forgotten = 0;

  constructor(private readonly size: number) {
    this.items = new Array<Message | undefined>(size);
  }

  push(m: Message): void {
    if (this.length === this.size) this.forgotten++;
    else this.length++;
    this.items[this.next] = m;
    this.next = (this.next + 1) % this.size;
  }

  /** The i-th newest. */
  newest(i: number): Message | undefined {
    return i < this.length ? this.items[(this.next - 1 - i + 2 * this.size) % this.size] : undefined;
  }
}
