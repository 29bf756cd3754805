import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, count, duration, minus, plural, time } from "./format.ts";

test("counts beyond 2^53 are exact", () => {
  assert.equal(count("9007199254740993"), "9,007,199,254,740,993");
  assert.equal(minus("9223372036854775807", "1"), 9223372036854775806n);
});

test("what is not known is a dash", () => {
  assert.equal(count(null), "–");
  assert.equal(bytes(undefined), "–");
  assert.equal(time(-1, "UTC"), "–");
});

test("sizes have binary units", () => {
  assert.equal(bytes(1023), "1023 B");
  assert.equal(bytes("1536"), "1.5 KiB");
  assert.equal(bytes(200 * 1024 * 1024), "200 MiB");
});

test("durations show their two largest units", () => {
  assert.equal(duration(999), "999 ms");
  assert.equal(duration(61_000), "1 min 1 s");
  assert.equal(duration(7 * 86_400_000), "7 d");
  assert.equal(duration(-90_000), "-1 min 30 s");
});

test("one thing, two things", () => {
  assert.equal(plural(1, "topic"), "1 topic");
  assert.equal(plural("2", "topic"), "2 topics");
});

test("times are written in the zone asked for", () => {
  assert.equal(time(0, "UTC"), "1970-01-01 00:00:00.000 Z");
});
