import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message, Payload } from "../api/types.ts";
import { bytesOf, hexDump, oneLine, Ring } from "./message.ts";

const payload = (p: Partial<Payload>): Payload => ({ null: false, size: p.data?.length ?? 0, encoding: "text", data: "", truncated: false, format: "text", ...p });

test("a payload on one line", () => {
  assert.equal(oneLine(payload({ null: true })), "null");
  assert.equal(oneLine(payload({})), "(empty)");
  assert.equal(oneLine(payload({ data: "a\n  b" })), "a b");
  assert.equal(oneLine(payload({ data: "AP8=", size: 2, encoding: "base64" })), "(binary, 2 bytes) 00 ff");
});

test("bytes of text and of base64", () => {
  assert.deepEqual([...bytesOf(payload({ data: "é" }))], [0xc3, 0xa9]);
  assert.deepEqual([...bytesOf(payload({ data: "AP8=", encoding: "base64" }))], [0, 255]);
});

test("a dump has position, hex and text", () => {
  assert.equal(hexDump(new TextEncoder().encode("Hi\n")), `00000000  ${"48 69 0a".padEnd(47)}  Hi.`);
});

test("a ring keeps the newest", () => {
  const ring = new Ring(3);
  for (let i = 0; i < 5; i++) ring.push({ offset: String(i) } as Message);
  assert.deepEqual([0, 1, 2, 3].map((i) => ring.newest(i)?.offset), ["4", "3", "2", undefined]);
  assert.equal(ring.forgotten, 2);
});
